#include "service/agency_request.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/agency_states.h"
#include "service/report/content_signature.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr size_t kDisplayNameCharactersMax = 200;
constexpr std::array<absl::string_view, 8> kMaskPaths = {
    "display_name", "division_code", "kind",         "supervisor",
    "dissolved_on", "successor",     "signing_keys", "signature_required"};

absl::Status ValidateDay(absl::string_view field, const v1::Date& date) {
  RETURN_IF_ERROR(RequireKnownFields(field, date));
  if (report::CivilDayOf(date).has_value()) return absl::OkStatus();
  return InvalidField("INVALID_VALUE", field,
                      absl::StrCat("is ", date.year(), "-", date.month(), "-",
                                   date.day(), ", which is no day"),
                      absl::StrCat("为 ", date.year(), "-", date.month(), "-",
                                   date.day(), "，不是日历上的一天"));
}

absl::Status ValidateLinks(const v1::Agency& agency) {
  if (!agency.supervisor().empty()) {
    RETURN_IF_ERROR(report::ParseAgencyName(agency.supervisor()).status());
  }
  if (agency.supervisor() == agency.name()) {
    return InvalidField("SUPERVISOR_IS_SELF", "agency.supervisor",
                        "is the agency itself", "是机关本身");
  }
  if (agency.successor().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(report::ParseAgencyName(agency.successor()).status());
  if (agency.successor() == agency.name()) {
    return InvalidField("SUCCESSOR_IS_SELF", "agency.successor",
                        "is the agency itself", "是机关本身");
  }
  if (!agency.has_dissolved_on()) {
    return InvalidField("SUCCESSOR_WITHOUT_DISSOLUTION", "agency.successor",
                        "goes with `dissolved_on` only",
                        "只能与 dissolved_on 同用");
  }
  return absl::OkStatus();
}

absl::Status ValidateSigningKey(const std::string& field,
                                const v1::SigningKey& key,
                                const std::string& agency) {
  RETURN_IF_ERROR(RequireKnownFields(field, key));
  RETURN_IF_ERROR(report::ParseSigningKey(key.vkey(), agency).status());
  if (key.has_valid_from()) {
    RETURN_IF_ERROR(
        ValidateDay(absl::StrCat(field, ".valid_from"), key.valid_from()));
  }
  if (!key.has_expires_on()) return absl::OkStatus();
  const std::string end = absl::StrCat(field, ".expires_on");
  RETURN_IF_ERROR(ValidateDay(end, key.expires_on()));
  if (!key.has_valid_from() || report::CivilDayOf(key.valid_from()) <
                                   report::CivilDayOf(key.expires_on())) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_VALUE", end, "is not after its `valid_from`",
                      "不晚于启用日期（valid_from）");
}

absl::Status ValidateSigningKeys(const v1::Agency& agency) {
  if (agency.signing_keys_size() > report::kSigningKeysMax) {
    return InvalidField("INVALID_VALUE", "agency.signing_keys",
                        absl::StrCat("are more than ", report::kSigningKeysMax),
                        absl::StrCat("多于 ", report::kSigningKeysMax, " 个"));
  }
  for (int i = 0; i < agency.signing_keys_size(); ++i) {
    const v1::SigningKey& key = agency.signing_keys(i);
    const std::string field = absl::StrCat("agency.signing_keys[", i, "]");
    RETURN_IF_ERROR(ValidateSigningKey(field, key, agency.name()));
    for (int j = 0; j < i; ++j) {
      if (agency.signing_keys(j).vkey() != key.vkey()) continue;
      return InvalidField("INVALID_VALUE", field, "stands there twice", "重复");
    }
  }
  if (!agency.signature_required() || agency.signing_keys_size() > 0) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_VALUE", "agency.signature_required",
                      "needs at least one of `signing_keys`: give the one that "
                      "replaces it in the same call, or require no signature "
                      "any more",
                      "须至少有一个签名公钥（signing_keys）：请在同一次调用中"
                      "给出替换的公钥，或不再要求签名");
}

