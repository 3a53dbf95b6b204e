// The fonts that a page brings along, by its rules of @font-face. Their glyphs
// may be other digits than the text says, as sites do against copying.

#ifndef ANNALS_CLIENT_IMPORT_WEB_FONTS_H_
#define ANNALS_CLIENT_IMPORT_WEB_FONTS_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/cpu_deadline.h"
#include "client/import/font_claims.h"

namespace annals::client {

class WebFonts {
 public:
  // What a style sheet, or a style attribute, declares; whatever the rules are
  // in that it stands in.
  void AddSheet(absl::string_view sheet, const CpuDeadline& deadline);
  // Once all is added.
  void Resolve(const CpuDeadline& deadline);

  // The page brings no font along: nothing is in one.
  bool empty() const { return names_.empty(); }

  // Of the declarations of a rule or an attribute, by their order in it. They
  // must be resolved.
  FontClaims ClaimsOf(absl::string_view declarations) const;
  // Of the attribute `face` of a <font>.
  FontClaims ClaimsOfFace(absl::string_view face) const;

 private:
  void TakeFace(absl::string_view declarations);
  void TakeProperty(absl::string_view declaration);
  // `value` of `font`, if `is_shorthand`, or of `font-family`.
  void Claim(absl::string_view value, bool is_shorthand, int64_t rank,
             FontClaims* claims) const;
  // Whether a list of families, or what may be part of one, names any.
  bool MayName(absl::string_view value) const;

  // In the form in which names are compared; and custom properties that may
  // name one.
  std::set<std::string> names_;
  // Custom properties and their values, for any element.
  std::vector<std::pair<std::string, std::string>> properties_;
  // There are too many to be looked at.
  bool any_property_ = false;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_WEB_FONTS_H_
