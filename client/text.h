// What a person reads, in the two languages.

#ifndef ANNALS_CLIENT_TEXT_H_
#define ANNALS_CLIENT_TEXT_H_

#include <string>

#include "service/report/language.h"

namespace annals::client {

using report::Language;

struct Text {
  std::string zh;
  std::string en;

  const std::string& In(Language language) const {
    return language == Language::kZh ? zh : en;
  }
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TEXT_H_
