#include "client/archive/csv.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/exit_code.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

class CsvParser {
 public:
  explicit CsvParser(absl::string_view text) : rest_(text) {}

  absl::StatusOr<std::vector<CsvRow>> Parse() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      CsvRow row;
      row.line = line_;
      bool more = true;
      while (more) {
        std::string field;
        RETURN_IF_ERROR(TakeField(&field));
        row.fields.push_back(std::move(field));
        more = absl::ConsumePrefix(&rest_, ",");
      }
      TakeLineEnd();
      const bool is_empty_line =
          row.fields.size() == 1 && row.fields[0].empty();
      if (!is_empty_line) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  absl::Status TakeField(std::string* field) {
    if (absl::ConsumePrefix(&rest_, "\"")) return TakeQuoted(field);
    const size_t end = rest_.find_first_of(",\r\n");
    *field = std::string(rest_.substr(0, end));
    if (field->find('"') != std::string::npos) return BadQuotes(line_);
    rest_.remove_prefix(field->size());
    return absl::OkStatus();
  }

  // After the opening quote.
  absl::Status TakeQuoted(std::string* field) {
    const int begin = line_;
    while (true) {
      const size_t quote = rest_.find('"');
      if (quote == absl::string_view::npos) return BadQuotes(begin);
      const absl::string_view part = rest_.substr(0, quote);
      for (char c : part) line_ += c == '\n' ? 1 : 0;
      absl::StrAppend(field, part);
      rest_.remove_prefix(quote + 1);
      if (!absl::ConsumePrefix(&rest_, "\"")) break;
      field->push_back('"');
    }
    const bool ends = rest_.empty() || rest_[0] == ',' || rest_[0] == '\r' ||
                      rest_[0] == '\n';
    return ends ? absl::OkStatus() : BadQuotes(line_);
  }

  void TakeLineEnd() {
    absl::ConsumePrefix(&rest_, "\r");
    if (absl::ConsumePrefix(&rest_, "\n")) ++line_;
  }

  static absl::Status BadQuotes(int line) {
    return UsageError(
        {absl::StrCat("第 ", line,
                      " 行的引号不成对；含逗号、引号或换行的内容"
                      "要整个放在双引号内，其中的引号写两次"),
         absl::StrCat("the quotes on line ", line,
                      " do not match; a field with a comma, a quote or a line "
                      "break stands in quotes, and a quote in it is written "
                      "twice")});
  }

  absl::string_view rest_;
  int line_ = 1;
};

}  // namespace

absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  return CsvParser(text).Parse();
}

}  // namespace annals::client
