// A ledger of simple leaves, with verbs for tests. What is appended is a
// function of a number, the seed.

#ifndef ANNALS_TESTS_SUPPORT_LEDGER_HARNESS_H_
#define ANNALS_TESTS_SUPPORT_LEDGER_HARNESS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/ledger.h"
#include "tests/support/fake_clock.h"
#include "tests/support/simple_leaf.h"

namespace annals::ledger {

inline constexpr char kTestOrigin[] = "ledger.example/annals";

// The signer whose seed is 32 times `byte`.
std::unique_ptr<Ed25519Signer> TestSigner(char byte);

// An append to `stream`: caller, request id, digest and content follow from the
// seed. Every fourth has no content.
AppendRequest TestRequest(uint64_t seed, const StreamLength& stream);
// To a stream of its own.
AppendRequest TestRequest(uint64_t seed);
std::string TestContent(uint64_t seed);

class LedgerHarness {
 public:
  // Not owned; both must outlive this.
  LedgerHarness(Store* store, PublishedMark* mark)
      : store_(store), mark_(mark) {}

  // For the next Open.
  LedgerOptions& options() { return options_; }
  void UseSigner(Signer* signer) { signer_ = signer; }
  void UseNextSigner(Signer* signer) { next_signer_ = signer; }
  void UseDecoder(const LeafDecoder* decoder) { decoder_ = decoder; }
  void UseObserver(LedgerObserver* observer) { observer_ = observer; }
  void UseSpace(const SpaceGuard* space) { space_ = space; }

  // Closes the ledger if it is open.
  absl::Status Open();
  void Close() { ledger_.reset(); }

  Ledger& ledger() { return *ledger_; }
  FakeClock& clock() { return clock_; }

  // Waits for the answer.
  absl::StatusOr<AppendResult> Append(AppendRequest request);
  // In one batch.
  std::vector<absl::StatusOr<AppendResult>> AppendTogether(
      std::vector<AppendRequest> requests);
  // TestRequest(seed) for every seed of [begin, end), in batches of at most
  // `batch`.
  void AppendSeeds(uint64_t begin, uint64_t end, uint64_t batch);

  // Verifies from outside that the ledger has `size` entries: the signature,
  // every leaf and content, every inclusion proof at this size, consistency
  // with older sizes, streams, requests, and the order of times. Everything is
  // compared with a transcription of RFC 6962.
  void CheckWholeLedger(uint64_t size);

 private:
  void CheckEntries(uint64_t size, std::vector<std::string>* leaves);
  void CheckStreams(const std::vector<std::string>& leaves);

  Store* const store_;
  PublishedMark* const mark_;
  LedgerOptions options_ = {.origin = kTestOrigin};
  const std::unique_ptr<Ed25519Signer> default_signer_ = TestSigner('s');
  const SimpleLeafDecoder default_decoder_;
  Signer* signer_ = default_signer_.get();
  Signer* next_signer_ = nullptr;
  const LeafDecoder* decoder_ = &default_decoder_;
  LedgerObserver* observer_ = nullptr;
  const SpaceGuard* space_ = nullptr;
  FakeClock clock_{absl::FromUnixSeconds(1'738'339'200)};  // 2025-02-01+08
  SeededRandom random_{1};
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_LEDGER_HARNESS_H_
