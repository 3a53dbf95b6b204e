#include "ledger/static_tree_writer.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kCheckpointFile = "checkpoint";
// All files are made by way of this one, so that a run that is killed leaves no
// copy of a content which is erased later.
constexpr absl::string_view kDraftFile = ".draft";
constexpr size_t kBundleBytesMax = kTileWidth * (kBundleLeafBytesMax + 2);

absl::Status InUse(const std::string& directory) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATIC_TREE_IN_USE",
      {absl::StrCat("another process writes to ", directory,
                    "; let it end first, or choose another directory"),
       absl::StrCat("另一个进程正在写入 ", directory,
                    "；请等待其结束，或另选目录")});
}

absl::Status Foreign(const std::string& directory, const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATIC_TREE_FOREIGN",
      {absl::StrCat("the checkpoint in ", directory,
                    " is not one of this ledger (", cause.message(),
                    "); choose an empty directory"),
       absl::StrCat("目录 ", directory, " 中的检查点不属于本账本（",
                    ErrorTextZh(cause), "）；请选择空目录")});
}

absl::Status Damaged(const std::string& path, absl::string_view en,
                     absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kDataLoss, "STATIC_TREE_DAMAGED",
      {absl::StrCat(path, " is damaged: ", en,
                    "; keep the directory as evidence and begin "
                    "with an empty one"),
       absl::StrCat(path, " 已损坏：", zh,
                    "；请保留该目录作为证据，另用空目录重新导出")});
}

absl::Status Diverged(const Checkpoint& checkpoint, uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "CHECKPOINT_DIVERGED",
      {absl::StrCat("the signed checkpoint of ", checkpoint.size,
                    " entries does not have the root of the ", size,
                    " entries that came with it; it is not published: the "
                    "ledger was tampered with, or the directory was"),
       absl::StrCat("包含 ", checkpoint.size, " 个条目的签名检查点与收到的 ",
                    size, " 个条目的根哈希不符；未发布：账本或目录被改动过")});
}

// The root of the complete subtree over the hashes, whose number is a power of
// two.
Hash CompleteRoot(absl::Span<const Hash> hashes) {
  if (hashes.size() == 1) return hashes.front();
  const size_t half = hashes.size() / 2;
  return NodeHash(CompleteRoot(hashes.first(half)),
                  CompleteRoot(hashes.subspan(half)));
}

// The width of the partial tile of a level; 0 if there is none.
uint64_t PartialWidth(uint64_t size, int tile_level) {
  return (size >> (kTileHeight * tile_level)) % kTileWidth;
}

TileId LastTile(uint64_t size, int tile_level) {
  return {tile_level, (size >> (kTileHeight * tile_level)) / kTileWidth};
}

}  // namespace

absl::StatusOr<std::unique_ptr<StaticTreeWriter>> StaticTreeWriter::Open(
    const std::string& directory, std::vector<NoteVerifier> verifiers) {
  std::unique_ptr<StaticTreeWriter> writer(
      new StaticTreeWriter(directory, std::move(verifiers)));
  RETURN_IF_ERROR(MakeDirectories(directory, kPublicDirectoryMode));
  RETURN_IF_ERROR(writer->Lock());
  RETURN_IF_ERROR(RemoveFile(writer->draft_));
  RETURN_IF_ERROR(writer->Resume());
  return writer;
}

StaticTreeWriter::StaticTreeWriter(std::string directory,
                                   std::vector<NoteVerifier> verifiers)
    : directory_(std::move(directory)),
      draft_(absl::StrCat(directory_, "/", kDraftFile)),
      verifiers_(std::move(verifiers)) {}

// The lock is on the directory itself, so that no file of ours is served.
absl::Status StaticTreeWriter::Lock() {
  auto lock = FileLock::TryAcquireDirectory(directory_);
  if (ErrorReason(lock.status()) == kFileLockedReason) return InUse(directory_);
  RETURN_IF_ERROR(lock.status());
  lock_ = *std::move(lock);
  return absl::OkStatus();
}

// Signed by any of the keys.
absl::StatusOr<Checkpoint> StaticTreeWriter::OpenSigned(
    absl::string_view note) const {
  absl::StatusOr<Checkpoint> opened = absl::NotFoundError("no verifier key");
  for (const NoteVerifier& verifier : verifiers_) {
    opened = OpenCheckpoint(note, verifier);
    if (!absl::IsNotFound(opened.status())) break;
  }
  return opened;
}

absl::Status StaticTreeWriter::Resume() {
  auto note = ReadFileBytes(absl::StrCat(directory_, "/", kCheckpointFile),
                            kNoteBytesMax);
  if (absl::IsNotFound(note.status())) return absl::OkStatus();
  RETURN_IF_ERROR(note.status());
  absl::StatusOr<Checkpoint> checkpoint = OpenSigned(*note);
  if (!checkpoint.ok()) return Foreign(directory_, checkpoint.status());
  RETURN_IF_ERROR(ResumeHashes(checkpoint->size));
  RETURN_IF_ERROR(ResumeBundle(checkpoint->size));
  if (frontier_.Root() != checkpoint->root) {
    return Damaged(absl::StrCat(directory_, "/tile"),
                   "the hashes at its right edge do not give the checkpoint's "
                   "root",
                   "右缘的哈希与检查点的根哈希不符");
  }
  published_ = *std::move(checkpoint);
  published_note_ = *std::move(note);
  return absl::OkStatus();
}

