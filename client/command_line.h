// The tree of commands: what can be typed, and what it does.

#ifndef ANNALS_CLIENT_COMMAND_LINE_H_
#define ANNALS_CLIENT_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/session.h"
#include "client/text.h"

namespace annals::client {

class CommandLine {
 public:
  // `options` is filled by parsing; not owned, must outlive this.
  CommandLine(Language language, GlobalOptions* options);

  // Reads the words after the program's name. Throws CLI::ParseError.
  void Parse(std::vector<std::string> arguments);

  // What the words ask for; null if they name no command.
  const Action& action() const { return action_; }
  CLI::App& app() { return app_; }
  const CLI::App& app() const { return app_; }
  Language language() const { return language_; }
  // What parsing fills.
  GlobalOptions* options() { return options_; }
  const std::string& Pick(const Text& text) const { return text.In(language_); }

  // Adds a command under `parent`. `examples` are whole lines.
  CLI::App* Add(CLI::App* parent, const std::string& name, const Text& text,
                const std::string& examples);

  // What `command` does when it is called.
  void OnCall(CLI::App* command, Action action) {
    command->callback([this, action = std::move(action)] { action_ = action; });
  }

  // Adds an option or, without dashes, a positional argument. `value` names
  // what is to be given.
  template <typename T>
  CLI::Option* Option(CLI::App* command, const std::string& name, T* variable,
                      const std::string& value, const Text& text) {
    CLI::Option* option = command->add_option(name, *variable, Pick(text));
    return option->type_name(value);
  }

  CLI::Option* Flag(CLI::App* command, const std::string& name, bool* variable,
                    const Text& text) {
    return command->add_flag(name, *variable, Pick(text));
  }

  // What is wrong with the words typed, in both languages, and what may have
  // been meant. REQUIRES: Parse threw `error`.
  absl::Status ParseErrorStatus(const CLI::ParseError& error) const;

 private:
  void AddGlobalOptions();
  // The innermost command that the words name; the root if none.
  const CLI::App& CalledCommand() const;
  // The options and commands that may stand after it.
  std::vector<std::string> KnownWords(const CLI::App& command) const;
  Text UnknownWord(const CLI::App& command) const;

  const Language language_;
  GlobalOptions* const options_;
  CLI::App app_;
  Action action_;
};

// A check that a value is one of `words`.
CLI::Validator OneOf(const std::vector<std::string>& words, Language language);

// A check that a value is a number above zero.
CLI::Validator Positive(Language language);

// A check that a value is a whole number, not negative.
CLI::Validator WholeNumber(Language language);

// A check that a value is a year of four digits.
CLI::Validator Year(Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMAND_LINE_H_
