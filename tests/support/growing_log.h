// A log of numbered leaves that signs checkpoints of every size: what a witness
// is asked to cosign. With another `fork` the leaves from `fork_at` on differ.

#ifndef ANNALS_TESTS_SUPPORT_GROWING_LOG_H_
#define ANNALS_TESTS_SUPPORT_GROWING_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "ledger/add_checkpoint.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_hash_reader.h"
#include "tests/support/parties.h"

namespace annals::ledger {

class GrowingLog {
 public:
  GrowingLog(const std::string& origin, char seed, uint64_t size,
             uint64_t fork_at = ~uint64_t{0})
      : log_(MakeLog(origin, seed)) {
    for (uint64_t i = 0; i < size; ++i) {
      reader_.Append(LeafHashAt(i, fork_at));
    }
  }

  static Hash LeafHashAt(uint64_t index, uint64_t fork_at = ~uint64_t{0}) {
    return LeafHash(absl::StrCat(index < fork_at ? "leaf " : "forked ", index));
  }

  Checkpoint At(uint64_t size) {
    if (size == 0) return {log_.verifier.name(), 0, EmptyRoot()};
    const auto root = ReadRoot(size, &reader_);
    EXPECT_OK(root);
    return {log_.verifier.name(), size, *root};
  }

  std::string Note(uint64_t size) {
    return log_.Sign(CheckpointText(At(size)));
  }

  std::vector<Hash> Proof(uint64_t old_size, uint64_t new_size) {
    if (old_size == 0 || old_size >= new_size) return {};
    const auto proof = ProveConsistency({old_size, new_size}, &reader_);
    EXPECT_OK(proof);
    return *proof;
  }

  std::vector<Hash> InclusionProof(const LeafPosition& position) {
    const auto proof = ProveInclusion(position, &reader_);
    EXPECT_OK(proof);
    return *proof;
  }

  AddCheckpointRequest Request(uint64_t old_size, uint64_t new_size) {
    return {old_size, Proof(old_size, new_size), Note(new_size)};
  }

  std::string Body(uint64_t old_size, uint64_t new_size) {
    return FormatAddCheckpoint(Request(old_size, new_size));
  }

  TestLog& log() { return log_; }
  const NoteVerifier& verifier() const { return log_.verifier; }

 private:
  TestLog log_;
  MemoryHashReader reader_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_GROWING_LOG_H_
