#include "client/render/import_summary.h"

#include "absl/strings/str_cat.h"
#include "client/render/display_width.h"
#include "client/render/printable.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

const std::string& In(const ErrorText& text, Language language) {
  return language == Language::kZh ? text.zh : text.en;
}

std::string LinePlace(int line, Language language) {
  if (line == 0) return std::string();
  return Text{absl::StrCat("第 ", line, " 行，"),
              absl::StrCat("line ", line, ", ")}
      .In(language);
}

void AppendCell(const CellReading& reading, v1::Edition edition,
                Language language, std::string* text) {
  const report::Schema& schema = report::Schema::Get();
  const std::string kind = reading.certainty == Certainty::kMissing
                               ? Text{"缺失", "missing"}.In(language)
                               : Text{"存疑", "doubtful"}.In(language);
  absl::StrAppend(text, "  ", kind, "  ", schema.cells()[reading.cell].id, "  ",
                  schema.CellLabel(reading.cell, edition, language),
                  "\n        ", LinePlace(reading.line, language));
  if (!reading.printed.empty()) {
    absl::StrAppend(text,
                    Text{absl::StrCat("印作“", reading.printed, "”，"),
                         absl::StrCat("printed \"", reading.printed, "\", ")}
                        .In(language));
  }
  absl::StrAppend(text, In(reading.reason, language), "\n");
}

size_t DoubtfulCells(const ImportResult& imported) {
  return static_cast<size_t>(imported.Count(Certainty::kDoubtful) +
                             imported.Count(Certainty::kMissing));
}

}  // namespace

size_t CountDoubts(const ImportResult& imported) {
  return DoubtfulCells(imported) + imported.remarks.size();
}

std::string RenderDoubts(const ImportResult& imported, Language language) {
  std::string text;
  for (const Remark& remark : imported.remarks) {
    absl::StrAppend(&text, "  ", LinePlace(remark.line, language),
                    In(remark.text, language), " (", remark.code, ")\n");
  }
  for (const CellReading& reading : imported.cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    const int table = report::Schema::Get().cells()[reading.cell].table_number;
    AppendCell(reading, report::EditionOf(imported.report, table), language,
               &text);
  }
  return PrintableText(text);
}

std::string RenderImportSummary(const ImportResult& imported,
                                Language language) {
  const v1::Report& report = imported.report;
  const int certain = imported.Count(Certainty::kCertain);
  const int doubtful = imported.Count(Certainty::kDoubtful);
  const int missing = imported.Count(Certainty::kMissing);
  std::string text =
      Text{
          absl::StrCat(report.title(), "\n年度 ", report.year(), "；单元格共 ",
                       imported.cells.size(), " 个：确定 ", certain, "，存疑 ",
                       doubtful, "，缺失 ", missing, "\n"),
          absl::StrCat(report.title(), "\nyear ", report.year(), "; ",
                       imported.cells.size(), " cells: ", certain, " certain, ",
                       doubtful, " doubtful, ", missing, " missing\n")}
          .In(language);
  return PrintableText(text);
}

}  // namespace annals::client
