#include "client/import/importer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/strip.h"
#include "client/import/document.h"
#include "client/import/input_check.h"
#include "client/import/prose.h"
#include "client/import/reprint.h"
#include "client/import/sections.h"
#include "client/import/source_reader.h"
#include "client/import/tables.h"
#include "client/import/title.h"
#include "client/import/unicode.h"
#include "client/import/xlsx_form.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr v1::Section kProse[] = {
    v1::SECTION_S1_OVERVIEW, v1::SECTION_S5_PROBLEMS, v1::SECTION_S6_OTHER};
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Importer {
 public:
  Importer(absl::string_view text, const SourceText& source)
      : source_(source),
        lines_(SplitLines(text)),
        sections_(FindSections(lines_, &result_.remarks)) {}

  absl::StatusOr<ImportResult> Import() {
    LineRange preface;
    ReadTitle(lines_, sections_, source_, &result_.report, &preface,
              &result_.remarks);
    result_.report.set_scope(v1::SCOPE_ORGAN);
    ReadTables();
    const bool any_figure = std::any_of(
        result_.cells.begin(), result_.cells.end(),
        [](const CellReading& cell) { return cell.value.has_value(); });
    if (sections_.headings.empty() && !any_figure) return NotAReport();
    ReadProse(preface);
    for (const Heading& heading : sections_.headings) {
      v1::PrintedHeading* printed = result_.report.add_printed_headings();
      printed->set_section(heading.section);
      printed->set_text(heading.printed);
    }
    return std::move(result_);
  }

 private:
  static absl::Status NotAReport() {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "NOT_A_REPORT",
        {"No section heading and no table of an annual report was recognised; "
         "check that the file is the report's text.",
         "未识别出年度报告的任何标题或表格，请核对文件是否为报告文本。"});
  }

  void ReadTables() {
    v1::Report& report = result_.report;
    const bool bare = HasBarePageNumbers();
    TableReading t2 =
        ReadPrints({lines_, sections_.table2, report.year(), bare,
                    sections_.reprints2, HeadingOf(v1::SECTION_S2_PROACTIVE)},
                   ReadProactiveTable, &result_.remarks);
    report.mutable_t2()->set_edition(t2.edition);
    if (t2.procurement_unit != v1::UNIT_UNSPECIFIED) {
      report.mutable_t2()->set_procurement_amount_unit(t2.procurement_unit);
    }
    Take(std::move(t2));
    TableReading t3 =
        ReadPrints({lines_, sections_.table3, report.year(), bare,
                    sections_.reprints3, HeadingOf(v1::SECTION_S3_REQUESTS)},
                   ReadApplicationsTable, &result_.remarks);
    report.mutable_t3()->set_edition(t3.edition);
    BeginTable4After(t3);
    Take(std::move(t3));
    TableReading t4 =
        ReadPrints({lines_, sections_.table4, report.year(), bare,
                    sections_.reprints4, HeadingOf(v1::SECTION_S4_DISPUTES)},
                   ReadDisputesTable, &result_.remarks);
    report.mutable_t4()->set_edition(t4.edition);
    if (sections_.Find(v1::SECTION_S5_PROBLEMS) == nullptr) {
      after_table4_ = LineAfter(t4);
    }
    Take(std::move(t4));
  }

  // The heading's whole line.
  absl::string_view HeadingOf(v1::Section section) const {
    const Heading* heading = sections_.Find(section);
    if (heading == nullptr) return {};
    return TrimBlanks(lines_[heading->lines.begin].text);
  }

  static bool IsLoneFigure(const Line& line) {
    return line.atoms.size() == 1 && line.HasFigure();
  }

  // A long line stands above, and no figure alone on a line below.
  bool StandsInProse(size_t index) const {
    constexpr size_t kProseBytes = 45;
    size_t above = index;
    while (above > 0 && lines_[above - 1].IsEmpty()) --above;
    size_t below = index + 1;
    while (below < lines_.size() && lines_[below].IsEmpty()) ++below;
    return above > 0 && lines_[above - 1].text.size() >= kProseBytes &&
           (below == lines_.size() || !IsLoneFigure(lines_[below]));
  }

  // A number alone on a line between lines of prose is a page number.
  bool HasBarePageNumbers() const {
    for (v1::Section section : kProse) {
      const auto body = sections_.Body(section);
      for (size_t i = body ? body->begin : 0; body && i < body->end; ++i) {
        if (IsLoneFigure(lines_[i]) && StandsInProse(i)) return true;
      }
    }
    return false;
  }

  // The index of the line after the last one that a cell was read from; 0 if
  // there is none.
  size_t LineAfter(const TableReading& table) const {
    int last = 0;
    for (const CellReading& cell : table.cells)
      last = std::max(last, cell.line);
    if (last == 0) return 0;
    size_t index = 0;
    while (index < lines_.size() && lines_[index].number <= last) ++index;
    return index;
  }

  void BeginTable4After(const TableReading& t3) {
    if (sections_.Find(v1::SECTION_S4_DISPUTES) != nullptr) return;
    sections_.table4.begin = std::max(sections_.table4.begin, LineAfter(t3));
  }

  void Take(TableReading table) {
    const auto& cells = report::Schema::Get().cells();
    for (CellReading& reading : table.cells) {
      if (reading.value.has_value()) {
        report::SetCell(reading.cell, reading.value, &result_.report);
      }
      if (reading.has_remark) {
        v1::CellNote* note = result_.report.add_cell_notes();
        note->set_cell(cells[reading.cell].id);
        note->set_printed(reading.printed);
      }
      result_.cells.push_back(std::move(reading));
    }
  }

  void ReadProse(LineRange preface) {
    std::vector<LineRange> prose = {preface};
    for (v1::Section section : kProse) {
      const auto body = sections_.Body(section);
      if (body.has_value()) prose.push_back(*body);
    }
    const ProseReader reader(lines_, prose);
    std::string text = JoinParagraphs(reader.Paragraphs(preface, {}));
    if (!text.empty()) result_.report.set_preface(std::move(text));
    ReadSectionOne(reader);
    ReadSectionFive(reader);
    const std::string s6 = SectionText(reader, v1::SECTION_S6_OTHER);
    if (sections_.Find(v1::SECTION_S6_OTHER) != nullptr) {
      result_.report.set_s6_other(s6);
    }
  }

  std::string SectionText(const ProseReader& reader,
                          v1::Section section) const {
    const Heading* heading = sections_.Find(section);
    if (heading == nullptr) return {};
    return JoinParagraphs(
        reader.Paragraphs(*sections_.Body(section), heading->rest));
  }

  void ReadSectionOne(const ProseReader& reader) {
    const Heading* heading = sections_.Find(v1::SECTION_S1_OVERVIEW);
    if (heading != nullptr) {
      ReadOverview(reader.Paragraphs(*sections_.Body(v1::SECTION_S1_OVERVIEW),
                                     heading->rest),
                   result_.report.mutable_s1_overview());
      return;
    }
    // Without its heading, section one begins at its first sub-topic.
    const size_t end =
        sections_.table2.IsEmpty() ? lines_.size() : sections_.table2.begin;
    for (size_t i = 0; i < end; ++i) {
      if (!IsSubtopic(TrimBlanks(lines_[i].text))) continue;
      const LineRange range = {i, end};
      ReadOverview(ProseReader(lines_, {range}).Paragraphs(range, {}),
                   result_.report.mutable_s1_overview());
      return;
    }
  }

  void ReadSectionFive(const ProseReader& reader) {
    if (sections_.Find(v1::SECTION_S5_PROBLEMS) != nullptr) {
      result_.report.set_s5_problems(
          SectionText(reader, v1::SECTION_S5_PROBLEMS));
      return;
    }
    // Without its heading, it is what stands between table four and section
    // six.
    const Heading* next = sections_.Find(v1::SECTION_S6_OTHER);
    if (next == nullptr || after_table4_ == 0 ||
        after_table4_ >= next->lines.begin) {
      return;
    }
    const std::string text = JoinParagraphs(
        reader.Paragraphs({after_table4_, next->lines.begin}, {}));
    if (text.empty()) return;
    result_.report.set_s5_problems(text);
    AddRemark("SECTION_WITHOUT_HEADING", lines_[after_table4_].number,
              {"The text between table four and section six was taken for "
               "section five.",
               "表四与第六部分之间的文字按第五部分读取。"},
              &result_.remarks);
  }

  ImportResult result_;
  const SourceText& source_;
  const std::vector<Line> lines_;
  Sections sections_;
  size_t after_table4_ = 0;
};

