#include "service/authorizer.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/publication.h"
#include "service/report/days.h"
#include "service/report/entry_subject.h"
#include "service/report/names.h"
#include "service/report/wire_fields.h"
#include "service/request.h"

namespace annals {
namespace {

absl::Status RoleNotAllowed(const CallerIdentity& caller,
                            absl::string_view method) {
  const absl::string_view role = RoleName(*caller.role);
  return MakeError(
      absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
      {absl::StrCat("The role ", role, " may not call ", method,
                    "; who may stands in the README, and annalsd "
                    "--print_policy prints it."),
       absl::StrCat("角色 ", role, " 无权调用 ", method,
                    "；各角色的权限见 README，annalsd --print_policy 也会"
                    "列出。")});
}

// The same whatever there is: who may not see a thing does not learn of it.
absl::Status AgencyNotAllowed(const CallerIdentity& caller, Reach reach) {
  const bool is_own = reach == Reach::kOwn;
  return MakeError(
      absl::StatusCode::kPermissionDenied, "AGENCY_NOT_ALLOWED",
      {absl::StrCat(
           "With this certificate the call may only be about agencies/",
           caller.agency_code, is_own ? "." : " and the agencies below it."),
       absl::StrCat("凭此证书，该调用只能涉及 agencies/", caller.agency_code,
                    is_own ? "。" : " 及其下级机关。")});
}

using RulesByRequest =
    absl::flat_hash_map<const google::protobuf::Descriptor*, const AccessRule*>;

RulesByRequest MakeRulesByRequest() {
  RulesByRequest rules;
  const auto* const pool = google::protobuf::DescriptorPool::generated_pool();
  for (const AccessRule& rule : AccessRules()) {
    const auto* const method =
        pool->FindMethodByName(absl::StrCat("annals.v1.", rule.method));
    if (method != nullptr) rules.emplace(method->input_type(), &rule);
  }
  return rules;
}

const AccessRule* RuleOf(const google::protobuf::Descriptor& request_type) {
  static const auto* const rules = new RulesByRequest(MakeRulesByRequest());
  const auto found = rules->find(&request_type);
  return found == rules->end() ? nullptr : found->second;
}

std::string TextField(const google::protobuf::Message& message,
                      const char* name) {
  const auto* const field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? std::string()
                          : message.GetReflection()->GetString(message, field);
}

uint64_t NumberField(const google::protobuf::Message& message,
                     const char* name) {
  const auto* const field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? 0
                          : message.GetReflection()->GetUInt64(message, field);
}

bool FlagField(const google::protobuf::Message& message, const char* name) {
  const auto* const field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && message.GetReflection()->GetBool(message, field);
}

// Of `agencies/{code}` and whatever stands below it; empty for other names.
std::string AgencyCodeOf(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() < 2 || parts[0] != "agencies" ||
      !report::ValidateAgencyCode(parts[1]).ok()) {
    return std::string();
  }
  return std::string(parts[1]);
}

}  // namespace

std::optional<absl::Status> Authorizer::CheckRole(
    const CallerIdentity& caller,
    const google::protobuf::Descriptor& request_type) {
  if (!caller.role.has_value()) return absl::OkStatus();
  const AccessRule* const rule = RuleOf(request_type);
  const Reach reach = rule == nullptr
                          ? Reach::kNone
                          : rule->reach[static_cast<size_t>(*caller.role)];
  if (reach == Reach::kNone) {
    return RoleNotAllowed(caller, rule == nullptr
                                      ? absl::string_view(request_type.name())
                                      : rule->method);
  }
  if (reach == Reach::kPublished) return std::nullopt;
  if (reach == Reach::kAny || rule->subject == AccessSubject::kNobody) {
    return absl::OkStatus();
  }
  return std::nullopt;
}

std::optional<Subtree> Authorizer::SubtreeHeldTo(
    const CallerIdentity& caller,
    const google::protobuf::Message& request) const {
  if (CheckRole(caller, *request.GetDescriptor()).has_value()) {
    return std::nullopt;
  }
  return SubtreeOf(caller.agency_code);
}

absl::StatusOr<View> Authorizer::ViewFor(
    const CallerIdentity& caller,
    const google::protobuf::Message& request) const {
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  if (auto decided = CheckRole(caller, type)) {
    RETURN_IF_ERROR(*decided);
    return View::kAll;
  }
  const AccessRule& rule = *RuleOf(type);
  const Reach reach = rule.reach[static_cast<size_t>(*caller.role)];
  if (reach == Reach::kPublished) return View::kPublished;
  ASSIGN_OR_RETURN(const bool is_reached,
                   IsReached(caller, rule, reach, request));
  if (is_reached) return View::kAll;
  const bool is_public =
      public_allowed_ &&
      rule.reach[static_cast<size_t>(Role::kPublic)] == Reach::kPublished;
  if (is_public) return View::kPublished;
  return AgencyNotAllowed(caller, reach);
}

