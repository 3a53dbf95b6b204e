// A ledger of which a test says what each call finds.

#ifndef ANNALS_TESTS_SUPPORT_MOCK_LEDGER_H_
#define ANNALS_TESTS_SUPPORT_MOCK_LEDGER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "ledger/ledger.h"

namespace annals::ledger {

class MockLedger : public Ledger {
 public:
  using Ends = std::vector<std::optional<StreamEnd>>;

  MOCK_METHOD(void, Append, (AppendRequest, AppendCallback), (override));
  MOCK_METHOD(absl::StatusOr<std::optional<AppendResult>>, FindRequest,
              (absl::string_view, absl::string_view, const Hash&), (override));
  MOCK_METHOD(std::shared_ptr<const SignedCheckpoint>, checkpoint, (),
              (const, override));
  MOCK_METHOD(absl::StatusOr<LedgerEntryBytes>, ReadEntry, (uint64_t, bool),
              (override));
  MOCK_METHOD(absl::StatusOr<std::string>, ReadLeaf, (uint64_t), (override));
  MOCK_METHOD(absl::StatusOr<ProvenEntry>, ReadProvenEntry,
              (const LeafPosition&, bool), (override));
  MOCK_METHOD(absl::Status, PurgeErased, (), (override));
  MOCK_METHOD(absl::StatusOr<std::vector<Hash>>, InclusionProof,
              (const LeafPosition&), (override));
  MOCK_METHOD(absl::StatusOr<std::vector<Hash>>, ConsistencyProof,
              (const TreeRange&), (override));
  MOCK_METHOD(absl::StatusOr<uint64_t>, LengthOf, (absl::string_view),
              (override));
  MOCK_METHOD(absl::StatusOr<std::optional<StreamEnd>>, FindStreamEnd,
              (absl::string_view), (override));
  MOCK_METHOD(absl::StatusOr<std::optional<StreamEnd>>, FindStreamEndAsOf,
              (absl::string_view, uint64_t), (override));
  MOCK_METHOD(absl::StatusOr<Ends>, FindStreamEndsAsOf,
              (const std::vector<std::string>&, uint64_t), (override));
  MOCK_METHOD(absl::StatusOr<std::optional<StreamEnd>>, PeekStreamEnd,
              (absl::string_view), (override));
  MOCK_METHOD(absl::StatusOr<std::vector<StreamEntry>>, ReadStream,
              (const StreamSlice&), (override));
  MOCK_METHOD(absl::StatusOr<std::vector<IndexRow>>, ScanIndex,
              (const IndexScan&), (override));
  MOCK_METHOD(ListenerId, AddListener, (std::function<void(uint64_t)>),
              (override));
  MOCK_METHOD(void, RemoveListener, (ListenerId), (override));
  MOCK_METHOD(absl::Status, SettleUntil, (absl::Time), (override));
  MOCK_METHOD(absl::Status, WriteStatus, (), (const, override));
  MOCK_METHOD(size_t, QueueLength, (), (const, override));
  MOCK_METHOD(void, Stop, (), (override));
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_MOCK_LEDGER_H_
