#include "client/error_printer.h"

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
  if (auto advice = AdviceFor(reason)) session->Tell(*advice);
  if (!reason.empty()) {
    const std::string code = PrintableLine(reason);
    session->Tell({"（原因代码 " + code + "）", "(reason " + code + ")"});
  }
}

}  // namespace annals::client
