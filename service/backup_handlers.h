// annals.v1.BackupService on gRPC.

#ifndef ANNALS_SERVICE_BACKUP_HANDLERS_H_
#define ANNALS_SERVICE_BACKUP_HANDLERS_H_

#include "annals/v1/backup_service.grpc.pb.h"
#include "service/backup_keeper.h"
#include "service/call_frame.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using Backups = v1::BackupService;
using RawBackupService = Backups::WithRawCallbackMethod_CreateBackup<
    Backups::WithRawCallbackMethod_ListBackups<
        Backups::WithRawCallbackMethod_VerifyBackup<
            Backups::WithRawCallbackMethod_PruneBackups<
                Backups::CallbackService>>>>;

class BackupHandlers final : public RawBackupService {
 public:
  // Neither is owned; both must outlive this and every call. `keeper` is null
  // without a directory for backups.
  BackupHandlers(CallFrame* frame, BackupKeeper* keeper)
      : frame_(frame), keeper_(keeper) {}

  grpc::ServerUnaryReactor* CreateBackup(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListBackups(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* VerifyBackup(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* PruneBackups(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

 private:
  CallFrame* const frame_;
  BackupKeeper* const keeper_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_BACKUP_HANDLERS_H_
