#include "service/report/section_rules.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "annals/v1/schema_options.pb.h"
#include "ledger/error.h"
#include "ledger/utf8.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/characters.h"
#include "service/report/finding_text.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

using google::protobuf::FieldDescriptor;

constexpr size_t kCellsShown = 10;

// The cells that are blank and should not be, and the other way round.
struct CellFaults {
  std::vector<CellIndex> blank;
  std::vector<CellIndex> foreign;
  bool empty() const { return blank.empty() && foreign.empty(); }
};

CellFaults FindCellFaults(int table_number, const CheckInput& input) {
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  const v1::Edition edition = input.Edition(table_number, false);
  CellFaults faults;
  for (size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].table_number != table_number) continue;
    const CellIndex cell = static_cast<CellIndex>(i);
    const bool is_filled = input.Value(cell, false).has_value();
    const bool is_expected = infos[i].In(edition);
    if (is_expected && !is_filled) faults.blank.push_back(cell);
    if (!is_expected && is_filled) faults.foreign.push_back(cell);
  }
  return faults;
}

std::string Labels(const std::vector<CellIndex>& cells, const CheckInput& input,
                   Language language) {
  std::vector<std::string> labels;
  for (const CellIndex cell : cells) {
    labels.push_back(TermLabel({cell}, input, language));
  }
  return JoinLabels(labels, kCellsShown, language);
}

std::string CellFaultsText(int table_number, const CellFaults& faults,
                           const CheckInput& input, Language language) {
  const bool is_zh = language == Language::kZh;
  std::string text =
      absl::StrCat(TableName(table_number, language), is_zh ? "（" : " (",
                   EnumLabel(input.Edition(table_number, false), language),
                   is_zh ? "）" : ")");
  if (!faults.blank.empty()) {
    absl::StrAppend(
        &text,
        is_zh ? absl::StrCat("有 ", faults.blank.size(), " 个单元格空白：")
              : absl::StrCat(" has ", faults.blank.size(),
                             faults.blank.size() == 1 ? " blank cell: "
                                                      : " blank cells: "),
        Labels(faults.blank, input, language));
  }
  if (!faults.blank.empty() && !faults.foreign.empty()) {
    text += is_zh ? "；又" : ";";
  }
  if (!faults.foreign.empty()) {
    absl::StrAppend(
        &text,
        is_zh ? absl::StrCat("有 ", faults.foreign.size(),
                             " 个单元格不属于该版本：")
              : absl::StrCat(" has ", faults.foreign.size(),
                             faults.foreign.size() == 1 ? " cell" : " cells",
                             " that the edition does not have: "),
        Labels(faults.foreign, input, language));
  }
  return text;
}

// The fields that hold sections, in the order of the form.
std::vector<const FieldDescriptor*> SectionFields() {
  std::vector<const FieldDescriptor*> fields;
  const auto* report = v1::Report::descriptor();
  for (int i = 0; i < report->field_count(); ++i) {
    if (report->field(i)->options().HasExtension(v1::section)) {
      fields.push_back(report->field(i));
    }
  }
  return fields;
}

// Whether a section is there: a table at all, a text with something in it.
bool HasSection(const ReportView& report, const FieldDescriptor* field) {
  const std::vector<TextInfo>& texts = Schema::Get().texts();
  bool has_texts = false;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].parent != field && texts[i].text != field) continue;
    has_texts = true;
    const std::optional<absl::string_view> value = report.Text(i);
    if (value.has_value() && !IsBlank(*value)) return true;
  }
  const v1::Report& head = report.head();
  return !has_texts && head.GetReflection()->HasField(head, field);
}

std::vector<const FieldDescriptor*> MissingSections(const ReportView& report) {
  static const std::vector<const FieldDescriptor*> fields = SectionFields();
  std::vector<const FieldDescriptor*> missing;
  for (const FieldDescriptor* field : fields) {
    if (!HasSection(report, field)) missing.push_back(field);
  }
  return missing;
}

