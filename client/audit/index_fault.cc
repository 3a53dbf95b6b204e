#include "client/audit/index_fault.h"

#include "absl/strings/str_cat.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {

absl::Status IndexFault(const FaultValue& resource, const Text& what,
                        const FaultValue& expected, const FaultValue& actual) {
  absl::Status status = VerificationFailure(
      "AUDIT_INDEX",
      {absl::StrCat(resource.text.zh, "：", what.zh, "：账本中为 ",
                    expected.text.zh, "，服务器答 ", actual.text.zh),
       absl::StrCat(resource.text.en, ": ", what.en, ": the entries say ",
                    expected.text.en, ", the server says ", actual.text.en)});
  AddErrorMetadata("expected", expected.text.en, &status);
  AddErrorMetadata("actual", actual.text.en, &status);
  return status;
}

FaultValue EntryNumber(uint64_t index) {
  return Text{absl::StrCat("条目 ", index), absl::StrCat("entry ", index)};
}

FaultValue Hidden() { return Text{"隐瞒", "hidden"}; }

}  // namespace annals::client
