#include "client/import/other_meaning.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace annals::client {
namespace {

constexpr const char32_t* kNegations[] = {U"不", U"未", U"非"};
constexpr const char32_t* kOthers[] = {U"上年", U"去年", U"下年", U"次年",
                                       U"历年", U"累计", U"其中"};
constexpr const char32_t* kOtherScales[] = {U"万件", U"万项", U"万个"};
// The last row of table three may stand above table four, so that a word of
// another year counts only before what the table is about; and 尚未 may stand
// on the line above 维持.
constexpr const char32_t* kOtherDisputes[] = {
    U"上年行政", U"上年度行政", U"去年行政",   U"上年复议",   U"上年诉讼",
    U"累计行政", U"结果未维持", U"结果不维持", U"结果未纠正", U"结果不纠正"};

int Count(const std::u32string& text, const std::u32string& word) {
  int count = 0;
  for (size_t at = text.find(word); at != std::u32string::npos;
       at = text.find(word, at + word.size())) {
    ++count;
  }
  return count;
}

}  // namespace

bool SaysOtherwise(const std::u32string& printed, const std::u32string& label) {
  const auto differs = [&](const char32_t* word) {
    return Count(printed, word) != Count(label, word);
  };
  const auto is_added = [&](const char32_t* word) {
    return Count(printed, word) > Count(label, word);
  };
  return std::any_of(std::begin(kNegations), std::end(kNegations), differs) ||
         std::any_of(std::begin(kOthers), std::end(kOthers), is_added);
}

bool NamesOtherFigures(const std::u32string& head) {
  const auto is_there = [&head](const char32_t* word) {
    return head.find(word) != std::u32string::npos;
  };
  return std::any_of(std::begin(kOthers), std::end(kOthers), is_there) ||
         std::any_of(std::begin(kOtherScales), std::end(kOtherScales),
                     is_there);
}

bool NamesOtherDisputes(const std::u32string& head) {
  return std::any_of(std::begin(kOtherDisputes), std::end(kOtherDisputes),
                     [&head](const char32_t* word) {
                       return head.find(word) != std::u32string::npos;
                     });
}

}  // namespace annals::client
