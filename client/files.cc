#include "client/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/exit_code.h"
#include "ledger/error.h"
#include "ledger/file_io.h"

namespace annals::client {
namespace {

absl::StatusOr<std::string> ReadAll(std::istream* stream,
                                    const std::string& path) {
  std::string bytes;
  char buffer[1 << 16];
  while (stream->read(buffer, sizeof(buffer)) || stream->gcount() > 0) {
    bytes.append(buffer, static_cast<size_t>(stream->gcount()));
    if (bytes.size() > kInputBytesMax) {
      return MakeError(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                       {absl::StrCat(path, " is larger than ", kInputBytesMax,
                                     " bytes; a report is much smaller"),
                        absl::StrCat(path, " 超过 ", kInputBytesMax,
                                     " 字节；年度报告不会这么大")});
    }
  }
  return bytes;
}

// A device or pipe is written to as it is.
absl::Status WriteInPlace(const std::string& path, absl::string_view bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (stream) return absl::OkStatus();
  const char* cause = std::strerror(errno);
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
                   {absl::StrCat("can't write ", path, ": ", cause),
                    absl::StrCat("无法写入 ", path, "：", cause)});
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") return ReadAll(&std::cin, path);
  return ledger::ReadFileOrPipe(path, kInputBytesMax);
}

absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> files;
  for (std::filesystem::recursive_directory_iterator entry(directory, error),
       end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string()[0] == '.') {
      if (entry->is_directory(error)) entry.disable_recursion_pending();
    } else if (entry->is_regular_file(error)) {
      files.push_back(entry->path().string());
    }
  }
  if (error) {
    return UsageError(
        {absl::StrCat("无法读取目录 ", directory, "：", error.message()),
         absl::StrCat("can't read the directory ", directory, ": ",
                      error.message())});
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::Status WriteOutput(const std::string& path, absl::string_view bytes,
                         Session* session) {
  if (path == "-") {
    session->out().write(bytes.data(),
                         static_cast<std::streamsize>(bytes.size()));
    return absl::OkStatus();
  }
  std::error_code error;
  const bool is_special = std::filesystem::exists(path, error) &&
                          !std::filesystem::is_regular_file(path, error);
  if (is_special) return WriteInPlace(path, bytes);
  return ledger::ReplaceFile(path, {bytes}, ledger::kUmaskFileMode,
                             ledger::Durability::kLeftToTheSystem);
}

}  // namespace annals::client
