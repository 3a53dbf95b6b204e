#include "client/audit/export_source.h"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/verify.h"
#include "google/protobuf/arena.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

using ledger::Frontier;
using ledger::Hash;
using ledger::kTileWidth;
using ledger::TileId;
using ledger::TileKind;

constexpr size_t kTileFileBytesMax =
    kTileWidth * (ledger::kBundleLeafBytesMax + 2);
// A server takes no larger request.
constexpr size_t kContentFileBytesMax = size_t{64} << 20;
constexpr auto kNoVisit = [](const ledger::NodeId&, const Hash&) {};

absl::Status FileFault(absl::string_view reason, const std::string& path,
                       const Text& what) {
  return VerificationFailure(reason, {absl::StrCat(path, "：", what.zh),
                                      absl::StrCat(path, ": ", what.en)});
}

Hash RootOf(const std::vector<Hash>& row) {
  Frontier frontier;
  for (const Hash& hash : row) frontier.Append(hash, kNoVisit);
  return frontier.Root();
}

absl::Status TileMismatch(const std::string& path, uint64_t position,
                          const Hash& expected, const Hash& actual) {
  absl::Status status =
      FileFault("AUDIT_TILE_MISMATCH", path,
                {absl::StrCat("第 ", position, " 个哈希：应为 ",
                              HexOf(expected), "，实为 ", HexOf(actual)),
                 absl::StrCat("hash ", position, ": expected ", HexOf(expected),
                              ", found ", HexOf(actual))});
  AddErrorMetadata("expected", HexOf(expected), &status);
  AddErrorMetadata("actual", HexOf(actual), &status);
  return status;
}

}  // namespace

std::string ExportFiles::InDirectory(absl::string_view path) const {
  return absl::StrCat(directory_, "/", path);
}

std::string ExportFiles::PathOf(TileKind kind, const TileId& id) const {
  return ledger::TilePath(
      {kind, id, ledger::TileEntries(id, checkpoint_.size)});
}

absl::StatusOr<ExportFiles::TileFile> ExportFiles::ReadTile(
    TileKind kind, const TileId& id) const {
  const std::string path = PathOf(kind, id);
  auto bytes = ledger::ReadFileBytes(InDirectory(path), kTileFileBytesMax);
  if (bytes.ok()) return TileFile{*std::move(bytes), false};
  if (!absl::IsNotFound(bytes.status())) return bytes.status();
  // The directory may have grown since, and the partial tile be gone.
  bytes = ledger::ReadFileBytes(InDirectory(ledger::TilePath({kind, id})),
                                kTileFileBytesMax);
  if (bytes.ok()) return TileFile{*std::move(bytes), true};
  if (!absl::IsNotFound(bytes.status())) return bytes.status();
  return FileFault("AUDIT_FILE_MISSING", path,
                   {"文件缺失", "the file is missing"});
}

absl::StatusOr<std::vector<Hash>> ExportFiles::ReadRow(const TileId& id) const {
  ASSIGN_OR_RETURN(const TileFile file, ReadTile(TileKind::kHashes, id));
  const std::string& bytes = file.bytes;
  const uint64_t width = ledger::TileEntries(id, checkpoint_.size);
  const uint64_t hashes = bytes.size() / ledger::kHashBytes;
  if (bytes.size() % ledger::kHashBytes != 0 ||
      hashes != (file.may_have_more ? kTileWidth : width)) {
    return FileFault(
        "AUDIT_TILE_MISMATCH", PathOf(TileKind::kHashes, id),
        {absl::StrCat("应有 ", width, " 个哈希，实有 ", bytes.size(), " 字节"),
         absl::StrCat("expected ", width, " hashes, found ", bytes.size(),
                      " bytes")});
  }
  return ledger::DecodeHashTile(
      absl::string_view(bytes).substr(0, width * ledger::kHashBytes), width);
}

