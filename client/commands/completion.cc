#include "client/completion.h"

#include <memory>

#include "client/commands/commands.h"

namespace annals::client {

void AddCompletionCommand(CommandLine* line) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = line->Add(
      &line->app(), "completion",
      {"打印 shell 的自动补全脚本", "Print the completion script for a shell"},
      "annals completion bash > "
      "/etc/bash_completion.d/annals\n"
      "source <(annals completion zsh)\n"
      "annals completion fish > "
      "~/.config/fish/completions/annals.fish");
  line->Option(command, "SHELL", shell.get(), "bash|zsh|fish",
               {"哪种 shell", "Which shell"})
      ->Required()
      ->Check(OneOf({"bash", "zsh", "fish"}, line->language()));
  line->OnCall(command,
               [line, shell](Session& session) -> absl::StatusOr<ExitCode> {
                 const Shell kind = *shell == "bash"  ? Shell::kBash
                                    : *shell == "zsh" ? Shell::kZsh
                                                      : Shell::kFish;
                 session.out() << CompletionScript(line->app(), kind);
                 return ExitCode::kOk;
               });
}

}  // namespace annals::client
