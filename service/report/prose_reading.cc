#include "service/report/prose_reading.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "ledger/check.h"
#include "service/report/characters.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

// What says what a figure counts stands at most so far before it.
constexpr size_t kLookBackBytes = 120;

struct Anchor {
  absl::string_view phrase;
  Topic topic;
  // Decides even if a word of receiving or answering stands after it, as in
  // 不予公开答复 2 件.
  bool is_strong;
};

constexpr Anchor kAnchors[] = {
    {"新收", Topic::kReceived, false},
    {"收到", Topic::kReceived, false},
    {"受理", Topic::kReceived, false},
    {"接收", Topic::kReceived, false},
    {"接到", Topic::kReceived, false},
    {"收办", Topic::kReceived, false},
    {"共收", Topic::kReceived, false},
    {"答复", Topic::kAnswered, false},
    {"办结", Topic::kAnswered, false},
    {"办理", Topic::kAnswered, false},
    {"处理", Topic::kAnswered, false},
    {"结转", Topic::kCarriedIn, true},  // Or out: see CarriedTopic.
    {"转下", Topic::kCarriedOut, true},
    {"转入下", Topic::kCarriedOut, true},
    {"转至下", Topic::kCarriedOut, true},
    {"顺延", Topic::kCarriedOut, true},
    {"予以公开", Topic::kGranted, true},
    {"同意公开", Topic::kGranted, true},
    {"部分公开", Topic::kPartiallyGranted, true},
    {"不予公开", Topic::kDenied, true},
    {"无法提供", Topic::kUnable, true},
    {"不予处理", Topic::kRefused, true},
    {"其他处理", Topic::kOtherwise, true},
    {"自然人", Topic::kNaturalPerson, true},
    {"法人", Topic::kOrganisation, true},
    {"复议", Topic::kReconsideration, true},
    {"诉讼", Topic::kLitigation, true},
    // The results of disputes, and business of other kinds.
    {"维持", Topic::kElsewhere, true},
    {"纠正", Topic::kElsewhere, true},
    {"纠错", Topic::kElsewhere, true},
    {"败诉", Topic::kElsewhere, true},
    {"审结", Topic::kElsewhere, true},
    {"其他结果", Topic::kElsewhere, true},
    {"许可", Topic::kElsewhere, true},
    {"政策", Topic::kElsewhere, true},
    {"文件", Topic::kElsewhere, true},
    {"规章", Topic::kElsewhere, true},
    {"提案", Topic::kElsewhere, true},
    {"建议", Topic::kElsewhere, true},
    {"投诉", Topic::kElsewhere, true},
    {"信访", Topic::kElsewhere, true},
    {"来信", Topic::kElsewhere, true},
    {"咨询", Topic::kElsewhere, true},
    {"留言", Topic::kElsewhere, true},
    {"制度", Topic::kElsewhere, true},
    {"当面", Topic::kElsewhere, true},
    {"网络", Topic::kElsewhere, true},
    {"信函", Topic::kElsewhere, true},
};

constexpr absl::string_view kCountUnits[] = {"件", "宗", "份"};
// A sentence with one of these speaks of disclosure on request.
constexpr absl::string_view kSubjects[] = {"申请", "政府信息", "信息公开"};

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// Finds anchors by their first character: of the bytes of a text, few begin
// one.
class AnchorIndex {
 public:
  AnchorIndex() {
    first_.fill(-1);
    for (size_t i = 0; i < std::size(kAnchors); ++i) {
      const size_t slot = SlotOf(kAnchors[i].phrase);
      next_[i] = first_[slot];
      first_[slot] = static_cast<int>(i);
    }
  }

  // The anchor that `text` begins with; null if it begins with none.
  const Anchor* MatchAt(absl::string_view text) const {
    if (text.size() < 3) return nullptr;
    for (int i = first_[SlotOf(text)]; i >= 0; i = next_[i]) {
      if (absl::StartsWith(text, kAnchors[i].phrase)) return &kAnchors[i];
    }
    return nullptr;
  }

 private:
  static size_t SlotOf(absl::string_view text) {
    const auto byte = [text](size_t i) {
      return static_cast<size_t>(static_cast<unsigned char>(text[i]));
    };
    return (byte(0) * 7 + byte(1) * 61 + byte(2)) % 256;
  }

