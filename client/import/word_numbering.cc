#include "client/import/word_numbering.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/import/unicode.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

constexpr int kLevelMax = 8;
constexpr int kStyleChainMax = 20;
constexpr const char* kHanDigits[] = {"〇", "一", "二", "三", "四",
                                      "五", "六", "七", "八", "九"};

// 二〇二四
std::string HanDigits(int number) {
  std::string text;
  for (char c : absl::StrCat(number)) text += kHanDigits[c - '0'];
  return text;
}

// 一百二十三, for 1 to 9,999.
std::string HanNumber(int number) {
  constexpr const char* kUnits[] = {"", "十", "百", "千"};
  if (number <= 0 || number > 9999) return HanDigits(std::max(number, 0));
  const std::string digits = absl::StrCat(number);
  std::string text;
  bool zero = false;
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[i] - '0';
    if (digit == 0) {
      zero = true;
      continue;
    }
    if (zero) text += "零";
    zero = false;
    const size_t unit = digits.size() - 1 - i;
    const bool bare_ten = digit == 1 && unit == 1 && i == 0;
    absl::StrAppend(&text, bare_ten ? "" : kHanDigits[digit], kUnits[unit]);
  }
  return text;
}

std::string Letter(int number, char first) {
  if (number <= 0 || number > 26 * 20) return absl::StrCat(number);
  return std::string(static_cast<size_t>((number - 1) / 26) + 1,
                     static_cast<char>(first + (number - 1) % 26));
}

std::string Roman(int number, bool upper) {
  struct Sign {
    int value;
    const char* upper;
    const char* lower;
  };
  constexpr Sign kSigns[] = {
      {1000, "M", "m"}, {900, "CM", "cm"}, {500, "D", "d"}, {400, "CD", "cd"},
      {100, "C", "c"},  {90, "XC", "xc"},  {50, "L", "l"},  {40, "XL", "xl"},
      {10, "X", "x"},   {9, "IX", "ix"},   {5, "V", "v"},   {4, "IV", "iv"},
      {1, "I", "i"}};
  if (number <= 0 || number >= 4000) return absl::StrCat(number);
  std::string text;
  for (const Sign& sign : kSigns) {
    for (; number >= sign.value; number -= sign.value) {
      text += upper ? sign.upper : sign.lower;
    }
  }
  return text;
}

std::string FullWidth(int number) {
  std::string text;
  for (char c : absl::StrCat(number)) AppendUtf8(U'０' + (c - '0'), &text);
  return text;
}

// ① to ⑳.
std::string Circled(int number) {
  if (number < 1 || number > 20) return absl::StrCat(number);
  std::string text;
  AppendUtf8(U'①' + static_cast<char32_t>(number - 1), &text);
  return text;
}

// 甲, 乙, …
std::string Stem(int number) {
  constexpr const char* kStems[] = {"甲", "乙", "丙", "丁", "戊",
                                    "己", "庚", "辛", "壬", "癸"};
  if (number < 1 || number > 10) return absl::StrCat(number);
  return kStems[number - 1];
}

}  // namespace

std::string FormatWordNumber(int number, absl::string_view format) {
  if (format == "none" || format == "bullet") return "";
  if (format == "chineseCounting" || format == "chineseCountingThousand" ||
      format == "japaneseCounting" || format == "taiwaneseCounting" ||
      format == "taiwaneseCountingThousand") {
    return HanNumber(number);
  }
  if (format == "ideographDigital" || format == "taiwaneseDigital" ||
      format == "japaneseDigitalTenThousand") {
    return HanDigits(number);
  }
  if (format == "ideographTraditional") return Stem(number);
  if (format == "decimalFullWidth") return FullWidth(number);
  if (format == "decimalEnclosedCircle" ||
      format == "decimalEnclosedCircleChinese") {
    return Circled(number);
  }
  if (format == "lowerLetter") return Letter(number, 'a');
  if (format == "upperLetter") return Letter(number, 'A');
  if (format == "lowerRoman") return Roman(number, false);
  if (format == "upperRoman") return Roman(number, true);
  if (format == "decimalZero" && number < 10) return absl::StrCat("0", number);
  return absl::StrCat(number);
}

WordNumbering::WordNumbering(pugi::xml_node numbering, pugi::xml_node styles) {
  ReadLists(numbering);
  ReadStyles(styles);
}

WordNumbering::Level WordNumbering::ReadLevel(pugi::xml_node node) {
  Level level;
  level.start = NumberOf(AttributeOf(Child(node, "start"), "val"), 1);
  const absl::string_view format = AttributeOf(Child(node, "numFmt"), "val");
  if (!format.empty()) level.format = std::string(format);
  level.text = std::string(AttributeOf(Child(node, "lvlText"), "val"));
  level.style = std::string(AttributeOf(Child(node, "pStyle"), "val"));
  level.legal = static_cast<bool>(Child(node, "isLgl"));
  return level;
}

