// The words that the syntax of a PDF (ISO 32000-1, 7.2 and 7.3) is written in,
// as far as the dictionary of a stream needs them. What is more than that is
// not read, and said so.

#ifndef ANNALS_CLIENT_IMPORT_PDF_TOKENS_H_
#define ANNALS_CLIENT_IMPORT_PDF_TOKENS_H_

#include <cstddef>
#include <map>
#include <optional>

#include "absl/strings/string_view.h"

namespace annals::client {

class PdfTokens {
 public:
  PdfTokens(absl::string_view pdf, size_t at) : pdf_(pdf), at_(at) {}

  // A number, a name with its slash, a bracket of an array or a dictionary, a
  // string of hexadecimal digits or a keyword. Empty at the end, and at what is
  // none of them, such as a comment.
  absl::string_view Next();
  // Behind the last one.
  size_t at() const { return at_; }

 private:
  absl::string_view pdf_;
  size_t at_;
};

// The values by their names, with the slash, as they are written.
using PdfDictionary = std::map<absl::string_view, absl::string_view>;

// The dictionary that begins next. Nothing if it is not read to its end or is
// not plain: with a value that holds a dictionary, a string of characters, a
// name that is written in another way than it is read, or with one name twice.
std::optional<PdfDictionary> ReadPdfDictionary(absl::string_view pdf,
                                               PdfTokens* tokens);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_TOKENS_H_
