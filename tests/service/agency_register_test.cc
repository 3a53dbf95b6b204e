// The register and its changes, on a ledger in memory.

#include "service/agency_register.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "service/agency_request.h"
#include "service/report/days.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"
#include "tests/support/result_box.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AgencyRegisterTest : public ::testing::Test {
 protected:
  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }

  static std::string NewId() {
    static int next = 1;
    return absl::StrFormat("00000000-0000-4000-a000-%012x", next++);
  }

  absl::StatusOr<v1::Agency> Create(int n, int supervisor = -1) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(MakeAgencyCode(n));
    request.mutable_agency()->set_display_name("洛阳市某局");
    request.mutable_agency()->set_division_code("410303");
    if (supervisor >= 0) {
      request.mutable_agency()->set_supervisor(Name(supervisor));
    }
    request.set_reason("首次登记");
    request.set_request_id(NewId());
    ResultBox<absl::StatusOr<v1::Agency>> box;
    register_.Create(caller_, request,
                     [&box](absl::StatusOr<v1::Agency> result) {
                       box.Put(std::move(result));
                     });
    return box.Take();
  }

  absl::StatusOr<v1::Agency> Send(const v1::UpdateAgencyRequest& request) {
    ResultBox<absl::StatusOr<v1::Agency>> box;
    register_.Update(caller_, request,
                     [&box](absl::StatusOr<v1::Agency> result) {
                       box.Put(std::move(result));
                     });
    return box.Take();
  }

  // Changes `path` of agency `n`, based on its latest state.
  v1::UpdateAgencyRequest Update(int n, const std::string& path) {
    v1::UpdateAgencyRequest request;
    request.mutable_agency()->set_name(Name(n));
    const auto latest = register_.Find(MakeAgencyCode(n));
    EXPECT_OK(latest);
    if (latest->has_value()) {
      request.mutable_agency()->set_etag((*latest)->etag());
    }
    request.mutable_update_mask()->add_paths(path);
    request.set_reason("机构改革");
    request.set_request_id(NewId());
    return request;
  }

  v1::UpdateAgencyRequest Rename(int n, const std::string& name) {
    v1::UpdateAgencyRequest request = Update(n, "display_name");
    request.mutable_agency()->set_display_name(name);
    return request;
  }

  v1::UpdateAgencyRequest MoveUnder(int n, int supervisor) {
    v1::UpdateAgencyRequest request = Update(n, "supervisor");
    request.mutable_agency()->set_supervisor(Name(supervisor));
    return request;
  }

  static v1::Date Day(int year, int month, int day) {
    return report::DateOf(absl::CivilDay(year, month, day));
  }

  std::vector<std::string> Supervised(int n, const RegisterMoment& moment) {
    std::vector<std::string> names;
    const auto agencies =
        register_.ListSupervised(MakeAgencyCode(n), moment, 100);
    EXPECT_OK(agencies);
    for (const v1::Agency& agency : *agencies) names.push_back(agency.name());
    return names;
  }

  std::string NameOn(int n, absl::CivilDay day, uint64_t size) {
    v1::GetAgencyRequest request;
    request.set_name(Name(n));
    *request.mutable_on() = report::DateOf(day);
    request.set_as_of_size(size);
    const auto agency = register_.Get(request);
    EXPECT_OK(agency);
    return agency.ok() ? agency->display_name() : "";
  }

  const CallerIdentity caller_{"local:zhang", v1::ASSURANCE_SELF_DECLARED};
  EntryLedger entries_;
  AgencyRegister register_{&entries_.ledger(), &entries_.clock()};
};

