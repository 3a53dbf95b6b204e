// What an audit has seen of a ledger so far: the frontier of its tree, and as
// much of every report, agency and request as later entries, and the server's
// answers, are to be compared with. About 170 bytes an entry at most.

#ifndef ANNALS_CLIENT_AUDIT_AUDIT_STATE_H_
#define ANNALS_CLIENT_AUDIT_AUDIT_STATE_H_

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/audit/entry_facts.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/tree.h"

namespace annals::client {

// The key is part of a SHA-256 already.
struct NameKeyHash {
  size_t operator()(const NameKey& key) const {
    size_t hash;
    std::memcpy(&hash, key.data(), sizeof(hash));
    return hash;
  }
};

using NameKeys = absl::flat_hash_set<NameKey, NameKeyHash>;

struct ReportFacts {
  NameKey report = {};
  int32_t revisions = 0;
  uint64_t last_index = 0;
  Etag last_etag = {};
  // The first half of the last revision's answer digest.
  std::array<uint8_t, 16> last_digest = {};
  // Over the answer digests of all revisions, first to last; see ChainDigest.
  ledger::Hash chain = {};
};

// SHA-256(chain ‖ answer digest). The chain of no revisions is zero.
ledger::Hash ChainDigest(const ledger::Hash& chain,
                         const ledger::Hash& answer_digest);

// The latest state of an agency in the register.
struct AgencyFacts {
  uint64_t index = 0;
  // How many states it has had.
  int32_t states = 0;
  absl::Time registered_at;
  ledger::Hash answer_digest = {};
  // Over the change digests of all states, first to last.
  ledger::Hash chain = {};
};

// The steps of a report.
struct StepFacts {
  int32_t steps = 0;
  uint64_t last_index = 0;
  // Over the answer digests of all steps, first to last.
  ledger::Hash chain = {};
};

// The policies of an office.
struct PolicyFacts {
  // How many it has set or removed.
  int32_t policies = 0;
  // The entry of the last one.
  uint64_t index = 0;
  // Whether that did not remove it.
  bool is_set = false;
  ledger::Hash answer_digest = {};
};

// A content that was missing when its entry was read. About 60 bytes each with
// its place: a bulk erasure is as many of them as it has entries.
struct MissingFacts {
  ledger::Hash content_hash = {};
  // The entry that is said to have erased it.
  std::optional<uint64_t> claimed_eraser;
};

class StateReader;
class PieceWriter;

// Reads exactly `count` bytes; false if it can't.
using StateSource = std::function<bool(char* bytes, size_t count)>;

// Not thread-safe.
class AuditState {
 public:
  uint64_t size() const { return frontier_.size(); }
  ledger::Hash Root() const { return frontier_.Root(); }
  const ledger::Frontier& frontier() const { return frontier_; }
  absl::Time last_recorded_at() const { return last_recorded_at_; }
  // Entries of a kind that this version does not know.
  uint64_t unknown_entries() const { return unknown_entries_; }
  uint64_t revisions() const { return revisions_; }
  // False if the contents of some entries were left out.
  bool contents_checked() const { return contents_checked_; }
  void LeaveContentsOut() { contents_checked_ = false; }
  // Entries whose content was erased, and the entry that did it; in the order
  // of the former.
  const absl::btree_map<uint64_t, uint64_t>& erased() const { return erased_; }
  // Entries whose content was there when they were read, and which an entry
  // that this audit read says it erased.
  const std::vector<uint64_t>& erased_after_reading() const {
    return erased_after_reading_;
  }
  // Contents that were missing and that no entry so far erased, by their
  // entries.
  const absl::btree_map<uint64_t, MissingFacts>& missing() const {
    return missing_;
  }
  // What an erasure of the entry must name. REQUIRES: index < size().
  const ErasableKey& erasable(uint64_t index) const {
    return erasables_[index];
  }
  // A content that is missing was erased by a later entry that another tree of
  // the ledger proves.
  void ExplainMissing(uint64_t index) {
    missing_.erase(index);
    faults_.erase(index);
  }
  // The fault of the first missing content; OK if there is none.
  absl::Status RequireExplained() const;
  // In the order of the entries.
  const std::vector<KeyChange>& key_changes() const { return key_changes_; }

  const std::deque<ReportFacts>& reports() const { return reports_; }
  // The report's place in reports(); nullptr if the ledger has none.
  const uint32_t* FindReport(const NameKey& report) const;
  const absl::flat_hash_map<NameKey, AgencyFacts, NameKeyHash>& agencies()
      const {
    return agencies_;
  }
  // Of reports that have steps, and of offices that have policies.
  const absl::flat_hash_map<NameKey, StepFacts, NameKeyHash>& steps() const {
    return steps_;
  }
  const absl::flat_hash_map<NameKey, PolicyFacts, NameKeyHash>& policies()
      const {
    return policies_;
  }

