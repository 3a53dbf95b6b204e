#include "client/render/cell_list.h"

#include "absl/strings/str_cat.h"
#include "client/json_text.h"
#include "client/render/printable.h"
#include "client/render/table_layout.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

std::string CellRow(const report::Cells& cells, report::CellIndex cell,
                    const v1::Report& report, Language language) {
  const report::Schema& schema = report::Schema::Get();
  const report::CellInfo& info = schema.cells()[cell];
  return absl::StrCat(
      info.id, "\t", PrintableLine(CellText(cells, cell, report)), "\t",
      schema.CellLabel(cell, report::EditionOf(report, info.table_number),
                       language));
}

void AddPlace(const SourcePlace& place, JsonObject* json) {
  const auto add = [json](const char* name, int number) {
    if (number > 0) json->AddNumber(name, number);
  };
  add("page", place.page);
  add("line", place.line);
  add("paragraph", place.paragraph);
  add("table", place.table);
  add("row", place.row);
  add("table_cell", place.cell);
  if (!place.sheet_cell.empty()) json->Add("sheet_cell", place.sheet_cell);
}

absl::StatusOr<std::string> ReadingJson(const CellReading& reading) {
  JsonObject json;
  json.Add("cell", report::Schema::Get().cells()[reading.cell].id);
  if (reading.value.has_value()) {
    json.Add("value", absl::StrCat(*reading.value));
  }
  json.Add("certainty", CertaintyWord(reading.certainty));
  AddPlace(reading.place, &json);
  if (!reading.printed.empty()) json.Add("printed", reading.printed);
  if (reading.certainty != Certainty::kCertain) {
    json.Add("reason_zh", reading.reason.zh);
    json.Add("reason_en", reading.reason.en);
  }
  return json.Line();
}

}  // namespace

const char* CertaintyWord(Certainty certainty) {
  switch (certainty) {
    case Certainty::kCertain:
      return "certain";
    case Certainty::kDoubtful:
      return "doubtful";
    case Certainty::kMissing:
      return "missing";
  }
  return "";
}

std::vector<report::CellIndex> ListedCells(const v1::Report& report) {
  const report::Schema& schema = report::Schema::Get();
  const report::Cells cells = report::ReadCells(report);
  std::vector<report::CellIndex> listed;
  for (size_t i = 0; i < cells.size(); ++i) {
    const report::CellInfo& info = schema.cells()[i];
    v1::Edition edition = report::EditionOf(report, info.table_number);
    if (edition == v1::EDITION_UNSPECIFIED) edition = v1::EDITION_2021;
    if (cells[i].has_value() || info.In(edition)) {
      listed.push_back(static_cast<report::CellIndex>(i));
    }
  }
  return listed;
}

std::string RenderCells(const v1::Report& report, Language language) {
  const report::Cells cells = report::ReadCells(report);
  std::string text;
  for (report::CellIndex cell : ListedCells(report)) {
    absl::StrAppend(&text, CellRow(cells, cell, report, language), "\n");
  }
  return text;
}

std::string RenderReadings(const ImportResult& imported, Language language) {
  const report::Cells cells = report::ReadCells(imported.report);
  std::string text;
  for (const CellReading& reading : imported.cells) {
    const ErrorText place = DescribePlace(reading.place);
    absl::StrAppend(
        &text, CellRow(cells, reading.cell, imported.report, language), "\t",
        PrintableLine(language == Language::kZh ? place.zh : place.en), "\t",
        CertaintyWord(reading.certainty), "\n");
  }
  return text;
}

absl::StatusOr<std::string> ReadingsJson(const ImportResult& imported) {
  std::string text;
  for (const CellReading& reading : imported.cells) {
    ASSIGN_OR_RETURN(const std::string line, ReadingJson(reading));
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

}  // namespace annals::client