TEST_F(AgencyRegisterTest, AnAnswerTellsTheStateThatItIs) {
  ASSERT_OK_AND_ASSIGN(const v1::Agency created, Create(1));
  EXPECT_EQ(created.change_count(), 0);
  EXPECT_EQ(created.etag().size(), 32u);
  ASSERT_OK_AND_ASSIGN(const v1::Agency renamed, Send(Rename(1, "某委员会")));
  EXPECT_EQ(renamed.display_name(), "某委员会");
  EXPECT_EQ(renamed.division_code(), "410303");
  EXPECT_EQ(renamed.change_count(), 1);
  EXPECT_EQ(renamed.entry_index(), 1u);
  EXPECT_NE(renamed.etag(), created.etag());
  EXPECT_TRUE(
      MessageDifferencer::Equals(renamed.create_time(), created.create_time()));
  ASSERT_OK_AND_ASSIGN(const auto found, register_.Find(MakeAgencyCode(1)));
  EXPECT_TRUE(MessageDifferencer::Equals(*found, renamed));
}

TEST_F(AgencyRegisterTest, AChangeHoldsFromTodayInShanghai) {
  ASSERT_OK(Create(1));
  entries_.At("2025-03-01 00:00:00");
  ASSERT_OK_AND_ASSIGN(const v1::Agency renamed, Send(Rename(1, "某委员会")));
  EXPECT_EQ(report::CivilDayOf(renamed.valid_from()),
            absl::CivilDay(2025, 3, 1));
  const absl::CivilDay first(2025, 3, 1);
  EXPECT_EQ(NameOn(1, first, 0), "某委员会");
  EXPECT_EQ(NameOn(1, first - 1, 0), "洛阳市某局");
  EXPECT_EQ(NameOn(1, first, 1), "洛阳市某局");
}

TEST_F(AgencyRegisterTest, RefusesAChangeOfAnOlderState) {
  ASSERT_OK(Create(1));
  const v1::UpdateAgencyRequest late = Rename(1, "甲");
  ASSERT_OK(Send(Rename(1, "乙")));
  EXPECT_THAT(Send(late),
              StatusHasReason(StatusCode::kAborted, "ETAG_MISMATCH"));
  v1::UpdateAgencyRequest without = Rename(1, "丙");
  without.mutable_agency()->clear_etag();
  EXPECT_THAT(Send(without),
              StatusHasReason(StatusCode::kInvalidArgument, "MISSING_ETAG"));
}

TEST_F(AgencyRegisterTest, ARepeatedRequestHasTheFirstAnswer) {
  ASSERT_OK(Create(1));
  const v1::UpdateAgencyRequest request = Rename(1, "甲");
  ASSERT_OK_AND_ASSIGN(const v1::Agency first, Send(request));
  ASSERT_OK(Send(Rename(1, "乙")));
  ASSERT_OK_AND_ASSIGN(const v1::Agency again, Send(request));
  EXPECT_TRUE(MessageDifferencer::Equals(first, again));
  EXPECT_EQ(entries_.size(), 3u);
  v1::UpdateAgencyRequest other = request;
  other.set_reason("另一理由");
  EXPECT_THAT(Send(other),
              StatusHasReason(StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
}

TEST_F(AgencyRegisterTest, RefusesWhatMakesNoSense) {
  ASSERT_OK(Create(1));
  const auto refused = [](absl::string_view reason) {
    return StatusHasReason(StatusCode::kInvalidArgument, std::string(reason));
  };
  EXPECT_THAT(Send(Update(1, "create_time")), refused("INVALID_UPDATE_MASK"));
  v1::UpdateAgencyRequest request = Rename(1, "甲");
  request.clear_update_mask();
  EXPECT_THAT(Send(request), refused("INVALID_UPDATE_MASK"));
  EXPECT_THAT(Send(Rename(1, "洛阳市某局")), refused("NOTHING_CHANGED"));
  EXPECT_THAT(Send(MoveUnder(1, 1)), refused("SUPERVISOR_IS_SELF"));
  request = Update(1, "successor");
  request.mutable_agency()->set_successor(Name(2));
  EXPECT_THAT(Send(request), refused("SUCCESSOR_WITHOUT_DISSOLUTION"));
  request = Rename(1, "甲");
  *request.mutable_valid_from() = Day(2025, 3, 1);
  request.mutable_valid_from()->set_day(32);
  EXPECT_THAT(Send(request), refused("INVALID_VALUE"));
  const auto unmet = [](absl::string_view reason) {
    return StatusHasReason(StatusCode::kFailedPrecondition,
                           std::string(reason));
  };
  EXPECT_THAT(Send(MoveUnder(1, 9)), unmet("SUPERVISOR_NOT_REGISTERED"));
  EXPECT_THAT(Send(Rename(5, "甲")),
              StatusHasReason(StatusCode::kInvalidArgument, "MISSING_ETAG"));
  EXPECT_EQ(entries_.size(), 1u);
}

TEST_F(AgencyRegisterTest, ChangesGoForward) {
  ASSERT_OK(Create(1));
  v1::UpdateAgencyRequest request = Rename(1, "甲");
  *request.mutable_valid_from() = Day(2024, 6, 1);
  ASSERT_OK(Send(request));
  request = Rename(1, "乙");
  *request.mutable_valid_from() = Day(2024, 5, 31);
  EXPECT_THAT(Send(request), StatusHasReason(StatusCode::kFailedPrecondition,
                                             "VALID_FROM_TOO_EARLY"));
  *request.mutable_valid_from() = Day(2024, 6, 1);
  EXPECT_OK(Send(request));
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 6, 1), 0), "乙");
}

