#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "service/report/check.h"

namespace annals::client {

void AddVersionCommand(CommandLine* line) {
  CLI::App* command =
      line->Add(&line->app(), "version", {"打印版本", "Print the version"},
                "annals version");
  line->OnCall(command, [](Session& session) -> absl::StatusOr<ExitCode> {
    session.Print({absl::StrCat("annals ", ANNALS_VERSION, "（规则版本 ",
                                report::kRuleSetVersion, "）"),
                   absl::StrCat("annals ", ANNALS_VERSION, " (rule set ",
                                report::kRuleSetVersion, ")")});
    return ExitCode::kOk;
  });
}

}  // namespace annals::client
