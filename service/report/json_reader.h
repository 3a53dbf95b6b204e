// The tokens of a JSON text (RFC 8259), with the place of the first fault.

#ifndef ANNALS_SERVICE_REPORT_JSON_READER_H_
#define ANNALS_SERVICE_REPORT_JSON_READER_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"

namespace annals::report {

class JsonReader {
 public:
  // `json` must outlive the reader. REQUIRES: it is valid UTF-8.
  explicit JsonReader(absl::string_view json) : json_(json) {}

  // Skips white space, then gives the next byte; 0 at the end.
  char Peek();

  // True if nothing but white space is left.
  bool AtEnd();

  // Takes `c` if it comes next.
  bool Consume(char c);

  // INVALID_JSON unless `c` comes next; takes it.
  absl::Status Expect(char c);

  // Takes a string and gives what it means, escapes resolved.
  absl::StatusOr<std::string> ReadString();

  // Takes a number and gives it as written.
  absl::StatusOr<absl::string_view> ReadNumber();

  // Takes `true`, `false` or `null` and gives it as written.
  absl::StatusOr<absl::string_view> ReadWord();

  // Where the next token begins.
  size_t offset() const { return offset_; }

  // An error at an offset: the text tells the line and the column.
  absl::Status ErrorAt(size_t offset, absl::string_view reason,
                       const ErrorText& text) const;

  // INVALID_JSON at the next token.
  absl::Status SyntaxError(absl::string_view en, absl::string_view zh) const;

 private:
  absl::Status ReadEscape(std::string* value);
  absl::StatusOr<char32_t> ReadUnicodeEscape();
  absl::StatusOr<char32_t> ReadHexQuad();
  bool ConsumeDigits();

  absl::string_view json_;
  size_t offset_ = 0;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_JSON_READER_H_