namespace {

// The first `width` hashes of a tile, from the partial tile or, if that is
// gone, the full one.
absl::StatusOr<std::string> ReadPartial(const std::string& directory,
                                        TileAddress address) {
  const std::string path = absl::StrCat(directory, "/", TilePath(address));
  auto bytes = ReadFileBytes(path, kBundleBytesMax);
  if (!absl::IsNotFound(bytes.status())) return bytes;
  address.width = kTileWidth;
  auto full = ReadFileBytes(absl::StrCat(directory, "/", TilePath(address)),
                            kBundleBytesMax);
  if (absl::IsNotFound(full.status())) {
    return Damaged(path, "it is missing", "文件缺失");
  }
  return full;
}

}  // namespace

absl::Status StaticTreeWriter::ResumeHashes(uint64_t size) {
  std::vector<Hash> frontier;
  for (int level = (std::bit_width(size) - 1) / kTileHeight; level >= 0;
       --level) {
    rows_.resize(std::max<size_t>(rows_.size(), level + 1));
    const uint64_t width = PartialWidth(size, level);
    if (width == 0) continue;
    const TileAddress address{TileKind::kHashes, LastTile(size, level), width};
    ASSIGN_OR_RETURN(const std::string bytes, ReadPartial(directory_, address));
    const auto row = DecodeHashTile(
        absl::string_view(bytes).substr(0, width * kHashBytes), width);
    if (!row.ok()) {
      return Damaged(TilePath(address), row.status().message(),
                     ErrorTextZh(row.status()));
    }
    absl::Span<const Hash> rest = *row;
    while (!rest.empty()) {
      const size_t complete = std::bit_floor(rest.size());
      frontier.push_back(CompleteRoot(rest.first(complete)));
      rest.remove_prefix(complete);
    }
    rows_[level] = *row;
  }
  ASSIGN_OR_RETURN(frontier_, Frontier::FromHashes(size, std::move(frontier)));
  return absl::OkStatus();
}

absl::Status StaticTreeWriter::ResumeBundle(uint64_t size) {
  const uint64_t width = PartialWidth(size, 0);
  if (width == 0) return absl::OkStatus();
  const TileAddress address{TileKind::kEntries, LastTile(size, 0), width};
  ASSIGN_OR_RETURN(const std::string bytes, ReadPartial(directory_, address));
  absl::string_view rest = bytes;
  for (uint64_t i = 0; i < width; ++i) {
    const auto leaf = TakeBundleEntry(&rest);
    if (!leaf.has_value() || LeafHash(*leaf) != rows_[0][i]) {
      return Damaged(
          absl::StrCat(directory_, "/", TilePath(address)),
          absl::StrCat("entry ", size - width + i,
                       " does not have the hash in its tile"),
          absl::StrCat("条目 ", size - width + i, " 与哈希瓦片不符"));
    }
  }
  bundle_ = bytes.substr(0, bytes.size() - rest.size());
  return absl::OkStatus();
}

absl::Status StaticTreeWriter::Append(const StaticEntry& entry) {
  RETURN_IF_ERROR(AppendBundleEntry(entry.leaf, &bundle_));
  RETURN_IF_ERROR(WriteContent(size(), entry));
  frontier_.Append(LeafHash(entry.leaf),
                   [this](const NodeId& id, const Hash& hash) {
                     if (id.level % kTileHeight == 0) AddNode(id, hash);
                   });
  return filled_.empty() ? absl::OkStatus() : WriteFilledTiles();
}

absl::Status StaticTreeWriter::WriteContent(uint64_t index,
                                            const StaticEntry& entry) {
  if (entry.salt == nullptr) return absl::OkStatus();
  return WriteFile(ContentPath(index), AsStringView(*entry.salt),
                   entry.content);
}

absl::StatusOr<Hash> StaticTreeWriter::PublishedLeafHash(uint64_t index) {
  const uint64_t tile = index / kTileWidth;
  if (row_tile_ != tile) {
    const TileId id{0, tile};
    const uint64_t width = TileEntries(id, published_.size);
    ASSIGN_OR_RETURN(const std::string bytes,
                     ReadPartial(directory_, {TileKind::kHashes, id, width}));
    ASSIGN_OR_RETURN(row_, DecodeHashTile(absl::string_view(bytes).substr(
                                              0, width * kHashBytes),
                                          width));
    row_tile_ = tile;
  }
  return row_[index % kTileWidth];
}

