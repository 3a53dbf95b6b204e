#include "service/path_overlap.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {
namespace {

namespace fs = std::filesystem;

absl::Status Overlap(const std::string& data_dir, const NamedPath& other) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "PATHS_OVERLAP",
      {absl::StrCat(other.flag, "=", other.path, " and --data_dir=", data_dir,
                    " lie in each other; what is written there would damage "
                    "the ledger. Choose another path for ",
                    other.flag, "."),
       absl::StrCat(other.flag, "=", other.path, " 与 --data_dir=", data_dir,
                    " 互相包含；向其写入会损坏账本。请为 ", other.flag,
                    " 另选路径。")});
}

// As far as it is there, without links.
fs::path Resolve(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  const fs::path resolved = fs::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : resolved;
}

// The same file or directory, though a mount or a link may show it under
// another path; or the same path of nothing yet.
bool IsSame(const fs::path& a, const fs::path& b) {
  struct stat of_a = {};
  struct stat of_b = {};
  if (stat(a.c_str(), &of_a) != 0 || stat(b.c_str(), &of_b) != 0) {
    return a == b;
  }
  return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool IsWithin(const std::string& path, const std::string& directory) {
  const fs::path above = Resolve(directory);
  for (fs::path at = Resolve(path);; at = at.parent_path()) {
    if (IsSame(at, above)) return true;
    if (at == at.parent_path()) return false;
  }
}

// Also if only another name of it lies there.
bool IsLinkedFrom(const std::string& path, const std::string& directory) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0 || info.st_nlink < 2) return false;
  std::error_code error;
  fs::recursive_directory_iterator files(directory, error);
  for (; !error && files != fs::recursive_directory_iterator();
       files.increment(error)) {
    if (IsSame(files->path(), path)) return true;
  }
  return false;
}

}  // namespace

absl::Status RequireDirectoryApart(const std::string& data_dir,
                                   const NamedPath& other) {
  if (other.path.empty()) return absl::OkStatus();
  if (IsWithin(other.path, data_dir) || IsWithin(data_dir, other.path)) {
    return Overlap(data_dir, other);
  }
  return absl::OkStatus();
}

absl::Status RequireFileApart(const std::string& data_dir,
                              const NamedPath& other) {
  if (other.path.empty()) return absl::OkStatus();
  if (IsWithin(other.path, data_dir) || IsLinkedFrom(other.path, data_dir)) {
    return Overlap(data_dir, other);
  }
  return absl::OkStatus();
}

}  // namespace annals
