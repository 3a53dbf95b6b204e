#include "service/report/content_signature.h"

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/report/timestamp.h"
#include "service/report/wire_fields.h"

namespace annals::report {
namespace {

constexpr absl::string_view kFirstLine = "annals.v1 content signature";

std::string HexOfSha256(absl::string_view bytes) {
  return absl::BytesToHexString(ledger::AsStringView(ledger::Sha256(bytes)));
}

void AppendWithLength(absl::string_view text, std::string* bytes) {
  const auto size = static_cast<uint32_t>(text.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes->push_back(static_cast<char>(size >> shift));
  }
  absl::StrAppend(bytes, text);
}

std::string AcknowledgementBytes(const SignedStatement& statement) {
  std::string bytes(statement.salt);
  if (statement.acknowledgements == nullptr) return bytes;
  for (const v1::Acknowledgement& ack : *statement.acknowledgements) {
    AppendWithLength(ack.rule_id(), &bytes);
    AppendWithLength(ack.fingerprint(), &bytes);
    AppendWithLength(ack.reason(), &bytes);
  }
  return bytes;
}

absl::string_view OrDash(absl::string_view text) {
  return text.empty() ? "-" : text;
}

absl::Status OfOtherName(absl::string_view found, absl::string_view agency) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "SIGNING_KEY_OF_OTHER_NAME",
      {absl::StrCat("the signing key is that of ", found, ", not of ", agency,
                    "; name the agency's own key (annals key generate --agency "
                    "CODE)"),
       absl::StrCat("签名密钥属于 ", found, "，而不是 ", agency,
                    "；请使用该机关自己的密钥（annals key generate --agency "
                    "CODE）")});
}

absl::Status FalselySigned(absl::string_view report, absl::string_view en,
                           absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kDataLoss, "CONTENT_SIGNATURE_FALSE",
      {absl::StrCat("the agency's signature under ", report, " is false: ", en,
                    "; sign exactly what is sent, or, if it is recorded, keep "
                    "it as evidence and ask the agency"),
       absl::StrCat(report, " 的机关签名不成立：", zh,
                    "；请对所提交的原样签名；若已记录，请保存作为证据并询问该"
                    "机关")});
}

// `agencies/{code}` of a report's name; empty if it is none.
std::string AgencyOfReport(absl::string_view report) {
  const auto name = ParseReportName(report);
  return name.ok() ? AgencyName{name->agency_code}.ToString() : "";
}

bool IsInForce(const v1::SigningKey& key, absl::CivilDay day) {
  if (key.has_valid_from()) {
    const auto first = CivilDayOf(key.valid_from());
    if (!first.has_value() || day < *first) return false;
  }
  if (!key.has_expires_on()) return true;
  const auto end = CivilDayOf(key.expires_on());
  return end.has_value() && day < *end;
}

// The first state of an agency holds also before its first day.
bool HoldsOn(const v1::LedgerEntry& state, const v1::Agency& agency,
             absl::CivilDay day) {
  if (state.has_agency_registered() || !agency.has_valid_from()) return true;
  const auto first = CivilDayOf(agency.valid_from());
  return first.has_value() && *first <= day;
}

}  // namespace

std::string StatementText(const SignedStatement& statement) {
  return absl::StrCat(
      kFirstLine, "\norigin ", statement.origin, "\nreport ", statement.report,
      "\nbase ", OrDash(statement.base_etag), "\nreason-code ",
      v1::ReasonCode_Name(statement.reason_code), "\nreason ",
      HexOfSha256(statement.reason), "\nrecord ",
      statement.as_published ? "as-published" : "submitted", "\ndocument ",
      OrDash(statement.document), "\ncontent ",
      HexOfSha256(absl::StrCat(statement.salt, statement.report_bytes)),
      "\nacknowledgements ", HexOfSha256(AcknowledgementBytes(statement)),
      "\n");
}

absl::StatusOr<v1::ContentSignature> SignStatement(
    const SignedStatement& statement, const ledger::NoteSigner& signer) {
  ASSIGN_OR_RETURN(ledger::NoteSignature signed_text,
                   signer.Sign(StatementText(statement)));
  v1::ContentSignature signature;
  signature.set_vkey(signer.key().ToString());
  signature.set_signature(std::move(signed_text.signature));
  signature.set_salt(std::string(statement.salt));
  return signature;
}

absl::StatusOr<ledger::NoteKey> ParseSigningKey(absl::string_view vkey,
                                                absl::string_view agency) {
  ASSIGN_OR_RETURN(ledger::NoteKey key, ledger::NoteKey::Parse(vkey));
  if (key.name() != agency) return OfOtherName(key.name(), agency);
  return key;
}

