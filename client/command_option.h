// An option of a command, and what its values must be.
//
// CLI11, whose headers take longer to compile than most commands, is included
// by the few sources that need more than this.

#ifndef ANNALS_CLIENT_COMMAND_OPTION_H_
#define ANNALS_CLIENT_COMMAND_OPTION_H_

#include <functional>
#include <string>
#include <vector>

#include "client/text.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace annals::client {

// Says what is wrong with a value; empty if nothing is.
using ValueCheck = std::function<std::string(const std::string& value)>;

// A view of an option, or of an argument without dashes, of the command line
// that it belongs to.
class CommandOption {
 public:
  explicit CommandOption(CLI::Option* option) : option_(option) {}

  CommandOption* Required(bool required = true);
  CommandOption* Check(ValueCheck check);
  // Where the value comes from if the option is not given.
  CommandOption* FromEnvironment(const std::string& variable);
  CommandOption* Excludes(CommandOption* other);
  // May be given several times, with one value each.
  CommandOption* OneValueEach();
  // Of several values all count, however often the option is given.
  CommandOption* TakeAll();

 private:
  CLI::Option* option_;
};

// A check that a value is one of `words`.
ValueCheck OneOf(const std::vector<std::string>& words, Language language);

// A check that there is something in a value.
ValueCheck NotEmpty(Language language);

// A check that a value is a number above zero.
ValueCheck Positive(Language language);

// A check that a value is a whole number, not negative.
ValueCheck WholeNumber(Language language);

// A check that a value is a year of four digits.
ValueCheck Year(Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMAND_OPTION_H_
