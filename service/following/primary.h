// The daemon that is followed, as its client sees it.

#ifndef ANNALS_SERVICE_FOLLOWING_PRIMARY_H_
#define ANNALS_SERVICE_FOLLOWING_PRIMARY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "grpcpp/channel.h"
#include "ledger/hash.h"
#include "ledger/mutex.h"
#include "ledger/proof.h"
#include "service/following/entry_feed.h"

namespace annals {

struct PrimaryOptions {
  std::string address;  // Host and port.
  // PEM files; without authorities, no TLS. The key's file must be private.
  std::string authorities;
  std::string certificate;
  std::string private_key;
  // The longest that one answer may take.
  absl::Duration timeout = absl::Seconds(10);
  // Between two heartbeats of the feed.
  absl::Duration heartbeat = absl::Seconds(5);
};

// The reasons of its errors. UNAVAILABLE: it can't be reached, or can't answer
// now; FAILED_PRECONDITION: it does not let this follower in, or does not show
// it every entry.
inline constexpr char kPrimaryUnreachable[] = "PRIMARY_UNREACHABLE";
inline constexpr char kPrimaryRefuses[] = "PRIMARY_REFUSES";

// An error of the primary at `address` as one with a reason of the above.
absl::Status PrimaryFailure(const std::string& address,
                            const grpc::Status& status);

// For one thread, but Cancel.
class Primary {
 public:
  // Connects with the first call. The files are read now, so that a connection
  // that is made anew takes up certificates that were renewed.
  static absl::StatusOr<std::unique_ptr<Primary>> Open(
      const PrimaryOptions& options);

  const std::string& address() const { return options_.address; }

  // The note of its latest checkpoint.
  absl::StatusOr<std::string> GetCheckpoint();

  // As it says. Empty, which proves nothing, if it says that it can't.
  absl::StatusOr<std::vector<ledger::Hash>> GetConsistencyProof(
      const ledger::TreeRange& range);

  // Its entries with their contents from `start` on, and heartbeats. This must
  // outlive it.
  std::unique_ptr<EntryFeed> Watch(uint64_t start);

  // Ends the call that is under way, and those to come. Thread-safe.
  void Cancel();

 private:
  Primary(PrimaryOptions options, const std::shared_ptr<grpc::Channel>& channel)
      : options_(std::move(options)),
        stub_(v1::LedgerService::NewStub(channel)) {}

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::LedgerService::Stub::*method)(
                        grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response);

  const PrimaryOptions options_;
  const std::unique_ptr<v1::LedgerService::Stub> stub_;
  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  // Of the call under way; null if there is none.
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FOLLOWING_PRIMARY_H_