absl::Status VerifyStatement(const SignedStatement& statement,
                             const v1::ContentSignature& signature) {
  const auto key =
      ParseSigningKey(signature.vkey(), AgencyOfReport(statement.report));
  if (!key.ok()) {
    return FalselySigned(statement.report, key.status().message(),
                         ErrorTextZh(key.status()));
  }
  if (statement.salt.size() != kSignatureSaltBytes) {
    return FalselySigned(statement.report, "its salt has not 32 bytes",
                         "其盐不是 32 字节");
  }
  const absl::Status verified =
      key->Verify(StatementText(statement), signature.signature());
  if (!absl::IsDataLoss(verified)) return verified;
  return FalselySigned(
      statement.report,
      absl::StrCat("it is not of this statement by the key ", key->ShortName()),
      absl::StrCat("它不是密钥 ", key->ShortName(), " 对所提交内容的签名"));
}

absl::Status VerifyRecordedSignature(const v1::LedgerEntry& entry,
                                     absl::string_view content,
                                     absl::string_view origin) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  if (!event.has_signature()) return absl::OkStatus();
  constexpr int kReport = v1::RevisionContent::kReportFieldNumber;
  constexpr int kCheck = v1::RevisionContent::kCheckFieldNumber;
  // All but the large parts, which stay as they are.
  v1::RevisionContent rest;
  std::string rest_bytes;
  absl::string_view report;
  int reports = 0;
  WireFields fields(content);
  while (fields.Next()) {
    if (fields.number() == kReport) {
      report = fields.bytes();
      ++reports;
    } else if (fields.number() != kCheck) {
      absl::StrAppend(&rest_bytes, fields.whole());
    }
  }
  if (fields.is_malformed() || !rest.ParseFromString(rest_bytes)) {
    return FalselySigned(event.report(), "the content can't be read",
                         "报告内容无法读取");
  }
  // Whoever reads two makes one of them, and the agency signed but one.
  if (reports != 1) {
    return FalselySigned(
        event.report(),
        absl::StrCat("the content holds ", reports,
                     " reports, and one was signed"),
        absl::StrCat("报告内容中有 ", reports, " 份报告，而签名的是一份"));
  }
  SignedStatement statement;
  statement.origin = origin;
  statement.report = event.report();
  statement.base_etag = event.base_etag();
  statement.reason_code = event.reason_code();
  statement.reason = entry.reason();
  statement.as_published = event.as_published();
  statement.document = event.document();
  statement.salt = rest.signature_salt();
  statement.report_bytes = report;
  statement.acknowledgements = &rest.acknowledgements();
  return VerifyStatement(statement, event.signature());
}

const v1::SigningKey* FindKeyInForce(const v1::Agency& agency,
                                     absl::string_view vkey,
                                     absl::CivilDay day) {
  for (const v1::SigningKey& key : agency.signing_keys()) {
    if (key.vkey() == vkey && IsInForce(key, day)) return &key;
  }
  return nullptr;
}

absl::Status RequireRegisteredKey(const v1::LedgerEntry& state,
                                  const v1::LedgerEntry& revision) {
  const v1::RevisionRecorded& event = revision.revision_recorded();
  const v1::Agency& agency = state.has_agency_changed()
                                 ? state.agency_changed().agency()
                                 : state.agency_registered().agency();
  if (state.index() == event.signature().register_entry() &&
      state.index() < revision.index() && !agency.name().empty() &&
      agency.name() == AgencyOfReport(event.report())) {
    const absl::Time recorded_at = FromTimestamp(revision.recorded_at());
    for (const absl::Time time : {recorded_at, recorded_at - kFilingTimeMax}) {
      const absl::CivilDay day = DayInShanghai(time);
      if (HoldsOn(state, agency, day) &&
          FindKeyInForce(agency, event.signature().vkey(), day) != nullptr) {
        return absl::OkStatus();
      }
    }
  }
  return MakeError(
      absl::StatusCode::kDataLoss, "SIGNING_KEY_NOT_REGISTERED",
      {absl::StrCat("entry ", event.signature().register_entry(),
                    " of the register does not say that the key ",
                    event.signature().vkey(), " was one of the agency's when ",
                    event.report(),
                    " was signed; ask the agency and the "
                    "operator"),
       absl::StrCat("登记条目 ", event.signature().register_entry(),
                    " 并未载明签署 ", event.report(), " 时密钥 ",
                    event.signature().vkey(),
                    " 属于该机关；请询问该机关和运行方")});
}

}  // namespace annals::report
