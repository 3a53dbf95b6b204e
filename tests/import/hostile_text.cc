#include "tests/import/hostile_text.h"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/import/reading.h"
#include "client/import/unicode.h"
#include "service/report/schema.h"
#include "tests/import/hostile_figures.h"
#include "tests/import/hostile_grid.h"
#include "tests/import/hostile_lines.h"
#include "tests/import/report_grid.h"

namespace annals::client {
namespace {

using report::Language;

struct Misprint {
  const char* official;
  const char* printed;
};

// Seen in real reports, or like those that were.
constexpr Misprint kMisprints[] = {
    {"其他法律行政法规禁止公开", "其他法律行政止公开"},
    {"其他法律行政法规禁止公开", "法律法规禁止公开"},
    {"（区分处理的，只计这一情形，不计其他情形）", ""},
    {"（六）其他处理", "（六）其他"},
    {"申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
     "申请人无正当理由逾期不补正"},
    {"申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
     "申请人逾期未按收费通知要求缴纳费用"},
    {"本年废止件数", "本年度止件数"},
    {"本年废止件数", "本年度废止件数"},
    {"属于国家秘密", "属於国家秘密"},
    {"重复申请", "重复申清"},
    {"补正后申请内容仍不明确", "补正后申请内容仍不明"},
    {"无正当理由大量反复申请", "无正当理由的大量反复申请"},
    {"结转下年度继续办理", "结转下年度继续办理数量"},
    {"“三安全一稳定”", "三安全一稳定"},
    {"行政规范性文件", "规范性文件"},
    {"上年结转政府信息公开申请数量", "上年结转申请数量"},
};

constexpr const char* kFooters[] = {
    "— 3 —", "第 3 页 共 8 页", "- 3 -", "第3页/共8页", "3 / 8", "Page 3 of 8"};

std::string FullWidth(const std::string& digits) {
  std::string result;
  for (char c : digits) {
    if (c == ',') {
      AppendUtf8(U'，', &result);
    } else {
      AppendUtf8(c >= '0' && c <= '9' ? U'０' + (c - '0') : c, &result);
    }
  }
  return result;
}

std::string Thousands(const std::string& digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t start = digits[0] == '-' ? 1 : 0;
  std::string result = digits.substr(0, start);
  for (size_t i = start; i < point; ++i) {
    if (i > start && (point - i) % 3 == 0) result.push_back(',');
    result.push_back(digits[i]);
  }
  return absl::StrCat(result, digits.substr(point));
}

class Recipe {
 public:
  Recipe(unsigned seed, Twist twist) : random_(seed), twist_(twist) {
    Note(absl::StrCat("seed ", seed, " ", TwistName(twist)));
    ChooseForm();
    ChooseWording();
    ChoosePrint();
    truth_ = SoundFigures(table2_, table3_, &random_);
    last_year_ = SoundFigures(table2_, table3_, &random_);
  }

  HostileText Make() {
    std::string text = Boilerplate();
    if (twist_ == Twist::kHeadingsTwice) PrintParts(&text);
    if (twist_ == Twist::kTablesFirst) {
      PrintTables(&text);
      PrintProse(&text);
    } else {
      PrintOverview(&text);
      PrintTables(&text);
      PrintEnd(&text);
    }
    if (twist_ == Twist::kLastYearBelow) AppendLastYear(&text);
    if (twist_ == Twist::kPrintedTwice) {
      absl::StrAppend(&text, "\n附件：\n");
      PrintTables(&text);
    }
    if (twist_ == Twist::kPrintedOtherwise) PrintOtherwise(&text);
    if (twist_ == Twist::kTorn) TearLines(&random_, &text);
    if (twist_ == Twist::kDigitsBroken) BreakDigits(&text);
    if (twist_ == Twist::kGlued) GlueLabels(&text);
    return {text, truth_, recipe_};
  }

 private:
  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  size_t Draw(size_t count) { return random_() % count; }

  void Note(const std::string& what) {
    absl::StrAppend(&recipe_, recipe_.empty() ? "" : ", ", what);
  }