TEST_F(AgencyRegisterTest, WhatIsToComeCanBeReplaced) {
  ASSERT_OK(Create(1));
  v1::UpdateAgencyRequest request = Rename(1, "甲");
  *request.mutable_valid_from() = Day(2024, 6, 1);
  ASSERT_OK(Send(request));
  // Far in the future, whatever day it is.
  request = Rename(1, "乙");
  request.mutable_update_mask()->add_paths("division_code");
  request.mutable_agency()->set_division_code("410304");
  *request.mutable_valid_from() = Day(2999, 1, 1);
  ASSERT_OK(Send(request));
  request = Rename(1, "丙");
  const absl::Status refused = Send(request).status();
  EXPECT_THAT(refused, StatusHasReason(StatusCode::kFailedPrecondition,
                                       "VALID_FROM_TOO_EARLY"));
  EXPECT_THAT(refused.message(), HasSubstr("replace_pending"));
  request.set_replace_pending(true);
  // Not before what holds today.
  *request.mutable_valid_from() = Day(2024, 5, 31);
  EXPECT_THAT(Send(request), StatusHasReason(StatusCode::kFailedPrecondition,
                                             "VALID_FROM_TOO_EARLY"));
  // Nor after the first day of what it is to replace.
  *request.mutable_valid_from() = Day(2999, 1, 2);
  EXPECT_THAT(Send(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  request.clear_valid_from();
  ASSERT_OK_AND_ASSIGN(const v1::Agency replaced, Send(request));
  // Of the change that never holds, nothing is left.
  EXPECT_NE(replaced.division_code(), "410304");
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 6, 1), 0), "甲");
  EXPECT_EQ(NameOn(1, absl::CivilDay(2999, 1, 2), 0), "丙");
}

TEST_F(AgencyRegisterTest, WhatIsToComeCanBeUndone) {
  ASSERT_OK(Create(1));
  v1::UpdateAgencyRequest request = Update(1, "dissolved_on");
  *request.mutable_agency()->mutable_dissolved_on() = Day(2999, 1, 1);
  *request.mutable_valid_from() = Day(2999, 1, 1);
  ASSERT_OK(Send(request));
  v1::UpdateAgencyRequest undo = Rename(1, "");
  undo.clear_update_mask();
  EXPECT_THAT(Send(undo), StatusHasReason(StatusCode::kInvalidArgument,
                                          "INVALID_UPDATE_MASK"));
  undo.set_replace_pending(true);
  ASSERT_OK_AND_ASSIGN(const v1::Agency undone, Send(undo));
  EXPECT_FALSE(undone.has_dissolved_on());
  // Nothing more is to come.
  undo.mutable_agency()->set_etag(undone.etag());
  undo.set_request_id(NewId());
  EXPECT_THAT(Send(undo),
              StatusHasReason(StatusCode::kInvalidArgument, "NOTHING_CHANGED"));
}