  std::array<int, 256> first_;
  std::array<int, std::size(kAnchors)> next_;
};

const AnchorIndex& Anchors() {
  static const AnchorIndex index;
  return index;
}

template <size_t N>
bool ContainsAny(absl::string_view text, const absl::string_view (&words)[N]) {
  return std::any_of(
      std::begin(words), std::end(words),
      [text](absl::string_view word) { return absl::StrContains(text, word); });
}

// 结转 goes either way.
Topic CarriedTopic(absl::string_view before, absl::string_view after) {
  if (absl::StrContains(after, "下")) return Topic::kCarriedOut;
  if (absl::StrContains(before, "上")) return Topic::kCarriedIn;
  return absl::StrContains(before, "下") ? Topic::kCarriedOut
                                         : Topic::kElsewhere;
}

// What a figure counts that follows `before`.
Topic TopicBefore(absl::string_view before) {
  const Anchor* weak = nullptr;
  for (size_t i = before.size(); i-- > 0;) {
    const Anchor* anchor = Anchors().MatchAt(before.substr(i));
    if (anchor == nullptr) continue;
    if (!anchor->is_strong) {
      if (weak == nullptr) weak = anchor;
      continue;
    }
    if (anchor->phrase == "结转") {
      return CarriedTopic(before.substr(0, i),
                          before.substr(i + anchor->phrase.size()));
    }
    if (anchor->topic == Topic::kGranted &&
        absl::EndsWith(before.substr(0, i), "不")) {
      return Topic::kElsewhere;
    }
    return anchor->topic;
  }
  return weak == nullptr ? Topic::kNone : weak->topic;
}

// "另有 103 件顺延到下年度" has its word behind.
bool IsCarriedOnBehind(absl::string_view after) {
  return absl::StartsWith(after, "顺延") || absl::StartsWith(after, "结转") ||
         absl::StartsWith(after, "转下") || absl::StartsWith(after, "转入下");
}

// A number in a clause: where it stands, and its digits.
struct Number {
  size_t begin = 0;
  size_t end = 0;
  int64_t digits = 0;  // 32.9 is 329 …
  int decimals = 0;    // … with one decimal.
};

// The next number of the clause from `from` on that fits 64 bits.
std::optional<Number> NextNumber(absl::string_view clause, size_t from) {
  while (true) {
    while (from < clause.size() && !IsDigit(clause[from])) ++from;
    if (from >= clause.size()) return std::nullopt;
    Number number;
    number.begin = from;
    std::string digits;
    bool is_fraction = false;
    for (; from < clause.size(); ++from) {
      if (IsDigit(clause[from])) {
        digits += clause[from];
        if (is_fraction) ++number.decimals;
      } else if (clause[from] == '.' && !is_fraction &&
                 from + 1 < clause.size() && IsDigit(clause[from + 1])) {
        is_fraction = true;
      } else {
        break;
      }
    }
    number.end = from;
    if (absl::SimpleAtoi(digits, &number.digits)) return number;
  }
}

// Whether the text from here on is a mark that ends a clause: how many bytes.
size_t ClauseEnd(absl::string_view text) {
  switch (text[0]) {
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
    case '(':
    case ')':
      return 1;
    case '\xE3':  // 、 。
      return absl::StartsWith(text, "、") || absl::StartsWith(text, "。") ? 3
                                                                          : 0;
    case '\xEF':
      for (absl::string_view mark :
           {"，", "；", "：", "！", "？", "（", "）"}) {
        if (absl::StartsWith(text, mark)) return mark.size();
      }
      return 0;
    default:
      return 0;
  }
}

bool IsThousandsComma(absl::string_view text, size_t at) {
  const auto is_digit_at = [text](size_t i) {
    return i < text.size() && IsDigit(text[i]);
  };
  return text[at] == ',' && at > 0 && is_digit_at(at - 1) &&
         is_digit_at(at + 1) && is_digit_at(at + 2) && is_digit_at(at + 3) &&
         !is_digit_at(at + 4);
}

bool IsWideDigit(absl::string_view text) {
  return text.size() > 2 && text[0] == '\xEF' && text[1] == '\xBC' &&
         text[2] >= '\x90' && text[2] <= '\x99';
}

