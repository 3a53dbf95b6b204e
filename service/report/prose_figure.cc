#include "service/report/prose_figure.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"
#include "service/report/prose_reading.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

constexpr absl::string_view kApplication = "申请";
// Verbs that real reports use of the applications of a year.
constexpr absl::string_view kVerbs[] = {"新收", "受理", "收到", "收办",
                                        "接收", "接到", "共收", "处理",
                                        "办理", "答复", "办结"};
constexpr absl::string_view kUnits[] = {"件", "宗", "份"};
// A clause with one of these speaks of a part of the applications, or of
// something else.
constexpr absl::string_view kOtherMatters[] = {
    "其中", "自然人", "法人",     "结转", "转下", "不予", "其他处理",
    "复议", "诉讼",   "行政许可", "政策", "文件", "提案", "投诉"};

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsOpeningBracket(char32_t c) { return c == '(' || c == U'（'; }
bool IsClosingBracket(char32_t c) { return c == ')' || c == U'）'; }

bool EndsClause(char32_t c) {
  for (const char32_t mark : U"，,。；;：:、！!？?") {
    if (mark != 0 && c == mark) return true;
  }
  return false;
}

// Whether the comma stands between digits as in 1,234.
bool IsThousandsComma(absl::string_view before, absl::string_view after) {
  const auto is_digit_at = [after](size_t i) {
    return i < after.size() && IsDigit(after[i]);
  };
  return !before.empty() && IsDigit(before.back()) && is_digit_at(0) &&
         is_digit_at(1) && is_digit_at(2) && !is_digit_at(3);
}

// Gives the clauses of a text one by one, without white space and what stands
// in brackets, with plain digits.
class ClauseReader {
 public:
  explicit ClauseReader(absl::string_view prose) : rest_(prose) {}

  // The next clause; an empty one at the end.
  const std::string& Next() {
    clause_.clear();
    bool is_complete = false;
    while (!is_complete) {
      const absl::string_view from = rest_;
      const auto code_point = ledger::ConsumeUtf8(&rest_);
      if (!code_point.has_value()) break;
      const bool ends =
          Take(*code_point, from.substr(0, from.size() - rest_.size()));
      is_complete = ends && !clause_.empty();
    }
    return clause_;
  }

 private:
  // Takes a character; true if it ends a clause.
  bool Take(char32_t c, absl::string_view bytes) {
    if (c == U'。') {
      // A bracket that was never closed does not swallow the next sentence.
      bracket_depth_ = 0;
      return true;
    }
    if (IsOpeningBracket(c)) {
      ++bracket_depth_;
    } else if (IsClosingBracket(c)) {
      if (bracket_depth_ > 0) --bracket_depth_;
    } else if (bracket_depth_ > 0 || IsWhiteSpace(c) ||
               (c == ',' && IsThousandsComma(clause_, rest_))) {
      return false;
    } else if (EndsClause(c)) {
      return true;
    } else if (c >= U'０' && c <= U'９') {
      clause_.push_back(static_cast<char>(c - U'０' + '0'));
    } else {
      clause_.append(bytes.data(), bytes.size());
    }
    return false;
  }

  absl::string_view rest_;
  std::string clause_;
  int bracket_depth_ = 0;
};

template <size_t N>
bool ContainsAny(absl::string_view text, const absl::string_view (&words)[N]) {
  for (absl::string_view word : words) {
    if (absl::StrContains(text, word)) return true;
  }
  return false;
}

template <size_t N>
bool StartsWithAny(absl::string_view text,
                   const absl::string_view (&words)[N]) {
  for (absl::string_view word : words) {
    if (absl::StartsWith(text, word)) return true;
  }
  return false;
}

std::optional<int64_t> ApplicationsInClause(absl::string_view clause) {
  if (!absl::StrContains(clause, kApplication) ||
      ContainsAny(clause, kOtherMatters)) {
    return std::nullopt;
  }
  for (size_t begin = 0; begin < clause.size(); ++begin) {
    if (!IsDigit(clause[begin])) continue;
    size_t end = begin;
    while (end < clause.size() && IsDigit(clause[end])) ++end;
    const absl::string_view before = clause.substr(0, begin);
    int64_t figure = 0;
    if (StartsWithAny(clause.substr(end), kUnits) &&
        ContainsAny(before, kVerbs) &&
        absl::StrContains(before, kApplication) &&
        absl::SimpleAtoi(clause.substr(begin, end - begin), &figure)) {
      return figure;
    }
    begin = end;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> ApplicationsInProse(absl::string_view prose) {
  ClauseReader clauses(prose);
  for (const std::string* clause = &clauses.Next(); !clause->empty();
       clause = &clauses.Next()) {
    const std::optional<int64_t> figure = ApplicationsInClause(*clause);
    if (figure.has_value()) return figure;
  }
  return std::nullopt;
}

StatedRequests FindStatedRequests(const ReportView& report) {
  static const size_t on_request = PlaceOfText("s1_overview.s1_2_on_request");
  const std::vector<TextInfo>& texts = Schema::Get().texts();
  const absl::string_view stated =
      report.Text(on_request).value_or(absl::string_view());
  if (!IsBlank(stated)) return {on_request, ApplicationsInProse(stated)};
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].parent == nullptr) continue;
    const std::optional<absl::string_view> prose = report.Text(i);
    if (!prose.has_value()) continue;
    const auto value = ApplicationsInProse(*prose);
    if (value.has_value()) return {i, value};
  }
  return {on_request, std::nullopt};
}

}  // namespace annals::report
