#include "client/exit_code.h"

#include <string>

#include "client/monitor/event_command.h"
#include "client/report_source.h"
#include "client/trust/evidence.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {

const std::vector<ExitCodeMeaning>& ExitCodeMeanings() {
  static const auto* const meanings = new std::vector<ExitCodeMeaning>{
      {ExitCode::kOk, {"成功", "success"}},
      {ExitCode::kInternal, {"内部错误", "internal error"}},
      {ExitCode::kUsage, {"命令用法不对", "the command was used wrongly"}},
      {ExitCode::kDoubtfulImport,
       {"导入的文本有存疑或缺失的单元格",
        "the imported text has doubtful or missing cells"}},
      {ExitCode::kErrorFinding,
       {"报告不符合“错误”级规则",
        "the report breaks a rule of severity error"}},
      {ExitCode::kWarningsNotAcknowledged,
       {"有警告未作说明", "a warning is not acknowledged"}},
      {ExitCode::kBadInput,
       {"输入有误：文件无法读取，或被服务器拒绝",
        "bad input: a file can't be read, or the server refuses it"}},
      {ExitCode::kUnavailable,
       {"服务器不可用，或条目尚未得到见证：请稍后再试",
        "the server, or a witness of the entry, is not available: try later"}},
      {ExitCode::kVerificationFailed,
       {"核验未通过", "the verification failed"}},
      {ExitCode::kNotFound, {"找不到", "not found"}},
      {ExitCode::kConflict,
       {"冲突：已存在，或已有更新的修订",
        "conflict: it exists already, or a newer revision does"}},
      {ExitCode::kLedgerNotTrusted,
       {"账本不可信：被回滚、分叉，或不是所固定的公钥签名",
        "the ledger can't be trusted: rolled back, forked, or another key"}},
      {ExitCode::kUnexpectedRevision,
       {"monitor：有不在预期之中的操作人的记录",
        "monitor: recorded by an actor who is not expected"}},
      {ExitCode::kLedgerSilent,
       {"monitor：账本沉默过久", "monitor: the ledger was silent too long"}},
      {ExitCode::kCommandFailed,
       {"watch、monitor：--exec 的命令失败，该条目或事件未算送达",
        "watch, monitor: the --exec command failed; it is due again next "
        "time"}},
  };
  return *meanings;
}

absl::Status UsageError(const Text& text) {
  return MakeError(absl::StatusCode::kInvalidArgument, kUsageReason,
                   {text.en, text.zh});
}

ExitCode ExitCodeFor(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason == kUsageReason) return ExitCode::kUsage;
  if (reason == kDoubtfulImportReason) return ExitCode::kDoubtfulImport;
  if (reason == "REPORT_BREAKS_RULES") return ExitCode::kErrorFinding;
  if (reason == "WARNINGS_NOT_ACKNOWLEDGED") {
    return ExitCode::kWarningsNotAcknowledged;
  }
  if (reason == kCommandFailedReason || reason == kCommandTimedOutReason) {
    return ExitCode::kCommandFailed;
  }
  if (reason == "ENTRY_NOT_FOUND") return ExitCode::kNotFound;
  if (reason == kNotWitnessedYetReason) return ExitCode::kUnavailable;
  if (reason == "KEY_FILE_DAMAGED") return ExitCode::kBadInput;
  if (IsTrustFailure(status)) return ExitCode::kLedgerNotTrusted;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return ExitCode::kBadInput;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return ExitCode::kConflict;
    // A server that can't read what the ledger recorded, or says something else
    // than it did: nothing is verified.
    case absl::StatusCode::kDataLoss:
      return ExitCode::kVerificationFailed;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    default:
      return ExitCode::kInternal;
  }
}

}  // namespace annals::client
