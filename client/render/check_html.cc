#include "client/render/check_html.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "client/render/findings.h"
#include "client/render/form_html.h"
#include "client/render/printable.h"
#include "service/report/acknowledge.h"
#include "service/report/check.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using report::CellIndex;
using report::EnumLabel;

constexpr char kStyle[] = R"(body { max-width: 360mm; }
.lead, .beside > aside, .rest, .legend {
  font-family: "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  font-size: 10.5pt; line-height: 1.5;
}
.lead { border-bottom: 2px solid #000; margin-bottom: 2em; }
.lead strong { font-size: 14pt; }
.beside {
  display: grid; grid-template-columns: minmax(0, 1fr) 21em; gap: 1.5em;
  align-items: start;
}
.finding {
  border-left: 4px solid #555; padding: .3em .7em; margin: .5em 0;
  break-inside: avoid;
}
.finding p { margin: .2em 0; }
.finding:target, td:target, .prose:target { outline: 3px solid #06c; }
.finding a, sup a { color: inherit; }
.error { background: #ffd6d6; }
.warning { background: #ffedb3; }
.info { background: #dbe9ff; }
.finding.error { border-left: 4px solid #b00000; }
.finding.warning { border-left: 4px dashed #8a6100; }
.finding.info { border-left: 4px dotted #1d4f9c; }
table.form td.error { border: 3px solid #b00000; }
table.form td.warning { border: 3px dashed #8a6100; }
table.form td.info { border: 3px dotted #1d4f9c; }
.prose.error, .prose.warning, .prose.info { padding: .2em .4em; }
td sup { display: block; font-size: 7.5pt; line-height: 1; font-weight: bold; }
.list { list-style: none; padding: 0; }
.list li { padding: .15em .6em; margin: .15em 0; break-inside: avoid; }
.list a { color: inherit; }
.list a:first-child { font-weight: bold; }
.legend span { padding: 0 .5em; margin-right: 1em; }
.error, .warning, .info { print-color-adjust: exact; }
@media print, (max-width: 60em) { .beside { display: block; } }
)";

// How a severity shows without colours.
absl::string_view SymbolOf(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_ERROR:
      return "×";
    case v1::SEVERITY_WARNING:
      return "!";
    default:
      return "i";
  }
}

std::string ClassOf(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_ERROR:
      return "error";
    case v1::SEVERITY_WARNING:
      return "warning";
    default:
      return "info";
  }
}

const std::string& MessageOf(const v1::Finding& finding, Language language) {
  return language == Language::kZh ? finding.message().zh()
                                   : finding.message().en();
}

// A failed finding with its place on the page.
struct Marked {
  const v1::Finding* finding = nullptr;
  std::string symbol;  // ×1
  std::string id;      // finding-1
  // The cells and texts of this report that it is about, in the finding's
  // order.
  std::vector<std::string> fields;
};

std::vector<std::string> FieldsOf(const v1::Finding& finding) {
  std::vector<std::string> fields;
  std::set<std::string> seen;
  for (const v1::Side* side : {&finding.left(), &finding.right()}) {
    for (const v1::Term& term : side->terms()) {
      if (term.report().empty() && seen.insert(term.cell()).second) {
        fields.push_back(term.cell());
      }
    }
  }
  return fields;
}

std::vector<Marked> MarkedFindings(const v1::CheckResult& check) {
  std::vector<Marked> marked;
  for (const v1::Finding& finding : check.findings()) {
    if (finding.outcome() != v1::OUTCOME_FAIL) continue;
    const size_t number = marked.size() + 1;
    marked.push_back({&finding,
                      absl::StrCat(SymbolOf(finding.severity()), number),
                      absl::StrCat("finding-", number), FieldsOf(finding)});
  }
  return marked;
}

// The marks of all findings on the form. Findings come the worst first.
class FindingMarks : public FormMarks {
 public:
  FindingMarks(const std::vector<Marked>& marked, Language language) {
    for (const Marked& m : marked) {
      for (const std::string& field : m.fields) Mark(field, m, language);
    }
  }

  const CellMark* OfCell(CellIndex cell) const override {
    const auto mark = cells_.find(cell);
    return mark == cells_.end() ? nullptr : &mark->second;
  }

  std::string OfText(const std::string& field) const override {
    const auto mark = texts_.find(field);
    return mark == texts_.end() ? "" : mark->second;
  }

 private:
  void Mark(const std::string& field, const Marked& marked, Language language) {
    const std::string css_class = ClassOf(marked.finding->severity());
    const auto cell = report::Schema::Get().Find(field);
    if (!cell.has_value()) {
      texts_.emplace(field, css_class);
      return;
    }
    CellMark& mark = cells_[*cell];
    if (mark.css_class.empty()) mark.css_class = css_class;
    absl::StrAppend(&mark.explanation, mark.explanation.empty() ? "" : "\n",
                    marked.symbol, " ",
                    EnumLabel(marked.finding->severity(), language), ": ",
                    MessageOf(*marked.finding, language));
    mark.links.push_back({marked.symbol, marked.id});
  }

  absl::flat_hash_map<CellIndex, CellMark> cells_;
  absl::flat_hash_map<std::string, std::string> texts_;
};

class CheckPage {
 public:
  CheckPage(const v1::Report& report, const v1::CheckResult& check,
            const Acknowledgements& acknowledgements, Language language)
      : report_(report),
        check_(check),
        acknowledgements_(acknowledgements),
        language_(language),
        marked_(MarkedFindings(check)),
        marks_(marked_, language) {}

  std::string Render() {
    const std::vector<FormBlock> blocks = Blocks();
    shown_ = FieldsShown(blocks);
    AppendLead();
    html_.Open("main");
    for (const FormBlock& block : blocks) AppendBlockWithFindings(block);
    html_.Close("main");
    AppendRest();
    const std::string title =
        absl::StrCat(Pick({"校验结果：", "Check: "}), report_.title());
    return RenderPage({language_, title, absl::StrCat(FormStyle(), kStyle)},
                      html_);
  }

 private:
  const std::string& Pick(const Text& text) const { return text.In(language_); }

  // What the report has, and what findings say that it should have.
  std::vector<FormBlock> Blocks() const {
    std::vector<FormBlock> blocks =
        LayOutForm(report_, language_, Absent::kShown);
    std::erase_if(blocks, [this](const FormBlock& block) {
      return !block.is_present && marks_.OfText(block.field).empty();
    });
    for (FormBlock& block : blocks) {
      if (!block.is_present && block.kind == BlockKind::kProse) {
        block.text = Pick({"（空白）", "(blank)"});
      }
    }
    return blocks;
  }

  // What came of it in all, and what the colours mean.
  void AppendLead() {
    html_.Open("header", {{"class", "lead"}});
    html_.Open("p");
    html_.Element("strong", Pick({"校验结果", "What the rules say"}));
    html_.Close("p");
    html_.Element("p", CountsLine());
    html_.Open("p", {{"class", "legend"}});
    for (const v1::Severity severity :
         {v1::SEVERITY_ERROR, v1::SEVERITY_WARNING, v1::SEVERITY_INFO}) {
      html_.Element(
          "span",
          absl::StrCat(SymbolOf(severity), " ", EnumLabel(severity, language_),
                       " ", report::FailedCount(check_, severity)),
          {{"class", ClassOf(severity)}});
    }
    html_.Close("p");
    AppendList();
    html_.Close("header");
  }

  // Every finding in a line, with links to its place and to what is beside it.
  void AppendList() {
    if (marked_.empty()) return;
    html_.Open("ul", {{"class", "list"}});
    for (const Marked& marked : marked_) {
      const v1::Severity severity = marked.finding->severity();
      html_.Open("li", {{"class", ClassOf(severity)}});
      html_.Element(
          "a", absl::StrCat(marked.symbol, " ", EnumLabel(severity, language_)),
          {{"href", absl::StrCat("#", marked.id)}});
      html_.Text(absl::StrCat(" ", MessageOf(*marked.finding, language_)));
      AppendPlace(marked);
      html_.Close("li");
    }
    html_.Close("ul");
  }

  // The first cell or text of the page that a finding is about.
  void AppendPlace(const Marked& marked) {
    const auto field = std::find_if(
        marked.fields.begin(), marked.fields.end(),
        [this](const std::string& name) { return shown_.contains(name); });
    if (field == marked.fields.end()) return;
    html_.Text(" → ");
    html_.Element("a", FieldText(*field),
                  {{"href", absl::StrCat("#", ElementId(*field, marks_))}});
  }

  std::string CountsLine() const {
    const int passed = check_.passed_count();
    const int failed = check_.failed_count();
    const int open = check_.not_assessable_count();
    const std::string version = PrintableLine(check_.rule_set_version());
    return Pick({absl::StrCat("共核验 ", passed + failed + open, " 项：通过 ",
                              passed, "，不符 ", failed, "，无法核验 ", open,
                              "（规则版本 ", version, "）"),
                 absl::StrCat(passed + failed + open, " checks: ", passed,
                              " passed, ", failed, " failed, ", open,
                              " not assessable (rule set ", version, ")")});
  }

  // Whether what a finding is about is on the block.
  static bool IsOn(const std::string& field, const FormBlock& block) {
    const auto cell = report::Schema::Get().Find(field);
    if (!cell.has_value()) {
      return block.kind != BlockKind::kSectionHeading &&
             block.kind != BlockKind::kTopicHeading && field == block.field;
    }
    return block.kind == BlockKind::kTable &&
           report::Schema::Get().cells()[*cell].table_number ==
               block.table.number;
  }

  // A finding stands beside the first block of the page that it is about.
  void AppendBlockWithFindings(const FormBlock& block) {
    std::vector<const Marked*> here;
    for (const Marked& marked : marked_) {
      if (placed_.contains(&marked)) continue;
      const bool is_here = std::any_of(
          marked.fields.begin(), marked.fields.end(),
          [&](const std::string& field) { return IsOn(field, block); });
      if (is_here) here.push_back(&marked);
    }
    if (here.empty()) return AppendBlock(block, marks_, &html_);
    html_.Open("div", {{"class", "beside"}});
    html_.Open("div");
    AppendBlock(block, marks_, &html_);
    html_.Close("div");
    html_.Open("aside");
    for (const Marked* marked : here) {
      AppendFinding(*marked);
      placed_.insert(marked);
    }
    html_.Close("aside");
    html_.Close("div");
  }

  void AppendFinding(const Marked& marked) {
    const v1::Finding& finding = *marked.finding;
    html_.Open("div", {{"class",
                        absl::StrCat("finding ", ClassOf(finding.severity()))},
                       {"id", marked.id}});
    html_.Open("p");
    html_.Element("b", absl::StrCat(marked.symbol, " ",
                                    EnumLabel(finding.severity(), language_)));
    html_.Text(" ");
    html_.Element("code", finding.rule_id());
    html_.Close("p");
    html_.Element("p", MessageOf(finding, language_));
    AppendSides(finding);
    AppendAcknowledgements(finding);
    AppendLinks(marked);
    html_.Close("div");
  }

  // Without a sum, the message says what the figures are.
  void AppendSides(const v1::Finding& finding) {
    if (!finding.left().has_value() || !finding.right().has_value()) return;
    html_.Element("p", absl::StrCat(Pick({"左：", "left: "}),
                                    RenderSide(finding.left(), language_)));
    html_.Element("p", absl::StrCat(Pick({"右：", "right: "}),
                                    RenderSide(finding.right(), language_)));
  }

  void AppendAcknowledgements(const v1::Finding& finding) {
    for (const v1::Acknowledgement& acknowledgement : acknowledgements_) {
      if (!report::Acknowledges(acknowledgement, finding)) continue;
      html_.Element("p", absl::StrCat(Pick({"已说明：", "acknowledged: "}),
                                      PrintableLine(acknowledgement.reason())));
    }
  }

  void AppendLinks(const Marked& marked) {
    if (marked.fields.empty()) return;
    html_.Open("p");
    html_.Text(Pick({"涉及：", "About: "}));
    bool is_first = true;
    for (const std::string& field : marked.fields) {
      if (!is_first) html_.Text(Pick({"；", "; "}));
      is_first = false;
      if (!shown_.contains(field)) {
        html_.Text(FieldText(field));
        continue;
      }
      html_.Element("a", FieldText(field),
                    {{"href", absl::StrCat("#", ElementId(field, marks_))}});
    }
    html_.Close("p");
  }

  std::string FieldText(const std::string& field) const {
    const report::Schema& schema = report::Schema::Get();
    const auto cell = schema.Find(field);
    if (!cell.has_value()) return schema.TextLabel(field, language_);
    return schema.CellLabel(
        *cell, report::EditionOf(report_, schema.cells()[*cell].table_number),
        language_);
  }

  // What is about no cell and no paragraph, and what could not be assessed.
  void AppendRest() {
    html_.Open("footer", {{"class", "rest"}});
    for (const Marked& marked : marked_) {
      if (!placed_.contains(&marked)) AppendFinding(marked);
    }
    if (check_.not_assessable_count() > 0) {
      html_.Element("h2", EnumLabel(v1::OUTCOME_NOT_ASSESSABLE, language_));
      html_.Open("ul");
      for (const v1::Finding& finding : check_.findings()) {
        if (finding.outcome() == v1::OUTCOME_FAIL) continue;
        html_.Open("li");
        html_.Element("code", finding.rule_id());
        html_.Text(absl::StrCat(" ", MessageOf(finding, language_)));
        html_.Close("li");
      }
      html_.Close("ul");
    }
    html_.Close("footer");
  }

  const v1::Report& report_;
  const v1::CheckResult& check_;
  const Acknowledgements& acknowledgements_;
  const Language language_;
  const std::vector<Marked> marked_;
  const FindingMarks marks_;
  std::set<const Marked*> placed_;
  std::set<std::string> shown_;  // Links lead only to what is shown.
  HtmlBuilder html_;
};

}  // namespace

std::string RenderCheckHtml(const v1::Report& report,
                            const v1::CheckResult& check, Language language,
                            const Acknowledgements& acknowledgements) {
  return CheckPage(report, check, acknowledgements, language).Render();
}

}  // namespace annals::client