bool ExportFiles::HasContent(uint64_t index) const {
  std::error_code error;
  return std::filesystem::exists(InDirectory(ledger::ContentPath(index)),
                                 error);
}

bool ExportFiles::IsRightRow(uint64_t tile_index,
                             const std::vector<Hash>& row) const {
  if (row.size() < kTileWidth) return GivesRoot(row);
  const auto above = ReadRow({1, tile_index / kTileWidth});
  return above.ok() && (*above)[tile_index % kTileWidth] == RootOf(row);
}

// Whether the row of the last leaves gives the root, with the tiles above.
bool ExportFiles::GivesRoot(const std::vector<Hash>& last_row) const {
  const uint64_t size = checkpoint_.size;
  std::vector<Hash> frontier;
  for (int level = (std::bit_width(size) - 1) / ledger::kTileHeight; level >= 0;
       --level) {
    const uint64_t nodes = size >> (ledger::kTileHeight * level);
    if (nodes % kTileWidth == 0) continue;
    std::vector<Hash> row = last_row;
    if (level > 0) {
      auto read = ReadRow({level, nodes / kTileWidth});
      if (!read.ok()) return false;
      row = *std::move(read);
    }
    Frontier of_row;
    for (const Hash& hash : row) of_row.Append(hash, kNoVisit);
    frontier.insert(frontier.end(), of_row.hashes().begin(),
                    of_row.hashes().end());
  }
  return ledger::RootFromFrontier(frontier) == checkpoint_.root;
}

bool ExportSource::Next(FactsChunk* chunk) {
  const uint64_t tile_index = next_tile_++;
  if (std::max(begin_, tile_index * kTileWidth) >= files_.checkpoint().size) {
    return false;
  }
  chunk->number = tile_index - begin_ / kTileWidth;
  chunk->fault = ReadBundle(tile_index, chunk);
  return true;
}

absl::Status ExportSource::ReadBundle(uint64_t tile_index,
                                      FactsChunk* chunk) const {
  const TileId id{0, tile_index};
  ASSIGN_OR_RETURN(const ExportFiles::TileFile file,
                   files_.ReadTile(TileKind::kEntries, id));
  const std::string& bundle = file.bytes;
  ASSIGN_OR_RETURN(const std::vector<Hash> row, files_.ReadRow(id));
  chunk->facts.reserve(row.size());
  google::protobuf::Arena arena;
  ledger::FilesReader reader;
  absl::string_view rest = bundle;
  for (uint64_t i = 0; i < row.size(); ++i) {
    const uint64_t index = tile_index * kTileWidth + i;
    const auto leaf = ledger::TakeBundleEntry(&rest);
    if (!leaf.has_value() || ledger::LeafHash(*leaf) != row[i]) {
      return LeafOrTile(tile_index, i, bundle, row);
    }
    if (index < begin_) continue;
    ASSIGN_OR_RETURN(EntryFacts facts,
                     ReadEntry({index, *leaf}, &reader, &arena, chunk));
    RETURN_IF_ERROR(ledger::AppendBundleEntry(*leaf, &chunk->leaves));
    chunk->facts.push_back(std::move(facts));
  }
  if (rest.empty() || file.may_have_more) return absl::OkStatus();
  return FileFault("AUDIT_BUNDLE_DAMAGED",
                   files_.PathOf(TileKind::kEntries, id),
                   {absl::StrCat("末尾多出 ", rest.size(), " 字节"),
                    absl::StrCat(rest.size(), " bytes too many at its end")});
}

