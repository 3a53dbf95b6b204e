#include "client/answer_mismatch.h"

#include "absl/strings/str_cat.h"
#include "client/render/printable.h"
#include "client/verify.h"

namespace annals::client {

absl::Status AnswerMismatch(const std::string& what) {
  const std::string shown = PrintableLine(what);
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器的回答与所问不符：", shown),
       absl::StrCat("the server answered with what was not asked for: ",
                    shown)});
}

}  // namespace annals::client