  // Takes the next entry. Checks that
  //   - its time is later than that of the entry before;
  //   - its actor did not use the request id before;
  //   - its agency, its supervisor and its successor were registered before,
  //   and
  //     the document that it names recorded;
  //   - a change of an agency has the next number;
  //   - a document was not recorded before;
  //   - a revision has the next number, and is based on the one before it; it
  //     is signed with a key that the register had for its agency then, or
  //     need not be signed;
  //   - a step is taken on a revision recorded before, and has the next
  //     position among those of its report;
  //   - a policy has the next number among those of its office;
  //   - an erasure names a revision or a document and its content hash, and
  //     none is erased twice.
  // Otherwise DATA_LOSS with reason AUDIT_ORDER, naming the entry of `leaf`.
  // `visit(NodeId, Hash)` is called for each node that the entry completes.
  template <typename Visitor>
  absl::Status Apply(const EntryFacts& facts, absl::string_view leaf,
                     Visitor visit) {
    absl::Status status = ApplyFacts(facts, leaf);
    if (status.ok()) frontier_.Append(facts.leaf_hash, visit);
    return status;
  }

  // For a file, piece by piece: a state may have hundreds of megabytes. Read:
  // FAILED_PRECONDITION with reason STATE_FILE_DAMAGED if the `bytes` bytes of
  // `source` are no state.
  absl::Status Write(const ledger::WriteBytes& sink) const;
  static absl::StatusOr<AuditState> Read(const StateSource& source,
                                         uint64_t bytes);

 private:
  absl::Status RequireNamed(const EntryFacts& facts,
                            absl::string_view leaf) const;
  absl::Status ApplyFacts(const EntryFacts& facts, absl::string_view leaf);
  absl::Status ApplyRevision(const EntryFacts& facts, absl::string_view leaf);
  absl::Status ApplyAgency(const EntryFacts& facts, absl::string_view leaf);
  absl::Status ApplyAgencyChange(const EntryFacts& facts,
                                 absl::string_view leaf);
  absl::Status ApplyDocument(const EntryFacts& facts, absl::string_view leaf);
  absl::Status ApplyErasure(const EntryFacts& facts, absl::string_view leaf);
  absl::Status ApplyStep(const EntryFacts& facts, absl::string_view leaf);
  absl::Status ApplyPolicy(const EntryFacts& facts, absl::string_view leaf);
  absl::Status RequireSigning(const EntryFacts& facts,
                              absl::string_view leaf) const;
  void NoteSigning(const EntryFacts& facts);
  void NoteMissing(const EntryFacts& facts);
  void ReadReports(StateReader* reader);
  void ReadAgencies(StateReader* reader);
  void ReadErasures(StateReader* reader);
  void WriteErasures(PieceWriter* writer) const;
  void ReadLives(StateReader* reader);
  void WriteLives(PieceWriter* writer) const;
  void ReadSigning(StateReader* reader);
  void WriteSigning(PieceWriter* writer) const;

  ledger::Frontier frontier_;
  absl::Time last_recorded_at_ = absl::InfinitePast();
  uint64_t unknown_entries_ = 0;
  bool contents_checked_ = true;
  uint64_t revisions_ = 0;
  std::vector<KeyChange> key_changes_;
  // A deque does not move what it holds when it grows, so that its memory never
  // doubles; the map, which does, holds only places in it.
  std::deque<ReportFacts> reports_;
  absl::flat_hash_map<NameKey, uint32_t, NameKeyHash> places_;
  absl::flat_hash_map<NameKey, AgencyFacts, NameKeyHash> agencies_;
  // Of the agencies that have, or had, signing keys: their states from the
  // first that has some.
  absl::flat_hash_map<NameKey, std::vector<SigningState>, NameKeyHash> signing_;
  absl::flat_hash_map<NameKey, StepFacts, NameKeyHash> steps_;
  absl::flat_hash_map<NameKey, PolicyFacts, NameKeyHash> policies_;
  NameKeys requests_;
  NameKeys documents_;
  // Of every entry: what an erasure of it must name.
  std::deque<ErasableKey> erasables_;
  absl::btree_map<uint64_t, uint64_t> erased_;
  absl::btree_map<uint64_t, MissingFacts> missing_;
  // Of some that are missing, with the names of their resources. Not kept.
  std::map<uint64_t, absl::Status> faults_;
  // Not kept: an audit that resumes this one looks at all that were erased.
  std::vector<uint64_t> erased_after_reading_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_AUDIT_STATE_H_
