#include "client/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

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

absl::Status NotWritable(const std::string& path, const std::string& cause) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
                   {absl::StrCat("can't write ", path, ": ", cause),
                    absl::StrCat("无法写入 ", path, "：", cause)});
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") return ReadAll(&std::cin, path);
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return MakeError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND",
                     {absl::StrCat("there is no file ", path),
                      absl::StrCat("文件 ", path, " 不存在")});
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream || std::filesystem::is_directory(status)) {
    const std::string cause = std::filesystem::is_directory(status)
                                  ? std::strerror(EISDIR)
                                  : std::strerror(errno);
    return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_READABLE",
                     {absl::StrCat("can't read ", path, ": ", cause),
                      absl::StrCat("无法读取 ", path, "：", cause)});
  }
  return ReadAll(&stream, path);
}

absl::Status WriteOutput(const std::string& path, absl::string_view bytes,
                         Session* session) {
  if (path == "-") {
    session->out().write(bytes.data(),
                         static_cast<std::streamsize>(bytes.size()));
    return absl::OkStatus();
  }
  std::error_code error;
  // A device or pipe is written to as it is.
  const bool is_special = std::filesystem::exists(path, error) &&
                          !std::filesystem::is_regular_file(path, error);
  const std::string target = is_special ? path : path + ".part";
  std::ofstream stream(target, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) {
    const std::string cause = std::strerror(errno);
    if (!is_special) std::filesystem::remove(target, error);
    return NotWritable(path, cause);
  }
  if (is_special) return absl::OkStatus();
  std::filesystem::rename(target, path, error);
  return error ? NotWritable(path, error.message()) : absl::OkStatus();
}

}  // namespace annals::client