absl::Status StaticTreeWriter::AddContent(uint64_t index,
                                          const StaticEntry& entry) {
  ASSIGN_OR_RETURN(const Hash published, PublishedLeafHash(index));
  if (LeafHash(entry.leaf) != published) {
    return Damaged(
        absl::StrCat(directory_, "/",
                     TilePath({TileKind::kHashes, {0, index / kTileWidth}})),
        absl::StrCat("entry ", index, " has another hash in it"),
        absl::StrCat("条目 ", index, " 在其中的哈希不同"));
  }
  if (entry.salt == nullptr) return absl::OkStatus();
  const std::string path = absl::StrCat(directory_, "/", ContentPath(index));
  const std::string wanted =
      absl::StrCat(AsStringView(*entry.salt), entry.content);
  const auto found = ReadFileBytes(path, wanted.size());
  if (absl::IsNotFound(found.status())) return WriteContent(index, entry);
  if (ErrorReason(found.status()) != kFileTooLargeReason) {
    RETURN_IF_ERROR(found.status());
    if (*found == wanted) return absl::OkStatus();
  }
  return Damaged(path, absl::StrCat("it is not the content of entry ", index),
                 absl::StrCat("与条目 ", index, " 的内容不符"));
}

absl::Status StaticTreeWriter::RemoveContent(uint64_t index) {
  return RemoveFile(absl::StrCat(directory_, "/", ContentPath(index)));
}

void StaticTreeWriter::AddNode(const NodeId& id, const Hash& hash) {
  const auto level = static_cast<size_t>(id.level / kTileHeight);
  if (rows_.size() <= level) rows_.resize(level + 1);
  rows_[level].push_back(hash);
  if (rows_[level].size() < kTileWidth) return;
  filled_.emplace_back(TileId{static_cast<int>(level), id.index / kTileWidth},
                       EncodeHashTile(rows_[level]));
  rows_[level].clear();
}

absl::Status StaticTreeWriter::WriteFilledTiles() {
  for (const auto& [id, bytes] : filled_) {
    RETURN_IF_ERROR(WriteTile({TileKind::kHashes, id}, bytes));
    if (id.tile_level > 0) continue;
    RETURN_IF_ERROR(WriteTile({TileKind::kEntries, id}, bundle_));
    bundle_.clear();
  }
  filled_.clear();
  return absl::OkStatus();
}

absl::Status StaticTreeWriter::WriteTile(const TileAddress& address,
                                         absl::string_view bytes) {
  const std::string path = TilePath(address);
  if (address.width == kTileWidth) {
    obsolete_.push_back(absl::StrCat(directory_, "/", path, ".p"));
  }
  return WriteFile(path, bytes, "");
}

absl::Status StaticTreeWriter::WriteFile(const std::string& path,
                                         absl::string_view first,
                                         absl::string_view second) {
  const std::string full = absl::StrCat(directory_, "/", path);
  std::string parent = DirectoryOf(full);
  if (parent != last_directory_) {
    RETURN_IF_ERROR(MakeDirectories(parent, kPublicDirectoryMode,
                                    Durability::kLeftToTheSystem));
    last_directory_ = std::move(parent);
  }
  return ReplaceFileThrough(draft_, full, {first, second}, kPublicFileMode,
                            Durability::kLeftToTheSystem);
}

absl::Status StaticTreeWriter::WritePartialTiles() {
  for (size_t level = 0; level < rows_.size(); ++level) {
    const std::vector<Hash>& row = rows_[level];
    if (row.empty()) continue;
    const TileId id = LastTile(size(), static_cast<int>(level));
    RETURN_IF_ERROR(
        WriteTile({TileKind::kHashes, id, row.size()}, EncodeHashTile(row)));
    if (level > 0) continue;
    RETURN_IF_ERROR(WriteTile({TileKind::kEntries, id, row.size()}, bundle_));
  }
  return absl::OkStatus();
}

// One sync of the file system instead of one of each file: an export is of
// millions.
absl::Status StaticTreeWriter::Sync() const {
  if (syncfs(lock_->file().get()) == 0) return absl::OkStatus();
  const ErrorText cause = SystemErrorText(errno);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
      {absl::StrCat("can't sync ", directory_, ": ", cause.en),
       absl::StrCat("无法将 ", directory_, " 同步到磁盘：", cause.zh)});
}

absl::Status StaticTreeWriter::Publish(absl::string_view note) {
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, OpenSigned(note));
  if (checkpoint.size != size() || checkpoint.root != Root()) {
    return Diverged(checkpoint, size());
  }
  RETURN_IF_ERROR(WritePartialTiles());
  RETURN_IF_ERROR(Sync());
  RETURN_IF_ERROR(
      ReplaceFileThrough(draft_, absl::StrCat(directory_, "/", kCheckpointFile),
                         {note}, kPublicFileMode));
  published_ = checkpoint;
  RemoveObsoleteTiles();
  return absl::OkStatus();
}

// C2SP tlog-tiles: partial tiles may go once the full tile is there. One that
// can't be removed does no harm.
void StaticTreeWriter::RemoveObsoleteTiles() {
  for (const std::string& directory : obsolete_) {
    std::error_code error;
    std::filesystem::remove_all(directory, error);
  }
  obsolete_.clear();
  last_directory_.clear();
}

}  // namespace annals::ledger