void WordNumbering::ReadLists(pugi::xml_node numbering) {
  for (pugi::xml_node node : numbering.children()) {
    if (LocalName(node) == "abstractNum") {
      List& list = lists_[std::string(AttributeOf(node, "abstractNumId"))];
      list.style_link =
          std::string(AttributeOf(Child(node, "numStyleLink"), "val"));
      for (pugi::xml_node level : node.children()) {
        if (LocalName(level) != "lvl") continue;
        list.levels[NumberOf(AttributeOf(level, "ilvl"), 0)] = ReadLevel(level);
      }
    } else if (LocalName(node) == "num") {
      Use& use = uses_[std::string(AttributeOf(node, "numId"))];
      use.list = std::string(AttributeOf(Child(node, "abstractNumId"), "val"));
      for (pugi::xml_node child : node.children()) {
        const pugi::xml_node start = Child(child, "startOverride");
        if (LocalName(child) != "lvlOverride" || !start) continue;
        use.starts[NumberOf(AttributeOf(child, "ilvl"), 0)] =
            NumberOf(AttributeOf(start, "val"), 1);
      }
    }
  }
}

void WordNumbering::ReadStyles(pugi::xml_node styles) {
  for (pugi::xml_node node : styles.children()) {
    if (LocalName(node) != "style") continue;
    Style& style = styles_[std::string(AttributeOf(node, "styleId"))];
    style.based_on = std::string(AttributeOf(Child(node, "basedOn"), "val"));
    const pugi::xml_node numbering = Child(Child(node, "pPr"), "numPr");
    if (!numbering) continue;
    style.number = std::string(AttributeOf(Child(numbering, "numId"), "val"));
    style.level = NumberOf(AttributeOf(Child(numbering, "ilvl"), "val"), -1);
  }
}

bool WordNumbering::Find(pugi::xml_node properties, Place* place) const {
  const pugi::xml_node own = Child(properties, "numPr");
  place->number = std::string(AttributeOf(Child(own, "numId"), "val"));
  place->level = NumberOf(AttributeOf(Child(own, "ilvl"), "val"), 0);
  std::string name(AttributeOf(Child(properties, "pStyle"), "val"));
  for (int i = 0; place->number.empty() && i < kStyleChainMax; ++i) {
    const auto style = styles_.find(name);
    if (style == styles_.end()) return false;
    place->number = style->second.number;
    if (!place->number.empty()) {
      place->level = std::max(style->second.level, 0);
      const auto use = uses_.find(place->number);
      std::string id;
      const List* list =
          use == uses_.end() ? nullptr : ListOf(use->second, &id);
      if (list == nullptr) return false;
      for (const auto& [number, level] : list->levels) {
        if (style->second.level < 0 && level.style == name) {
          place->level = number;
        }
      }
    }
    name = style->second.based_on;
  }
  return !place->number.empty() && place->number != "0";
}

const WordNumbering::List* WordNumbering::ListOf(const Use& use,
                                                 std::string* id) const {
  *id = use.list;
  for (int i = 0; i < kStyleChainMax; ++i) {
    const auto list = lists_.find(*id);
    if (list == lists_.end()) return nullptr;
    if (list->second.style_link.empty()) return &list->second;
    const auto style = styles_.find(list->second.style_link);
    if (style == styles_.end()) return nullptr;
    const auto next = uses_.find(style->second.number);
    if (next == uses_.end()) return nullptr;
    *id = next->second.list;
  }
  return nullptr;
}

std::string WordNumbering::Text(const List& list, int level,
                                const std::map<int, int>& counters) {
  const auto own = list.levels.find(level);
  if (own == list.levels.end() || own->second.format == "bullet") return "";
  const std::string& pattern = own->second.text;
  std::string text;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool number = pattern[i] == '%' && i + 1 < pattern.size() &&
                        pattern[i + 1] >= '1' && pattern[i + 1] <= '9';
    if (!number) {
      text.push_back(pattern[i]);
      continue;
    }
    const int other = pattern[++i] - '1';
    const auto counter = counters.find(other);
    const auto its_level = list.levels.find(other);
    if (counter == counters.end() || its_level == list.levels.end()) continue;
    text += FormatWordNumber(counter->second, own->second.legal
                                                  ? "decimal"
                                                  : its_level->second.format);
  }
  return text;
}

std::string WordNumbering::Next(pugi::xml_node properties) {
  Place place;
  if (!Find(properties, &place) || place.level > kLevelMax) return "";
  const auto use = uses_.find(place.number);
  if (use == uses_.end()) return "";
  std::string id;
  const List* list = ListOf(use->second, &id);
  if (list == nullptr) return "";
  std::map<int, int>& counters = counters_[id];
  if (started_.insert(place.number).second) {
    for (const auto& [level, start] : use->second.starts) {
      counters[level] = start - 1;
    }
  }
  for (int level = 0; level <= place.level; ++level) {
    const auto found = list->levels.find(level);
    const int start = found == list->levels.end() ? 1 : found->second.start;
    const bool own = level == place.level;
    const auto [counter, is_new] = counters.emplace(level, start);
    if (own && !is_new) ++counter->second;
  }
  counters.erase(counters.upper_bound(place.level), counters.end());
  return Text(*list, place.level, counters);
}

}  // namespace annals::client
