// Writes a ledger as a directory of static files (C2SP tlog-tiles) that any web
// server can serve and any mirror can follow:
//
//   checkpoint                  the signed note; replaced last
//   tile/<L>/<N>[.p/<W>]        hashes
//   tile/entries/<N>[.p/<W>]    leaves
//   content/<index>             salt ‖ content, of the entries that have one
//
// A file appears whole or not at all, by way of `.draft`. What the checkpoint
// covers never changes, except that the partial tiles of a tile are removed
// once it is full. What lies beyond the checkpoint was left by a run that was
// cut short, and is written again.

#ifndef ANNALS_LEDGER_STATIC_TREE_WRITER_H_
#define ANNALS_LEDGER_STATIC_TREE_WRITER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/checkpoint.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/tile_path.h"
#include "ledger/tree.h"

namespace annals::ledger {

struct StaticEntry {
  absl::string_view leaf;
  // Null if the entry has no content, or it is not to be written.
  const Salt* salt = nullptr;
  absl::string_view content;
};

// Not thread-safe. One writer at a time works in a directory.
class StaticTreeWriter {
 public:
  // Opens or creates the directory and resumes at its checkpoint. Rebuilds the
  // frontier of the checkpoint's tree from the tiles at its right edge.
  //   FAILED_PRECONDITION, STATIC_TREE_IN_USE: another writer works in it;
  //   FAILED_PRECONDITION, STATIC_TREE_FOREIGN: none of `verifiers` signed the
  //     checkpoint that is there;
  //   DATA_LOSS, STATIC_TREE_DAMAGED: its tiles do not give the checkpoint's
  //     root;
  //   as of ledger/file_io.h.
  static absl::StatusOr<std::unique_ptr<StaticTreeWriter>> Open(
      const std::string& directory, std::vector<NoteVerifier> verifiers);

  StaticTreeWriter(const StaticTreeWriter&) = delete;
  StaticTreeWriter& operator=(const StaticTreeWriter&) = delete;

  // What the directory's checkpoint says; size 0 if there is none.
  const Checkpoint& published() const { return published_; }
  // The signed note that says it; empty if there is none.
  const std::string& published_note() const { return published_note_; }

  // The tree of all entries so far.
  uint64_t size() const { return frontier_.size(); }
  Hash Root() const { return frontier_.Root(); }

  // Adds the entry of index size(). After an error the writer is of no more
  // use. INVALID_ARGUMENT if the leaf does not fit into a bundle.
  absl::Status Append(const StaticEntry& entry);

  // Writes the content of an entry that was written without it. An entry that
  // has none, or whose content is there, is left as it is.
  // REQUIRES: index < published().size; indexes do not decrease.
  //   DATA_LOSS, STATIC_TREE_DAMAGED: the directory has another leaf or another
  //     content for it.
  absl::Status AddContent(uint64_t index, const StaticEntry& entry);

  // Removes the content of an entry, as a later entry erased it. One that is
  // not there is no error.
  absl::Status RemoveContent(uint64_t index);

  // Completes the tree of `note`, a signed checkpoint over exactly the entries
  // so far, and puts it in place.
  //   As OpenCheckpoint; DATA_LOSS, CHECKPOINT_DIVERGED, and nothing published,
  //   if its size or root is not that of the entries.
  absl::Status Publish(absl::string_view note);

 private:
  StaticTreeWriter(std::string directory, std::vector<NoteVerifier> verifiers);

  absl::StatusOr<Checkpoint> OpenSigned(absl::string_view note) const;
  absl::Status Lock();
  absl::Status Resume();
  absl::Status ResumeHashes(uint64_t size);
  absl::Status ResumeBundle(uint64_t size);
  absl::Status WriteContent(uint64_t index, const StaticEntry& entry);
  absl::StatusOr<Hash> PublishedLeafHash(uint64_t index);
  void AddNode(const NodeId& id, const Hash& hash);
  absl::Status WriteFilledTiles();
  absl::Status WritePartialTiles();
  absl::Status WriteTile(const TileAddress& address, absl::string_view bytes);
  absl::Status WriteFile(const std::string& path, absl::string_view first,
                         absl::string_view second);
  absl::Status Sync() const;
  void RemoveObsoleteTiles();

  const std::string directory_;
  const std::string draft_;
  const std::vector<NoteVerifier> verifiers_;
  std::optional<FileLock> lock_;
  Checkpoint published_;
  std::string published_note_;
  Frontier frontier_;
  // The bottom rows of the tiles that are not full, by tile level.
  std::vector<std::vector<Hash>> rows_;
  // The bytes of the entry bundle that is not full.
  std::string bundle_;
  // Full tiles that wait for being written, lowest level first.
  std::vector<std::pair<TileId, std::string>> filled_;
  // The bottom row that AddContent compares with, and its tile's index.
  std::optional<uint64_t> row_tile_;
  std::vector<Hash> row_;
  // Directories with the partial tiles of tiles that have become full.
  std::vector<std::string> obsolete_;
  // The directory that was made last, to make each only once.
  std::string last_directory_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STATIC_TREE_WRITER_H_