TEST_F(AgencyRegisterTest, WhatHeldCanBeCorrected) {
  ASSERT_OK(Create(1));
  const std::string registered = NameOn(1, absl::CivilDay(2023, 1, 1), 0);
  for (const auto& [name, month] : {std::pair("甲", 3), {"乙", 6}, {"丙", 9}}) {
    v1::UpdateAgencyRequest request = Rename(1, name);
    *request.mutable_valid_from() = Day(2024, month, 1);
    ASSERT_OK(Send(request));
  }
  const uint64_t size = register_.Latest().size;
  v1::UpdateAgencyRequest request = Update(1, "division_code");
  request.mutable_agency()->set_division_code("410304");
  *request.mutable_replace_from() = Day(2024, 6, 1);
  // Between the two nothing would stand in for what is replaced.
  *request.mutable_valid_from() = Day(2024, 6, 2);
  EXPECT_THAT(Send(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  request.clear_valid_from();
  request.set_replace_pending(true);
  EXPECT_THAT(Send(request),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  request.set_replace_pending(false);
  ASSERT_OK_AND_ASSIGN(const v1::Agency corrected, Send(request));
  EXPECT_EQ(corrected.display_name(), "甲");
  EXPECT_EQ(corrected.valid_from().month(), 6);
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 5, 31), 0), "甲");
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 6, 1), 0), "甲");
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 9, 1), 0), "甲");
  // What was answered before is answered for good.
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 9, 1), size), "丙");
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 2, 29), 0), registered);
}

