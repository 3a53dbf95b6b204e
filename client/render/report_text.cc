#include "client/render/report_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/render/form_document.h"
#include "client/render/printable.h"

namespace annals::client {
namespace {

// The cells that begin in a row, with tabs between.
std::string RowText(const FormTableRow& row) {
  std::vector<std::string> cells;
  for (const FormCell& cell : row.cells) {
    // A remark may have line ends.
    cells.push_back(PrintableLine(cell.text));
  }
  return absl::StrJoin(cells, "\t");
}

// Writes one report.
class TextWriter {
 public:
  std::string Write(const v1::Report& report) {
    for (const FormBlock& block :
         LayOutForm(report, Language::kZh, Absent::kLeftOut)) {
      AddBlock(block);
    }
    return text_;
  }

 private:
  void Line(absl::string_view line) { absl::StrAppend(&text_, line, "\n"); }

  void AddBlock(const FormBlock& block) {
    switch (block.kind) {
      case BlockKind::kPublication:
      case BlockKind::kTitle:
        return Line(block.text);
      case BlockKind::kPreface:
        Line("");
        return Line(block.text);
      case BlockKind::kSectionHeading:
        Line("");
        Line(block.text);
        return Line("");
      case BlockKind::kTopicHeading:
        // Its text follows on the same line.
        absl::StrAppend(&text_, block.text, "：");
        return;
      case BlockKind::kProse:
        return Line(block.text);
      case BlockKind::kTable:
        for (const FormTableRow& row : block.table.rows) Line(RowText(row));
        return;
    }
  }

  std::string text_;
};

}  // namespace

std::string RenderReportText(const v1::Report& report) {
  return TextWriter().Write(report);
}

}  // namespace annals::client
