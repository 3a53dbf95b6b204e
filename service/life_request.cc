#include "service/life_request.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/report/review_policy.h"
#include "service/report/validate.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr size_t kAddressCharactersMax = 2000;
constexpr size_t kNoteCharactersMax = 200;

bool IsMadePublic(v1::Step step) {
  return step == v1::STEP_PUBLISHED || step == v1::STEP_RESTORED;
}

absl::Status ValidateOptional(absl::string_view field, absl::string_view text,
                              size_t characters_max) {
  return text.empty() ? absl::OkStatus()
                      : ValidateStatement(field, text, characters_max);
}

absl::Status ValidateMadePublic(const v1::Publication& publication, int year) {
  RETURN_IF_ERROR(RequireKnownFields("publication", publication));
  if (!publication.has_date() ||
      !report::CivilDayOf(publication.date()).has_value()) {
    return InvalidField("INVALID_VALUE", "publication.date",
                        "must be a day of the calendar", "须为日历上的一天");
  }
  RETURN_IF_ERROR(RequireKnownFields("publication.date", publication.date()));
  RETURN_IF_ERROR(ValidateOptional("publication.url", publication.url(),
                                   kAddressCharactersMax));
  RETURN_IF_ERROR(
      report::ValidatePublication("publication", publication, year));
  RETURN_IF_ERROR(ValidateOptional("publication.index_number",
                                   publication.index_number(),
                                   kNoteCharactersMax));
  RETURN_IF_ERROR(ValidateOptional("publication.signer", publication.signer(),
                                   kNoteCharactersMax));
  const std::string& hash = publication.source_sha256();
  if (hash.empty() || hash.size() == ledger::kHashBytes) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_VALUE", "publication.source_sha256",
                      absl::StrCat("has ", hash.size(), " bytes instead of 32"),
                      absl::StrCat("为 ", hash.size(), " 字节，应为 32"));
}

absl::Status ValidateReason(const std::string& reason) {
  if (reason.empty()) {
    return InvalidField("INVALID_VALUE", "reason", "is required", "为必填项");
  }
  return ValidateStatement("reason", reason, kReasonCharactersMax);
}

}  // namespace

absl::Status ValidateStep(const v1::TakeStepRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(ValidateReason(request.reason()));
  const v1::Step step = request.step();
  if (!v1::Step_IsValid(step) || step == v1::STEP_UNSPECIFIED) {
    return InvalidField("INVALID_VALUE", "step",
                        absl::StrCat("has no value ", static_cast<int>(step)),
                        absl::StrCat("没有取值 ", static_cast<int>(step)));
  }
  if (IsMadePublic(step)) {
    ASSIGN_OR_RETURN(const report::RevisionName name,
                     report::ParseRevisionName(request.name()));
    return ValidateMadePublic(request.publication(), name.report.year);
  }
  if (!request.has_publication()) return absl::OkStatus();
  return InvalidField("INVALID_VALUE", "publication",
                      "goes with STEP_PUBLISHED and STEP_RESTORED only",
                      "只能与 STEP_PUBLISHED、STEP_RESTORED 同用");
}

absl::Status ValidatePolicySetting(const v1::SetPolicyRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(ValidateReason(request.reason()));
  if (!request.has_policy()) return absl::OkStatus();
  RETURN_IF_ERROR(RequireKnownFields("policy", request.policy()));
  for (const v1::StepRule& rule : request.policy().steps()) {
    RETURN_IF_ERROR(RequireKnownFields("policy.steps", rule));
  }
  for (const v1::Deadline& deadline : request.policy().deadlines()) {
    RETURN_IF_ERROR(RequireKnownFields("policy.deadlines", deadline));
  }
  return report::ValidateReviewPolicy(request.policy());
}

}  // namespace annals
