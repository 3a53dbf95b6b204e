#include "client/language.h"

#include <cstdlib>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

std::optional<std::string> LanguageOption(
    const std::vector<std::string>& arguments) {
  std::optional<std::string> value;
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    absl::string_view argument = arguments[i];
    if (absl::ConsumePrefix(&argument, "--lang=")) {
      value = std::string(argument);
    } else if (argument == "--lang" && i + 1 < arguments.size()) {
      value = arguments[i + 1];
    }
  }
  return value;
}

Language FromTag(absl::string_view tag) {
  return absl::StartsWithIgnoreCase(tag, "zh") ? Language::kZh : Language::kEn;
}

}  // namespace

std::string ProcessEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string() : std::string(value);
}

Language SelectLanguage(const std::vector<std::string>& arguments,
                        const Environment& environment) {
  const std::optional<std::string> option = LanguageOption(arguments);
  if (option == "zh") return Language::kZh;
  if (option == "en") return Language::kEn;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (std::string value = environment(name); !value.empty()) {
      return FromTag(value);
    }
  }
  return Language::kEn;
}

}  // namespace annals::client
