// What `--help` prints, in both languages.

#ifndef ANNALS_CLIENT_HELP_H_
#define ANNALS_CLIENT_HELP_H_

#include <CLI/CLI.hpp>
#include <string>

#include "client/text.h"

namespace annals::client {

class HelpFormatter : public CLI::FormatterBase {
 public:
  explicit HelpFormatter(Language language) : language_(language) {}

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;

 private:
  const Language language_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_HELP_H_