absl::StatusOr<EntryFacts> ExportSource::ReadEntry(
    EntryBytes entry, ledger::FilesReader* reader,
    google::protobuf::Arena* arena, FactsChunk* chunk) const {
  chunk->bytes += entry.leaf.size();
  if (check_.contents == Contents::kLeftOut) {
    return ReadEntryFacts(entry, check_, arena);
  }
  const std::string path = files_.InDirectory(ledger::ContentPath(entry.index));
  const auto read = reader->Read(path, kContentFileBytesMax);
  if (!read.ok() && !absl::IsNotFound(read.status())) return read.status();
  if (read.ok()) {
    const size_t salt_bytes = std::min(read->size(), ledger::kSaltBytes);
    entry.salt = read->substr(0, salt_bytes);
    entry.content = read->substr(salt_bytes);
    chunk->bytes += read->size();
  }
  return ReadEntryFacts(entry, check_, arena);
}

// The leaf at `position` does not have the hash in its tile: one of the two was
// changed. The tiles above say which; if they fit neither, both were.
absl::Status ExportSource::LeafOrTile(uint64_t tile_index, uint64_t position,
                                      absl::string_view bundle,
                                      const std::vector<Hash>& row) const {
  const TileId id{0, tile_index};
  std::vector<Hash> of_leaves;
  absl::string_view changed;
  absl::string_view rest = bundle;
  for (uint64_t i = 0; i < row.size(); ++i) {
    const auto leaf = ledger::TakeBundleEntry(&rest);
    if (!leaf.has_value()) break;
    if (i == position) changed = *leaf;
    of_leaves.push_back(ledger::LeafHash(*leaf));
  }
  const uint64_t index = tile_index * kTileWidth + position;
  if (of_leaves.size() == row.size() &&
      files_.IsRightRow(tile_index, of_leaves)) {
    absl::Status status =
        TileMismatch(files_.PathOf(TileKind::kHashes, id), position,
                     of_leaves[position], row[position]);
    AddErrorMetadata("index", absl::StrCat(index), &status);
    return status;
  }
  if (of_leaves.size() <= position) {
    return AuditFault("AUDIT_LEAF_MISMATCH", index, "",
                      {"叶哈希（条目包过早结束）",
                       "leaf hash (the entry bundle ends too early)"},
                      HexOf(row[position]), "-");
  }
  return AuditFault("AUDIT_LEAF_MISMATCH", index, changed,
                    {"叶哈希", "leaf hash"}, HexOf(row[position]),
                    HexOf(of_leaves[position]));
}

void ExportTiles::Add(const ledger::NodeId& id, const Hash& hash) {
  if (id.level == 0 || id.level % ledger::kTileHeight != 0) return;
  const auto level = static_cast<size_t>(id.level / ledger::kTileHeight);
  if (rows_.size() <= level) rows_.resize(level + 1);
  Row& row = rows_[level];
  const uint64_t position = id.index % kTileWidth;
  if (row.hashes.empty()) {
    row.left_out = position;
    row.tile_index = id.index / kTileWidth;
  }
  row.hashes.push_back(hash);
  if (position + 1 < kTileWidth) return;
  if (status_.ok()) {
    status_ = Compare({static_cast<int>(level), row.tile_index});
  }
  row.hashes.clear();
}

absl::Status ExportTiles::Compare(const TileId& id) {
  const Row& row = rows_[static_cast<size_t>(id.tile_level)];
  ASSIGN_OR_RETURN(const std::vector<Hash> stored, files_.ReadRow(id));
  for (size_t i = 0; i < row.hashes.size(); ++i) {
    const uint64_t position = row.left_out + i;
    if (position < stored.size() && stored[position] == row.hashes[i]) continue;
    return TileMismatch(files_.PathOf(TileKind::kHashes, id), position,
                        row.hashes[i],
                        position < stored.size() ? stored[position] : Hash{});
  }
  return absl::OkStatus();
}

absl::Status ExportTiles::Finish() {
  RETURN_IF_ERROR(status_);
  for (size_t level = 1; level < rows_.size(); ++level) {
    if (rows_[level].hashes.empty()) continue;
    RETURN_IF_ERROR(
        Compare({static_cast<int>(level), rows_[level].tile_index}));
  }
  return absl::OkStatus();
}

}  // namespace annals::client