  void ChooseForm() {
    year_ = Chance(30) ? 2020 : 2024;
    const v1::Edition usual =
        year_ == 2020 ? v1::EDITION_2019 : v1::EDITION_2021;
    const v1::Edition other =
        year_ == 2020 ? v1::EDITION_2021 : v1::EDITION_2019;
    table2_ = Chance(20) ? other : usual;
    table3_ = Chance(20) ? other : usual;
    style_.layout = static_cast<GridLayout>(Draw(9));
    style_.spans = static_cast<SpanText>(Draw(3));
    style_.narrow = Chance(30);
    style_.figures = static_cast<GridStyle::FigureLine>(Draw(3));
    Note(absl::StrCat("layout ", static_cast<int>(style_.layout), " spans ",
                      static_cast<int>(style_.spans), " line ",
                      static_cast<int>(style_.figures)));
    if (table2_ != usual || table3_ != usual) Note("mixed editions");
  }

  void ChooseWording() {
    numbering_ = Draw(6);
    half_width_ = Chance(30);
    spaced_heads_ = Chance(15);
    for (const Misprint& misprint : kMisprints) {
      if (Chance(12)) misprints_.push_back(&misprint);
    }
    Note(absl::StrCat("numbering ", numbering_, half_width_ ? " half" : "",
                      spaced_heads_ ? " spaced" : ""));
    for (const Misprint* misprint : misprints_) Note(misprint->printed);
  }

  void ChoosePrint() {
    print_ = Draw(8);
    blank_ = Chance(30) ? static_cast<int>(1 + Draw(6)) : 0;
    footers_ = Chance(30);
    repeated_heads_ = footers_ && Chance(40);
    notes_ = Chance(30);
    noted_ = Chance(25);
    Note(absl::StrCat("print ", print_, " blank ", blank_,
                      footers_ ? " footers" : "",
                      repeated_heads_ ? " heads" : "", notes_ ? " notes" : "",
                      noted_ ? " noted" : ""));
  }

  std::string Worded(std::string text) const {
    for (const Misprint* misprint : misprints_) {
      text =
          absl::StrReplaceAll(text, {{misprint->official, misprint->printed}});
    }
    for (int n = 1; n <= 8; ++n) {
      const std::string dot = absl::StrCat(n, ".");
      if (!absl::StartsWith(text, dot)) continue;
      const std::string rest = text.substr(dot.size());
      const std::string marks[] = {dot,
                                   absl::StrCat(n, "、"),
                                   absl::StrCat(n, "．"),
                                   absl::StrCat(n, ". "),
                                   absl::StrCat("（", n, "）"),
                                   absl::StrCat(n, " ")};
      text = absl::StrCat(marks[numbering_], rest);
      break;
    }
    if (half_width_) {
      text = absl::StrReplaceAll(
          text, {{"（", "("}, {"）", ")"}, {"，", ","}, {"“", "\""}});
    }
    if (spaced_heads_) {
      text = absl::StrReplaceAll(
          text, {{"商业企业", "商业 企业"}, {"自然人", "自 然 人"}});
    }
    return text;
  }

  std::string Printed(const std::string& id, int64_t value) {
    const auto& info =
        report::Schema::Get().cells()[*report::Schema::Get().Find(id)];
    const bool money = info.unit != v1::UNIT_UNSPECIFIED;
    std::string digits = money ? report::FormatFen(value, v1::UNIT_WAN_YUAN)
                               : absl::StrCat(value);
    switch (print_) {
      case 1:
        return Thousands(digits);
      case 2:
        return FullWidth(digits);
      case 3:
        return FullWidth(Thousands(digits));
      case 4:
        return money ? digits : absl::StrCat(digits, "件");
      case 7:
        return money ? digits : absl::StrCat(digits, " 件");
      case 6:
        if (!info.may_be_negative || value == 0) return digits;
        return value < 0 ? absl::StrCat("减 ", -value)
                         : absl::StrCat("增", value);
      case 5:
        return info.may_be_negative && value > 0 ? absl::StrCat("+", digits)
                                                 : digits;
      default:
        return digits;
    }
  }

  // A blank or a mark for it now and then; the truth then has no figure.
  std::string PrintCell(Figures* figures, const std::string& id) {
    const auto found = figures->find(id);
    if (found == figures->end()) return "";
    const bool blank = blank_ != 0 && found->second == 0 && Chance(15);
    if (blank) {
      static constexpr const char* kMarks[] = {"", "", "/", "-", "—", "无", ""};
      figures->erase(found);
      return kMarks[blank_];
    }
    std::string text = Printed(id, found->second);
    if (noted_ && found->second > 1 && Chance(4)) {
      absl::StrAppend(&text, "（其中修订1件）");
    }
    return text;
  }

