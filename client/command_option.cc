#include "client/command_option.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace annals::client {

CommandOption* CommandOption::Required(bool required) {
  option_->required(required);
  return this;
}

CommandOption* CommandOption::Check(ValueCheck check) {
  option_->check(std::move(check));
  return this;
}

CommandOption* CommandOption::FromEnvironment(const std::string& variable) {
  option_->envname(variable);
  return this;
}

CommandOption* CommandOption::Excludes(CommandOption* other) {
  option_->excludes(other->option_);
  return this;
}

CommandOption* CommandOption::OneValueEach() {
  option_->allow_extra_args(false);
  return this;
}

CommandOption* CommandOption::TakeAll() {
  option_->take_all();
  return this;
}

ValueCheck OneOf(const std::vector<std::string>& words, Language language) {
  const Text text = {
      absl::StrCat("只能是 ", absl::StrJoin(words, "、")),
      absl::StrCat("must be one of ", absl::StrJoin(words, ", "))};
  return [words, message = text.In(language)](const std::string& value) {
    const bool known =
        std::find(words.begin(), words.end(), value) != words.end();
    return known ? std::string() : absl::StrCat(value, ": ", message);
  };
}

ValueCheck NotEmpty(Language language) {
  const Text text = {"不能为空", "must not be empty"};
  return [message = text.In(language)](const std::string& value) {
    return value.empty() ? message : std::string();
  };
}

ValueCheck Positive(Language language) {
  const Text text = {"应为正数", "must be a number above zero"};
  return [message = text.In(language)](const std::string& value) {
    double number = 0;
    const bool positive = absl::SimpleAtod(value, &number) && number > 0;
    return positive ? std::string() : absl::StrCat(value, ": ", message);
  };
}

ValueCheck WholeNumber(Language language) {
  const Text text = {"应为从 0 起的整数", "must be a whole number from 0 on"};
  return [message = text.In(language)](const std::string& value) {
    uint64_t number = 0;
    const bool whole = !value.empty() && absl::ascii_isdigit(value.front()) &&
                       absl::SimpleAtoi(value, &number);
    return whole ? std::string() : absl::StrCat(value, ": ", message);
  };
}

ValueCheck Year(Language language) {
  const Text text = {"应为四位数的年份", "must be a year of four digits"};
  return [message = text.In(language)](const std::string& value) {
    const bool year =
        value.size() == 4 && value.front() != '0' &&
        std::all_of(value.begin(), value.end(), absl::ascii_isdigit);
    return year ? std::string() : absl::StrCat(value, ": ", message);
  };
}

}  // namespace annals::client
