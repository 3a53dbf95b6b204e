#include "client/import/stated_unit.h"

#include <cstddef>
#include <string_view>

#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr std::u32string_view kMultiples = U"十百千万亿";
constexpr std::u32string_view kCountUnits = U"件项个条宗份次起人篇部家户批例则";
// Between 单位 and the unit, and between two units.
constexpr std::u32string_view kLinks = U":为是系均按以";
constexpr std::u32string_view kSeparators = U"、,/;和及与或";

bool IsOneOf(char32_t code, std::u32string_view codes) {
  return codes.find(code) != std::u32string_view::npos;
}

bool IsNumeral(char32_t code) {
  return IsAsciiDigit(code) || IsOneOf(code, U"〇零一二两三四五六七八九数几第");
}

bool StartsAt(const std::u32string& text, size_t at, std::u32string_view word) {
  return text.compare(at, word.size(), word) == 0;
}

size_t SkipAny(const std::u32string& text, size_t at,
               std::u32string_view codes) {
  while (at < text.size() && IsOneOf(text[at], codes)) ++at;
  return at;
}

// The unit at `*at`, past which it goes; false if there is none.
bool ReadUnit(const std::u32string& text, size_t* at, StatedUnit* unit) {
  constexpr std::u32string_view kCurrency = U"人民币";
  if (StartsAt(text, *at, kCurrency)) *at += kCurrency.size();
  const size_t end = SkipAny(text, *at, kMultiples);
  const std::u32string multiples = text.substr(*at, end - *at);
  const char32_t code = end < text.size() ? text[end] : 0;
  if (code == U'元') {
    if (multiples.empty()) {
      unit->yuan = true;
    } else if (multiples == U"万") {
      unit->wan_yuan = true;
    } else {
      unit->other_money = true;
    }
  } else if (IsOneOf(code, kCountUnits)) {
    (multiples.empty() ? unit->counts : unit->scaled_counts) = true;
  } else if (!multiples.empty()) {
    unit->scaled_counts = true;
    *at = end;
    return true;
  } else {
    return false;
  }
  *at = end + 1;
  return true;
}

// Reads 件、万元 from `at` on; another word right after it makes it none:
// 单位人员.
bool ReadUnits(const std::u32string& text, size_t at, StatedUnit* unit) {
  StatedUnit read;
  bool any = false;
  while (at < text.size() && ReadUnit(text, &at, &read)) {
    any = true;
    at = SkipAny(text, at, kSeparators);
  }
  if (!any || (at < text.size() && IsHan(text[at]))) return false;
  unit->Add(read);
  return true;
}

// 单位：万件, 金额单位为元
void FindAfterWord(const std::u32string& text, StatedUnit* unit) {
  constexpr std::u32string_view kWord = U"单位";
  for (size_t at = text.find(kWord); at != std::u32string::npos;
       at = text.find(kWord, at + kWord.size())) {
    ReadUnits(text, SkipAny(text, at + kWord.size(), kLinks), unit);
  }
}

// 以万件为单位, 按元计
void FindBeforeWord(const std::u32string& text, StatedUnit* unit) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (!IsOneOf(text[at], U"以按")) continue;
    size_t end = at + 1;
    StatedUnit read;
    if (!ReadUnit(text, &end, &read)) continue;
    if (StartsAt(text, end, U"为单位") || StartsAt(text, end, U"计") ||
        StartsAt(text, end, U"为计") || StartsAt(text, end, U"统计")) {
      unit->Add(read);
    }
  }
}

// （万件）, 金额（元）: no unit of a number, and no part of another word.
void FindAlone(const std::u32string& text, StatedUnit* unit) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (at > 0 &&
        (IsNumeral(text[at - 1]) || IsOneOf(text[at - 1], kMultiples))) {
      continue;
    }
    size_t end = at;
    StatedUnit read;
    if (!ReadUnit(text, &end, &read)) continue;
    const bool goes_on = end < text.size() && IsHan(text[end]);
    const bool is_tens = text[at] == U'十';
    // A count without a multiple, or a multiple without a unit, is any word.
    const bool is_unit =
        read.IsOfMoney() || (read.scaled_counts && end - at > 1 &&
                             IsOneOf(text[end - 1], kCountUnits));
    if (is_unit && !goes_on && !is_tens) unit->Add(read);
  }
}

}  // namespace

void StatedUnit::Add(const StatedUnit& other) {
  counts = counts || other.counts;
  scaled_counts = scaled_counts || other.scaled_counts;
  yuan = yuan || other.yuan;
  wan_yuan = wan_yuan || other.wan_yuan;
  other_money = other_money || other.other_money;
}

StatedUnit UnitStatedIn(const std::u32string& text, bool is_sentence) {
  StatedUnit unit;
  FindAfterWord(text, &unit);
  FindBeforeWord(text, &unit);
  if (!is_sentence) FindAlone(text, &unit);
  return unit;
}

}  // namespace annals::client
