#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/counted.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/ledger_trust.h"
#include "client/uuid.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct BackupOptions {
  std::string name;
  std::string wait = "24h";
  std::string request_id;
  int keep = 0;
};

// A backup, or a check of one, takes as long as it takes: each attempt may,
// within --wait, while --timeout bounds how long a server is looked for.
template <typename Request, typename Response>
absl::StatusOr<Response> CallAndWait(
    grpc::Status (v1::BackupService::Stub::*method)(grpc::ClientContext*,
                                                    const Request&, Response*),
    const Request& request, const std::string& wait, Session* session) {
  ASSIGN_OR_RETURN(const absl::Duration patience,
                   DurationArgument("--wait", wait));
  Connection& connection = session->connection();
  Response response;
  RETURN_IF_ERROR(connection.CallStream([&](absl::Duration) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::time_point(
        absl::ToChronoTime(session->clock()->Now() + patience)));
    connection.Prepare(&context);
    return FromGrpcAttempt(
        ((*connection.stubs().backups).*method)(&context, request, &response),
        connection.server());
  }));
  return response;
}

// `backups/7` of that or of 7.
std::string NameOf(const std::string& argument) {
  return absl::StartsWith(argument, "backups/")
             ? argument
             : absl::StrCat("backups/", argument);
}

// What a backup's checkpoint is worth.
enum class NoteState { kNotLookedAt, kSigned, kForeign };

NoteState JudgeNote(const v1::Backup& backup, const LedgerTrust& trust) {
  if (!trust.verifies() || backup.damaged()) return NoteState::kNotLookedAt;
  LedgerKeys keys = trust.keys();
  // A backup is made of the latest checkpoint, which witnesses need not have
  // seen yet.
  keys.policy.reset();
  return OpenCheckpoint(backup.checkpoint(), keys).ok() ? NoteState::kSigned
                                                        : NoteState::kForeign;
}

Text BackupText(const v1::Backup& backup, NoteState state) {
  if (backup.damaged()) {
    return {absl::StrCat(backup.name(), "  已损坏，不能使用"),
            absl::StrCat(backup.name(), "  damaged, of no use")};
  }
  const std::string when = FormatMoment(backup.create_time());
  const std::string root = absl::BytesToHexString(backup.root_hash());
  Text text = {
      absl::StrCat(backup.name(), "  ", when, "  ", backup.bytes(), " 字节  ",
                   backup.tree_size(), " 个条目  根哈希 ", root),
      absl::StrCat(backup.name(), "  ", when, "  ", backup.bytes(), " bytes  ",
                   Counted(backup.tree_size(), "entry", "entries"), "  root ",
                   root)};
  if (state == NoteState::kForeign) {
    text.zh += "  检查点并非由已知公钥签名";
    text.en += "  its checkpoint is not signed by a key that is known here";
  }
  return text;
}

// OK, or the accusation: what the daemon copied must be a part of the ledger
// that it shows.
absl::Status ProveBackup(const v1::Backup& backup, LedgerTrust* trust) {
  if (!trust->verifies()) return absl::OkStatus();
  LedgerKeys keys = trust->keys();
  keys.policy.reset();
  ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                   OpenCheckpoint(backup.checkpoint(), keys));
  RETURN_IF_ERROR(trust->CheckAfterWriting());
  if (trust->latest().checkpoint.size < opened.checkpoint.size) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(
      trust->RequireExtensionOf(opened.checkpoint, backup.checkpoint()));
  trust->TellVerified(
      {"该备份的检查点：签名，且账本是它的延续；备份文件的内容是服务器的说法",
       "the backup's checkpoint: its signature, and that the ledger extends "
       "it; what is in the backup's files is the server's word"});
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunCreate(const BackupOptions& options,
                                   Session* session) {
  v1::CreateBackupRequest request;
  request.set_request_id(options.request_id.empty() ? NewUuid(session->random())
                                                    : options.request_id);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Backup backup,
                   CallAndWait(&v1::BackupService::Stub::CreateBackup, request,
                               options.wait, session));
  RETURN_IF_ERROR(ProveBackup(backup, &trust));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(backup));
    return ExitCode::kOk;
  }
  session->out() << PrintableLine(session->Pick(
                        BackupText(backup, NoteState::kNotLookedAt)))
                 << "\n";
  session->Tell(
      {"签名密钥不在备份中：请另行离线保存。也请把检查点（annals "
       "checkpoint）保存到别处，恢复时须用它核对。",
       "The signing keys are not in it: keep copies of them offline. Keep the "
       "checkpoint (annals checkpoint) elsewhere too; a restore is checked "
       "against it."});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunList(Session* session) {
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::For(session));
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(const v1::ListBackupsResponse list,
                   connection.Call(connection.stubs().backups,
                                   &v1::BackupService::Stub::ListBackups,
                                   v1::ListBackupsRequest()));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(list));
    return ExitCode::kOk;
  }
  for (const v1::Backup& backup : list.backups()) {
    session->out() << PrintableLine(session->Pick(
                          BackupText(backup, JudgeNote(backup, trust))))
                   << "\n";
  }
  if (list.backups().empty()) {
    session->Tell({"还没有备份", "there are no backups yet"});
  }
  if (list.under_way()) {
    session->Tell({"正在创建一个备份", "a backup is being made"});
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunVerify(const BackupOptions& options,
                                   Session* session) {
  v1::VerifyBackupRequest request;
  request.set_name(NameOf(options.name));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Backup backup,
                   CallAndWait(&v1::BackupService::Stub::VerifyBackup, request,
                               options.wait, session));
  RETURN_IF_ERROR(ProveBackup(backup, &trust));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(backup));
    return ExitCode::kOk;
  }
  const Text text = BackupText(backup, NoteState::kNotLookedAt);
  session->out() << PrintableLine(session->Pick(text)) << "\n";
  session->Print({"完好：每个文件都与写入时的校验和一致",
                  "whole: every file has the checksum that it was written "
                  "with"});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunPrune(const BackupOptions& options,
                                  Session* session) {
  v1::PruneBackupsRequest request;
  request.set_keep(options.keep);
  ASSIGN_OR_RETURN(const v1::PruneBackupsResponse pruned,
                   CallAndWait(&v1::BackupService::Stub::PruneBackups, request,
                               options.wait, session));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(pruned));
    return ExitCode::kOk;
  }
  for (const std::string& name : pruned.deleted()) {
    session->Print({absl::StrCat("已删除 ", PrintableLine(name)),
                    absl::StrCat("deleted ", PrintableLine(name))});
  }
  if (pruned.deleted().empty()) {
    session->Tell({"没有可删除的备份", "there was nothing to delete"});
  }
  return ExitCode::kOk;
}

