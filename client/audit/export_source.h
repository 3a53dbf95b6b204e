// The entries of an audit from an exported directory (see
// ledger/static_tree_writer.h), and the check of its tiles.

#ifndef ANNALS_CLIENT_AUDIT_EXPORT_SOURCE_H_
#define ANNALS_CLIENT_AUDIT_EXPORT_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/audit/entry_source.h"
#include "google/protobuf/arena.h"
#include "ledger/checkpoint.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/tile_path.h"
#include "ledger/tree.h"

namespace annals::client {

// The files of a directory. Thread-safe.
class ExportFiles {
 public:
  ExportFiles(std::string directory, const ledger::Checkpoint& checkpoint)
      : directory_(std::move(directory)), checkpoint_(checkpoint) {}

  const ledger::Checkpoint& checkpoint() const { return checkpoint_; }

  struct TileFile {
    std::string bytes;
    // Of a full tile that has come in the place of the partial one: more may
    // stand in it than the checkpoint's tree has there.
    bool may_have_more = false;
  };

  // A tile or bundle of the checkpoint's tree. AUDIT_FILE_MISSING if there is
  // none.
  absl::StatusOr<TileFile> ReadTile(ledger::TileKind kind,
                                    const ledger::TileId& id) const;

  // The hashes of a tile. AUDIT_TILE_MISMATCH if its length is wrong.
  absl::StatusOr<std::vector<ledger::Hash>> ReadRow(
      const ledger::TileId& id) const;

  // The path of the tile in the checkpoint's tree.
  std::string PathOf(ledger::TileKind kind, const ledger::TileId& id) const;
  std::string InDirectory(absl::string_view path) const;

  // Whether there is a file for the content of an entry.
  bool HasContent(uint64_t index) const;

  // Whether a bottom row is the right one, as the tiles above it say.
  bool IsRightRow(uint64_t tile_index,
                  const std::vector<ledger::Hash>& row) const;

 private:
  bool GivesRoot(const std::vector<ledger::Hash>& last_row) const;

  const std::string directory_;
  const ledger::Checkpoint checkpoint_;
};

class ExportSource : public EntrySource {
 public:
  // Not owned; must outlive this. Entries before `begin` are left out.
  ExportSource(const ExportFiles* files, uint64_t begin,
               const EntryCheck& check)
      : files_(*files),
        begin_(begin),
        check_(check),
        next_tile_(begin / ledger::kTileWidth) {}

  // Compares each leaf with its hash in the tile as well; where they differ,
  // the fault says which of the two is the changed one.
  bool Next(FactsChunk* chunk) override;

 private:
  absl::Status ReadBundle(uint64_t tile_index, FactsChunk* chunk) const;
  absl::Status LeafOrTile(uint64_t tile_index, uint64_t position,
                          absl::string_view bundle,
                          const std::vector<ledger::Hash>& row) const;
  absl::StatusOr<EntryFacts> ReadEntry(EntryBytes entry,
                                       ledger::FilesReader* reader,
                                       google::protobuf::Arena* arena,
                                       FactsChunk* chunk) const;

  const ExportFiles& files_;
  const uint64_t begin_;
  const EntryCheck check_;
  std::atomic<uint64_t> next_tile_;
};

// Compares the tiles above the bottom level with the nodes that the leaves
// give. Not thread-safe.
class ExportTiles {
 public:
  // Not owned; must outlive this.
  explicit ExportTiles(const ExportFiles* files) : files_(*files) {}

  // The next node, in the order in which leaves complete them. An audit that
  // was resumed begins with any: those before were compared then.
  void Add(const ledger::NodeId& id, const ledger::Hash& hash);

  // OK, or the first fault: AUDIT_TILE_MISMATCH or AUDIT_FILE_MISSING.
  const absl::Status& status() const { return status_; }

  // After the last leaf: compares the tiles that are not full.
  absl::Status Finish();

 private:
  absl::Status Compare(const ledger::TileId& id);

  const ExportFiles& files_;
  // By tile level: the nodes of the tile that is being filled, and how many of
  // its nodes were left out.
  struct Row {
    std::vector<ledger::Hash> hashes;
    uint64_t left_out = 0;
    uint64_t tile_index = 0;
  };
  std::vector<Row> rows_;
  absl::Status status_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_EXPORT_SOURCE_H_
