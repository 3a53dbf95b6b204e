#include "client/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/exit_code.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"

namespace annals::client {
namespace {

absl::StatusOr<std::string> ReadAll(std::istream* stream,
                                    const std::string& path, size_t bytes_max) {
  std::string bytes;
  char buffer[1 << 16];
  while (stream->read(buffer, sizeof(buffer)) || stream->gcount() > 0) {
    bytes.append(buffer, static_cast<size_t>(stream->gcount()));
    if (bytes.size() > bytes_max) {
      return MakeError(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                       {absl::StrCat(path, " is larger than ", bytes_max,
                                     " bytes; a report is much smaller"),
                        absl::StrCat(path, " 超过 ", bytes_max,
                                     " 字节；年度报告不会这么大")});
    }
  }
  return bytes;
}

absl::Status NotWritable(const std::string& path) {
  const ErrorText cause = SystemErrorText(errno);
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
                   {absl::StrCat("can't write ", path, ": ", cause.en),
                    absl::StrCat("无法写入 ", path, "：", cause.zh)});
}

absl::Status DirectoryNotReadable(const std::string& directory,
                                  const std::error_code& error) {
  const ErrorText cause = SystemErrorText(error);
  return UsageError(
      {absl::StrCat("无法读取目录 ", directory, "：", cause.zh),
       absl::StrCat("can't read the directory ", directory, ": ", cause.en)});
}

absl::Status NoRegularFile(const std::filesystem::directory_entry& entry) {
  const std::string path = entry.path().string();
  std::error_code ignored;
  if (entry.is_symlink(ignored)) {
    return UsageError(
        {absl::StrCat(path, " 是链接，所指不是普通文件，未跟随"),
         absl::StrCat(path,
                      " is a link, and not to a regular file; it is not "
                      "followed")});
  }
  return UsageError({absl::StrCat(path, " 不是普通文件"),
                     absl::StrCat(path, " is no regular file")});
}

// What stands in `directory` itself.
std::error_code AddFilesOf(const std::string& directory,
                           std::vector<FoundFile>* files,
                           std::vector<std::string>* directories) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string()[0] == '.') continue;
    std::error_code ignored;
    // As find does: a link to a directory may lead in a circle.
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      directories->push_back(entry->path().string());
    } else if (entry->is_regular_file(ignored)) {
      files->push_back({entry->path().string(), absl::OkStatus()});
    } else {
      files->push_back({entry->path().string(), NoRegularFile(*entry)});
    }
  }
  return error;
}

void WriteTo(std::ostream* stream, absl::string_view bytes) {
  stream->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// A device or pipe is written to as it is.
absl::Status WriteInPlace(
    const std::string& path,
    const std::function<absl::Status(const WritePiece& write)>& produce) {
  std::ofstream stream(path, std::ios::binary);
  RETURN_IF_ERROR(produce([&](absl::string_view bytes) {
    WriteTo(&stream, bytes);
    return stream ? absl::OkStatus() : NotWritable(path);
  }));
  stream.close();
  return stream ? absl::OkStatus() : NotWritable(path);
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& path,
                                      size_t bytes_max) {
  if (path == "-") return ReadAll(&std::cin, path, bytes_max);
  return ledger::ReadFileOrPipe(path, bytes_max);
}

absl::StatusOr<std::vector<FoundFile>> FilesIn(const std::string& directory) {
  std::vector<FoundFile> found;
  std::vector<std::string> directories = {directory};
  while (!directories.empty()) {
    const std::string current = std::move(directories.back());
    directories.pop_back();
    const std::error_code error = AddFilesOf(current, &found, &directories);
    if (!error) continue;
    absl::Status status = DirectoryNotReadable(current, error);
    if (current == directory) return status;
    found.push_back({current, std::move(status)});
  }
  std::sort(
      found.begin(), found.end(),
      [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; });
  return found;
}

absl::Status WriteOutputBy(
    const std::string& path,
    const std::function<absl::Status(const WritePiece& write)>& produce,
    Session* session) {
  if (path == "-") {
    return produce([session](absl::string_view bytes) {
      WriteTo(&session->out(), bytes);
      return absl::OkStatus();
    });
  }
  std::error_code error;
  const bool is_special = std::filesystem::exists(path, error) &&
                          !std::filesystem::is_regular_file(path, error);
  if (is_special) return WriteInPlace(path, produce);
  return ledger::ReplaceFileBy(path, produce, ledger::kUmaskFileMode,
                               ledger::Durability::kLeftToTheSystem);
}

absl::Status WriteOutput(const std::string& path, absl::string_view bytes,
                         Session* session) {
  return WriteOutputBy(
      path, [bytes](const WritePiece& write) { return write(bytes); }, session);
}

}  // namespace annals::client