// The agency as it is to be, its name set.
absl::Status ValidateAgency(const v1::Agency& agency) {
  RETURN_IF_ERROR(ValidateStatement(
      "agency.display_name", agency.display_name(), kDisplayNameCharactersMax));
  RETURN_IF_ERROR(report::ValidateDivisionCode(agency.division_code()));
  if (!v1::AgencyKind_IsValid(agency.kind())) {
    return InvalidField("INVALID_VALUE", "agency.kind",
                        absl::StrCat("has no value ", agency.kind()),
                        absl::StrCat("没有取值 ", agency.kind()));
  }
  if (agency.has_valid_from()) {
    RETURN_IF_ERROR(ValidateDay("agency.valid_from", agency.valid_from()));
  }
  if (agency.has_dissolved_on()) {
    RETURN_IF_ERROR(ValidateDay("agency.dissolved_on", agency.dissolved_on()));
  }
  RETURN_IF_ERROR(ValidateSigningKeys(agency));
  return ValidateLinks(agency);
}

bool ReplacesOthers(const v1::UpdateAgencyRequest& request) {
  return request.replace_pending() || request.has_replace_from();
}

absl::Status ValidateMask(const v1::UpdateAgencyRequest& request) {
  const google::protobuf::FieldMask& mask = request.update_mask();
  for (const std::string& path : mask.paths()) {
    if (std::find(kMaskPaths.begin(), kMaskPaths.end(), path) ==
        kMaskPaths.end()) {
      return InvalidField(
          "INVALID_UPDATE_MASK", "update_mask",
          absl::StrCat("names ", path.substr(0, 64),
                       "; what can be changed is display_name, "
                       "division_code, kind, supervisor, dissolved_on, "
                       "successor, signing_keys and signature_required"),
          absl::StrCat("含有 ", path.substr(0, 64),
                       "；可变更的是 display_name、division_code、kind、"
                       "supervisor、dissolved_on、successor、signing_keys 与 "
                       "signature_required"));
    }
  }
  if (!mask.paths().empty() || ReplacesOthers(request)) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_UPDATE_MASK", "update_mask",
                      "must name what changes", "须列出要变更的字段");
}

absl::Status ValidFromTooEarly(const v1::Agency& agency, absl::CivilDay first,
                               absl::CivilDay latest, absl::CivilDay today) {
  const bool is_pending = latest > today;
  const std::string first_text = absl::FormatCivilTime(first);
  const std::string latest_text = absl::FormatCivilTime(latest);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "VALID_FROM_TOO_EARLY",
      {absl::StrCat("The change of ", agency.name(), " would hold from ",
                    first_text, ", but the one before holds from ", latest_text,
                    "; give a `valid_from` that is not before that day, or ",
                    is_pending ? "`replace_pending` so that it takes the place "
                                 "of the one that is to come."
                               : "`replace_from` so that it takes the place "
                                 "of what the register says from a day on."),
       absl::StrCat(agency.name(), " 的变更自 ", first_text,
                    " 生效，早于上一次变更的生效日 ", latest_text,
                    "；请给出不早于该日的生效日期（valid_from），或以 ",
                    is_pending ? "replace_pending 取代尚未生效的那次变更。"
                               : "replace_from 取代自某日起的登记。")});
}

// Until its first day the change that it is to replace would hold.
absl::Status ValidFromTooLate(absl::CivilDay first, absl::CivilDay replaced) {
  const std::string first_text = absl::FormatCivilTime(first);
  const std::string replaced_text = absl::FormatCivilTime(replaced);
  return InvalidField(
      "INVALID_VALUE", "valid_from",
      absl::StrCat("is ", first_text, ", after ", replaced_text,
                   ", from which the change holds that it is to replace; "
                   "replace that one first, without any change, and then "
                   "record this one"),
      absl::StrCat("为 ", first_text, "，晚于所取代变更的生效日 ",
                   replaced_text, "；请先不作变更地取代那一次，再登记这一次"));
}

