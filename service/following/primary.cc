#include "service/following/primary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

// An entry with its content stays well below it.
constexpr int kReceiveBytesMax = 64 << 20;
constexpr size_t kPemBytesMax = size_t{1} << 20;
constexpr int kReconnectMilliseconds = 100;
// Who the follower says to be where nobody has certificates.
constexpr char kActor[] = "annalsd-follower";

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ReadCredentials(
    const PrimaryOptions& options) {
  if (options.authorities.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  ASSIGN_OR_RETURN(ssl.pem_root_certs,
                   ledger::ReadFileBytes(options.authorities, kPemBytesMax));
  if (!options.certificate.empty()) {
    ASSIGN_OR_RETURN(ssl.pem_cert_chain,
                     ledger::ReadFileBytes(options.certificate, kPemBytesMax));
    RETURN_IF_ERROR(
        ledger::ReadSecretFile(options.private_key, &ssl.pem_private_key));
  }
  return grpc::SslCredentials(ssl);
}

}  // namespace

absl::Status PrimaryFailure(const std::string& address,
                            const grpc::Status& status) {
  const std::string cause =
      absl::StrReplaceAll(status.error_message(), {{"\n", " "}});
  const bool refuses =
      status.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
      status.error_code() == grpc::StatusCode::UNAUTHENTICATED;
  if (refuses) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, kPrimaryRefuses,
        {absl::StrCat("the primary ", address,
                      " does not let this follower "
                      "in: ",
                      cause,
                      "; its certificate must be an auditor's "
                      "(--follow_cert)"),
         absl::StrCat("主服务 ", address, " 拒绝本从服务：", cause,
                      "；其证书须为审计方（auditor）的（--follow_cert）")});
  }
  return MakeError(
      absl::StatusCode::kUnavailable, kPrimaryUnreachable,
      {absl::StrCat("the primary ", address, " does not answer: ", cause),
       absl::StrCat("主服务 ", address, " 没有应答：", cause)});
}

absl::StatusOr<std::unique_ptr<Primary>> Primary::Open(
    const PrimaryOptions& options) {
  ASSIGN_OR_RETURN(const auto credentials, ReadCredentials(options));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  // When to try again is decided by the follower.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS,
                   kReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return std::unique_ptr<Primary>(new Primary(
      options,
      grpc::CreateCustomChannel(options.address, credentials, arguments)));
}

template <typename Request, typename Response>
grpc::Status Primary::Call(grpc::Status (v1::LedgerService::Stub::*method)(
                               grpc::ClientContext*, const Request&, Response*),
                           const Request& request, Response* response) {
  grpc::ClientContext context;
  context.AddMetadata("annals-actor", kActor);
  context.set_deadline(
      absl::ToChronoTime(ledger::Clock::System()->Now() + options_.timeout));
  {
    MutexLock lock(&mutex_);
    if (cancelled_) return {grpc::StatusCode::CANCELLED, "cancelled"};
    context_ = &context;
  }
  grpc::Status status = (stub_.get()->*method)(&context, request, response);
  MutexLock lock(&mutex_);
  context_ = nullptr;
  return status;
}

absl::StatusOr<std::string> Primary::GetCheckpoint() {
  v1::Checkpoint checkpoint;
  const grpc::Status status = Call(&v1::LedgerService::Stub::GetCheckpoint,
                                   v1::GetCheckpointRequest(), &checkpoint);
  if (!status.ok()) return PrimaryFailure(address(), status);
  return std::move(*checkpoint.mutable_note());
}

absl::StatusOr<std::vector<ledger::Hash>> Primary::GetConsistencyProof(
    const ledger::TreeRange& range) {
  v1::GetConsistencyProofRequest request;
  request.set_old_size(range.old_size);
  request.set_new_size(range.new_size);
  v1::ConsistencyProof answer;
  const grpc::Status status =
      Call(&v1::LedgerService::Stub::GetConsistencyProof, request, &answer);
  std::vector<ledger::Hash> proof;
  if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE) return proof;
  if (!status.ok()) return PrimaryFailure(address(), status);
  for (const std::string& hash : answer.hashes()) {
    if (hash.size() != ledger::kHashBytes) return std::vector<ledger::Hash>();
    proof.push_back(ledger::HashFromBytes(hash));
  }
  return proof;
}

std::unique_ptr<EntryFeed> Primary::Watch(uint64_t start) {
  v1::WatchEntriesRequest request;
  request.set_start_index(start);
  request.set_include_content(true);
  request.set_heartbeat_seconds(static_cast<int32_t>(
      std::max<int64_t>(1, absl::ToInt64Seconds(options_.heartbeat))));
  return std::make_unique<EntryFeed>(stub_.get(), request, kActor);
}

void Primary::Cancel() {
  MutexLock lock(&mutex_);
  cancelled_ = true;
  if (context_ != nullptr) context_->TryCancel();
}

}  // namespace annals
