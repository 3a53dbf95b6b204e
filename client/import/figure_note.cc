#include "client/import/figure_note.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "client/import/disputed_note.h"
#include "client/import/stated_unit.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

using Words = std::u32string_view;

constexpr Words kUnitWords[] = {U"计量单位", U"金额单位", U"数量单位",
                                U"统计单位", U"单位"};
constexpr Words kLinks = U":为是系均";
constexpr Words kCountUnits[] = {U"件", U"个",   U"项",   U"条",   U"宗",
                                 U"次", U"起",   U"份",   U"部",   U"人",
                                 U"例", U"件次", U"条次", U"人次", U"宗次"};
constexpr Words kWanYuan[] = {U"万元", U"万元人民币", U"人民币万元",
                              U"人民币:万元"};
constexpr Words kYuan[] = {U"元", U"元人民币", U"人民币元", U"人民币:元"};

constexpr Words kOfPart[] = {
    U"其中",   U"含",   U"内含",   U"包含",   U"包括", U"不含",   U"不包含",
    U"不包括", U"未含", U"未包含", U"未包括", U"均为", U"全部为", U"全为"};
// A clause that begins so tells of the whole figure again.
constexpr Words kOfWhole = U"共合总应实现已";
// These tell of the figure wherever they stand.
constexpr Words kDisowning[] = {
    U"作废", U"未核", U"待核", U"暂定",   U"估算",   U"估计", U"预计", U"左右",
    U"存疑", U"疑似", U"删除", U"非本年", U"更正后", U"误报", U"漏报", U"重复",
    U"剔除", U"扣除", U"扣减", U"未计",   U"多报",   U"少报"};

// All of what is counted; 撤回 alone may be said of the figure.
constexpr Words kEndings[] = {
    U"撤诉",     U"申请人撤诉", U"主动撤回",     U"申请人撤回",
    U"驳回",     U"驳回起诉",   U"驳回申请",     U"申请人主动撤回",
    U"终止审理", U"终止审查",   U"驳回诉讼请求", U"驳回复议申请",
    U"全部公开", U"已全部公开", U"全部已公开",   U"均已公开"};
constexpr Words kNone[] = {U"无",       U"没有",     U"未发生",   U"未产生",
                           U"未收费",   U"未收取",   U"不收费",   U"无收费",
                           U"免费",     U"不涉及",   U"未涉及",   U"无此项",
                           U"无此业务", U"无此职能", U"无该事项", U"无此事项",
                           U"无发生",   U"本年无",   U"本年度无", U"零"};

template <size_t N>
bool IsOneOf(Words text, const Words (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

template <size_t N>
bool BeginsWithOneOf(Words text, const Words (&words)[N]) {
  return std::any_of(std::begin(words), std::end(words), [text](Words word) {
    return text.substr(0, word.size()) == word;
  });
}

// Folded, without blanks and the brackets around it.
std::u32string WordsOf(absl::string_view note) {
  std::u32string words = FoldText(note);
  words.erase(std::remove(words.begin(), words.end(), U' '), words.end());
  if (!words.empty() && words.front() == '(') words.erase(0, 1);
  if (!words.empty() && words.back() == ')') words.pop_back();
  return words;
}

bool IsUnit(Words text, v1::Unit unit) {
  for (Words word : kUnitWords) {
    if (text.substr(0, word.size()) != word) continue;
    text.remove_prefix(word.size());
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(kLinks)));
    break;
  }
  if (unit == v1::UNIT_UNSPECIFIED) return IsOneOf(text, kCountUnits);
  return unit == v1::UNIT_WAN_YUAN ? IsOneOf(text, kWanYuan)
                                   : IsOneOf(text, kYuan);
}

bool StatesOtherUnit(const std::u32string& text, v1::Unit unit) {
  const StatedUnit stated = UnitStatedIn(text, /*is_sentence=*/false);
  if (unit == v1::UNIT_UNSPECIFIED) {
    return stated.scaled_counts || stated.IsOfMoney();
  }
  return stated.other_money ||
         (unit == v1::UNIT_WAN_YUAN ? stated.yuan : stated.wan_yuan);
}

// Whether a number of things is in it: 废止1件.
bool CountsSome(Words clause) {
  for (size_t i = 1; i < clause.size(); ++i) {
    if (IsAsciiDigit(clause[i - 1]) && IsHan(clause[i])) return true;
  }
  return false;
}

// What follows the first clause: 其中修改3件，废止1件.
bool GoesOn(Words clause) {
  return clause.empty() || BeginsWithOneOf(clause, kOfPart) ||
         (kOfWhole.find(clause[0]) == Words::npos && CountsSome(clause));
}

}  // namespace

bool LeavesFigure(absl::string_view note, v1::Unit unit) {
  const std::u32string text = WordsOf(note);
  if (IsUnit(text, unit) || IsOneOf(text, kEndings)) {
    return true;
  }
  const bool is_disowned = std::any_of(
      std::begin(kDisowning), std::end(kDisowning),
      [&text](Words word) { return text.find(word) != std::u32string::npos; });
  const bool is_cut_off = IsOneOf(text, kOfPart);
  if (is_disowned || is_cut_off || !BeginsWithOneOf(text, kOfPart) ||
      StatesOtherUnit(text, unit) || DisputesFigure(note)) {
    return false;
  }
  constexpr Words kMarks = U",;；。、";
  Words rest = text;
  for (size_t end = rest.find_first_of(kMarks); end != Words::npos;
       end = rest.find_first_of(kMarks)) {
    rest.remove_prefix(end + 1);
    if (!GoesOn(rest.substr(0, rest.find_first_of(kMarks)))) return false;
  }
  return true;
}

bool SaysThereIsNone(absl::string_view note) {
  return IsOneOf(WordsOf(note), kNone);
}

}  // namespace annals::client
