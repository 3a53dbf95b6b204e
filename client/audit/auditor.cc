#include "client/audit/auditor.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/tile_path.h"

namespace annals::client {
namespace {

absl::Status RootMismatch(const ledger::Checkpoint& checkpoint,
                          const ledger::Hash& root) {
  absl::Status status = VerificationFailure(
      "AUDIT_ROOT_MISMATCH",
      {absl::StrCat("这 ", checkpoint.size, " 个条目的根哈希：签名检查点为 ",
                    HexOf(checkpoint.root), "，实为 ", HexOf(root)),
       absl::StrCat("root hash of these ", checkpoint.size,
                    " entries: the signed checkpoint says ",
                    HexOf(checkpoint.root), ", found ", HexOf(root))});
  AddErrorMetadata("expected", HexOf(checkpoint.root), &status);
  AddErrorMetadata("actual", HexOf(root), &status);
  return status;
}

absl::Status Incomplete(uint64_t expected, uint64_t found) {
  return VerificationFailure(
      "AUDIT_ROOT_MISMATCH",
      {absl::StrCat("应有 ", expected, " 个条目，只收到 ", found, " 个"),
       absl::StrCat("expected ", Counted(expected, "entry", "entries"),
                    ", received only ", found)});
}

absl::Status ApplyChunk(const FactsChunk& chunk, ExportTiles* tiles,
                        AuditState* state) {
  absl::string_view leaves = chunk.leaves;
  for (const EntryFacts& facts : chunk.facts) {
    const auto leaf = ledger::TakeBundleEntry(&leaves);
    RETURN_IF_ERROR(state->Apply(
        facts, leaf.value_or(""),
        [tiles](const ledger::NodeId& id, const ledger::Hash& hash) {
          if (tiles != nullptr) tiles->Add(id, hash);
        }));
  }
  return tiles == nullptr ? absl::OkStatus() : tiles->status();
}

// The entry that erased a content may be beyond the checkpoint: it was recorded
// while the audit was under way.
absl::Status ExplainMissing(const AuditRun& run, AuditState* state) {
  if (run.is_erased_since == nullptr) return state->RequireExplained();
  while (!state->missing().empty()) {
    const auto& [index, missing] = *state->missing().begin();
    ASSIGN_OR_RETURN(const bool is_erased,
                     run.is_erased_since({index, missing.claimed_eraser,
                                          state->erasable(index)}));
    if (!is_erased) break;
    state->ExplainMissing(uint64_t{index});
  }
  return state->RequireExplained();
}

// An erasure that is on record and was not carried out, or was undone, perhaps
// since an earlier audit.
absl::Status RequireErased(const AuditRun& run, const AuditState& state) {
  if (run.has_content == nullptr) return absl::OkStatus();
  std::vector<uint64_t> looked_at = state.erased_after_reading();
  for (const auto& [index, eraser] : state.erased()) {
    if (index >= run.resumed_at) break;
    looked_at.push_back(index);
  }
  for (const uint64_t index : looked_at) {
    ASSIGN_OR_RETURN(const bool has_content, run.has_content(index));
    if (!has_content) continue;
    const uint64_t eraser = state.erased().at(index);
    absl::Status status = VerificationFailure(
        "AUDIT_CONTENT_NOT_ERASED",
        {absl::StrCat("条目 ", index, " 的内容按条目 ", eraser,
                      " 已删除，但仍然存在；请将其删除"),
         absl::StrCat("the content of entry ", index,
                      " is still there, although entry ", eraser,
                      " erased it; have it removed")});
    AddErrorMetadata("index", absl::StrCat(index), &status);
    return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AuditEntries(const AuditRun& run, EntrySource* source,
                          AuditState* state, AuditedBytes* audited) {
  RETURN_IF_ERROR(ReadInOrder(
      source, run.threads, [&run, state, audited](const FactsChunk& chunk) {
        RETURN_IF_ERROR(ApplyChunk(chunk, run.tiles, state));
        audited->bytes += chunk.bytes;
        audited->prefixes.push_back({state->size(), state->Root()});
        if (run.taken != nullptr) RETURN_IF_ERROR(run.taken(chunk));
        return run.progress(
            {state->size(), run.checkpoint.size, audited->bytes});
      }));
  if (state->size() != run.checkpoint.size) {
    return Incomplete(run.checkpoint.size, state->size());
  }
  if (run.tiles != nullptr) RETURN_IF_ERROR(run.tiles->Finish());
  if (state->Root() != run.checkpoint.root) {
    return RootMismatch(run.checkpoint, state->Root());
  }
  RETURN_IF_ERROR(ExplainMissing(run, state));
  return RequireErased(run, *state);
}

}  // namespace annals::client
