// The values of `font-family` and `font`.

#ifndef ANNALS_CLIENT_IMPORT_FONT_FAMILIES_H_
#define ANNALS_CLIENT_IMPORT_FONT_FAMILIES_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// What stands between two commas.
struct FontFamily {
  // No name has more words; what has more is none, and may be any.
  static constexpr size_t kWordsMax = 32;

  // All words, in the form in which names are compared: in lower case, without
  // blanks and escapes, and with one mark for any letter beyond ASCII that is
  // no Han character, as such letters may have cases too.
  std::string name;
  // Where each word begins in it, up to one more than a name has.
  std::vector<size_t> words;
  size_t strings = 0;            // Words that are in quotes.
  bool has_other_marks = false;  // Than those of names, sizes and numbers.

  bool IsTooLong() const { return words.size() > kWordsMax; }
  absl::string_view Word(size_t index) const;
  // The name from that word on.
  absl::string_view NameFrom(size_t index) const;
  // Whether it is a name from that word on: one string, or words.
  bool IsNameFrom(size_t index) const;
};

// Of one word.
std::string ComparableFontName(absl::string_view name);

// Calls `take` with each in the list; `value` is as written. Returns whether a
// function is in it, whose value is not known.
bool ReadFontFamilies(absl::string_view value,
                      const std::function<void(const FontFamily&)>& take);

// Whether all sources of an @font-face rule are fonts that are installed.
bool AreLocalSources(absl::string_view src);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_FONT_FAMILIES_H_
