// The custom properties of a page, such as --text, as colours are given by.

#ifndef ANNALS_CLIENT_IMPORT_CSS_VARIABLES_H_
#define ANNALS_CLIENT_IMPORT_CSS_VARIABLES_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/import/cpu_deadline.h"

namespace annals::client {

class CssVariables {
 public:
  // What a style sheet, or a style attribute, declares.
  void AddSheet(absl::string_view sheet, const CpuDeadline& deadline);

  // The declarations with var(--text) in colours replaced by its value. One
  // that has several values on the page is left as it is, as nobody can say
  // which holds; and so is one that has none, unless the page has a sheet
  // elsewhere: what that one says is not known of anything.
  std::string Resolved(absl::string_view declarations, bool has_external) const;

 private:
  void TakeProperty(absl::string_view declaration);
  // Nothing if a variable in it has no value.
  std::optional<std::string> ResolvedValue(absl::string_view value,
                                           int depth) const;

  // By their names in lower case; nothing for one of several values.
  std::map<std::string, std::optional<std::string>> values_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_CSS_VARIABLES_H_