// It was there before the day that was registered.
TEST_F(AgencyRegisterTest, TheFirstDayOfAnAgencyCanBeCorrected) {
  v1::CreateAgencyRequest creation;
  creation.set_agency_id(MakeAgencyCode(1));
  creation.mutable_agency()->set_display_name("洛阳市某局");
  creation.mutable_agency()->set_division_code("410303");
  *creation.mutable_agency()->mutable_valid_from() = Day(2025, 7, 1);
  creation.set_reason("首次登记");
  creation.set_request_id(NewId());
  ResultBox<absl::StatusOr<v1::Agency>> box;
  register_.Create(caller_, creation, [&box](absl::StatusOr<v1::Agency> done) {
    box.Put(std::move(done));
  });
  ASSERT_OK(box.Take());
  *creation.mutable_agency()->mutable_dissolved_on() = Day(2025, 6, 30);
  EXPECT_THAT(ValidateCreation(creation),
              StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  v1::UpdateAgencyRequest request = Rename(1, "");
  request.clear_update_mask();
  *request.mutable_replace_from() = Day(2024, 3, 1);
  ASSERT_OK(Send(request));
  const auto exists_on = [this](absl::CivilDay day) {
    const auto agency =
        register_.Find(MakeAgencyCode(1), {register_.Latest().size, day});
    EXPECT_OK(agency);
    return ExistsOn(**agency, day);
  };
  EXPECT_TRUE(exists_on(absl::CivilDay(2024, 3, 1)));
  EXPECT_TRUE(exists_on(absl::CivilDay(2026, 1, 1)));
  EXPECT_FALSE(exists_on(absl::CivilDay(2024, 2, 29)));
}

TEST_F(AgencyRegisterTest, WhatAChangeNeverWasCanBeTakenBack) {
  ASSERT_OK(Create(1));
  const std::string registered = NameOn(1, absl::CivilDay(2023, 1, 1), 0);
  v1::UpdateAgencyRequest request = Rename(1, "甲");
  *request.mutable_valid_from() = Day(2024, 6, 1);
  ASSERT_OK(Send(request));
  request = Rename(1, "");
  request.clear_update_mask();
  *request.mutable_replace_from() = Day(2024, 1, 1);
  ASSERT_OK(Send(request));
  EXPECT_EQ(NameOn(1, absl::CivilDay(2024, 7, 1), 0), registered);
  // There is nothing from that day on that it could take the place of.
  request = Rename(1, "");
  request.clear_update_mask();
  *request.mutable_replace_from() = Day(2024, 1, 2);
  EXPECT_THAT(Send(request),
              StatusHasReason(StatusCode::kInvalidArgument, "NOTHING_CHANGED"));
}

TEST_F(AgencyRegisterTest, NoAgencyComesToSuperviseItself) {
  for (int n = 1; n <= 4; ++n) ASSERT_OK(Create(n, n == 1 ? -1 : n - 1));
  const auto cycle =
      StatusHasReason(StatusCode::kFailedPrecondition, "SUPERVISION_CYCLE");
  EXPECT_THAT(Send(MoveUnder(1, 4)), cycle);
  EXPECT_THAT(Send(MoveUnder(1, 2)), cycle);
  EXPECT_OK(Send(MoveUnder(4, 1)));
  EXPECT_OK(Send(MoveUnder(3, 4)));
  EXPECT_THAT(Send(MoveUnder(4, 3)), cycle);
}

// 2 stood under 1 until the end of 2024. 1 may stand under 2 only after that.
TEST_F(AgencyRegisterTest, NoAgencySupervisesItselfOnAnyDayOfThePast) {
  ASSERT_OK(Create(1));
  ASSERT_OK(Create(2, 1));
  v1::UpdateAgencyRequest leave = Update(2, "supervisor");
  *leave.mutable_valid_from() = Day(2025, 1, 1);
  ASSERT_OK(Send(leave));
  v1::UpdateAgencyRequest move = MoveUnder(1, 2);
  *move.mutable_valid_from() = Day(2024, 12, 31);
  EXPECT_THAT(Send(move), StatusHasReason(StatusCode::kFailedPrecondition,
                                          "SUPERVISION_CYCLE"));
  *move.mutable_valid_from() = Day(2025, 1, 1);
  EXPECT_OK(Send(move));
}

TEST_F(AgencyRegisterTest, NoAgencyComesUnderOneThatIsDissolvedByThen) {
  entries_.At("2025-04-01 00:00:00");
  for (int n = 1; n <= 3; ++n) ASSERT_OK(Create(n));
  v1::UpdateAgencyRequest dissolve = Update(1, "dissolved_on");
  *dissolve.mutable_agency()->mutable_dissolved_on() = Day(2025, 3, 1);
  ASSERT_OK(Send(dissolve));
  const auto dissolved =
      StatusHasReason(StatusCode::kFailedPrecondition, "SUPERVISOR_DISSOLVED");
  EXPECT_THAT(Create(4, 1), dissolved);
  v1::UpdateAgencyRequest move = MoveUnder(2, 1);
  *move.mutable_valid_from() = Day(2025, 3, 1);
  EXPECT_THAT(Send(move), dissolved);
  *move.mutable_valid_from() = Day(2025, 2, 28);
  EXPECT_OK(Send(move));
  // What stands below it already may still be changed.
  EXPECT_OK(Send(Rename(2, "洛阳市另一局")));
}

TEST_F(AgencyRegisterTest, AChainOfOfficesHasAnEnd) {
  ASSERT_OK(Create(0));
  for (int n = 1; n <= 32; ++n) ASSERT_OK(Create(n, n - 1));
  EXPECT_THAT(Create(33, 32), StatusHasReason(StatusCode::kFailedPrecondition,
                                              "SUPERVISION_TOO_DEEP"));
}

TEST_F(AgencyRegisterTest, SupervisedAgenciesFollowTheDayAndTheSize) {
  ASSERT_OK(Create(1));
  ASSERT_OK(Create(2));
  ASSERT_OK(Create(3, 1));
  ASSERT_OK(Create(4, 1));
  v1::UpdateAgencyRequest move = MoveUnder(3, 2);
  *move.mutable_valid_from() = Day(2025, 1, 1);
  ASSERT_OK(Send(move));
  v1::UpdateAgencyRequest end = Update(4, "dissolved_on");
  end.mutable_update_mask()->add_paths("successor");
  *end.mutable_agency()->mutable_dissolved_on() = Day(2024, 7, 1);
  end.mutable_agency()->set_successor(Name(3));
  ASSERT_OK_AND_ASSIGN(const v1::Agency dissolved, Send(end));
  EXPECT_EQ(report::CivilDayOf(dissolved.valid_from()),
            absl::CivilDay(2024, 7, 1));
  const uint64_t size = entries_.size();
  const absl::CivilDay before(2024, 6, 30);
  const absl::CivilDay between(2024, 12, 31);
  const absl::CivilDay after(2025, 1, 1);
  EXPECT_THAT(Supervised(1, {size, before}), ElementsAre(Name(3), Name(4)));
  EXPECT_THAT(Supervised(1, {size, between}), ElementsAre(Name(3)));
  EXPECT_THAT(Supervised(1, {size, after}), IsEmpty());
  EXPECT_THAT(Supervised(2, {size, between}), IsEmpty());
  EXPECT_THAT(Supervised(2, {size, after}), ElementsAre(Name(3)));
  EXPECT_THAT(Supervised(1, {4, after}), ElementsAre(Name(3), Name(4)));
  EXPECT_THAT(Supervised(1, {3, after}), ElementsAre(Name(3)));
  EXPECT_THAT(Supervised(1, register_.Latest()), IsEmpty());
}

TEST_F(AgencyRegisterTest, ListsItsChangesNewestFirst) {
  ASSERT_OK(Create(1));
  for (const char* name : {"甲", "乙", "丙", "丁"}) {
    ASSERT_OK(Send(Rename(1, name)));
  }
  std::vector<std::string> names;
  v1::ListAgencyChangesRequest request;
  request.set_parent(Name(1));
  request.set_page_size(2);
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListAgencyChangesResponse page,
                         register_.ListChanges(request));
    EXPECT_LE(page.changes_size(), 2);
    for (const v1::AgencyChange& change : page.changes()) {
      names.push_back(change.agency().display_name());
      EXPECT_EQ(change.actor().subject(), "local:zhang");
      EXPECT_FALSE(change.reason().empty());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("丁", "丙", "乙", "甲", "洛阳市某局"));
  request.set_parent(Name(2));
  request.clear_page_token();
  EXPECT_THAT(register_.ListChanges(request),
              StatusHasReason(StatusCode::kNotFound, "AGENCY_NOT_FOUND"));
}

