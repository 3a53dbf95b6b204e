// The official form in HTML.

#ifndef ANNALS_CLIENT_RENDER_FORM_HTML_H_
#define ANNALS_CLIENT_RENDER_FORM_HTML_H_

#include <set>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/render/form_document.h"
#include "client/render/html.h"

namespace annals::client {

// A reference printed in a cell to what is said of it elsewhere on the page.
struct CellLink {
  std::string symbol;
  std::string target;  // The id of an element.
};

// How a cell is marked, besides what it prints.
struct CellMark {
  std::string css_class;
  // Told where the pointer rests, and to who can't see the colour.
  std::string explanation;
  std::vector<CellLink> links;
};

// What a page shows on the form besides the report itself: by itself, nothing.
class FormMarks {
 public:
  virtual ~FormMarks() = default;
  // Null if the cell is not marked.
  virtual const CellMark* OfCell(report::CellIndex) const { return nullptr; }
  // The class of a paragraph; empty if it is not marked.
  virtual std::string OfText(const std::string& /*field*/) const { return ""; }
  // Before the ids of the page's elements, if it shows two forms.
  virtual std::string IdPrefix() const { return ""; }
};

// The paper, and the form on it.
std::string FormStyle();

// One block of the form.
void AppendBlock(const FormBlock& block, const FormMarks& marks,
                 HtmlBuilder* html);

// The id of the element that shows a cell or a text.
std::string ElementId(absl::string_view field, const FormMarks& marks);

// The fields that the blocks show and links may lead to: texts, tables, and the
// ids of cells.
std::set<std::string> FieldsShown(const std::vector<FormBlock>& blocks);

// The report as a page to publish, in Chinese.
std::string RenderReportHtml(const v1::Report& report);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_FORM_HTML_H_
