// The whole table of who may call what, on a ledger in memory.

#include "service/authorizer.h"

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "annals/v1/agency_service.pb.h"
#include "annals/v1/backup_service.pb.h"
#include "annals/v1/document_service.pb.h"
#include "annals/v1/erasure_service.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "annals/v1/supervision_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::google::protobuf::Message;

// Agency 0 supervises 1, which supervises 2; 3 stands alone; 4 is not
// registered. The entry N registers agency N; kAgencies + N is its report.
constexpr int kAgencies = 4;
enum Place {
  kSelf = 0,
  kChild = 1,
  kGrandchild = 2,
  kStranger = 3,
  kUnknown = 4
};

class AuthorizerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    entries_.At("2025-01-01 00:00:00");
    for (int n = 0; n < kAgencies; ++n) {
      v1::LedgerEntry entry;
      v1::Agency* agency = entry.mutable_agency_registered()->mutable_agency();
      agency->set_name(Name(n));
      if (n == kChild) agency->set_supervisor(Name(kSelf));
      if (n == kGrandchild) agency->set_supervisor(Name(kChild));
      entries_.Append(std::move(entry));
    }
    for (int n = 0; n < kAgencies; ++n) {
      v1::LedgerEntry entry;
      entry.mutable_revision_recorded()->set_report(Name(n) + "/reports/2024");
      entry.mutable_revision_recorded()->set_number(1);
      entries_.Append(std::move(entry), "content");
    }
  }

  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }

  static CallerIdentity Caller(Role role) {
    CallerIdentity caller;
    caller.subject = "test";
    caller.role = role;
    caller.agency_code = MakeAgencyCode(kSelf);
    return caller;
  }

  static void SetText(Message* request, const char* field,
                      const std::string& text) {
    const auto* const descriptor =
        request->GetDescriptor()->FindFieldByName(field);
    ASSERT_NE(descriptor, nullptr) << request->GetTypeName() << " " << field;
    request->GetReflection()->SetString(request, descriptor, text);
  }

  // A request of the method that is about agency `n`.
  static std::unique_ptr<Message> About(const AccessRule& rule, int n) {
    const auto* const method =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
            absl::StrCat("annals.v1.", rule.method));
    EXPECT_NE(method, nullptr) << rule.method;
    std::unique_ptr<Message> request(
        google::protobuf::MessageFactory::generated_factory()
            ->GetPrototype(method->input_type())
            ->New());
    switch (rule.subject) {
      case AccessSubject::kNobody:
        break;
      case AccessSubject::kName:
      case AccessSubject::kNameIfAny:
      case AccessSubject::kReceipt:
        SetText(request.get(), "name", Name(n) + "/reports/2024/revisions/1");
        break;
      case AccessSubject::kParent:
        SetText(request.get(), "parent", Name(n));
        break;
      case AccessSubject::kAgency:
      case AccessSubject::kWatch:
        SetText(request.get(), "agency", Name(n));
        break;
      case AccessSubject::kEntry:
        request->GetReflection()->SetUInt64(
            request.get(), request->GetDescriptor()->FindFieldByName("index"),
            static_cast<uint64_t>(kAgencies + n));
        break;
    }
    return request;
  }

  struct Expected {
    // What is seen; nullopt: the call is denied with this reason.
    std::optional<View> view;
    std::string reason;
  };

  // What the table says of a call about agency `n`.
  static Expected Expect(const AccessRule& rule, Role role, int n,
                         bool public_allowed) {
    const Reach reach = rule.reach[static_cast<size_t>(role)];
    switch (reach) {
      case Reach::kNone:
        return {std::nullopt, "ROLE_NOT_ALLOWED"};
      case Reach::kAny:
        return {View::kAll, ""};
      case Reach::kPublished:
        return {View::kPublished, ""};
      case Reach::kOwn:
      case Reach::kSubtree:
        break;
    }
    const bool is_reached = n == kSelf || (reach == Reach::kSubtree &&
                                           (n == kChild || n == kGrandchild));
    if (is_reached || rule.subject == AccessSubject::kNobody) {
      return {View::kAll, ""};
    }
    const bool is_public =
        rule.reach[static_cast<size_t>(Role::kPublic)] == Reach::kPublished;
    if (public_allowed && is_public) return {View::kPublished, ""};
    return {std::nullopt, "AGENCY_NOT_ALLOWED"};
  }

  EntryLedger entries_;
  Authorizer authorizer_{&entries_.ledger(), &entries_.clock(),
                         /*public_allowed=*/false};
  Authorizer public_authorizer_{&entries_.ledger(), &entries_.clock(),
                                /*public_allowed=*/true};
};

