#include "service/signature_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/content_signature.h"

namespace annals {
namespace {

absl::Status SignatureRequired(absl::string_view agency) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SIGNATURE_REQUIRED",
      {absl::StrCat(agency,
                    " must sign what it submits, by the register; submit with "
                    "its signature (annals submit --sign KEYFILE)."),
       absl::StrCat("登记规定 ", agency,
                    " 提交的报告须有机关签名；请签名后提交（annals submit "
                    "--sign KEYFILE）。")});
}

absl::Status KeyNotInForce(absl::string_view agency, absl::string_view vkey,
                           absl::CivilDay day) {
  const std::string today = absl::FormatCivilTime(day);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SIGNING_KEY_NOT_IN_FORCE",
      {absl::StrCat("The register does not have the key ", vkey, " for ",
                    agency, " on ", today,
                    ". Sign with a key that it has, or have the operator "
                    "register this one first (annals agency update CODE "
                    "--add-signing-key VKEY)."),
       absl::StrCat("登记中 ", agency, " 在 ", today, " 没有密钥 ", vkey,
                    "。请用已登记的密钥签名，或请运行方先登记该公钥（annals "
                    "agency update CODE --add-signing-key VKEY）。")});
}

report::SignedStatement StatementOf(const SubmissionRequest& request,
                                    absl::string_view origin) {
  report::SignedStatement statement;
  statement.origin = origin;
  statement.report = request.report_name;
  statement.base_etag = request.report->head().etag();
  statement.reason_code = request.reason_code;
  statement.reason = request.reason;
  statement.as_published = request.as_published;
  statement.document = request.document;
  statement.salt = request.signature->salt();
  statement.report_bytes = request.report_bytes;
  statement.acknowledgements = &request.acknowledgements;
  return statement;
}

}  // namespace

absl::Status CheckSignature(const SubmissionRequest& request,
                            const AgencyRegister::Today& agency,
                            absl::string_view origin,
                            v1::RevisionRecorded* event) {
  const v1::Agency& state = agency.state->agency;
  if (!request.signature.has_value()) {
    return state.signature_required() && !request.as_published
               ? SignatureRequired(state.name())
               : absl::OkStatus();
  }
  const v1::ContentSignature& signature = *request.signature;
  const absl::Status verified =
      report::VerifyStatement(StatementOf(request, origin), signature);
  if (absl::IsDataLoss(verified)) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason(verified),
                     {std::string(verified.message()), ErrorTextZh(verified)});
  }
  RETURN_IF_ERROR(verified);
  if (report::FindKeyInForce(state, signature.vkey(), agency.day) == nullptr) {
    return KeyNotInForce(state.name(), signature.vkey(), agency.day);
  }
  *event->mutable_signature() = signature;
  // It stands in the content, to be erased with it.
  event->mutable_signature()->clear_salt();
  event->mutable_signature()->set_register_entry(state.entry_index());
  return absl::OkStatus();
}

}  // namespace annals