void AddWait(CommandLine* line, CLI::App* command, BackupOptions* options) {
  line->Option(command, "--wait", &options->wait, "DURATION",
               {"最多等多久，如 90m（默认 24h）；到时服务仍会继续做完",
                "How long to wait at most, such as 90m (default 24h); the "
                "daemon goes on with it all the same"});
}

void AddCreate(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command = line->Add(
      parent, "create",
      {"创建备份，完成后打印其编号、大小和检查点\n"
       "只复制以前的备份中没有的文件；服务照常运行。签名密钥不在备份中。",
       "Make a backup, and print its number, size and checkpoint when it is "
       "complete\n"
       "It copies only files that no earlier backup holds; the daemon goes on "
       "serving. The signing keys are not in it."},
      "annals backup create\n"
      "annals backup create --json --wait 3h");
  AddWait(line, command, options.get());
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"请求号，重试时用同一个（默认新生成）",
                "The request's id, the same when it is repeated (default: a "
                "new one)"});
  line->OnCall(command, [options](Session& session) {
    return RunCreate(*options, &session);
  });
}

void AddList(CommandLine* line, CLI::App* parent) {
  CLI::App* command =
      line->Add(parent, "list",
                {"列出备份，从新到旧：编号、时间、字节数、条目数、根哈希",
                 "List the backups, newest first: number, time, bytes, "
                 "entries, root hash"},
                "annals backup list\n"
                "annals backup list --json");
  line->OnCall(command, [](Session& session) { return RunList(&session); });
}

void AddVerify(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command =
      line->Add(parent, "verify",
                {"逐字节读取一个备份的全部文件，与写入时的校验和比较",
                 "Read every file of a backup and compare it with the checksum "
                 "that it was written with"},
                "annals backup verify 7");
  line->Option(command, "BACKUP", &options->name, "BACKUP",
               {"备份编号，或 backups/编号", "Its number, or backups/NUMBER"})
      ->Required();
  AddWait(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunVerify(*options, &session);
  });
}

void AddPrune(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command = line->Add(
      parent, "prune",
      {"删除旧备份，只留最新的几个；已损坏的一并删除\n"
       "留下的备份所共用的文件不受影响。",
       "Delete old backups but for the newest ones; damaged ones go as well\n"
       "What a kept one shares with a deleted one stays."},
      "annals backup prune --keep 7");
  line->Option(command, "--keep", &options->keep, "N",
               {"留下最新的几个（至少 1）", "How many stay (at least 1)"})
      ->Required()
      ->Check(Positive(line->language()));
  AddWait(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunPrune(*options, &session);
  });
}

}  // namespace

void AddBackupCommands(CommandLine* line) {
  CLI::App* backup =
      line->Add(&line->app(), "backup",
                {"账本数据库的备份（运维）：创建、列出、核验、清理",
                 "Backups of the ledger's database, for its operator"},
                "annals backup create");
  CommandLine::RequireCommandUnder(backup);
  AddCreate(line, backup);
  AddList(line, backup);
  AddVerify(line, backup);
  AddPrune(line, backup);
}

}  // namespace annals::client