  Print Printer(Figures* figures) {
    printed_.clear();
    return [this, figures](const std::string& id) {
      const auto [known, is_new] = printed_.emplace(id, "");
      if (is_new) known->second = PrintCell(figures, id);
      return known->second;
    };
  }

  std::string Boilerplate() {
    std::string text;
    if (Chance(50)) {
      absl::StrAppend(&text, "首页 > 政府信息公开 > 政府信息公开年报\n",
                      "索引号：014314799/2025-00012\n发布日期：2025-01-20\n",
                      "来源：洛阳市西工区\n【字体：大 中 小】 打印 关闭\n",
                      "联系电话：0379-63892000\n\n");
    }
    absl::StrAppend(&text, "洛阳市西工区民政局", year_,
                    "年政府信息公开工作年度报告\n\n");
    if (Chance(60)) {
      absl::StrAppend(&text, "本报告统计期限为", year_, "年1月1日至", year_,
                      "年12月31日。\n");
    }
    return text;
  }

  void Section(v1::Section section, std::string* text) {
    if (twist_ == Twist::kHeadingsMissing &&
        section != v1::SECTION_S1_OVERVIEW && Chance(50)) {
      return;
    }
    absl::StrAppend(text, "\n", report::EnumLabel(section, Language::kZh),
                    "\n\n");
  }

  void PrintParts(std::string* text) {
    absl::StrAppend(
        text, "一、总体情况\n2024年工作有序开展。\n",
        "二、工作机制保障\n设立1个工作组，成员12人。\n",
        "三、主动公开工作情况\n发布信息393条。\n",
        "四、政府信息公开申请情况\n全年收到申请 34 件，办结 9 件。\n",
        "五、政府信息管理\n管理规范。\n六、平台建设\n推送政策 121 条。\n");
  }

  void PrintOverview(std::string* text) {
    Section(v1::SECTION_S1_OVERVIEW, text);
    absl::StrAppend(text, "（一）主动公开。全年公开政府信息912条。\n",
                    "（二）依申请公开。本年度新收申请30件，结转 2 件。\n");
    if (twist_ == Twist::kProseLikeHeadings) {
      absl::StrAppend(text,
                      "二、主动公开政府信息情况持续向好，全年新增12条。\n",
                      "三、收到和处理政府信息公开申请情况良好 30 件。\n");
    }
    absl::StrAppend(text, "（三）政府信息管理。共 3 次自查。\n",
                    "（四）平台建设。访问 1,234 次。\n",
                    "（五）监督保障。培训 2 期。\n");
  }

  void PrintEnd(std::string* text) {
    Section(v1::SECTION_S5_PROBLEMS, text);
    absl::StrAppend(text, "工作仍有待进一步提升，已开展培训 3 次。\n");
    Section(v1::SECTION_S6_OTHER, text);
    absl::StrAppend(text, year_, "年度未收取信息处理费。\n电话 63892000\n");
  }

  void PrintProse(std::string* text) {
    PrintOverview(text);
    PrintEnd(text);
  }

  void AppendLastYear(std::string* text) {
    absl::StrAppend(text, "\n洛阳市西工区民政局", year_ - 1,
                    "年政府信息公开工作年度报告\n\n");
    PrintOverview(text);
    PrintTablesOf(&last_year_, text);
    PrintEnd(text);
  }

  // An annex that differs in some figures: no one can tell which are right.
  void PrintOtherwise(std::string* text) {
    absl::StrAppend(text, "\n附件：\n");
    for (auto& [id, printed] : printed_) {
      if (!Chance(10) || printed.empty()) continue;
      const std::string other = absl::StrCat(987654321 - Draw(9));
      if (printed == other) continue;
      printed = other;
      truth_.erase(id);
    }
    PrintTables(text);
  }

  void PrintTables(std::string* text) { PrintTablesOf(&truth_, text); }