TEST_F(AuthorizerTest, TheWholeTableHolds) {
  int seen = 0;
  int published = 0;
  int denied = 0;
  for (const bool public_allowed : {false, true}) {
    for (const AccessRule& rule : AccessRules()) {
      for (int r = 0; r < kRoleCount; ++r) {
        for (const int n : {kSelf, kChild, kGrandchild, kStranger, kUnknown}) {
          const Expected expected =
              Expect(rule, static_cast<Role>(r), n, public_allowed);
          SCOPED_TRACE(absl::StrCat(rule.method, " ",
                                    RoleName(static_cast<Role>(r)), " ", n, " ",
                                    public_allowed));
          const Authorizer& authorizer =
              public_allowed ? public_authorizer_ : authorizer_;
          const auto request = About(rule, n);
          const CallerIdentity caller = Caller(static_cast<Role>(r));
          const auto view = authorizer.ViewFor(caller, *request);
          const absl::Status status = authorizer.Check(caller, *request);
          if (!expected.view.has_value()) {
            EXPECT_THAT(view, StatusHasReason(StatusCode::kPermissionDenied,
                                              expected.reason));
            EXPECT_EQ(status, view.status());
            ++denied;
            continue;
          }
          EXPECT_THAT(view, IsOkAndHolds(*expected.view));
          EXPECT_EQ(status.ok(), *expected.view == View::kAll);
          ++(status.ok() ? seen : published);
        }
      }
    }
  }
  EXPECT_GT(seen, 600);
  EXPECT_GT(published, 250);
  EXPECT_GT(denied, 400);
}

TEST_F(AuthorizerTest, EveryMethodOfTheApiStandsInTheTableOnce) {
  std::set<std::string> methods;
  std::set<const google::protobuf::Descriptor*> requests;
  for (const auto* file : {v1::GetReportRequest::descriptor()->file(),
                           v1::GetAgencyRequest::descriptor()->file(),
                           v1::GetDocumentRequest::descriptor()->file(),
                           v1::EraseContentRequest::descriptor()->file(),
                           v1::CreateBackupRequest::descriptor()->file(),
                           v1::GetEntryRequest::descriptor()->file(),
                           v1::TakeStepRequest::descriptor()->file(),
                           v1::ListFilingsRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* const method = file->service(s)->method(m);
        methods.insert(
            absl::StrCat(method->service()->name(), ".", method->name()));
        // A method is known by its request.
        EXPECT_TRUE(requests.insert(method->input_type()).second ||
                    method->name() == "SubmitRevisions")
            << method->full_name();
      }
    }
  }
  for (const std::string& method : methods) {
    EXPECT_NE(FindAccessRule(method), nullptr) << method;
  }
  EXPECT_EQ(methods.size(), AccessRules().size());
}

TEST(AccessPolicyTest, TheReadmesShowIt) {
  for (const char* readme : {"/README.md", "/README.zh-CN.md"}) {
    EXPECT_THAT(ReadFile(absl::StrCat(ANNALS_SOURCE_DIR, readme)),
                ::testing::HasSubstr(AccessPolicyText()))
        << readme;
  }
}

TEST_F(AuthorizerTest, WhoProvesNothingWhereNothingIsProvedMayAll) {
  for (const AccessRule& rule : AccessRules()) {
    EXPECT_OK(authorizer_.Check(AnonymousCaller(), *About(rule, kStranger)));
  }
}

// What can't be told to be the caller's is not the caller's.
TEST_F(AuthorizerTest, NamesThatHideTheirAgencyAreDenied) {
  const std::string own = Name(kSelf);
  for (const std::string& name :
       {std::string(), std::string("agencies/-"), std::string("agencies/"),
        own.substr(0, own.size() - 1), "/" + own, "Agencies/" + own.substr(9),
        own + "X", "documents/" + std::string(64, 'a'),
        std::string("agencies/../") + own}) {
    for (const Role role : {Role::kSubmitter, Role::kReviewer}) {
      v1::ListReportsRequest list;
      list.set_parent(name);
      v1::GetReportRequest get;
      get.set_name(name);
      for (const Message* request : {static_cast<const Message*>(&list),
                                     static_cast<const Message*>(&get)}) {
        EXPECT_THAT(authorizer_.Check(Caller(role), *request),
                    StatusHasReason(StatusCode::kPermissionDenied,
                                    "AGENCY_NOT_ALLOWED"))
            << name;
      }
    }
  }
}