absl::Status DissolvedBeforeValid(absl::CivilDay first) {
  const std::string text = absl::FormatCivilTime(first);
  return InvalidField(
      "INVALID_VALUE", "agency.dissolved_on",
      absl::StrCat("is before ", text,
                   ", the day from which the change holds; let it hold from "
                   "the day of the dissolution"),
      absl::StrCat("早于变更的生效日 ", text, "；请使变更自撤销日期起生效"));
}

// A dissolution that is recorded later than it happened holds from the day on
// which it happened.
absl::CivilDay FirstDayOfChange(const v1::UpdateAgencyRequest& request,
                                const v1::Agency& changed,
                                absl::CivilDay today) {
  if (request.has_valid_from()) {
    return report::CivilDayOf(request.valid_from()).value_or(today);
  }
  if (request.has_replace_from()) {
    return report::CivilDayOf(request.replace_from()).value_or(today);
  }
  const auto& paths = request.update_mask().paths();
  if (changed.has_dissolved_on() &&
      std::find(paths.begin(), paths.end(), "dissolved_on") != paths.end()) {
    return report::CivilDayOf(changed.dissolved_on()).value_or(today);
  }
  return today;
}

}  // namespace

absl::Status ValidateCreation(const v1::CreateAgencyRequest& request) {
  const std::string name = absl::StrCat("agencies/", request.agency_id());
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(report::ValidateAgencyCode(request.agency_id()));
  if (!request.agency().name().empty() && request.agency().name() != name) {
    return InvalidField("NAME_MISMATCH", "agency.name",
                        absl::StrCat("must be empty or ", name),
                        absl::StrCat("须为空或 ", name));
  }
  RETURN_IF_ERROR(RequireKnownFields("agency", request.agency()));
  v1::Agency agency = request.agency();
  agency.set_name(name);
  RETURN_IF_ERROR(ValidateAgency(agency));
  if (agency.has_dissolved_on() &&
      report::CivilDayOf(agency.dissolved_on()) < FirstDayOf(agency)) {
    return DissolvedBeforeValid(FirstDayOf(agency));
  }
  return ValidateStatement("reason", request.reason(), kReasonCharactersMax);
}

absl::Status ValidateUpdate(const v1::UpdateAgencyRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(RequireKnownFields("agency", request.agency()));
  RETURN_IF_ERROR(report::ParseAgencyName(request.agency().name()).status());
  RETURN_IF_ERROR(ValidateMask(request));
  if (request.agency().etag().empty()) {
    return InvalidField("MISSING_ETAG", "agency.etag",
                        "is required: give that of the state that you read",
                        "必填：请填写所读取的登记的版本标识");
  }
  if (request.has_valid_from()) {
    RETURN_IF_ERROR(ValidateDay("valid_from", request.valid_from()));
  }
  if (request.has_replace_from()) {
    RETURN_IF_ERROR(ValidateDay("replace_from", request.replace_from()));
    if (request.replace_pending()) {
      return InvalidField("INVALID_VALUE", "replace_from",
                          "goes without `replace_pending`; give one of them",
                          "不能与 replace_pending 同用，请只给出其一");
    }
  }
  return ValidateStatement("reason", request.reason(), kReasonCharactersMax);
}

