// An audit of a ledger's entries: in order, up to one signed checkpoint.

#ifndef ANNALS_CLIENT_AUDIT_AUDITOR_H_
#define ANNALS_CLIENT_AUDIT_AUDITOR_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/audit/audit_state.h"
#include "client/audit/entry_source.h"
#include "client/audit/export_source.h"
#include "client/audit/newer_tree.h"
#include "client/progress.h"
#include "ledger/checkpoint.h"

namespace annals::client {

// The root after so many entries.
struct Prefix {
  uint64_t size = 0;
  ledger::Hash root = {};
};

struct AuditRun {
  // What is audited.
  ledger::Checkpoint checkpoint;
  int threads = 1;
  // Called after each chunk. If it returns an error, the audit ends with it.
  std::function<absl::Status(const JobState&)> progress;
  // If not null, called with each chunk whose entries the state has taken. They
  // are not proved yet. As `progress`.
  std::function<absl::Status(const FactsChunk&)> taken;
  // If not null, called at the end for each content that is missing: whether an
  // entry recorded since erased it.
  std::function<absl::StatusOr<bool>(const ErasureClaim&)> is_erased_since;
  // Entries before this one were read by an earlier audit.
  uint64_t resumed_at = 0;
  // If not null, called at the end for each entry whose content was erased, but
  // for those that this audit read without it: whether it is there now.
  std::function<absl::StatusOr<bool>(uint64_t index)> has_content;
  // If not null, told of every node that the leaves give.
  ExportTiles* tiles = nullptr;
};

struct AuditedBytes {
  uint64_t bytes = 0;
  // After each chunk, to find where a tree differs.
  std::vector<Prefix> prefixes;
};

// Applies the entries of `source` to `state` and compares the root with the
// checkpoint's. The first fault of an entry, or DATA_LOSS with reason
// AUDIT_ROOT_MISMATCH if every entry is in order and the root is another, or
// with AUDIT_CONTENT_MISSING if a content is missing that no entry erased, or
// with AUDIT_CONTENT_NOT_ERASED if one is there that an entry did erase.
absl::Status AuditEntries(const AuditRun& run, EntrySource* source,
                          AuditState* state, AuditedBytes* audited);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_AUDITOR_H_
