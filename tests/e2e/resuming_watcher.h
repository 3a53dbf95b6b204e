// A watcher of the ledger that resumes where it was, over as many daemons as
// there come.

#ifndef ANNALS_TESTS_E2E_RESUMING_WATCHER_H_
#define ANNALS_TESTS_E2E_RESUMING_WATCHER_H_

#include <vector>

#include "annals/v1/ledger_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"

namespace annals {

// Not thread-safe: one thread at a time.
class ResumingWatcher {
 public:
  // Watches until the stream breaks.
  void Run(v1::LedgerService::Stub* ledger) {
    v1::WatchEntriesRequest request;
    request.set_start_index(leaf_hashes_.size());
    grpc::ClientContext context;
    const auto stream = ledger->WatchEntries(&context, request);
    v1::WatchEntriesResponse entry;
    while (stream->Read(&entry)) {
      // No gap, and nothing twice.
      EXPECT_EQ(entry.index(), leaf_hashes_.size());
      leaf_hashes_.push_back(ledger::LeafHash(entry.leaf()));
    }
    const grpc::Status status = stream->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE)
        << status.error_message();
  }

  // Of what it has seen, by index.
  const std::vector<ledger::Hash>& leaf_hashes() const { return leaf_hashes_; }

 private:
  std::vector<ledger::Hash> leaf_hashes_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_RESUMING_WATCHER_H_