TEST_F(AuthorizerTest, TheDenialSaysNothingOfWhatThereIs) {
  v1::GetReportRequest stranger;
  stranger.set_name(Name(kStranger) + "/reports/2024");
  v1::GetReportRequest unknown;
  unknown.set_name(Name(kUnknown) + "/reports/2024");
  EXPECT_EQ(authorizer_.Check(Caller(Role::kReviewer), stranger),
            authorizer_.Check(Caller(Role::kReviewer), unknown));
  v1::GetEntryRequest other;
  other.set_index(kAgencies + kStranger);
  v1::GetEntryRequest none;
  none.set_index(1'000'000);
  EXPECT_EQ(authorizer_.Check(Caller(Role::kSubmitter), other),
            authorizer_.Check(Caller(Role::kSubmitter), none));
}

// A client's proof needs the policy that an office above has set.
TEST_F(AuthorizerTest, TheRegisterAndPoliciesAreOpenToAll) {
  v1::LedgerEntry policy;
  policy.mutable_policy_set()->set_agency(Name(kStranger));
  policy.mutable_policy_set()->set_number(1);
  const uint64_t index = entries_.Append(std::move(policy));
  for (const uint64_t open : {uint64_t{kStranger}, index}) {
    v1::GetEntryRequest request;
    request.set_index(open);
    for (const Role role : {Role::kSubmitter, Role::kReviewer}) {
      EXPECT_THAT(authorizer_.ViewFor(Caller(role), request),
                  IsOkAndHolds(View::kAll));
    }
  }
}

TEST_F(AuthorizerTest, AWatchOfSubordinatesIsMoreThanOnesOwn) {
  v1::WatchEntriesRequest request;
  request.set_agency(Name(kSelf));
  EXPECT_OK(authorizer_.Check(Caller(Role::kSubmitter), request));
  request.set_include_subordinates(true);
  EXPECT_FALSE(authorizer_.Check(Caller(Role::kSubmitter), request).ok());
  EXPECT_OK(authorizer_.Check(Caller(Role::kReviewer), request));
  request.clear_agency();
  EXPECT_FALSE(authorizer_.Check(Caller(Role::kReviewer), request).ok());
  EXPECT_OK(authorizer_.Check(Caller(Role::kAuditor), request));
  // Where the public is let in, more than one's own is what it sees.
  EXPECT_THAT(public_authorizer_.ViewFor(Caller(Role::kReviewer), request),
              IsOkAndHolds(View::kPublished));
}

// A method that knows no views is never reached by who does not see all.
TEST_F(AuthorizerTest, WhatIsPublishedIsNotAllThereIs) {
  v1::GetReportRequest request;
  request.set_name(Name(kSelf) + "/reports/2024");
  EXPECT_THAT(
      public_authorizer_.Check(Caller(Role::kPublic), request),
      StatusHasReason(StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_EQ(Authorizer::CheckRole(Caller(Role::kPublic),
                                  *v1::GetReportRequest::descriptor()),
            std::nullopt);
}

// The last name counts, as for whoever reads the whole request.
TEST_F(AuthorizerTest, BytesAreReadAsProtobufReadsThem) {
  v1::SubmitRevisionRequest own;
  own.set_name(Name(kSelf) + "/reports/2024");
  v1::SubmitRevisionRequest other;
  other.set_name(Name(kStranger) + "/reports/2024");
  const std::string first = own.SerializeAsString();
  const std::string last = other.SerializeAsString();
  const auto check = [this](const std::string& bytes) {
    return authorizer_.CheckBytes(Caller(Role::kSubmitter),
                                  *v1::SubmitRevisionRequest::descriptor(),
                                  bytes);
  };
  EXPECT_OK(check(first));
  EXPECT_OK(check(last + first));
  EXPECT_FALSE(check(first + last).ok());
  EXPECT_THAT(
      check(first + "\x0a"),
      StatusHasReason(StatusCode::kInvalidArgument, "MALFORMED_REQUEST"));
}

// A number where the name stands has no bytes, least of all those of the field
// before it.
TEST_F(AuthorizerTest, ANameOfAnotherWireTypeIsMalformed) {
  v1::SubmitRevisionRequest other;
  other.set_name(Name(kStranger) + "/reports/2024");
  v1::SubmitRevisionRequest reason;
  reason.set_reason(Name(kSelf) + "/reports/2024");
  const std::string before =
      other.SerializeAsString() + reason.SerializeAsString();
  const std::string varint("\x08\x01", 2);
  const std::string fixed64 = "\x09" + std::string(8, '\x01');
  const std::string fixed32 = "\x0d" + std::string(4, '\x01');
  for (const std::string& name : {varint, fixed64, fixed32}) {
    for (const std::string& bytes : {before + name, name + before}) {
      EXPECT_THAT(
          authorizer_.CheckBytes(Caller(Role::kSubmitter),
                                 *v1::SubmitRevisionRequest::descriptor(),
                                 bytes),
          StatusHasReason(StatusCode::kInvalidArgument, "MALFORMED_REQUEST"));
    }
  }
}

}  // namespace
}  // namespace annals