// Whether the headings, where a text was read, are those of the form in order.
bool AreHeadingsInOrder(const v1::Report& report) {
  if (report.printed_headings().empty()) return true;
  int expected = v1::SECTION_S1_OVERVIEW;
  for (const v1::PrintedHeading& heading : report.printed_headings()) {
    if (heading.section() != expected++) return false;
  }
  return expected == v1::SECTION_S6_OTHER + 1;
}

std::string PrintedHeadings(const v1::Report& report, Language language) {
  std::vector<std::string> texts;
  for (const v1::PrintedHeading& heading : report.printed_headings()) {
    texts.push_back(heading.text());
  }
  return absl::StrJoin(texts, language == Language::kZh ? "；" : "; ");
}

std::string SectionsText(const std::vector<const FieldDescriptor*>& missing,
                         bool in_order, const v1::Report& report,
                         Language language) {
  const bool is_zh = language == Language::kZh;
  std::vector<std::string> parts;
  if (!missing.empty()) {
    std::vector<std::string> labels;
    for (const FieldDescriptor* field : missing) {
      labels.push_back(FieldLabel(field, v1::EDITION_UNSPECIFIED, language));
    }
    parts.push_back(absl::StrCat(is_zh ? "缺少或空白：" : "missing or blank: ",
                                 absl::StrJoin(labels, is_zh ? "；" : "; ")));
  }
  if (!in_order) {
    parts.push_back(absl::StrCat(
        is_zh ? "各部分标题应为一至六，依次各一；实为："
              : "the headings must be one to six, each once and in order; they "
                "are: ",
        PrintedHeadings(report, language)));
  }
  return absl::StrJoin(parts, is_zh ? "。" : ". ");
}

// A year that some part of the report names.
struct NamedYear {
  const char* place;  // Field path, or "name" for the resource name.
  int year;
};

// The first run of exactly four digits before 年, or if there is none, the
// first at all, since a name may have digits as well; 0 if there is none.
// Full-width digits count.
int YearInTitle(absl::string_view title) {
  int first = 0;
  int behind = 0;  // The run that only blanks have followed.
  int year = 0;
  int digits = 0;
  while (true) {
    const auto code_point = ledger::ConsumeUtf8(&title);
    char32_t c = code_point.value_or(0);
    if (c >= U'０' && c <= U'９') c = c - U'０' + '0';
    if (c >= '0' && c <= '9') {
      ++digits;
      year = digits <= 4 ? year * 10 + static_cast<int>(c - '0') : 0;
      continue;
    }
    if (digits == 4) {
      behind = year;
      if (first == 0) first = year;
    }
    if (c == U'年' && behind != 0) return behind;
    if (!code_point.has_value()) return first;
    if (c != ' ' && c != U'　') behind = 0;
    digits = 0;
    year = 0;
  }
}

std::string PlaceLabel(absl::string_view place, Language language) {
  if (place != "name") return Schema::Get().TextLabel(place, language);
  return language == Language::kZh ? "报送年度" : "filing year";
}

std::vector<NamedYear> NamedYears(const CheckInput& input) {
  const v1::Report& report = input.report().head();
  std::vector<NamedYear> years;
  const auto add = [&years](const char* place, int year) {
    if (year != 0) years.push_back({place, year});
  };
  add("title", YearInTitle(report.title()));
  add("year", report.year());
  add("name", input.context().filing_year);
  if (report.period().has_start()) {
    add("period.start", report.period().start().year());
  }
  if (report.period().has_end()) {
    add("period.end", report.period().end().year());
  }
  return years;
}

bool IsDay(const v1::Date& date, int month, int day) {
  return date.month() == month && date.day() == day;
}

