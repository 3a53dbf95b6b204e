// The ledger over a store: reads here, writes by its recorder.

#ifndef ANNALS_LEDGER_LEDGER_IMPL_H_
#define ANNALS_LEDGER_LEDGER_IMPL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "ledger/index_reader.h"
#include "ledger/ledger.h"
#include "ledger/listeners.h"
#include "ledger/publisher.h"
#include "ledger/recorder.h"
#include "ledger/tile_cache.h"
#include "ledger/tile_reader.h"

namespace annals::ledger {

class LedgerImpl : public Ledger {
 public:
  // `make_recorder` is called once, at the end.
  LedgerImpl(const LedgerParts& parts, std::unique_ptr<Publisher> publisher,
             absl::FunctionRef<std::unique_ptr<Recorder>(const RecorderPeers&)>
                 make_recorder);
  ~LedgerImpl() override;

  void Append(AppendRequest request, AppendCallback callback) override;
  absl::StatusOr<std::optional<AppendResult>> FindRequest(
      absl::string_view caller, absl::string_view request_id,
      const Hash& request_digest) override;
  std::shared_ptr<const SignedCheckpoint> checkpoint() const override;
  absl::StatusOr<LedgerEntryBytes> ReadEntry(uint64_t index,
                                             bool with_content) override;
  absl::StatusOr<std::string> ReadLeaf(uint64_t index) override;
  absl::StatusOr<ProvenEntry> ReadProvenEntry(const LeafPosition& position,
                                              bool with_content) override;
  absl::Status PurgeErased() override;
  absl::StatusOr<std::vector<Hash>> InclusionProof(
      const LeafPosition& position) override;
  absl::StatusOr<std::vector<Hash>> ConsistencyProof(
      const TreeRange& range) override;
  absl::StatusOr<uint64_t> LengthOf(absl::string_view stream) override;
  absl::StatusOr<std::optional<StreamEnd>> FindStreamEnd(
      absl::string_view stream) override;
  absl::StatusOr<std::optional<StreamEnd>> FindStreamEndAsOf(
      absl::string_view stream, uint64_t size) override;
  absl::StatusOr<std::vector<std::optional<StreamEnd>>> FindStreamEndsAsOf(
      const std::vector<std::string>& streams, uint64_t size) override;
  absl::StatusOr<std::optional<StreamEnd>> PeekStreamEnd(
      absl::string_view stream) override;
  absl::StatusOr<std::vector<StreamEntry>> ReadStream(
      const StreamSlice& slice) override;
  absl::StatusOr<std::vector<IndexRow>> ScanIndex(
      const IndexScan& scan) override;
  ListenerId AddListener(std::function<void(uint64_t size)> listener) override;
  void RemoveListener(ListenerId id) override;
  absl::Status SettleUntil(absl::Time time) override {
    return recorder_->SettleUntil(time);
  }
  absl::Status WriteStatus() const override;
  size_t QueueLength() const override { return recorder_->QueueLength(); }
  void Stop() override;

 private:
  // Passes a read's result on; stops the recording if it tells of damage.
  template <typename T>
  absl::StatusOr<T> Checked(absl::StatusOr<T> result) {
    if (!result.ok()) recorder_->StopAtDamage(result.status());
    return result;
  }
  absl::StatusOr<LedgerEntryBytes> ReadCheckedEntry(uint64_t index,
                                                    bool with_content,
                                                    TileReader* tree);
  absl::Status ReadCheckedContent(TileReader* tree, LedgerEntryBytes* entry);
  // Says why the content of the entry is not there, if the ledger does.
  absl::Status ExplainMissing(TileReader* tree, LedgerEntryBytes* entry);
  // The leaf, checked against the tree.
  absl::StatusOr<std::string> ReadCheckedLeaf(uint64_t index, TileReader* tree);

  const LedgerParts parts_;
  const std::unique_ptr<Publisher> publisher_;
  const IndexReader index_;
  TileCache tiles_;
  Listeners listeners_;
  // Last: its thread uses the others.
  const std::unique_ptr<Recorder> recorder_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_LEDGER_IMPL_H_
