#include "client/witness/witness.h"

#include <google/protobuf/struct.pb.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/exit_code.h"
#include "client/render/printable.h"
#include "client/stop_signal.h"
#include "client/witness/witness_directory.h"
#include "client/witness/witness_server.h"
#include "ledger/key_file.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct WitnessOptions {
  std::string key;
  std::string name;
  std::string state;
  std::string listen = "127.0.0.1:7433";
  std::vector<std::string> logs;
};

absl::StatusOr<ledger::CosignatureVerifier> VerifierOf(
    const ledger::NamedKey& key, const WitnessOptions& options) {
  const std::string& name = options.name.empty() ? key.name : options.name;
  if (name.empty()) {
    return UsageError(
        {options.key + " 中没有名称；请用 --name 给出见证方的名称",
         options.key + " holds no name; give the witness's with --name"});
  }
  if (!key.name.empty() && key.type != ledger::kNoteTypeCosignature) {
    return UsageError(
        {options.key + " 是日志的密钥；见证方须有自己的密钥，见 annals key "
                       "generate --witness",
         options.key + " is the key of a log; a witness has a key of its own, "
                       "see annals key generate --witness"});
  }
  return ledger::CosignatureVerifier::Create(name, key.signer->public_key());
}

absl::StatusOr<std::vector<ledger::NoteVerifier>> ParseLogs(
    const std::vector<std::string>& vkeys) {
  std::vector<ledger::NoteVerifier> logs;
  for (const std::string& vkey : vkeys) {
    ASSIGN_OR_RETURN(ledger::NoteVerifier log,
                     ledger::NoteVerifier::Parse(vkey));
    logs.push_back(std::move(log));
  }
  return logs;
}

absl::Status Announce(const ledger::CosignatureVerifier& verifier,
                      const std::string& url, Session* session) {
  if (session->json()) {
    google::protobuf::Struct started;
    auto& fields = *started.mutable_fields();
    fields["verifier_key"].set_string_value(verifier.ToString());
    fields["url"].set_string_value(url);
    RETURN_IF_ERROR(session->PrintJsonLine(started));
  } else {
    session->out() << "verifier key: " << verifier.ToString() << "\nserving on "
                   << url << "\n";
  }
  session->out().flush();
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunWitness(const WitnessOptions& options,
                                    Session* session) {
  // First: its signal mask must be set before other threads start.
  StopSignal stop;
  ASSIGN_OR_RETURN(const ledger::NamedKey key,
                   ledger::LoadNamedKey(options.key));
  ASSIGN_OR_RETURN(const ledger::CosignatureVerifier verifier,
                   VerifierOf(key, options));
  ASSIGN_OR_RETURN(const std::unique_ptr<WitnessDirectory> directory,
                   WitnessDirectory::Open(options.state));
  WitnessParts parts;
  ASSIGN_OR_RETURN(parts.logs, ParseLogs(options.logs));
  parts.signer = key.signer.get();
  parts.store = directory.get();
  parts.clock = session->clock();
  parts.tell = [session](const Text& text) {
    session->err() << PrintableLine(session->Pick(text)) << std::endl;
  };
  ASSIGN_OR_RETURN(const std::unique_ptr<Witness> witness,
                   Witness::Create(verifier, std::move(parts)));
  ASSIGN_OR_RETURN(const std::unique_ptr<WitnessServer> server,
                   WitnessServer::Start(options.listen, witness.get()));
  RETURN_IF_ERROR(Announce(verifier, server->url(), session));
  stop.Wait(absl::InfiniteDuration());
  server->Stop();
  return ExitCode::kOk;
}

}  // namespace

void AddWitnessCommand(CommandLine* line) {
  auto options = std::make_shared<WitnessOptions>();
  CLI::App* command = line->Add(
      &line->app(), "witness",
      {"作为见证方运行（C2SP tlog-witness）：账本确为只增不改时，"
       "为其检查点加见证签名\n"
       "只提供 HTTP；如需从其他机器访问，请在前面加带 TLS 的反向代理。"
       "状态目录丢失即失去防分叉的能力，请勿从旧备份恢复。SIGTERM 结束。",
       "Run as a witness (C2SP tlog-witness): cosign checkpoints of a ledger "
       "that has only grown\n"
       "Plain HTTP: put a proxy with TLS before it for other machines. The "
       "state is what makes forks impossible; never restore an old copy of it. "
       "SIGTERM ends it."},
      "annals key generate --witness --name witness.example.gov.cn/w1 -o w1.pem"
      "\n"
      "annals witness --key w1.pem --state /var/lib/annals-witness --log VKEY");
  line->Option(command, "--key", &options->key, "FILE",
               {"见证方的私钥文件（annals key generate --witness）",
                "The witness's private key (annals key generate --witness)"})
      ->Required();
  line->Option(command, "--name", &options->name, "NAME",
               {"见证方的名称（默认取自私钥文件）",
                "The witness's name (default: that in the key file)"});
  line->Option(command, "--state", &options->state, "DIR",
               {"状态目录；没有则新建", "The directory of its state; created"})
      ->Required();
  line->Option(
          command, "--log", &options->logs, "VKEY",
          {"要见证的账本的公钥；可多次给出。账本更换密钥时，在其第二次重启前"
           "以新旧两个公钥重新启动见证方，否则新密钥签名的检查点会被拒绝（403"
           "）",
           "The verifier key of a ledger to witness; may be repeated. When "
           "a ledger changes its key, restart the witness with the old and "
           "the new one before the ledger's second restart: checkpoints "
           "that the new key alone signs are refused otherwise (403)"})
      ->Required()
      ->TakeAll();
  line->Option(command, "--listen", &options->listen, "HOST:PORT",
               {"监听地址（默认 127.0.0.1:7433）；端口 0 为任意空闲端口",
                "Where to listen (default 127.0.0.1:7433); port 0 takes any"});
  line->OnCall(command, [options](Session& session) {
    return RunWitness(*options, &session);
  });
}

}  // namespace annals::client
