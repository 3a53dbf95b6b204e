// What a filter of WatchEntries lets through, on a ledger in memory.

#include "service/watch_filter.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "service/report/days.h"
#include "service/report/entry_subject.h"
#include "service/watch_cursor.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using report::EntrySubject;
using report::SubjectOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string AgencyOf(int n) { return "agencies/" + MakeAgencyCode(n); }

v1::LedgerEntry RevisionOf(int agency, int year) {
  v1::LedgerEntry entry;
  entry.mutable_revision_recorded()->set_report(
      absl::StrCat(AgencyOf(agency), "/reports/", year));
  entry.mutable_revision_recorded()->set_number(1);
  return entry;
}

v1::LedgerEntry ErasureOf(const std::string& name) {
  v1::LedgerEntry entry;
  entry.mutable_content_erased()->set_name(name);
  return entry;
}

// An entry of each kind that is about agency 1, as far as it is about any, and
// the year 2024.
std::vector<v1::LedgerEntry> OneOfEach() {
  std::vector<v1::LedgerEntry> entries(9);
  entries[0] = RevisionOf(1, 2024);
  entries[1].mutable_agency_registered()->mutable_agency()->set_name(
      AgencyOf(1));
  entries[2].mutable_key_changed()->set_old_vkey("old");
  entries[3].mutable_document_recorded()->set_document("documents/00");
  entries[4] = ErasureOf(AgencyOf(1) + "/reports/2024/revisions/1");
  entries[5].mutable_agency_changed()->mutable_agency()->set_name(AgencyOf(1));
  entries[6].mutable_step_taken()->set_report(AgencyOf(1) +
                                              "/reports/2024-regional");
  entries[7].mutable_policy_set()->set_agency(AgencyOf(1));
  entries[8] = ErasureOf("documents/" + std::string(64, 'a'));
  return entries;
}

TEST(SubjectOfTest, KnowsEveryEventAndEveryKind) {
  const auto* event = v1::LedgerEntry::descriptor()->FindOneofByName("event");
  std::set<int> kinds;
  for (int i = 0; i < event->field_count(); ++i) {
    v1::LedgerEntry entry;
    entry.GetReflection()->MutableMessage(&entry, event->field(i));
    const EntrySubject subject = SubjectOf(entry);
    EXPECT_NE(subject.kind, v1::EVENT_KIND_UNSPECIFIED) << event->field(i);
    kinds.insert(subject.kind);
  }
  EXPECT_EQ(static_cast<int>(kinds.size()),
            v1::EventKind_descriptor()->value_count() - 1);
  EXPECT_EQ(SubjectOf(v1::LedgerEntry()).kind, v1::EVENT_KIND_UNSPECIFIED);
}

TEST(SubjectOfTest, SaysWhichAgencyAndYear) {
  struct Expected {
    v1::EventKind kind;
    bool has_agency;
    int year;
  };
  const std::vector<Expected> table = {
      {v1::EVENT_KIND_REVISION_RECORDED, true, 2024},
      {v1::EVENT_KIND_AGENCY_REGISTERED, true, 0},
      {v1::EVENT_KIND_KEY_CHANGED, false, 0},
      {v1::EVENT_KIND_DOCUMENT_RECORDED, false, 0},
      {v1::EVENT_KIND_CONTENT_ERASED, true, 2024},
      {v1::EVENT_KIND_AGENCY_CHANGED, true, 0},
      {v1::EVENT_KIND_STEP_TAKEN, true, 2024},
      {v1::EVENT_KIND_POLICY_SET, true, 0},
      {v1::EVENT_KIND_CONTENT_ERASED, false, 0},
  };
  const std::vector<v1::LedgerEntry> entries = OneOfEach();
  ASSERT_EQ(entries.size(), table.size());
  for (size_t i = 0; i < table.size(); ++i) {
    const EntrySubject subject = SubjectOf(entries[i]);
    EXPECT_EQ(subject.kind, table[i].kind) << i;
    EXPECT_EQ(subject.agency, table[i].has_agency ? AgencyOf(1) : "") << i;
    EXPECT_EQ(subject.year, table[i].year) << i;
  }
}

