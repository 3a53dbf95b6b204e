#include "client/import/stated_unit.h"

#include <cstddef>
#include <string_view>

#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr std::u32string_view kMultiples = U"十百千万亿拾佰仟萬億";
constexpr std::u32string_view kYuan = U"元圆圓";
constexpr const char32_t* kOwnCurrency[] = {U"人民币", U"RMB", U"rmb", U"CNY"};
// With 元, 币 or 镑 after it.
constexpr std::u32string_view kOtherCountries = U"美港欧日英澳加韩台新";
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

char32_t CodeAt(const std::u32string& text, size_t at) {
  return at < text.size() ? text[at] : 0;
}

void AddYuan(const std::u32string& multiples, StatedUnit* unit) {
  if (multiples.empty()) {
    unit->yuan = true;
  } else if (multiples == U"万" || multiples == U"萬") {
    unit->wan_yuan = true;
  } else {
    unit->other_money = true;
  }
}

// 人民币, 人民币（ before 万元）
bool SkipOwnCurrency(const std::u32string& text, size_t* at) {
  for (const std::u32string_view name : kOwnCurrency) {
    if (!StartsAt(text, *at, name)) continue;
    *at = SkipAny(text, *at + name.size(), U"(,、:");
    return true;
  }
  return false;
}

// The unit at `*at`, past which it goes; false if there is none.
bool ReadUnit(const std::u32string& text, size_t* at, StatedUnit* unit) {
  const bool is_own = SkipOwnCurrency(text, at);
  size_t end = SkipAny(text, *at, kMultiples);
  const std::u32string multiples = text.substr(*at, end - *at);
  const char32_t code = CodeAt(text, end);
  if (IsOneOf(code, kYuan)) {
    AddYuan(multiples, unit);
  } else if (code == U'角') {
    unit->other_money = true;
  } else if (IsOneOf(code, kOtherCountries) &&
             IsOneOf(CodeAt(text, end + 1), U"元圆圓币镑")) {
    unit->other_money = true;
    ++end;
  } else if (SkipOwnCurrency(text, &end)) {
    AddYuan(multiples, unit);
    *at = end;
    return true;
  } else if (is_own && multiples.empty()) {
    unit->yuan = true;
    *at = end;
    return true;
  } else if (IsOneOf(code, kCountUnits)) {
    (multiples.empty() ? unit->counts : unit->scaled_counts) = true;
  } else if (!multiples.empty()) {
    unit->scaled_counts = true;
    if (multiples != U"万" && multiples != U"萬") unit->other_money = true;
    *at = end;
    return true;
  } else {
    return false;
  }
  *at = end + 1;
  SkipOwnCurrency(text, at);  // 万元人民币
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
    const size_t begin = SkipAny(text, at + kWord.size(), kLinks);
    if (ReadUnits(text, begin, unit)) continue;
    // A sum is not said to be of an office, but in some unit.
    const bool is_of_money = at >= 2 && StartsAt(text, at - 2, U"金额");
    StatedUnit read;
    size_t end = begin;
    ReadUnit(text, &end, &read);
    if (is_of_money && begin > at + kWord.size() &&
        IsHan(CodeAt(text, begin)) && !read.yuan && !read.wan_yuan) {
      unit->other_money = true;
    }
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

// In brackets or between signs.
bool StandsApart(const std::u32string& text, size_t begin, size_t end) {
  const auto is_sign = [](char32_t code) {
    return code == 0 || IsOneOf(code, U"():/,、");
  };
  return is_sign(begin == 0 ? 0 : text[begin - 1]) &&
         is_sign(CodeAt(text, end));
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
    const bool goes_on = IsHan(CodeAt(text, end));
    const bool is_tens = IsOneOf(text[at], U"十拾");
    const bool is_scaled_count = read.scaled_counts && end - at > 1 &&
                                 IsOneOf(text[end - 1], kCountUnits);
    const bool is_sum = IsOneOf(text[end - 1], kYuan) && text[end - 1] != U'圆';
    // A count without a multiple, or a multiple without a unit, is any word,
    // if it does not stand alone.
    const bool is_unit =
        is_sum || is_scaled_count || StandsApart(text, at, end);
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
