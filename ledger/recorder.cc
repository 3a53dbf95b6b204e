#include "ledger/recorder.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::ledger {

absl::Status RecordingShutDown() {
  return MakeError(absl::StatusCode::kUnavailable, "LEDGER_STOPPED",
                   {"the ledger is shutting down; nothing was recorded, retry "
                    "with the same request id after the restart",
                    "账本正在关闭；未作任何记录，请在重启后用同一请求号重试"});
}

absl::Status RecordingStopped(const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "LEDGER_STOPPED",
      {absl::StrCat("the ledger has stopped recording after a failure: ",
                    cause.message(),
                    "; nothing was recorded; mend the cause and restart"),
       absl::StrCat("账本因故障已停止记录：", ErrorTextZh(cause),
                    "；未作任何记录；请排除故障后重启")});
}

}  // namespace annals::ledger