class WatchFilterTest : public ::testing::Test {
 protected:
  void SetUp() override { entries_.At("2025-03-01 12:00:00"); }

  uint64_t Register(int n, int supervisor) {
    return entries_.AppendAgency(AgencyState(n, supervisor));
  }

  // From `day` on, or for ever if there is none.
  uint64_t Move(int n, int supervisor, int number,
                std::optional<absl::CivilDay> day = std::nullopt) {
    v1::LedgerEntry entry;
    *entry.mutable_agency_changed()->mutable_agency() =
        AgencyState(n, supervisor);
    if (day.has_value()) {
      *entry.mutable_agency_changed()->mutable_agency()->mutable_valid_from() =
          report::DateOf(*day);
    }
    entry.mutable_agency_changed()->set_number(number);
    return entries_.Append(std::move(entry));
  }

  EntrySelector Selector(const v1::WatchEntriesRequest& request) {
    const auto filter = ReadWatchFilter(request);
    EXPECT_OK(filter);
    return {filter.value_or(WatchFilter()), &entries_.ledger(),
            &entries_.clock()};
  }

  // Whether `request` wants `entry`, with the register as it is now.
  bool Wants(const v1::WatchEntriesRequest& request, v1::LedgerEntry entry) {
    EntrySelector selector = Selector(request);
    EXPECT_OK(selector.BeginPage());
    ledger::LeafContext context;
    context.recorded_at = entries_.clock().Now();
    const auto wants = selector.Wants(0, EncodeLeaf(std::move(entry), context));
    EXPECT_OK(wants);
    return wants.value_or(false);
  }

  static v1::WatchEntriesRequest Below(int office) {
    v1::WatchEntriesRequest request;
    request.set_agency(AgencyOf(office));
    request.set_include_subordinates(true);
    return request;
  }

  // The indexes that a cursor with the filter hands out in its next page.
  static std::vector<uint64_t> PageOf(WatchCursor* cursor) {
    const auto page = cursor->NextPage();
    EXPECT_OK(page);
    std::vector<uint64_t> indexes;
    if (!page.ok()) return indexes;
    for (const auto& response : *page) indexes.push_back(response.index());
    return indexes;
  }

  static v1::Agency AgencyState(int n, int supervisor) {
    v1::Agency agency;
    agency.set_name(AgencyOf(n));
    if (supervisor >= 0) agency.set_supervisor(AgencyOf(supervisor));
    return agency;
  }

  EntryLedger entries_;
};

// Every kind, by agency (none, its own, another) and year (none, its own,
// another).
TEST_F(WatchFilterTest, AsksForKindAgencyAndYearTogether) {
  Register(1, -1);
  Register(2, -1);
  for (const v1::LedgerEntry& entry : OneOfEach()) {
    const EntrySubject subject = SubjectOf(entry);
    for (int kind = 0; kind <= v1::EventKind_MAX; ++kind) {
      for (const int agency : {-1, 1, 2}) {
        for (const int year : {0, 2024, 2023}) {
          v1::WatchEntriesRequest request;
          if (kind != 0) request.add_kinds(static_cast<v1::EventKind>(kind));
          if (agency >= 0) request.set_agency(AgencyOf(agency));
          request.set_year(year);
          const bool expected =
              (kind == 0 || kind == subject.kind) &&
              (agency < 0 || subject.agency == AgencyOf(agency)) &&
              (year == 0 || year == subject.year);
          EXPECT_EQ(Wants(request, entry), expected)
              << kind << " " << agency << " " << year << " "
              << entry.ShortDebugString();
        }
      }
    }
  }
}

