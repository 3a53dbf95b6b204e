#include "service/daemon_help.h"

#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace annals {
namespace {

constexpr size_t kColumns = 80;
constexpr absl::string_view kMargin = "      ";

constexpr absl::string_view kOtherFlags =
    "  --flagfile=FILE\n"
    "      Reads flags from a file, one a line; lines that begin with # are\n"
    "      not read.\n"
    "  --help\n"
    "      Prints this.\n"
    "  --version\n"
    "      Prints the version.\n";

constexpr absl::string_view kExitCodes =
    "Exit codes:\n"
    "  0\n"
    "      It was stopped, or --fsck found the ledger whole.\n"
    "  1\n"
    "      An unknown flag or a value that can't be read, or --fsck found\n"
    "      faults.\n"
    "  2\n"
    "      It refuses to start, or --fsck to look; standard error says why "
    "and\n"
    "      what to do.\n"
    "  3\n"
    "      A second signal cut the shutdown short.\n"
    "  4\n"
    "      It can't go on, as when memory or threads can't be had.\n";

// Breaks `text` at spaces, each line behind the margin.
void AppendLines(absl::string_view text, std::string* help) {
  std::string line;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!line.empty() && line.size() + 1 + word.size() > kColumns) {
      absl::StrAppend(help, line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? kMargin : " ", word);
  }
  absl::StrAppend(help, line, "\n");
}

std::string FlagEntry(const absl::CommandLineFlag& flag) {
  const bool is_switch = flag.IsOfType<bool>();
  std::string entry =
      absl::StrCat("  --", flag.Name(), is_switch ? "" : "=VALUE", "\n");
  const std::string value = flag.DefaultValue();
  AppendLines(absl::StrCat(flag.Help(),
                           " Default: ", value.empty() ? "none" : value, "."),
              &entry);
  return entry;
}

}  // namespace

bool AsksForHelp(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--") return false;
    if (word == "--help" || word == "-help" || word == "-h") return true;
  }
  return false;
}

std::string DaemonUsage() {
  return "annalsd - the daemon of Annals: records the annual reports on "
         "government information disclosure in an append-only ledger.\n\n"
         "  annalsd --data_dir=/var/lib/annals "
         "--origin=annals.example.gov.cn/disclosure\n"
         "  annalsd --flagfile=/etc/annals/annalsd.flags";
}

std::string DaemonHelp() {
  std::map<std::string, const absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    // The libraries' flags are not the daemon's.
    if (!absl::StrContains(flag->Filename(), "service/")) continue;
    flags.emplace(std::string(name), flag);
  }
  std::string help = absl::StrCat(DaemonUsage(), "\n\nFlags:\n");
  for (const auto& [name, flag] : flags) {
    absl::StrAppend(&help, FlagEntry(*flag));
  }
  return absl::StrCat(help, "\nOther flags:\n", kOtherFlags, "\n", kExitCodes);
}

}  // namespace annals