absl::StatusOr<bool> Authorizer::IsReached(
    const CallerIdentity& caller, const AccessRule& rule, Reach reach,
    const google::protobuf::Message& request) const {
  if (rule.subject == AccessSubject::kNameIfAny &&
      TextField(request, "name").empty()) {
    return true;
  }
  ASSIGN_OR_RETURN(const std::optional<Subject> subject,
                   SubjectOf(rule, request));
  if (!subject.has_value()) return false;
  if (subject->is_open_to_all) return true;
  if (reach == Reach::kOwn) {
    return subject->agency_code == caller.agency_code &&
           !subject->with_subordinates;
  }
  return SubtreeOf(caller.agency_code)
      .Contains(report::AgencyName{subject->agency_code}.ToString());
}

absl::Status Authorizer::Check(const CallerIdentity& caller,
                               const google::protobuf::Message& request) const {
  RETURN_IF_ERROR(CheckRecording(*request.GetDescriptor()));
  ASSIGN_OR_RETURN(const View view, ViewFor(caller, request));
  if (view == View::kAll) return absl::OkStatus();
  const AccessRule& rule = *RuleOf(*request.GetDescriptor());
  return RoleNotAllowed(caller, rule.method);
}

absl::Status Authorizer::CheckRecording(
    const google::protobuf::Descriptor& request_type) const {
  if (recording_.ok()) return absl::OkStatus();
  const AccessRule* const rule = RuleOf(request_type);
  return rule != nullptr && RecordsEntries(rule->method) ? recording_
                                                         : absl::OkStatus();
}

absl::Status Authorizer::CheckBytes(
    const CallerIdentity& caller,
    const google::protobuf::Descriptor& request_type,
    absl::string_view bytes) const {
  RETURN_IF_ERROR(CheckRecording(request_type));
  if (auto decided = CheckRole(caller, request_type)) {
    return *std::move(decided);
  }
  const google::protobuf::Message* const prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(
          &request_type);
  const auto* const name = request_type.FindFieldByName("name");
  const std::unique_ptr<google::protobuf::Message> named(prototype->New());
  // As protobuf reads it: the last one counts.
  report::WireFields fields(bytes);
  while (fields.Next()) {
    if (fields.number() != name->number()) continue;
    // Protobuf would keep it as a field that it does not know, and read on.
    if (fields.kind() != report::WireKind::kBytes) {
      return MalformedRequest(request_type.full_name());
    }
    named->GetReflection()->SetString(named.get(), name,
                                      std::string(fields.bytes()));
  }
  if (fields.is_malformed()) return MalformedRequest(request_type.full_name());
  return Check(caller, *named);
}

absl::StatusOr<std::optional<Authorizer::Subject>> Authorizer::SubjectOf(
    const AccessRule& rule, const google::protobuf::Message& request) const {
  std::string name;
  bool with_subordinates = false;
  switch (rule.subject) {
    case AccessSubject::kNobody:
      return std::nullopt;
    case AccessSubject::kName:
    case AccessSubject::kNameIfAny:
      name = TextField(request, "name");
      break;
    case AccessSubject::kParent:
      name = TextField(request, "parent");
      break;
    case AccessSubject::kAgency:
      name = TextField(request, "agency");
      break;
    case AccessSubject::kReceipt:
      name = TextField(request, "name");
      if (name.empty()) return SubjectOfEntry(NumberField(request, "index"));
      break;
    case AccessSubject::kEntry:
      return SubjectOfEntry(NumberField(request, "index"));
    case AccessSubject::kWatch:
      name = TextField(request, "agency");
      with_subordinates = FlagField(request, "include_subordinates");
      break;
  }
  std::string code = AgencyCodeOf(name);
  if (code.empty()) return std::nullopt;
  return Subject{std::move(code), with_subordinates};
}

// An entry that there is not is about nobody, as is one that others keep to
// themselves.
absl::StatusOr<std::optional<Authorizer::Subject>> Authorizer::SubjectOfEntry(
    uint64_t index) const {
  if (index >= ledger_->checkpoint()->checkpoint.size) return std::nullopt;
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(index, false));
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, bytes.leaf));
  if (IsOpenToAll(entry)) return Subject{"", false, true};
  std::string code = AgencyCodeOf(report::SubjectOf(entry).agency);
  if (code.empty()) return std::nullopt;
  return Subject{std::move(code), false};
}

Subtree Authorizer::SubtreeOf(const std::string& office_code) const {
  return Subtree(report::AgencyName{office_code}.ToString(),
                 {ledger_->checkpoint()->checkpoint.size,
                  report::DayInShanghai(clock_->Now())},
                 ledger_);
}

}  // namespace annals