absl::StatusOr<v1::Agency> ApplyUpdate(const v1::UpdateAgencyRequest& request,
                                       v1::Agency base,
                                       std::optional<absl::CivilDay> replaced,
                                       absl::CivilDay today) {
  absl::CivilDay base_first = FirstDayOf(base);
  // The base itself is replaced.
  if (replaced.has_value() && *replaced <= base_first) {
    base_first = absl::CivilDay::min();
  }
  base = WithoutServiceFields(std::move(base));
  v1::Agency changed = base;
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(
      request.agency(), request.update_mask(), options, &changed);
  // What others said is undone by the state that held before them.
  if (!replaced.has_value() &&
      google::protobuf::util::MessageDifferencer::Equals(changed, base)) {
    return InvalidField("NOTHING_CHANGED", "agency",
                        "is as the register has it already",
                        "与登记的内容相同，没有变更");
  }
  const absl::CivilDay first = FirstDayOfChange(request, changed, today);
  *changed.mutable_valid_from() = report::DateOf(first);
  RETURN_IF_ERROR(ValidateAgency(changed));
  if (first < base_first) {
    return ValidFromTooEarly(changed, first, base_first, today);
  }
  if (replaced.has_value() && first > *replaced) {
    return ValidFromTooLate(first, *replaced);
  }
  if (changed.has_dissolved_on() && !base.has_dissolved_on() &&
      report::CivilDayOf(changed.dissolved_on()) < first) {
    return DissolvedBeforeValid(first);
  }
  return changed;
}

v1::Agency WithoutServiceFields(v1::Agency agency) {
  agency.clear_create_time();
  agency.clear_entry_index();
  agency.clear_etag();
  agency.clear_change_count();
  return agency;
}

absl::Status AgencyExists(absl::string_view name) {
  return MakeError(absl::StatusCode::kAlreadyExists, "AGENCY_EXISTS",
                   {absl::StrCat(name, " is registered already."),
                    absl::StrCat(name, " 已经登记。")});
}

absl::Status AgencyNotFound(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kNotFound, "AGENCY_NOT_FOUND",
      {absl::StrCat(name, " is not registered; register it first."),
       absl::StrCat(name, " 尚未登记，请先登记。")});
}

absl::Status NoAgencyYet(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kNotFound, "AGENCY_NOT_FOUND",
      {absl::StrCat(name, " was not registered then; ask for a later time."),
       absl::StrCat(name, " 当时尚未登记；请查询更晚的时间。")});
}

absl::Status SupervisorNotRegistered(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SUPERVISOR_NOT_REGISTERED",
      {absl::StrCat("The supervisor ", name,
                    " is not registered; register it first, or leave the "
                    "supervisor empty."),
       absl::StrCat("主管机关 ", name,
                    " 尚未登记，请先登记，或将主管机关留空。")});
}

absl::Status SupervisorDissolved(absl::string_view name, absl::CivilDay day) {
  const std::string text = absl::FormatCivilTime(day);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SUPERVISOR_DISSOLVED",
      {absl::StrCat("The supervisor ", name, " is dissolved on ", text,
                    ", from which the supervision is to hold; name the agency "
                    "that took its tasks over, or an earlier day."),
       absl::StrCat("主管机关 ", name, " 在该隶属关系生效之日 ", text,
                    " 已撤销；请改填承接其职能的机关，或更早的日期。")});
}

absl::Status SupervisionTooDeep(absl::string_view name, size_t offices_max) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SUPERVISION_TOO_DEEP",
      {absl::StrCat("More than ", offices_max, " offices stand above ", name,
                    "; mend the supervisors in the register."),
       absl::StrCat(name, " 之上的机关超过 ", offices_max,
                    " 级；请更正登记的主管机关。")});
}

absl::Status SuccessorNotRegistered(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SUCCESSOR_NOT_REGISTERED",
      {absl::StrCat("The successor ", name,
                    " is not registered; register it first, or leave the "
                    "successor empty."),
       absl::StrCat("承接机关 ", name,
                    " 尚未登记，请先登记，或将承接机关留空。")});
}

absl::Status AgencyEtagMismatch(absl::string_view name,
                                absl::string_view current) {
  absl::Status status = MakeError(
      absl::StatusCode::kAborted, "ETAG_MISMATCH",
      {absl::StrCat("The change of ", name,
                    " is not based on its latest state. Read that one, and "
                    "change it."),
       absl::StrCat(name,
                    " 的变更所依据的登记不是最新。请取得最新登记后再变更。")});
  AddErrorMetadata("agency", name, &status);
  if (!current.empty()) AddErrorMetadata("currentEtag", current, &status);
  return status;
}

}  // namespace annals
