#include "client/receipt/receipt_files.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "ledger/tlog_proof.h"

namespace annals::client {
namespace {

constexpr char kLeafSuffix[] = ".leaf";
constexpr char kSaltSuffix[] = ".salt";
constexpr char kContentSuffix[] = ".content";

// The limit of a C2SP tlog-tiles entry bundle.
constexpr size_t kLeafBytesMax = 65535;
constexpr size_t kContentBytesMax = 64 << 20;

std::vector<std::string> PathsOf(const std::string& path) {
  return {absl::StrCat(path, kContentSuffix), absl::StrCat(path, kSaltSuffix),
          absl::StrCat(path, kLeafSuffix), path};
}

absl::Status FileExists(const std::string& path) {
  return MakeError(
      absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
      {absl::StrCat(path,
                    " exists; choose another name, or overwrite it "
                    "with --force"),
       absl::StrCat(path, " 已存在；请换一个文件名，或用 --force 覆盖")});
}

absl::Status NoDirectory(const std::string& path) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
      {absl::StrCat("can't write ", path, ": its directory is not there"),
       absl::StrCat("无法写入 ", path, "：所在目录不存在")});
}

absl::Status LeafMissing(const std::string& path, const std::string& leaf) {
  return MakeError(absl::StatusCode::kNotFound, "RECEIPT_LEAF_MISSING",
                   {absl::StrCat("the receipt's entry is missing: ", leaf,
                                 " must lie beside ", path),
                    absl::StrCat("缺少回执的条目文件：", leaf, " 须与 ", path,
                                 " 放在一起")});
}

}  // namespace

absl::Status RequireWritable(const std::string& path, Overwrite overwrite) {
  std::error_code error;
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  if (!parent.empty() && !std::filesystem::is_directory(parent, error)) {
    return NoDirectory(path);
  }
  if (overwrite == Overwrite::kYes) return absl::OkStatus();
  for (const std::string& file : PathsOf(path)) {
    if (std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
      return FileExists(file);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> WriteReceipt(const Receipt& receipt,
                                                      const std::string& path,
                                                      Overwrite overwrite) {
  RETURN_IF_ERROR(RequireWritable(path, overwrite));
  const std::vector<std::string> paths = PathsOf(path);
  const std::vector<std::optional<std::string>> parts = {
      receipt.content, receipt.salt, receipt.leaf, receipt.proof};
  std::vector<std::string> written;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (parts[i].has_value()) {
      RETURN_IF_ERROR(
          ledger::ReplaceFile(paths[i], {*parts[i]}, ledger::kUmaskFileMode));
      written.push_back(paths[i]);
    } else {
      std::error_code error;
      std::filesystem::remove(paths[i], error);
    }
  }
  return written;
}

absl::StatusOr<Receipt> ReadReceipt(const std::string& path) {
  Receipt receipt;
  ASSIGN_OR_RETURN(receipt.proof,
                   ledger::ReadFileOrPipe(path, ledger::kTlogProofBytesMax));
  const std::string leaf_path = absl::StrCat(path, kLeafSuffix);
  ASSIGN_OR_RETURN(std::optional<std::string> leaf,
                   ledger::ReadFileIfAny(leaf_path, kLeafBytesMax));
  if (!leaf.has_value()) return LeafMissing(path, leaf_path);
  receipt.leaf = *std::move(leaf);
  ASSIGN_OR_RETURN(
      receipt.salt,
      ledger::ReadFileIfAny(absl::StrCat(path, kSaltSuffix), kContentBytesMax));
  ASSIGN_OR_RETURN(receipt.content,
                   ledger::ReadFileIfAny(absl::StrCat(path, kContentSuffix),
                                         kContentBytesMax));
  return receipt;
}

}  // namespace annals::client