std::string DayText(const v1::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

// Whether what is stated of the period is the first and the last day of a year.
bool IsCalendarYear(const v1::StatisticalPeriod& period) {
  return (!period.has_start() || IsDay(period.start(), 1, 1)) &&
         (!period.has_end() || IsDay(period.end(), 12, 31));
}

std::string YearsText(const std::vector<NamedYear>& years,
                      const v1::StatisticalPeriod& period, Language language) {
  const bool is_zh = language == Language::kZh;
  std::vector<std::string> parts;
  for (const NamedYear& named : years) {
    parts.push_back(absl::StrCat(PlaceLabel(named.place, language),
                                 is_zh ? "为 " : " is ", named.year));
  }
  std::string text = absl::StrJoin(parts, is_zh ? "，" : ", ");
  if (!IsCalendarYear(period)) {
    absl::StrAppend(
        &text,
        is_zh ? "；统计期限应为 1 月 1 日至 12 月 31 日，实为 "
              : "; the period must be 1 January to 31 December, it is ",
        period.has_start() ? DayText(period.start()) : "…",
        is_zh ? " 至 " : " to ",
        period.has_end() ? DayText(period.end()) : "…");
  }
  return text;
}

void FillYearSides(const std::vector<NamedYear>& years, v1::Finding* finding) {
  for (const NamedYear& named : years) {
    v1::Side* side = finding->left().terms().empty() ? finding->mutable_left()
                                                     : finding->mutable_right();
    v1::Term* term = side->add_terms();
    term->set_cell(named.place);
    term->set_value(named.year);
  }
  if (!years.empty()) finding->mutable_left()->set_value(years.front().year);
}

}  // namespace

v1::Outcome ApplyCellsRule(int table_number, const CheckInput& input,
                           v1::Finding* finding) {
  if (input.Edition(table_number, false) == v1::EDITION_UNSPECIFIED) {
    finding->mutable_left()->add_terms()->set_cell(
        absl::StrCat("t", table_number));
    SetMessage({absl::StrCat(TableName(table_number, Language::kEn),
                             " does not declare its edition, or is missing"),
                absl::StrCat(TableName(table_number, Language::kZh),
                             "未注明格式版本，或整表缺失")},
               finding);
    return v1::OUTCOME_FAIL;
  }
  const CellFaults faults = FindCellFaults(table_number, input);
  if (faults.empty()) return v1::OUTCOME_PASS;
  for (const CellIndex cell : faults.blank) {
    AddTerm({cell}, input, finding->mutable_left());
  }
  for (const CellIndex cell : faults.foreign) {
    AddTerm({cell}, input, finding->mutable_right());
  }
  SetMessage({CellFaultsText(table_number, faults, input, Language::kEn),
              CellFaultsText(table_number, faults, input, Language::kZh)},
             finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplySectionsRule(const RuleInstance&, const CheckInput& input,
                              v1::Finding* finding) {
  const v1::Report& report = input.report().head();
  const std::vector<const FieldDescriptor*> missing =
      MissingSections(input.report());
  const bool in_order = AreHeadingsInOrder(report);
  if (missing.empty() && in_order) return v1::OUTCOME_PASS;
  for (const FieldDescriptor* field : missing) {
    finding->mutable_left()->add_terms()->set_cell(field->name());
  }
  SetMessage({SectionsText(missing, in_order, report, Language::kEn),
              SectionsText(missing, in_order, report, Language::kZh)},
             finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyYearRule(const RuleInstance&, const CheckInput& input,
                          v1::Finding* finding) {
  const std::vector<NamedYear> years = NamedYears(input);
  bool agree = true;
  for (const NamedYear& named : years) {
    agree = agree && named.year == years.front().year;
  }
  const v1::StatisticalPeriod& period = input.report().head().period();
  const bool is_calendar_year = IsCalendarYear(period);
  if (years.size() < 2 && is_calendar_year) {
    FillYearSides(years, finding);
    SetMessage({"fewer than two of title, year, period and filing year are "
                "stated, so there is nothing to compare",
                "标题、年度、统计期限、报送年度不足两项，无从核对"},
               finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  if (agree && is_calendar_year) return v1::OUTCOME_PASS;
  FillYearSides(years, finding);
  SetMessage({YearsText(years, period, Language::kEn),
              YearsText(years, period, Language::kZh)},
             finding);
  return v1::OUTCOME_FAIL;
}

}  // namespace annals::report