// A clause without white space and thousands commas, with plain digits.
std::string Plain(absl::string_view clause) {
  std::string plain;
  plain.reserve(clause.size());
  for (size_t i = 0; i < clause.size(); ++i) {
    const absl::string_view rest = clause.substr(i);
    const char c = clause[i];
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
    if (c == ',' && IsThousandsComma(clause, i)) continue;
    if (absl::StartsWith(rest, "\u3000")) {
      i += 2;
    } else if (absl::StartsWith(rest, "\u00A0")) {
      i += 1;
    } else if (IsWideDigit(rest)) {
      plain += static_cast<char>(rest[2] - '\x90' + '0');
      i += 2;
    } else if (absl::StartsWith(rest, "％")) {
      plain += '%';
      i += 2;
    } else {
      plain += c;
    }
  }
  return plain;
}

// The value of eight bytes of which each is `byte`.
constexpr uint64_t EightTimes(uint64_t byte) {
  return byte * 0x0101010101010101;
}

// Whether one of the eight bytes is zero; now and then also if none is.
bool MayHaveZero(uint64_t bytes) {
  return ((bytes - EightTimes(1)) & ~bytes & EightTimes(0x80)) != 0;
}

// The next byte from `i` on that may be a digit or begin a mark: ASCII, or E3
// or EF. Most bytes are of ideographs, which begin with E4 to E9, and are
// passed over by eights.
size_t SkipIdeographs(absl::string_view text, size_t i) {
  while (i + 8 <= text.size()) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + i, sizeof(bytes));
    const bool has_ascii = (bytes & EightTimes(0x80)) != EightTimes(0x80);
    if (has_ascii || MayHaveZero(bytes ^ EightTimes(0xE3)) ||
        MayHaveZero(bytes ^ EightTimes(0xEF))) {
      break;
    }
    i += 8;
  }
  while (i < text.size() && text[i] != '\xE3' && text[i] != '\xEF' &&
         (text[i] & '\x80') != 0) {
    ++i;
  }
  return i;
}

// Calls `take(clause)` for each clause that has a digit, and `take("")` at each
// end of a sentence.
template <typename Take>
void ForEachClause(absl::string_view text, const Take& take) {
  size_t begin = 0;
  bool has_digit = false;
  for (size_t i = SkipIdeographs(text, 0); i < text.size();
       i = SkipIdeographs(text, i)) {
    const absl::string_view rest = text.substr(i);
    has_digit = has_digit || IsDigit(text[i]) || IsWideDigit(rest);
    const size_t mark = ClauseEnd(rest);
    if (mark == 0 || IsThousandsComma(text, i)) {
      ++i;
      continue;
    }
    if (has_digit) take(text.substr(begin, i - begin));
    if (absl::StartsWith(rest, "。")) take(absl::string_view());
    i += mark;
    begin = i;
    has_digit = false;
  }
  if (has_digit) take(text.substr(begin));
}

bool StartsWithCountUnit(absl::string_view text, size_t* unit_bytes) {
  for (absl::string_view unit : kCountUnits) {
    if (!absl::StartsWith(text, unit)) continue;
    *unit_bytes = unit.size();
    return true;
  }
  return false;
}

// Reads the clauses of one text.
class ClauseScanner {
 public:
  ClauseScanner(size_t place, bool is_on_request, ProseReading* reading)
      : place_(place), is_on_request_(is_on_request), reading_(reading) {}

  void Take(absl::string_view clause) {
    if (clause.empty()) {
      is_on_subject_ = false;
      last_.reset();
      return;
    }
    const std::string plain = Plain(clause);
    size_t from = 0;
    while (const auto number = NextNumber(plain, from)) {
      const size_t window =
          number->begin - std::min(number->begin - from, kLookBackBytes);
      const absl::string_view before =
          absl::string_view(plain).substr(window, number->begin - window);
      TakeNumber(*number, before, absl::string_view(plain).substr(number->end));
      from = number->end;
    }
  }

