// Which language to speak, decided before anything is printed.

#ifndef ANNALS_CLIENT_LANGUAGE_H_
#define ANNALS_CLIENT_LANGUAGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/text.h"

namespace annals::client {

// The value of an environment variable; empty if it is not set.
using Environment = std::function<std::string(const std::string& name)>;

// The process's own environment.
std::string ProcessEnvironment(const std::string& name);

// `--lang` (the last one before `--`) decides; else the first that is set of
// LC_ALL, LC_MESSAGES and LANG: Chinese if it begins with "zh", else English.
// A false `--lang` is left to the parser to refuse.
Language SelectLanguage(const std::vector<std::string>& arguments,
                        const Environment& environment);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_LANGUAGE_H_