// What is registered later takes no place, before, between or after.
TEST_F(AgencyRegisterTest, PagesAsOfASizeAreTheSameForGood) {
  const auto pages = [this](int page_size) {
    std::vector<std::string> found;
    v1::ListAgenciesRequest request;
    request.set_as_of_size(3);
    request.set_page_size(page_size);
    do {
      const auto page = register_.List(request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      found.push_back(page->SerializeAsString());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  };
  for (const int n : {10, 20, 30}) ASSERT_OK(Create(n));
  const auto in_twos = pages(2);
  const auto in_threes = pages(3);
  EXPECT_EQ(in_twos.size(), 2u);
  EXPECT_EQ(in_threes.size(), 1u);
  for (const int n : {1, 2, 11, 12, 13, 21, 31, 32, 33}) ASSERT_OK(Create(n));
  EXPECT_EQ(pages(2), in_twos);
  EXPECT_EQ(pages(3), in_threes);
}

TEST_F(AgencyRegisterTest, AListAsOfASizeIsTheSameForGood) {
  for (int n = 1; n <= 5; ++n) ASSERT_OK(Create(n));
  v1::ListAgenciesRequest request;
  request.set_as_of_size(4);
  ASSERT_OK_AND_ASSIGN(const auto before, register_.List(request));
  EXPECT_EQ(before.agencies_size(), 4);
  for (int n = 6; n <= 9; ++n) ASSERT_OK(Create(n));
  for (int n = 1; n <= 5; ++n) ASSERT_OK(Send(Rename(n, "甲")));
  ASSERT_OK_AND_ASSIGN(const auto after, register_.List(request));
  EXPECT_EQ(before.SerializeAsString(), after.SerializeAsString());
  v1::GetAgencyRequest get;
  get.set_name(Name(5));
  get.set_as_of_size(4);
  EXPECT_THAT(register_.Get(get),
              StatusHasReason(StatusCode::kNotFound, "AGENCY_NOT_FOUND"));
}

}  // namespace
}  // namespace annals
