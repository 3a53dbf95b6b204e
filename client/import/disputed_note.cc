#include "client/import/disputed_note.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "client/import/unicode.h"

namespace annals::client {
namespace {

using Words = std::u32string_view;

// Another figure after one of these is the right one.
constexpr Words kBeforeFigure[] = {
    U"更正为", U"更正成", U"更正至",   U"更正后",     U"更正数", U"更正:",
    U"改为",   U"改成",   U"改作",     U"修正为",     U"修正后", U"订正为",
    U"订正后", U"纠正为", U"调整为",   U"变更为",     U"校正为", U"勘正为",
    U"修订为", U"实为",   U"实是",     U"实系",       U"实有",   U"实际",
    U"正确",   U"准确",   U"确为",     U"疑为",       U"可能为", U"可能是",
    U"不是",   U"并非",   U"shouldbe", U"shouldread", U"actual", U"actually",
    U"correct"};
// Between such a word and the figure.
constexpr Words kFillers = U"为是系有约共数字值后的至成该当填写改更正:=";
// `应` is part of other words after these: 对应, 响应.
constexpr Words kBeforeOtherWords = U"相响供对反适效答呼";

// These say it without another figure.
constexpr Words kWrong[] = {
    U"有误", U"笔误", U"勘误", U"误填",      U"误写", U"误报",   U"误录",
    U"误统", U"误计", U"误植", U"错填",      U"错写", U"错报",   U"错录",
    U"错统", U"错计", U"填错", U"写错",      U"报错", U"录错",   U"算错",
    U"印错", U"存疑", U"为准", U"corrected", U"sic",  U"erratum"};
// These may be said of what the figure counts, unless they come first or are
// said of a figure.
constexpr Words kWrongIfOfFigure[] = {
    U"错",   U"误",        U"不准",  U"不正确", U"不对",   U"不实",
    U"差错", U"incorrect", U"wrong", U"error",  U"mistake"};
constexpr Words kOfFigure[] = {U"数据", U"数字", U"数值", U"统计", U"填报",
                               U"录入", U"计算", U"打印", U"印刷", U"此处",
                               U"此数", U"该数", U"本数", U"本项", U"该项"};

// A remark that begins so tells of a part.
constexpr Words kOfPart[] = {U"其中", U"含", U"包", U"因", U"另"};

char32_t Simplified(char32_t code) {
  static constexpr std::pair<char32_t, char32_t> kPairs[] = {
      {U'應', U'应'}, {U'為', U'为'}, {U'爲', U'为'}, {U'實', U'实'},
      {U'際', U'际'}, {U'誤', U'误'}, {U'錯', U'错'}, {U'數', U'数'},
      {U'據', U'据'}, {U'統', U'统'}, {U'計', U'计'}, {U'報', U'报'},
      {U'訂', U'订'}, {U'調', U'调'}, {U'變', U'变'}, {U'該', U'该'},
      {U'當', U'当'}, {U'確', U'确'}, {U'準', U'准'}, {U'筆', U'笔'},
      {U'寫', U'写'}, {U'錄', U'录'}, {U'後', U'后'}, {U'對', U'对'}};
  for (const auto& [traditional, simplified] : kPairs) {
    if (code == traditional) return simplified;
  }
  return code;
}

// In simplified characters and lower case, without blanks and marks.
std::u32string WordsOf(absl::string_view note) {
  constexpr Words kMarks = U"()[]{}\"'“”‘’「」【】〔〕《》,;。、.!?~<>*";
  std::u32string words;
  for (char32_t code : FoldText(note)) {
    if (code == ' ' || kMarks.find(code) != Words::npos) continue;
    if (code >= 'A' && code <= 'Z') code = code - 'A' + 'a';
    words.push_back(Simplified(code));
  }
  return words;
}

bool IsOfNumber(char32_t code) {
  constexpr Words kInWords = U"〇零一二两三四五六七八九十百千万";
  return IsAsciiDigit(code) || kInWords.find(code) != Words::npos;
}

bool StartsWith(Words text, Words prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Whether a figure follows, or the word that there is none.
bool FigureFollows(Words text) {
  const size_t at = text.find_first_not_of(kFillers);
  if (at == Words::npos) return false;
  text.remove_prefix(at);
  return IsOfNumber(text[0]) || text == U"空" || text == U"无";
}

bool NamesAnotherFigure(Words note) {
  for (size_t at = 0; at < note.size(); ++at) {
    const Words rest = note.substr(at);
    const char32_t before = at == 0 ? U' ' : note[at - 1];
    if (rest[0] == U'应' && kBeforeOtherWords.find(before) == Words::npos &&
        FigureFollows(rest.substr(1))) {
      return true;
    }
    for (Words word : kBeforeFigure) {
      // 落实为, put into effect as.
      if (StartsWith(rest, word) && before != U'落' &&
          FigureFollows(rest.substr(word.size()))) {
        return true;
      }
    }
  }
  return StartsWith(note, U"更正") &&
         std::all_of(note.begin() + 2, note.end(), IsOfNumber);
}

// Whether it counts some of what the figure counts: 其中答复有误1件.
bool CountsPart(Words note, Words after_wrong) {
  constexpr Words kUnits = U"件个项条宗次起份人部";
  bool counts = false;
  for (size_t i = 1; i < note.size(); ++i) {
    counts = counts ||
             (IsOfNumber(note[i - 1]) && kUnits.find(note[i]) != Words::npos);
  }
  if (!counts) return false;
  const bool begins =
      std::any_of(std::begin(kOfPart), std::end(kOfPart),
                  [note](Words begin) { return StartsWith(note, begin); });
  return begins || (!after_wrong.empty() && IsOfNumber(after_wrong[0]));
}

bool SaysItIsWrong(Words note) {
  for (size_t at = 0; at < note.size(); ++at) {
    const Words rest = note.substr(at);
    for (Words word : kWrong) {
      if (StartsWith(rest, word) &&
          (at == 0 || !CountsPart(note, rest.substr(word.size())))) {
        return true;
      }
    }
    Words of_figure;
    for (Words word : kOfFigure) {
      if (StartsWith(rest, word)) of_figure = word;
    }
    if (at > 0 && of_figure.empty()) continue;
    for (Words word : kWrongIfOfFigure) {
      const Words said = rest.substr(of_figure.size());
      if (StartsWith(said, word) || StartsWith(said, U"有误")) return true;
    }
  }
  return false;
}

}  // namespace

bool DisputesFigure(absl::string_view note) {
  const std::u32string words = WordsOf(note);
  return NamesAnotherFigure(words) || SaysItIsWrong(words);
}

}  // namespace annals::client
