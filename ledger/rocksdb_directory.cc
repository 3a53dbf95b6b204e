#include "ledger/rocksdb_directory.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"
#include "ledger/store_error.h"
#include "rocksdb/options.h"
#include "rocksdb/sst_file_reader.h"

namespace annals::ledger {
namespace {

constexpr size_t kCurrentBytesMax = 4096;
constexpr absl::string_view kTableEnding = ".sst";
constexpr absl::string_view kLogEnding = ".log";

// The names in the directory that end so, sorted.
std::vector<std::string> NamesWithEnding(const std::string& path,
                                         absl::string_view ending) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator files(path, error);
  for (; !error && files != std::filesystem::directory_iterator();
       files.increment(error)) {
    std::string name = files->path().filename().string();
    if (absl::EndsWith(name, ending)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

}  // namespace

absl::Status CheckDatabaseDirectory(const std::string& path) {
  const std::string current = path + "/CURRENT";
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                   ReadFileIfAny(current, kCurrentBytesMax));
  if (!bytes.has_value()) {
    // Without these a first start was cut short.
    if (NamesWithEnding(path, kTableEnding).empty() &&
        NamesWithEnding(path, kLogEnding).empty()) {
      return absl::OkStatus();
    }
    return StoreDamaged(ErrorText{
        absl::StrCat(current,
                     " is missing, which says what the database consists of"),
        absl::StrCat(current, " 缺失，它说明数据库由哪些文件组成")});
  }
  absl::string_view name = *bytes;
  if (absl::ConsumeSuffix(&name, "\n") && absl::StartsWith(name, "MANIFEST-") &&
      Exists(absl::StrCat(path, "/", name))) {
    return absl::OkStatus();
  }
  return StoreDamaged(
      ErrorText{absl::StrCat(current, " names no file that is there: '",
                             absl::CHexEscape(name), "'"),
                absl::StrCat(current, " 所指的文件不存在：“",
                             absl::CHexEscape(name), "”")});
}

std::string NameDamagedTables(const std::string& path,
                              const rocksdb::Status& corruption) {
  std::string text = corruption.ToString();
  if (absl::StrContains(text, kTableEnding)) return text;
  for (const std::string& name : NamesWithEnding(path, kTableEnding)) {
    rocksdb::SstFileReader reader((rocksdb::Options()));
    const rocksdb::Status opened = reader.Open(absl::StrCat(path, "/", name));
    if (!opened.ok()) {
      absl::StrAppend(&text, "; ", path, "/", name,
                      " can't be opened: ", opened.ToString());
    }
  }
  return text;
}

}  // namespace annals::ledger
