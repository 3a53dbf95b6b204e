#include "client/commands/output.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "client/exit_code.h"

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

}  // namespace annals::client