TEST_F(WatchFilterTest, SeveralKindsAreAlternatives) {
  v1::WatchEntriesRequest request;
  request.add_kinds(v1::EVENT_KIND_STEP_TAKEN);
  request.add_kinds(v1::EVENT_KIND_KEY_CHANGED);
  request.add_kinds(v1::EVENT_KIND_KEY_CHANGED);
  int wanted = 0;
  for (const v1::LedgerEntry& entry : OneOfEach()) {
    if (Wants(request, entry)) ++wanted;
  }
  EXPECT_EQ(wanted, 2);
}

TEST_F(WatchFilterTest, RefusesWhatIsNoFilter) {
  const auto status_of = [](auto change) {
    v1::WatchEntriesRequest request;
    change(&request);
    return ReadWatchFilter(request).status();
  };
  using Request = v1::WatchEntriesRequest;
  for (const int year : {-1, 1, 2007, 10000, 2147483647}) {
    EXPECT_THAT(status_of([&](Request* asked) { asked->set_year(year); }),
                StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  }
  for (const int seconds : {-1, 3601, -2147483647 - 1}) {
    const absl::Status status = status_of(
        [&](Request* asked) { asked->set_heartbeat_seconds(seconds); });
    EXPECT_THAT(status,
                StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
    ASSERT_EQ(FieldViolations(status).size(), 1u);
    EXPECT_EQ(FieldViolations(status)[0].field, "heartbeat_seconds");
  }
  for (const int kind : {0, -1, 9, 1000000}) {
    EXPECT_THAT(status_of([&](Request* asked) {
                  asked->add_kinds(static_cast<v1::EventKind>(kind));
                }),
                StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  }
  EXPECT_THAT(
      status_of([](Request* asked) { asked->set_include_subordinates(true); }),
      StatusHasReason(StatusCode::kInvalidArgument, "INVALID_VALUE"));
  for (const char* agency : {"agencies/", "agencies/-", "x", "agencies/1/2"}) {
    EXPECT_EQ(
        status_of([&](Request* asked) { asked->set_agency(agency); }).code(),
        StatusCode::kInvalidArgument)
        << agency;
  }
  EXPECT_OK(status_of([](Request* asked) {
    asked->set_agency(AgencyOf(1));
    asked->set_year(2008);
    asked->set_heartbeat_seconds(3600);
  }));
}

TEST_F(WatchFilterTest, AnAgencyThatIsNotRegisteredIsNotFound) {
  v1::WatchEntriesRequest request;
  request.set_agency(AgencyOf(7));
  EntrySelector selector = Selector(request);
  EXPECT_THAT(selector.BeginPage(),
              StatusHasReason(StatusCode::kNotFound, "AGENCY_NOT_FOUND"));
}

TEST_F(WatchFilterTest, AnOfficesSubtreeIsItselfAndAllBelow) {
  Register(0, -1);
  Register(1, 0);
  Register(2, 1);
  Register(3, -1);
  for (const int n : {0, 1, 2}) {
    EXPECT_TRUE(Wants(Below(0), RevisionOf(n, 2024))) << n;
  }
  EXPECT_FALSE(Wants(Below(0), RevisionOf(3, 2024)));
  EXPECT_FALSE(Wants(Below(1), RevisionOf(0, 2024)));
  // One that the register does not have, and no agency at all.
  EXPECT_FALSE(Wants(Below(0), RevisionOf(9, 2024)));
  v1::LedgerEntry key;
  key.mutable_key_changed();
  EXPECT_FALSE(Wants(Below(0), key));
  v1::WatchEntriesRequest alone;
  alone.set_agency(AgencyOf(0));
  EXPECT_FALSE(Wants(alone, RevisionOf(1, 2024)));
}

TEST_F(WatchFilterTest, ASubtreeIsWhatTheRegisterHasNow) {
  Register(0, -1);
  Register(1, 0);
  Register(2, 1);
  Register(3, -1);
  EXPECT_TRUE(Wants(Below(0), RevisionOf(2, 2024)));
  Move(1, 3, 2);
  EXPECT_FALSE(Wants(Below(0), RevisionOf(2, 2024)));
  EXPECT_TRUE(Wants(Below(3), RevisionOf(2, 2024)));
  // A change holds from its day on, in Shanghai.
  Move(1, 0, 3, absl::CivilDay(2025, 4, 1));
  EXPECT_FALSE(Wants(Below(0), RevisionOf(2, 2024)));
  entries_.At("2025-04-01 00:00:00");
  EXPECT_TRUE(Wants(Below(0), RevisionOf(2, 2024)));
  EXPECT_FALSE(Wants(Below(3), RevisionOf(2, 2024)));
}

TEST_F(WatchFilterTest, WhoLeavesIsSeenToGo) {
  Register(0, -1);
  Register(1, 0);
  Register(2, 1);
  Register(3, -1);
  // A change of another kind, of who is not there any more.
  Move(2, 0, 2);
  const uint64_t leaves = Move(2, 3, 3);
  // What it does there is no business of theirs.
  Move(2, -1, 4);
  entries_.Append(RevisionOf(2, 2024), "content");
  WatchCursor cursor(&entries_.ledger(), {0, 0, false}, Selector(Below(0)));
  EXPECT_THAT(PageOf(&cursor), ElementsAre(0, 1, leaves));
}

TEST_F(WatchFilterTest, ARegisterThatIsNoTreeIsWalkedOnlySoFar) {
  Register(0, -1);
  Register(1, 2);
  Register(2, 1);
  EXPECT_FALSE(Wants(Below(0), RevisionOf(1, 2024)));
}

TEST_F(WatchFilterTest, ACursorHandsOutWhatIsWantedOnce) {
  Register(0, -1);
  Register(1, 0);
  Register(2, -1);
  const uint64_t wanted = entries_.Append(RevisionOf(1, 2024), "content");
  entries_.Append(RevisionOf(2, 2024), "content");
  v1::WatchEntriesRequest request = Below(0);
  request.add_kinds(v1::EVENT_KIND_REVISION_RECORDED);
  WatchCursor cursor(&entries_.ledger(), {0, 0, true}, Selector(request));
  const auto page = cursor.NextPage();
  ASSERT_OK(page);
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ(page->front().index(), wanted);
  EXPECT_EQ(page->front().content(), "content");
  EXPECT_EQ(cursor.next_index(), entries_.size());
  EXPECT_FALSE(cursor.HasNext());
  EXPECT_THAT(PageOf(&cursor), IsEmpty());
  entries_.Append(RevisionOf(0, 2024), "content");
  EXPECT_TRUE(cursor.HasNext());
  EXPECT_THAT(PageOf(&cursor), ElementsAre(entries_.size() - 1));
}

TEST_F(WatchFilterTest, ACursorLooksAtSoManyEntriesATurn) {
  constexpr int kAgencies = 2 * static_cast<int>(kWatchPageLooksMax) + 10;
  for (int n = 0; n < kAgencies; ++n) Register(n, -1);
  v1::WatchEntriesRequest request;
  request.set_agency(AgencyOf(kAgencies - 1));
  WatchCursor cursor(&entries_.ledger(), {0, 0, false}, Selector(request));
  EXPECT_THAT(PageOf(&cursor), IsEmpty());
  EXPECT_EQ(cursor.next_index(), kWatchPageLooksMax);
  EXPECT_TRUE(cursor.HasNext());
  EXPECT_THAT(PageOf(&cursor), IsEmpty());
  EXPECT_THAT(PageOf(&cursor), ElementsAre(kAgencies - 1));
  EXPECT_FALSE(cursor.HasNext());
}

TEST_F(WatchFilterTest, ARangeEndsThoughNothingOfItIsWanted) {
  for (int n = 0; n < 5; ++n) Register(n, -1);
  v1::WatchEntriesRequest request;
  request.set_agency(AgencyOf(4));
  WatchCursor cursor(&entries_.ledger(), {0, 3, false}, Selector(request));
  EXPECT_THAT(PageOf(&cursor), IsEmpty());
  EXPECT_TRUE(cursor.AtEnd());
}

}  // namespace
}  // namespace annals
