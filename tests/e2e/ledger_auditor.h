// An auditor that keeps the hash of every leaf that it ever read, and holds
// each later state of the ledger to them.

#ifndef ANNALS_TESTS_E2E_LEDGER_AUDITOR_H_
#define ANNALS_TESTS_E2E_LEDGER_AUDITOR_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/tree.h"

namespace annals {

class LedgerAuditor {
 public:
  // Reads the entries that are new up to `latest`. Their indexes leave none
  // out, no request is among them for a second time, and together with all that
  // was read before they give the root of `latest`.
  void ReadUpTo(const ledger::Checkpoint& latest,
                v1::LedgerService::Stub* ledger) {
    ASSERT_GE(latest.size, leaf_hashes_.size()) << "entries are gone";
    if (latest.size > leaf_hashes_.size()) ReadNew(latest.size, ledger);
    ASSERT_EQ(tree_.size(), latest.size);
    EXPECT_EQ(tree_.Root(), latest.root);
  }

  // What somebody else saw is what the ledger holds.
  void ExpectSeen(const std::vector<ledger::Hash>& leaf_hashes) const {
    ASSERT_LE(leaf_hashes.size(), leaf_hashes_.size());
    for (size_t i = 0; i < leaf_hashes.size(); ++i) {
      ASSERT_EQ(leaf_hashes[i], leaf_hashes_[i]) << "entry " << i;
    }
  }

  const std::vector<ledger::Hash>& leaf_hashes() const { return leaf_hashes_; }

 private:
  void ReadNew(uint64_t size, v1::LedgerService::Stub* ledger) {
    v1::WatchEntriesRequest request;
    request.set_start_index(leaf_hashes_.size());
    request.set_end_index(size);
    grpc::ClientContext context;
    const auto stream = ledger->WatchEntries(&context, request);
    v1::WatchEntriesResponse entry;
    while (stream->Read(&entry)) Take(entry);
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  void Take(const v1::WatchEntriesResponse& entry) {
    EXPECT_EQ(entry.index(), leaf_hashes_.size());
    v1::LedgerEntry leaf;
    EXPECT_TRUE(leaf.ParseFromString(entry.leaf()));
    EXPECT_EQ(leaf.index(), entry.index());
    const bool is_new =
        requests_.emplace(leaf.actor().SerializeAsString(), leaf.request_id())
            .second;
    EXPECT_TRUE(is_new) << leaf.request_id() << " is recorded twice";
    leaf_hashes_.push_back(ledger::LeafHash(entry.leaf()));
    tree_.Append(leaf_hashes_.back(),
                 [](const ledger::NodeId&, const ledger::Hash&) {});
  }

  std::vector<ledger::Hash> leaf_hashes_;
  ledger::Frontier tree_;
  std::set<std::pair<std::string, std::string>> requests_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_LEDGER_AUDITOR_H_
