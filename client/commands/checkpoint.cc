#include "ledger/checkpoint.h"

#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/render/printable.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status VerifyNote(const std::string& note, Session* session) {
  ASSIGN_OR_RETURN(const ledger::NoteVerifier key,
                   VerifierKey(session->options().key));
  const auto checkpoint = ledger::OpenCheckpoint(note, key);
  if (!checkpoint.ok()) {
    const std::string en(checkpoint.status().message());
    const std::string zh = ErrorTextZh(checkpoint.status());
    return VerificationFailure("CHECKPOINT_NOT_SIGNED",
                               {"检查点签名：" + (zh.empty() ? en : zh),
                                "checkpoint signature: " + en});
  }
  session->Tell({"签名有效，密钥 " + key.name(),
                 "the signature is valid, key " + key.name()});
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunCheckpoint(Session* session) {
  ASSIGN_OR_RETURN(
      const v1::Checkpoint checkpoint,
      session->connection().Call(session->connection().ledger(),
                                 &v1::LedgerService::Stub::GetCheckpoint,
                                 v1::GetCheckpointRequest()));
  if (!session->options().key.empty()) {
    RETURN_IF_ERROR(VerifyNote(checkpoint.note(), session));
  }
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(checkpoint));
  } else {
    session->out() << PrintableText(checkpoint.note());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddCheckpointCommand(CommandLine* line) {
  CLI::App* command = line->Add(
      &line->app(), "checkpoint",
      {"打印最新的签名检查点（给出 --key 时先验签）\n"
       "把它另存起来，以后可据此证明账本没有被改写。",
       "Print the latest signed checkpoint (verified first, given --key)\n"
       "Keep it elsewhere: it shows later that the ledger was not rewritten."},
      "annals checkpoint > checkpoint-2025-03-31.txt");
  line->OnCall(command,
               [](Session& session) { return RunCheckpoint(&session); });
}

}  // namespace annals::client
