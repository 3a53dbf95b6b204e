#include "ledger/checkpoint.h"

#include <memory>

#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/trust/ledger_trust.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::StatusOr<v1::Checkpoint> VerifiedCheckpoint(bool witnessed,
                                                  Session* session,
                                                  LedgerTrust* trust) {
  v1::Checkpoint checkpoint;
  v1::GetCheckpointRequest request;
  request.set_witnessed(witnessed);
  const auto fetch = [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(checkpoint,
                     session->connection().Call(
                         session->connection().stubs().ledger,
                         &v1::LedgerService::Stub::GetCheckpoint, request));
    return checkpoint.note();
  };
  if (!trust->verifies()) {
    RETURN_IF_ERROR(fetch().status());
    return checkpoint;
  }
  RETURN_IF_ERROR(trust->CheckNote(witnessed
                                       ? LedgerTrust::Shown::kLatestWitnessed
                                       : LedgerTrust::Shown::kLatest,
                                   fetch));
  const ledger::Checkpoint& verified = trust->latest().checkpoint;
  checkpoint.set_note(trust->note());
  checkpoint.set_tree_size(verified.size);
  checkpoint.set_root_hash(ledger::HashBytes(verified.root));
  trust->TellVerified({"检查点的签名", "the checkpoint's signature"});
  return checkpoint;
}

absl::StatusOr<ExitCode> RunCheckpoint(bool witnessed, Session* session) {
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::For(session));
  const bool demands_witnesses =
      trust.verifies() && trust.keys().policy.has_value();
  ASSIGN_OR_RETURN(
      const v1::Checkpoint checkpoint,
      VerifiedCheckpoint(witnessed || demands_witnesses, session, &trust));
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
      {"打印最新的签名检查点（已固定公钥或给出 --key 时先核验）\n"
       "把它另存起来，以后可据此证明账本没有被改写。",
       "Print the latest signed checkpoint (verified first, given a pin or "
       "--key)\n"
       "Keep it elsewhere: it shows later that the ledger was not rewritten."},
      "annals checkpoint > checkpoint-2025-03-31.txt\n"
      "annals checkpoint --witnessed");
  auto witnessed = std::make_shared<bool>(false);
  line->Flag(command, "--witnessed", witnessed.get(),
             {"最新的、有足够见证方签名的检查点，而非最新的检查点",
              "The latest that enough witnesses cosigned, not the latest"});
  line->OnCall(command, [witnessed](Session& session) {
    return RunCheckpoint(*witnessed, &session);
  });
}

}  // namespace annals::client