  void PrintTablesOf(Figures* figures, std::string* text) {
    const bool reprint = figures == &truth_ && !printed_.empty();
    const Print print = reprint ? Reprinter() : Printer(figures);
    Section(v1::SECTION_S2_PROACTIVE, text);
    if (notes_) absl::StrAppend(text, "单位：件、万元\n");
    if (twist_ == Twist::kLastYearTables) {
      absl::StrAppend(text, year_ - 1, "年\n");
      PrintTable(Table2Grid(table2_, Words(), OldPrint()), 2, text);
      absl::StrAppend(text, year_, "年\n");
    }
    PrintTable(Table2Grid(table2_, Words(), print), 2, text);
    if (notes_) {
      absl::StrAppend(text, "注：规范性文件含联合发文12件，废止 3 件。\n");
    }
    Section(v1::SECTION_S3_REQUESTS, text);
    if (twist_ == Twist::kLastYearTables) {
      absl::StrAppend(text, year_ - 1, "年\n");
      PrintTable(Table3Grid(table3_, Words(), OldPrint()), 3, text);
      absl::StrAppend(text, year_, "年\n");
    }
    PrintTable(Table3Grid(table3_, Words(), print), 3, text);
    if (notes_) absl::StrAppend(text, "注：其中撤回 12 件，转下年 1 件。\n");
    Section(v1::SECTION_S4_DISPUTES, text);
    PrintTable(Table4Grid(Words(), print), 4, text);
    if (notes_) {
      absl::StrAppend(text,
                      "注：行政复议、行政诉讼数量含上年度结转数量 2 件。\n");
    }
  }

  Wording Words() {
    return [this](const std::string& text) { return Worded(text); };
  }

  Print OldPrint() {
    return [this](const std::string& id) {
      return Printed(id, last_year_.at(id));
    };
  }

  Print Reprinter() {
    return [this](const std::string& id) { return printed_[id]; };
  }

  void PrintTable(Grid grid, int table, std::string* text) {
    GridTwister(twist_, year_, last_year_, &truth_, &random_)
        .TwistTable(table, &grid);
    if (footers_) AddFooters(table, &grid);
    absl::StrAppend(text, RenderGrid(grid, style_));
  }

  void AddFooters(int table, Grid* grid) {
    const size_t head = HeadRows(*grid);
    const Grid heads(grid->begin(), grid->begin() + head);
    for (size_t row = head + 4; row < grid->size(); row += 7) {
      MadeRow footer;
      footer.loose_text = kFooters[Draw(6)];
      if (Chance(30)) footer.loose_text += "\n\f";
      if (Chance(20)) footer.loose_text += "\n西工区民政局 2025-01-20 10:23";
      if (Chance(20)) {
        absl::StrAppend(&footer.loose_text, "\n洛阳市西工区民政局", year_,
                        "年政府信息公开工作年度报告");
      }
      auto at = grid->insert(grid->begin() + row, footer) + 1;
      if (repeated_heads_ && table == 3)
        grid->insert(at, heads.begin(), heads.end());
    }
  }

  std::mt19937 random_;
  const Twist twist_;
  std::string recipe_;
  int year_ = 2024;
  v1::Edition table2_ = v1::EDITION_2021;
  v1::Edition table3_ = v1::EDITION_2021;
  GridStyle style_;
  size_t numbering_ = 0;
  bool half_width_ = false;
  bool spaced_heads_ = false;
  std::vector<const Misprint*> misprints_;
  size_t print_ = 0;
  int blank_ = 0;
  bool footers_ = false;
  bool repeated_heads_ = false;
  bool notes_ = false;
  bool noted_ = false;
  Figures truth_;
  Figures last_year_;
  std::map<std::string, std::string> printed_;
};

}  // namespace

const char* TwistName(Twist twist) {
  static constexpr const char* kNames[] = {"none",
                                           "row dropped",
                                           "row added",
                                           "column added",
                                           "columns swapped",
                                           "total first",
                                           "columns merged",
                                           "transposed",
                                           "printed twice",
                                           "printed otherwise",
                                           "last year below",
                                           "last year's tables",
                                           "years compared",
                                           "headings missing",
                                           "headings twice",
                                           "tables first",
                                           "prose like headings",
                                           "head missing",
                                           "torn",
                                           "digits broken",
                                           "glued",
                                           "years beside",
                                           "subtotals"};
  return kNames[static_cast<int>(twist)];
}

HostileText MakeHostileText(unsigned seed, Twist twist) {
  return Recipe(seed, twist).Make();
}

}  // namespace annals::client