 private:
  void TakeNumber(const Number& number, absl::string_view before,
                  absl::string_view after) {
    is_on_subject_ = is_on_subject_ || ContainsAny(before, kSubjects);
    size_t unit_bytes = 0;
    if (absl::StartsWith(after, "%")) return TakeShare(number, before);
    if (number.decimals > 0 || !StartsWithCountUnit(after, &unit_bytes)) return;
    StatedFigure figure;
    figure.value = number.digits;
    figure.place = place_;
    figure.topic = IsCarriedOnBehind(after.substr(unit_bytes))
                       ? Topic::kCarriedOut
                       : TopicBefore(before);
    last_.reset();
    if (!Counts(figure.topic)) return;
    reading_->figures.push_back(figure);
    last_ = figure;
  }

  // Only a share of all ("占") is one, and not a change or a rate.
  void TakeShare(const Number& number, absl::string_view before) {
    if (!last_.has_value() || !absl::StrContains(before, "占")) return;
    const Topic topic = last_->topic;
    if (topic < Topic::kGranted || topic > Topic::kOrganisation) return;
    reading_->shares.push_back({*last_, number.digits, number.decimals});
    last_.reset();
  }

  bool Counts(Topic topic) const {
    switch (topic) {
      case Topic::kNone:
      case Topic::kElsewhere:
        return false;
      case Topic::kReceived:
      case Topic::kAnswered:
        return is_on_subject_;
      default:
        return is_on_request_ || is_on_subject_;
    }
  }

  const size_t place_;
  const bool is_on_request_;
  ProseReading* const reading_;
  bool is_on_subject_ = false;
  // The figure just before, in the same sentence, if it is one that counts.
  std::optional<StatedFigure> last_;
};

}  // namespace

void ProseReading::Read(absl::string_view text, size_t place,
                        bool is_on_request) {
  ClauseScanner scanner(place, is_on_request, this);
  ForEachClause(text,
                [&scanner](absl::string_view clause) { scanner.Take(clause); });
}

const StatedFigure* ProseReading::First(Topic topic) const {
  const auto found = std::find_if(
      figures.begin(), figures.end(),
      [topic](const StatedFigure& figure) { return figure.topic == topic; });
  return found == figures.end() ? nullptr : &*found;
}

size_t PlaceOfText(absl::string_view path) {
  const std::vector<TextInfo>& texts = Schema::Get().texts();
  const auto found =
      std::find_if(texts.begin(), texts.end(),
                   [path](const TextInfo& text) { return text.path == path; });
  ANNALS_CHECK(found != texts.end());
  return static_cast<size_t>(found - texts.begin());
}

ProseReading ReadSectionOne(const ReportView& report) {
  static const size_t on_request = PlaceOfText("s1_overview.s1_2_on_request");
  const std::vector<TextInfo>& texts = Schema::Get().texts();
  ProseReading reading;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].parent == nullptr) continue;
    const auto text = report.Text(i);
    if (text.has_value()) reading.Read(*text, i, i == on_request);
  }
  return reading;
}

std::optional<int64_t> HandlingFeeIn(absl::string_view text) {
  // How many 分 the unit is, without the decimals.
  constexpr int64_t kFenInYuan = 100;
  constexpr int64_t kYuanInWan = 10000;
  std::optional<int64_t> fee;
  bool is_on_fee = false;
  ForEachClause(text, [&fee, &is_on_fee](absl::string_view clause) {
    if (clause.empty()) is_on_fee = false;
    if (fee.has_value() || clause.empty()) return;
    const std::string plain = Plain(clause);
    size_t from = 0;
    while (const auto number = NextNumber(plain, from)) {
      const absl::string_view after =
          absl::string_view(plain).substr(number->end);
      is_on_fee =
          is_on_fee || absl::StrContains(absl::string_view(plain).substr(
                                             from, number->begin - from),
                                         "处理费");
      from = number->end;
      const bool is_wan = absl::StartsWith(after, "万元");
      if (!is_on_fee || !(is_wan || absl::StartsWith(after, "元"))) continue;
      int64_t fen = number->digits;
      bool overflows = __builtin_mul_overflow(
          fen, is_wan ? kFenInYuan * kYuanInWan : kFenInYuan, &fen);
      for (int i = 0; i < number->decimals; ++i) fen /= 10;
      if (!overflows) fee = fen;
      return;
    }
  });
  return fee;
}

}  // namespace annals::report
