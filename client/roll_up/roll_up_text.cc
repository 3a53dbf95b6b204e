#include "client/roll_up/roll_up_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/counted.h"
#include "client/render/field_text.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/render/report_csv.h"
#include "service/report/roll_up_sum.h"

namespace annals::client {
namespace {

std::optional<int64_t> SumOf(const v1::RollUpCell& cell) {
  return cell.has_sum() ? std::optional<int64_t>(cell.sum()) : std::nullopt;
}

std::optional<int64_t> RegionalOf(const v1::RollUpCell& cell) {
  return cell.has_regional() ? std::optional<int64_t>(cell.regional())
                             : std::nullopt;
}

std::optional<int64_t> FigureOf(const v1::Contribution* contribution) {
  return contribution->has_value()
             ? std::optional<int64_t>(contribution->value())
             : std::nullopt;
}

// Whether there is a regional report to compare with.
bool HasRegional(const v1::RollUpResponse& response) {
  const std::string& regional = response.regional_revision();
  const auto& erased = response.erased();
  return !regional.empty() &&
         std::find(erased.begin(), erased.end(), regional) == erased.end();
}

// What the regional figure is more than the sum.
std::optional<int64_t> DifferenceOf(const v1::RollUpCell& cell) {
  int64_t difference = 0;
  if (!cell.has_sum() || !cell.has_regional() ||
      __builtin_sub_overflow(cell.regional(), cell.sum(), &difference)) {
    return std::nullopt;
  }
  return difference;
}

std::string SumText(const v1::RollUpCell& cell, Language language) {
  if (!cell.has_sum() && cell.contribution_count() > 0) {
    return Text{"超出64位", "beyond 64 bits"}.In(language);
  }
  return FigureText(cell.cell(), SumOf(cell), language);
}

std::string DifferenceText(const v1::RollUpCell& cell, Language language) {
  const std::optional<int64_t> difference = DifferenceOf(cell);
  if (!difference.has_value() || *difference == 0) return "";
  return absl::StrCat(*difference > 0 ? "+" : "",
                      FigureText(cell.cell(), difference, language));
}

std::string ContributionLabel(const v1::Contribution& contribution) {
  return absl::StrCat("    ", PrintableLine(contribution.display_name()), "  ",
                      PrintableLine(contribution.revision()));
}

void AddContributionRows(const v1::RollUpCell& cell, Language language,
                         ListTable* table) {
  for (const v1::Contribution& contribution : cell.contributions()) {
    table->rows.push_back(
        {ContributionLabel(contribution),
         FigureText(cell.cell(), FigureOf(&contribution), language), "", ""});
  }
  const int more = cell.contribution_count() + cell.blank_count() -
                   cell.contributions_size();
  if (cell.contributions_size() > 0 && more > 0) {
    table->rows.push_back({Text{absl::StrCat("    另有 ", more, " 份"),
                                absl::StrCat("    and ", more, " more")}
                               .In(language),
                           "", "", ""});
  }
}

std::string CodeOf(const v1::Agency& agency) {
  return PrintableLine(absl::StripPrefix(agency.name(), "agencies/"));
}

std::string Heading(const Text& what, int count, Language language) {
  return absl::StrCat("\n", what.In(language),
                      language == Language::kZh ? "（" : " (", count,
                      language == Language::kZh ? "）\n" : ")\n");
}

// Of the office's regional report, if there is none to compare with.
Text NoRegionalText(const v1::RollUpResponse& response, Absence absence) {
  if (!response.regional_revision().empty()) {
    return {"；本机关汇总报告的内容已删除",
            "; the office's regional report was erased"};
  }
  switch (absence) {
    case Absence::kNotFiled:
      return {"；本机关未报送汇总报告",
              "; the office's regional report was not filed"};
    case Absence::kNotInEffect:
      return {"；本机关的汇总报告已报送，未生效",
              "; the office's regional report was filed and is not in effect"};
    case Absence::kWithdrawn:
      return {"；本机关的汇总报告已撤回",
              "; the office's regional report was withdrawn"};
    case Absence::kUnknown:
      break;
  }
  return {"；本机关没有生效的汇总报告",
          "; the office's regional report is not in effect"};
}

std::string RenderMissing(const v1::RollUpResponse& response,
                          const RollUpGaps& gaps, Language language,
                          AmbiguousWidth ambiguous) {
  if (response.missing().empty()) return "";
  ListTable table;
  table.head = {Text{"代码", "code"}.In(language),
                Text{"机关", "agency"}.In(language),
                Text{"原因", "why"}.In(language)};
  for (const v1::Agency& agency : response.missing()) {
    table.rows.push_back({CodeOf(agency), PrintableLine(agency.display_name()),
                          AbsenceText(gaps.Of(agency)).In(language)});
  }
  return absl::StrCat(Heading(AbsenceText(Absence::kUnknown),
                              response.missing_size(), language),
                      RenderList(table, ambiguous));
}

std::string Number(std::optional<int64_t> value) {
  return value.has_value() ? absl::StrCat(*value) : std::string();
}

}  // namespace

std::vector<const v1::RollUpCell*> ShownCells(
    const v1::RollUpResponse& response,
    const std::vector<std::string>& chosen) {
  std::vector<const v1::RollUpCell*> cells;
  for (const v1::RollUpCell& cell : response.cells()) {
    bool is_shown = false;
    if (!chosen.empty()) {
      is_shown =
          std::find(chosen.begin(), chosen.end(), cell.cell()) != chosen.end();
    } else if (HasRegional(response)) {
      is_shown = report::DiffersFromRegional(cell);
    } else {
      is_shown = cell.contribution_count() > 0;
    }
    if (is_shown) cells.push_back(&cell);
  }
  return cells;
}

Text RollUpSummary(const v1::RollUpResponse& response, const RollUpGaps& gaps,
                   int year) {
  Text text = {
      absl::StrCat(year, " 年度：加总 ", response.revisions_size(),
                   " 份报告，未报送或未生效 ", response.missing_size(),
                   "，已计入他处 ", response.counted_elsewhere_size(),
                   "，内容已删除 ", response.erased_size()),
      absl::StrCat(
          year, ": ", Counted(response.revisions_size(), "report", "reports"),
          " added up, ", response.missing_size(),
          " not filed or not in effect, ", response.counted_elsewhere_size(),
          " counted elsewhere, ", response.erased_size(), " erased")};
  const std::string regional = PrintableLine(response.regional_revision());
  if (!HasRegional(response)) {
    const Text none = NoRegionalText(response, gaps.regional);
    absl::StrAppend(&text.zh, none.zh);
    absl::StrAppend(&text.en, none.en);
  } else {
    const auto differing = std::count_if(
        response.cells().begin(), response.cells().end(),
        [](const auto& cell) { return report::DiffersFromRegional(cell); });
    absl::StrAppend(&text.zh, "；与 ", regional, " 不同的单元格 ", differing,
                    " 个");
    absl::StrAppend(
        &text.en, "; ", differing,
        differing == 1 ? " cell differs from " : " cells differ from ",
        regional);
  }
  absl::StrAppend(&text.zh, "；账本 ", response.tree_size(), " 个条目");
  absl::StrAppend(&text.en, "; ledger of ",
                  Counted(response.tree_size(), "entry", "entries"));
  return text;
}

std::string RenderRollUpCells(const v1::RollUpResponse& response,
                              const std::vector<const v1::RollUpCell*>& cells,
                              Language language, AmbiguousWidth ambiguous) {
  if (cells.empty()) return "";
  ListTable table;
  table.head = {Text{"单元格与各份报告", "cell, and the reports"}.In(language),
                Text{"合计", "sum"}.In(language),
                Text{"汇总报告", "regional"}.In(language),
                Text{"相差", "difference"}.In(language)};
  table.aligns = {Align::kLeft, Align::kRight, Align::kRight, Align::kRight};
  for (const v1::RollUpCell* cell : cells) {
    table.rows.push_back({FieldLabelText(cell->cell(), language),
                          SumText(*cell, language),
                          FigureText(cell->cell(), RegionalOf(*cell), language),
                          DifferenceText(*cell, language)});
    AddContributionRows(*cell, language, &table);
  }
  if (!HasRegional(response)) {
    table.head.resize(2);
    table.aligns.resize(2);
    for (std::vector<std::string>& row : table.rows) row.resize(2);
  }
  return RenderList(table, ambiguous);
}

std::string RenderLeftOut(const v1::RollUpResponse& response,
                          const RollUpGaps& gaps, Language language,
                          AmbiguousWidth ambiguous) {
  std::string text = RenderMissing(response, gaps, language, ambiguous);
  if (response.erased_size() > 0) {
    absl::StrAppend(&text,
                    Heading({"内容已删除，无法计入", "Erased, so not added up"},
                            response.erased_size(), language));
    for (const std::string& revision : response.erased()) {
      absl::StrAppend(&text, PrintableLine(revision), "\n");
    }
  }
  if (response.of_dissolved_agencies_size() > 0) {
    absl::StrAppend(
        &text, Heading({"机关年末已撤销，未计入（由承接机关报告）",
                        "Of agencies dissolved by the end of the year, so not "
                        "added up (their successors report)"},
                       response.of_dissolved_agencies_size(), language));
    for (const std::string& report : response.of_dissolved_agencies()) {
      absl::StrAppend(&text, PrintableLine(report), "\n");
    }
  }
  if (response.counted_elsewhere_size() > 0) {
    absl::StrAppend(&text,
                    Heading({"已含在下级汇总报告中，不再计入",
                             "In a subordinate regional report already"},
                            response.counted_elsewhere_size(), language));
    ListTable table;
    table.head = {Text{"报告", "report"}.In(language),
                  Text{"已含于", "included in"}.In(language)};
    for (const v1::CountedElsewhere& counted : response.counted_elsewhere()) {
      table.rows.push_back({PrintableLine(counted.report()),
                            PrintableLine(counted.included_in())});
    }
    absl::StrAppend(&text, RenderList(table, ambiguous));
  }
  return text;
}

std::string RenderNotInSums(const v1::RollUpResponse& response,
                            const RollUpGaps& gaps, Language language) {
  std::string text;
  for (const v1::Agency& agency : response.missing()) {
    const Text why = AbsenceText(gaps.Of(agency));
    absl::StrAppend(
        &text, "  ", CodeOf(agency), "  ", PrintableLine(agency.display_name()),
        language == Language::kZh ? "：" : ": ", why.In(language), "\n");
  }
  for (const std::string& revision : response.erased()) {
    // It is what the draft is to replace.
    if (revision == response.regional_revision()) continue;
    absl::StrAppend(&text, "  ", PrintableLine(revision),
                    Text{"：内容已删除", ": erased"}.In(language), "\n");
  }
  return text;
}

std::string RollUpCsv(const std::vector<const v1::RollUpCell*>& cells,
                      Language language) {
  std::string csv =
      "cell,label,sum,regional,difference,figures,blanks,revision,agency,"
      "value\r\n";
  for (const v1::RollUpCell* cell : cells) {
    const std::string begin = absl::StrCat(
        cell->cell(), ",", CsvText(ExactLabelText(cell->cell(), language)), ",",
        Number(SumOf(*cell)), ",", Number(RegionalOf(*cell)), ",",
        Number(DifferenceOf(*cell)), ",", cell->contribution_count(), ",",
        cell->blank_count(), ",");
    if (cell->contributions_size() == 0) {
      absl::StrAppend(&csv, begin, ",,\r\n");
    }
    for (const v1::Contribution& contribution : cell->contributions()) {
      absl::StrAppend(&csv, begin, CsvText(contribution.revision()), ",",
                      CsvText(contribution.display_name()), ",");
      absl::StrAppend(&csv, Number(FigureOf(&contribution)), "\r\n");
    }
  }
  return csv;
}

}  // namespace annals::client
