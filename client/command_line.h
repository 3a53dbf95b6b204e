// The tree of commands: what can be typed, and what it does.

#ifndef ANNALS_CLIENT_COMMAND_LINE_H_
#define ANNALS_CLIENT_COMMAND_LINE_H_

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/command_option.h"
#include "client/session.h"
#include "client/text.h"

namespace CLI {
class ParseError;
}  // namespace CLI

namespace annals::client {

class CommandLine {
 public:
  // `options` is filled by parsing; not owned, must outlive this.
  CommandLine(Language language, GlobalOptions* options);
  ~CommandLine();

  // Reads the words after the program's name. Throws CLI::ParseError.
  void Parse(std::vector<std::string> arguments);

  // What the words ask for; null if they name no command.
  const Action& action() const { return action_; }
  CLI::App& app() { return *app_; }
  const CLI::App& app() const { return *app_; }
  Language language() const { return language_; }
  // What parsing fills.
  GlobalOptions* options() { return options_; }
  const std::string& Pick(const Text& text) const { return text.In(language_); }

  // Adds a command under `parent`. `examples` are whole lines.
  CLI::App* Add(CLI::App* parent, const std::string& name, const Text& text,
                const std::string& examples);

  // Another name of `command`.
  static void AddAlias(CLI::App* command, const std::string& name);

  // One of the commands under `command` must be named.
  static void RequireCommandUnder(CLI::App* command);

  // What `command` does when it is called.
  void OnCall(CLI::App* command, Action action);

  // Adds an option or, without dashes, a positional argument. `value` names
  // what is to be given. Instantiated for the types that command_line.cc names.
  template <typename T>
  CommandOption* Option(CLI::App* command, const std::string& name, T* variable,
                        const std::string& value, const Text& text);

  CommandOption* Flag(CLI::App* command, const std::string& name,
                      bool* variable, const Text& text);

  // The option or argument that was added by that name.
  CommandOption* Find(CLI::App* command, const std::string& name);

  // What is wrong with the words typed, in both languages, and what may have
  // been meant. REQUIRES: Parse threw `error`.
  absl::Status ParseErrorStatus(const CLI::ParseError& error) const;

 private:
  CommandOption* Keep(CLI::Option* option);
  void AddGlobalOptions();
  // The innermost command that the words name; the root if none.
  const CLI::App& CalledCommand() const;
  // The options and commands that may stand after it.
  std::vector<std::string> KnownWords(const CLI::App& command) const;
  Text UnknownWord(const CLI::App& command) const;

  const Language language_;
  GlobalOptions* const options_;
  const std::unique_ptr<CLI::App> app_;
  std::deque<CommandOption> handed_out_;
  Action action_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMAND_LINE_H_
