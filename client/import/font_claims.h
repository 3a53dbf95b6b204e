// What the declarations about one element say of the font of its text.

#ifndef ANNALS_CLIENT_IMPORT_FONT_CLAIMS_H_
#define ANNALS_CLIENT_IMPORT_FONT_CLAIMS_H_

#include <algorithm>
#include <cstdint>

namespace annals::client {

// Each is the rank of the highest declaration that says so; among them the
// highest holds. What may not be about the element can't be `other`, so that
// it never settles that a font is harmless.
struct FontClaims {
  static constexpr int64_t kNone = -1;
  static constexpr int64_t kNothingSaid = 0;
  static constexpr int64_t kBrowser = 1;
  static constexpr int64_t kFaceAttribute = 2;
  // Of rules, each with the specificity of its selector, then its order.
  static constexpr int64_t kRule = int64_t{1} << 10;
  static constexpr int64_t kSpecificity = int64_t{1} << 34;
  static constexpr int64_t kStyleAttribute = int64_t{1} << 60;
  static constexpr int64_t kImportant = int64_t{1} << 61;

  int64_t web = kNone;              // It may be one that the page brings along.
  int64_t inherits = kNothingSaid;  // It may be that of the element around.
  int64_t other = kNone;            // It is neither.

  bool IsWeb(bool around_is_web) const {
    return web > other || (around_is_web && inherits > other);
  }

  bool SayAnything() const {
    return web > kNone || inherits > kNothingSaid || other > kNone;
  }

  void Add(const FontClaims& claims) {
    web = std::max(web, claims.web);
    inherits = std::max(inherits, claims.inherits);
    other = std::max(other, claims.other);
  }

  // Those of declarations alone, as of a rule or an attribute of that rank.
  FontClaims Raised(int64_t rank) const {
    FontClaims raised = *this;
    if (web > kNone) raised.web += rank;
    if (inherits > kNothingSaid) raised.inherits += rank;
    if (other > kNone) raised.other += rank;
    return raised;
  }

  // As of a rule that may be about the element, and then of any specificity.
  FontClaims Unsure() const {
    const auto highest = [](int64_t claim) {
      return (claim & kImportant) + kStyleAttribute - 1;
    };
    FontClaims unsure;
    if (web > kNone) unsure.web = highest(web);
    if (inherits > kNothingSaid) unsure.inherits = highest(inherits);
    return unsure;
  }
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_FONT_CLAIMS_H_
