#include "client/render/report_text.h"

#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "annals/v1/schema_options.pb.h"
#include "client/render/table_layout.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;
using report::CellIndex;
using report::EnumLabel;
using report::FieldLabel;

constexpr Language kZh = Language::kZh;
constexpr absl::string_view kOrdinals[] = {"一", "二", "三", "四", "五", "六"};

// Writes one report.
class TextWriter {
 public:
  explicit TextWriter(const v1::Report& report)
      : report_(report), cells_(report::ReadCells(report)) {}

  std::string Write() {
    Line(report_.title());
    WritePreface();
    for (const FieldDescriptor* section : SectionFields()) {
      Line("");
      Line(Heading(section));
      Line("");
      if (section->type() == FieldDescriptor::TYPE_STRING) {
        Line(report_.GetReflection()->GetString(report_, section));
      } else if (section->message_type() == v1::Overview::descriptor()) {
        WriteOverview(section);
      } else {
        WriteTable(section);
      }
    }
    return std::move(text_);
  }

 private:
  void Line(absl::string_view line) { absl::StrAppend(&text_, line, "\n"); }

  static std::string Day(const v1::Date& date) {
    return absl::StrCat(date.year(), "年", date.month(), "月", date.day(),
                        "日");
  }

  // A printed preface states the period itself.
  void WritePreface() {
    if (report_.has_preface()) {
      Line("");
      Line(report_.preface());
    } else if (report_.has_period()) {
      WritePeriod();
    }
  }

  void WritePeriod() {
    const v1::StatisticalPeriod& period = report_.period();
    Line("");
    Line(absl::StrCat(report::Schema::Get().TextLabel("period", kZh), "自",
                      Day(period.start()), "起至", Day(period.end()), "止。"));
  }

  // As the published text printed it, else the official wording.
  std::string Heading(const FieldDescriptor* section) const {
    const v1::Section which = section->options().GetExtension(v1::section);
    for (const v1::PrintedHeading& heading : report_.printed_headings()) {
      if (heading.section() == which && !heading.text().empty()) {
        return heading.text();
      }
    }
    return FieldLabel(section, v1::EDITION_UNSPECIFIED, kZh);
  }

  // The introduction has no number; the sub-topics are （一） to （五）.
  void WriteOverview(const FieldDescriptor* section) {
    size_t ordinal = 0;
    for (const report::TextInfo& text : report::Schema::Get().texts()) {
      if (text.parent != section) continue;
      const bool numbered = text.text->number() != 1;
      const std::string* prose = report::FindText(report_, text);
      if (prose != nullptr) {
        Line(numbered ? absl::StrCat(
                            "（", kOrdinals[ordinal], "）",
                            FieldLabel(text.text, v1::EDITION_UNSPECIFIED, kZh),
                            "：", *prose)
                      : *prose);
      }
      if (numbered && ordinal + 1 < std::size(kOrdinals)) ++ordinal;
    }
  }

  // The figure, or what the print says in its place.
  std::string Cell(CellIndex cell) const {
    const std::string& id = report::Schema::Get().cells()[cell].id;
    for (const v1::CellNote& note : report_.cell_notes()) {
      if (note.cell() == id) return note.printed();
    }
    return CellText(cells_, cell, report_);
  }

  void Row(const std::vector<std::string>& labels,
           const std::vector<CellIndex>& cells) {
    std::vector<std::string> parts = labels;
    for (const CellIndex cell : cells) parts.push_back(Cell(cell));
    Line(absl::StrJoin(parts, "\t"));
  }

  void WriteTable(const FieldDescriptor* table) {
    const int number = table->options().GetExtension(v1::section);
    edition_ = report::EditionOf(report_, number);
    const std::vector<LayoutRow> rows = LayOutTable(report_, number);
    if (rows.empty()) return;
    if (number == 2) WriteDocuments(rows);
    if (number == 3) WriteApplications(rows);
    if (number == 4) WriteDisputes(rows);
  }

  std::string ColumnLabel(CellIndex cell) const {
    return LabelIn(edition_, report::Schema::Get().cells()[cell].figure, kZh);
  }

  std::string RowLabel(const LayoutRow& row) const {
    return LabelIn(edition_, row.row, kZh);
  }

  void ColumnHeads(std::string first, const std::vector<CellIndex>& cells) {
    std::vector<std::string> parts = {std::move(first)};
    for (const CellIndex cell : cells) parts.push_back(ColumnLabel(cell));
    Line(absl::StrJoin(parts, "\t"));
  }

  void WriteDocuments(const std::vector<LayoutRow>& rows) {
    const LayoutRow* before = nullptr;
    for (const LayoutRow& row : rows) {
      if (before == nullptr || before->heads != row.heads) {
        for (const v1::Head head : row.heads) Line(EnumLabel(head, kZh));
        ColumnHeads(RowLabelHead().zh, row.cells);
      }
      Row({RowLabel(row)}, row.cells);
      before = &row;
    }
  }

  // The heads of the columns, a level to a line, then the columns.
  void WriteApplications(const std::vector<LayoutRow>& rows) {
    const auto& cells = rows.front().cells;
    v1::Head before = v1::HEAD_UNSPECIFIED;
    for (size_t level = 0; level < 2; ++level) {
      for (const CellIndex cell : cells) {
        const auto heads = HeadsOf(report::Schema::Get().cells()[cell].figure);
        if (level >= heads.size() || heads[level] == before) continue;
        before = heads[level];
        Line(EnumLabel(before, kZh));
      }
    }
    ColumnHeads("", cells);
    std::vector<v1::Head> printed;
    for (const LayoutRow& row : rows) {
      std::vector<std::string> labels;
      for (size_t i = 0; i < row.heads.size(); ++i) {
        if (i >= printed.size() || printed[i] != row.heads[i]) {
          printed.resize(i);
          labels.push_back(EnumLabel(row.heads[i], kZh));
        }
      }
      printed = row.heads;
      labels.push_back(RowLabel(row));
      Row(labels, row.cells);
    }
  }

  void WriteDisputes(const std::vector<LayoutRow>& rows) {
    std::vector<std::string> kinds;
    std::vector<std::string> columns;
    std::vector<CellIndex> cells;
    for (const LayoutRow& row : rows) {
      std::string kind;
      for (const v1::Head head : row.heads) {
        kind = absl::StrCat(EnumLabel(head, kZh), " ");
      }
      kinds.push_back(absl::StrCat(kind, RowLabel(row)));
      for (const CellIndex cell : row.cells) {
        columns.push_back(ColumnLabel(cell));
        cells.push_back(cell);
      }
    }
    Line(absl::StrJoin(kinds, "\t"));
    Line(absl::StrJoin(columns, "\t"));
    Row({}, cells);
  }

  const v1::Report& report_;
  const report::Cells cells_;
  v1::Edition edition_ = v1::EDITION_UNSPECIFIED;
  std::string text_;
};

}  // namespace

std::string RenderReportText(const v1::Report& report) {
  return TextWriter(report).Write();
}

}  // namespace annals::client
