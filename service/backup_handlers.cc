#include "service/backup_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"
#include "service/report/timestamp.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr size_t kBackupsListedMax = 1000;

absl::Status BackupsOff() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BACKUPS_OFF",
      {"The daemon was started without a directory for backups; start it with "
       "--backup_dir=DIRECTORY, best on another disk.",
       "服务启动时没有指定备份目录；请以 --backup_dir=目录 "
       "启动，最好放在另一块磁盘上。"});
}

v1::Backup ToMessage(const ledger::Backup& backup) {
  v1::Backup message;
  message.set_name(BackupName(backup.id));
  message.set_damaged(!backup.label.has_value());
  if (!backup.label.has_value()) return message;
  *message.mutable_create_time() =
      report::ToTimestamp(backup.label->created_at);
  message.set_bytes(static_cast<int64_t>(backup.bytes));
  message.set_checkpoint(backup.label->note);
  const auto note = ledger::ParseNote(backup.label->note);
  if (!note.ok()) return message;
  const auto checkpoint = ledger::ParseCheckpointText(note->text);
  if (!checkpoint.ok()) return message;
  message.set_tree_size(static_cast<int64_t>(checkpoint->size));
  message.set_root_hash(ledger::HashBytes(checkpoint->root));
  return message;
}

// Finishes the call with the one backup of the result.
BackupKeeper::Callback AnswerWithBackup(Responder responder) {
  return
      [responder = std::move(responder)](BackupKeeper::Result result) mutable {
        if (!result.ok()) return std::move(responder).Finish(result.status());
        std::move(responder).Finish(
            absl::StatusOr<v1::Backup>(ToMessage(result->front())));
      };
}

}  // namespace

grpc::ServerUnaryReactor* BackupHandlers::CreateBackup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::CreateBackupRequest>(
      context, request, response,
      [this](const CallerIdentity&, const v1::CreateBackupRequest& asked,
             Responder responder) {
        if (keeper_ == nullptr) {
          return std::move(responder).Finish(BackupsOff());
        }
        const auto id = NormalizeRequestId(asked.request_id());
        if (!id.ok()) return std::move(responder).Finish(id.status());
        keeper_->Create(*id, AnswerWithBackup(std::move(responder)));
      });
}

grpc::ServerUnaryReactor* BackupHandlers::ListBackups(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::ListBackupsRequest>(
      context, request, response,
      [this](const v1::ListBackupsRequest&)
          -> absl::StatusOr<v1::ListBackupsResponse> {
        if (keeper_ == nullptr) return BackupsOff();
        v1::ListBackupsResponse list;
        list.set_under_way(keeper_->is_creating());
        const std::vector<ledger::Backup> backups = keeper_->List();
        for (size_t i = 0; i < backups.size() && i < kBackupsListedMax; ++i) {
          *list.add_backups() = ToMessage(backups[backups.size() - 1 - i]);
        }
        return list;
      });
}

grpc::ServerUnaryReactor* BackupHandlers::VerifyBackup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::VerifyBackupRequest>(
      context, request, response,
      [this](const CallerIdentity&, const v1::VerifyBackupRequest& asked,
             Responder responder) {
        if (keeper_ == nullptr) {
          return std::move(responder).Finish(BackupsOff());
        }
        const auto id = ParseBackupName(asked.name());
        if (!id.ok()) return std::move(responder).Finish(id.status());
        keeper_->Verify(*id, AnswerWithBackup(std::move(responder)));
      });
}

grpc::ServerUnaryReactor* BackupHandlers::PruneBackups(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::PruneBackupsRequest>(
      context, request, response,
      [this](const CallerIdentity&, const v1::PruneBackupsRequest& asked,
             Responder responder) {
        if (keeper_ == nullptr) {
          return std::move(responder).Finish(BackupsOff());
        }
        if (asked.keep() < 1) {
          return std::move(responder).Finish(InvalidField(
              "INVALID_VALUE", "keep", "must be at least 1", "至少为 1"));
        }
        keeper_->Prune(
            static_cast<uint32_t>(asked.keep()),
            [responder =
                 std::move(responder)](BackupKeeper::Result result) mutable {
              if (!result.ok()) {
                return std::move(responder).Finish(result.status());
              }
              v1::PruneBackupsResponse pruned;
              for (const ledger::Backup& backup : *result) {
                pruned.add_deleted(BackupName(backup.id));
              }
              std::move(responder).Finish(
                  absl::StatusOr<v1::PruneBackupsResponse>(std::move(pruned)));
            });
      });
}

}  // namespace annals
