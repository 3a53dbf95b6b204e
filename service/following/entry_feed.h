// The stream of a ledger's entries, read one by one with a limit to how long is
// waited for the next.

#ifndef ANNALS_SERVICE_FOLLOWING_ENTRY_FEED_H_
#define ANNALS_SERVICE_FOLLOWING_ENTRY_FEED_H_

#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/client_callback.h"
#include "ledger/mutex.h"

namespace annals {

// Holds one message that was not taken yet, and no more: who takes them slowly
// holds the server up by flow control. For one thread.
class EntryFeed final
    : public grpc::ClientReadReactor<v1::WatchEntriesResponse> {
 public:
  // Begins. The stub is not owned and must outlive this. `actor` is who the
  // caller says to be.
  EntryFeed(v1::LedgerService::Stub* stub,
            const v1::WatchEntriesRequest& request, const std::string& actor);
  // Cancels the stream and waits for its end.
  ~EntryFeed() override;

  // What came, or how the stream ended; neither if nothing came in time.
  struct Next {
    std::optional<v1::WatchEntriesResponse> response;
    std::optional<grpc::Status> end;
  };
  Next Take(absl::Duration timeout);

  // For gRPC.
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  const v1::WatchEntriesRequest request_;
  grpc::ClientContext context_;
  v1::WatchEntriesResponse response_;  // Of the read under way, or untaken.

  Mutex mutex_;
  CondVar changed_;
  bool is_reading_ ABSL_GUARDED_BY(mutex_) = true;
  bool is_ready_ ABSL_GUARDED_BY(mutex_) = false;
  // The hold that keeps the call open between two reads.
  bool is_held_ ABSL_GUARDED_BY(mutex_) = true;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FOLLOWING_ENTRY_FEED_H_
