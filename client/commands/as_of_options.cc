#include "client/commands/as_of_options.h"

#include "client/times.h"
#include "ledger/status_macros.h"

namespace annals::client {

void AddAsOfOptions(CommandLine* line, CLI::App* command,
                    AsOfOptions* options) {
  CommandOption* time = line->Option(
      command, "--as-of", &options->time, "TIME",
      {"该时刻账本的样子，如 2025-02-01T00:00:00+08:00；不写时差的为北京"
       "时间",
       "As the ledger was then, such as "
       "2025-02-01T00:00:00+08:00; without an offset it is the "
       "time in Beijing"});
  line->Option(command, "--as-of-size", &options->size, "N",
               {"账本有 N 个条目时的样子：同样的问题，答案永远相同",
                "As the ledger was when it had N entries: the same question "
                "has the same answer for good"})
      ->Check(Positive(line->language()))
      ->Excludes(time);
}

absl::StatusOr<AsOf> ReadAsOf(const AsOfOptions& options) {
  AsOf as_of;
  as_of.size = options.size;
  if (!options.time.empty()) {
    ASSIGN_OR_RETURN(as_of.time, ParseMoment(options.time, ZoneOfPeople()));
  }
  return as_of;
}

}  // namespace annals::client