void DoubtAll(const ErrorText& reason, ImportResult* result) {
  AddRemark("FILE_DOUBTFUL", 0, reason, &result->remarks);
  for (CellReading& reading : result->cells) Doubt(reason, &reading);
}

void SetPlaces(const SourceText& source, ImportResult* result) {
  for (CellReading& reading : result->cells) {
    reading.place = source.PlaceOf(reading.line, reading.cell_in_line);
  }
  for (Remark& remark : result->remarks) {
    remark.place = source.PlaceOf(remark.line, 0);
  }
}

}  // namespace

int ImportResult::Count(Certainty certainty) const {
  return static_cast<int>(std::count_if(cells.begin(), cells.end(),
                                        [certainty](const CellReading& cell) {
                                          return cell.certainty == certainty;
                                        }));
}

bool ImportResult::HasDoubts() const {
  return !remarks.empty() ||
         Count(Certainty::kCertain) != static_cast<int>(cells.size());
}

absl::StatusOr<ImportResult> ImportText(absl::string_view text,
                                        size_t max_bytes) {
  RETURN_IF_ERROR(CheckInput(text, max_bytes));
  const SourceText source;
  ASSIGN_OR_RETURN(
      ImportResult result,
      Importer(absl::StripPrefix(text, kByteOrderMark), source).Import());
  SetPlaces(source, &result);
  return result;
}

absl::StatusOr<ImportResult> ImportFile(absl::string_view bytes,
                                        const ImportLimits& limits) {
  RETURN_IF_ERROR(CheckSize(bytes, limits.file_bytes));
  ASSIGN_OR_RETURN(std::optional<ImportResult> form,
                   ReadXlsxForm(bytes, limits));
  if (form.has_value()) return *std::move(form);
  ASSIGN_OR_RETURN(const SourceText source, ReadSource(bytes, limits));
  RETURN_IF_ERROR(CheckInput(source.text, limits.text_bytes));
  ASSIGN_OR_RETURN(ImportResult result, Importer(source.text, source).Import());
  result.format = source.format;
  result.has_external_styles = source.has_external_styles;
  if (!source.doubt.en.empty()) DoubtAll(source.doubt, &result);
  SetPlaces(source, &result);
  return result;
}

}  // namespace annals::client
