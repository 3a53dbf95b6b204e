#include "client/commands/output.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/exit_code.h"
#include "ledger/error.h"

namespace annals::client {

void AddOutputOption(CommandLine* line, CLI::App* command, std::string* path) {
  line->Option(command, "-o,--output", path, "FILE",
               {"输出文件；- 为标准输出（默认）",
                "The file to write; - for standard output (default)"});
}

absl::Status RequireNoTerminal(const std::string& path,
                               const std::string& format) {
  if (path != "-" || isatty(STDOUT_FILENO) != 1) return absl::OkStatus();
  return UsageError(
      {absl::StrCat(format,
                    " 不是文本，不能显示在终端上。请用 -o FILE "
                    "写入文件"),
       absl::StrCat(format,
                    " is no text and can't be shown on a terminal. "
                    "Write it to a file with -o FILE")});
}

absl::Status RequireNoFile(const std::string& path, bool may_overwrite) {
  std::error_code error;
  if (path == "-" || may_overwrite ||
      !std::filesystem::is_regular_file(path, error)) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
      {absl::StrCat(path,
                    " is there already. Name another file, or overwrite "
                    "it with --force"),
       absl::StrCat(path, " 已存在。请换一个文件名，或用 --force 覆盖")});
}

std::string ShellWord(const std::string& word) {
  const bool is_plain =
      !word.empty() && word[0] != '~' &&
      std::all_of(word.begin(), word.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
               static_cast<unsigned char>(c) >= 0x80 ||
               std::string("_-./+:,@%").find(c) != std::string::npos;
      });
  if (is_plain) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace annals::client
