#include "client/error_printer.h"

#include <algorithm>
#include <string>

#include "client/advice.h"
#include "client/render/printable.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

// The places come in English. A single one is named in the message already.
void PrintViolations(const absl::Status& status, Session* session) {
  if (FieldViolations(status).size() == 1 && !ErrorTextZh(status).empty()) {
    return;
  }
  for (const FieldViolation& violation : FieldViolations(status)) {
    session->err() << "  "
                   << session->Err(violation.field.empty()
                                       ? "-"
                                       : PrintableLine(violation.field),
                                   Tone::kBold)
                   << ": " << PrintableText(violation.description) << "\n";
  }
}

// Whether it is about the register and not about a report.
bool NamesAgency(const absl::Status& status) {
  const auto metadata = ErrorMetadata(status);
  return std::any_of(metadata.begin(), metadata.end(),
                     [](const auto& one) { return one.first == "agency"; });
}

// Whether the server refused what the caller's role may not do.
bool IsOfTheRole(const std::string& reason) {
  return reason == "ROLE_NOT_ALLOWED" || reason == "AGENCY_NOT_ALLOWED";
}

bool CalledAsThePublic(const GlobalOptions& options) {
  return !options.tls.authorities.empty() && options.tls.certificate.empty();
}

}  // namespace

void PrintError(const absl::Status& status, Session* session) {
  const std::string zh = PrintableText(ErrorTextZh(status));
  const std::string en = PrintableText(status.message());
  const Text label = {"错误：", "error: "};
  session->err() << session->Err(session->Pick(label), Tone::kRed)
                 << session->Pick({zh.empty() ? en : zh, en}) << "\n";
  PrintViolations(status, session);
  const std::string reason = ErrorReason(status);
  if (reason == kUsageReason) return;
  if (reason == "ETAG_MISMATCH" && NamesAgency(status)) {
    session->Tell(
        {"用 annals agency show CODE 看最新登记；不给 --etag 即以它为依据",
         "annals agency show CODE shows what is registered now; without --etag "
         "a change is based on that"});
  } else if (IsOfTheRole(reason) && CalledAsThePublic(session->options())) {
    session->Tell(
        {"没有给出证书，因此按公众对待：用 --cert 和 --cert-key "
         "给出您的证书，或"
         "用 --profile 选定含证书的配置",
         "no certificate was given, so that you called as the public: give "
         "yours with --cert and --cert-key, or a profile that has it with "
         "--profile"});
  } else if (auto advice = AdviceFor(reason)) {
    session->Tell(*advice);
  }
  if (!reason.empty()) {
    const std::string code = PrintableLine(reason);
    session->Tell({"（原因代码 " + code + "）", "(reason " + code + ")"});
  }
}

}  // namespace annals::client
