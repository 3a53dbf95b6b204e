#include "client/archive/manifest.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "client/archive/csv.h"
#include "client/archive/stated_publication.h"
#include "client/commands/arguments.h"
#include "client/exit_code.h"
#include "client/files.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kColumns[] = {"file",  "agency",       "year",
                                          "scope", "report",       "published",
                                          "url",   "index_number", "reason"};
constexpr absl::string_view kNeeded[] = {"file", "agency", "year"};

std::string ColumnList() { return absl::StrJoin(kColumns, ", "); }

absl::Status UnknownColumn(const std::string& name) {
  return UsageError(
      {absl::StrCat("清单的列“", name, "”不认识；可用的列：", ColumnList()),
       absl::StrCat("the manifest's column \"", name,
                    "\" is not known; columns: ", ColumnList())});
}

absl::Status MissingColumn(absl::string_view name) {
  return UsageError(
      {absl::StrCat("清单缺少“", name, "”列；第一行须列出列名：", ColumnList()),
       absl::StrCat("the manifest has no column \"", name,
                    "\"; its first row names the columns: ", ColumnList())});
}

absl::StatusOr<int> ParseYear(absl::string_view text) {
  int year = 0;
  if (text.size() == 4 && absl::SimpleAtoi(text, &year)) return year;
  return UsageError(
      {absl::StrCat("年度“", text, "”须为四位数字"),
       absl::StrCat("the year \"", text, "\" must have four digits")});
}

absl::StatusOr<v1::Scope> ParseScope(absl::string_view text) {
  if (text.empty() || text == "organ") return v1::SCOPE_ORGAN;
  if (text == "regional") return v1::SCOPE_REGIONAL;
  return UsageError(
      {absl::StrCat("口径“", text, "”须为 organ（本机关）或 regional（汇总）"),
       absl::StrCat("the scope \"", text, "\" must be organ or regional")});
}

absl::StatusOr<report::ReportName> MakeName(const std::string& agency,
                                            absl::string_view year,
                                            absl::string_view scope) {
  report::ReportName name;
  ASSIGN_OR_RETURN(const report::AgencyName parsed, AgencyArgument(agency));
  name.agency_code = parsed.code;
  ASSIGN_OR_RETURN(name.year, ParseYear(year));
  ASSIGN_OR_RETURN(name.scope, ParseScope(scope));
  return report::ParseReportName(name.ToString());
}

// The columns of a manifest, by name.
class Columns {
 public:
  static absl::StatusOr<Columns> Of(const CsvRow& head) {
    Columns columns;
    for (size_t i = 0; i < head.fields.size(); ++i) {
      const std::string& name = head.fields[i];
      if (std::find(std::begin(kColumns), std::end(kColumns), name) ==
          std::end(kColumns)) {
        return UnknownColumn(name);
      }
      if (!columns.places_.emplace(name, i).second) {
        return UsageError(
            {absl::StrCat("清单的列“", name, "”出现两次"),
             absl::StrCat("the manifest has the column \"", name, "\" twice")});
      }
    }
    for (const absl::string_view name : kNeeded) {
      if (columns.places_.count(std::string(name)) == 0) {
        return MissingColumn(name);
      }
    }
    return columns;
  }

  size_t count() const { return places_.size(); }

  // Empty if there is no such column, or the row is too short.
  std::string Get(const CsvRow& row, const std::string& name) const {
    const auto place = places_.find(name);
    return place == places_.end() || place->second >= row.fields.size()
               ? std::string()
               : row.fields[place->second];
  }

 private:
  std::map<std::string, size_t> places_;
};

std::string Beside(const std::string& directory, const std::string& file) {
  if (file.empty() || fs::path(file).is_absolute()) return file;
  return (fs::path(directory) / file).string();
}

absl::StatusOr<ArchiveItem> ReadRow(const Columns& columns, const CsvRow& row,
                                    const std::string& directory,
                                    const std::string& reason) {
  if (row.fields.size() != columns.count()) {
    return UsageError({absl::StrCat("有 ", row.fields.size(), " 项，应有 ",
                                    columns.count(), " 项"),
                       absl::StrCat(row.fields.size(), " fields, expected ",
                                    columns.count())});
  }
  ArchiveItem item;
  item.source = Beside(directory, columns.Get(row, "file"));
  item.report_file = Beside(directory, columns.Get(row, "report"));
  if (item.source.empty()) {
    return UsageError({"没有写明文件", "it names no file"});
  }
  ASSIGN_OR_RETURN(
      item.name, MakeName(columns.Get(row, "agency"), columns.Get(row, "year"),
                          columns.Get(row, "scope")));
  const std::string published = columns.Get(row, "published");
  if (!published.empty()) {
    ASSIGN_OR_RETURN(item.published, ParseDay(published));
  }
  item.url = columns.Get(row, "url");
  item.index_number = columns.Get(row, "index_number");
  RETURN_IF_ERROR(ValidateStatedPublication(item, StatedIn::kColumns));
  item.reason = columns.Get(row, "reason");
  if (item.reason.empty()) item.reason = reason;
  if (item.reason.empty()) {
    return UsageError({"没有理由；请填写 reason 列或给出 --reason",
                       "no reason; fill the column or give --reason"});
  }
  return item;
}

// 2025-02-30: as a day is written, whether or not there is one.
bool IsWrittenAsDay(absl::string_view text) {
  constexpr absl::string_view kForm = "0000-00-00";
  const auto fits = [](char c, char form) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    return form == '0' ? digit : c == form;
  };
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), fits);
}

absl::Status NotNamed(const fs::path& path) {
  return UsageError(
      {absl::StrCat(path.string(),
                    " 的名称不合要求；目录中的文件应命名为 "
                    "机关代码/年度.扩展名 或 "
                    "机关代码/年度-regional.扩展名"),
       absl::StrCat(path.string(),
                    " is not named as it must be: CODE/YEAR.EXT or "
                    "CODE/YEAR-regional.EXT")});
}

absl::Status SeveralFiles(const std::string& report) {
  return UsageError(
      {absl::StrCat("目录中有多个文件是同一份报告 ", report,
                    "；请只留一个（annals archive 可用清单 --manifest 说明"
                    "次序）"),
       absl::StrCat("several files are the report ", report,
                    "; leave one of them there (annals archive can be told "
                    "their order, by --manifest)")});
}

absl::StatusOr<ArchiveItem> ItemOfFile(const fs::path& path) {
  ArchiveItem item;
  item.source = path.string();
  std::string stem = path.stem().string();
  const size_t dash = stem.find("-regional");
  const bool is_regional = dash == 4 && stem.size() == dash + 9;
  if (is_regional) stem.resize(dash);
  auto name = MakeName(path.parent_path().filename().string(), stem,
                       is_regional ? "regional" : "organ");
  if (!name.ok()) return NotNamed(path);
  item.name = *std::move(name);
  return item;
}

// A report is checked against that of the year before, and a regional one
// against those that it adds up: the older years come first, all regional
// reports after the others, and what is no report last.
void SortForChecks(std::vector<ArchiveEntry>* entries) {
  const auto turn = [](const ArchiveEntry& entry) {
    if (!entry.item.ok()) return std::pair(2, 0);
    const report::ReportName& name = entry.item->name;
    return std::pair(name.scope == v1::SCOPE_REGIONAL ? 1 : 0, name.year);
  };
  std::stable_sort(entries->begin(), entries->end(),
                   [&](const ArchiveEntry& left, const ArchiveEntry& right) {
                     return turn(left) < turn(right);
                   });
}

}  // namespace

absl::StatusOr<std::vector<ArchiveEntry>> ReadManifest(
    absl::string_view csv, const std::string& directory,
    const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<CsvRow> rows, ParseCsv(csv));
  if (rows.empty()) return MissingColumn(kNeeded[0]);
  ASSIGN_OR_RETURN(const Columns columns, Columns::Of(rows.front()));
  std::vector<ArchiveEntry> entries;
  for (size_t i = 1; i < rows.size(); ++i) {
    ArchiveEntry entry{columns.Get(rows[i], "file"), rows[i].line,
                       ReadRow(columns, rows[i], directory, reason)};
    if (entry.item.ok()) entry.source = entry.item->source;
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<std::vector<ArchiveEntry>> ReadArchiveDirectory(
    const std::string& directory, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<FoundFile> files, FilesIn(directory));
  std::vector<ArchiveEntry> entries;
  std::map<std::string, int> files_of_report;
  for (const FoundFile& file : files) {
    ArchiveEntry entry{file.path, 0,
                       file.status.ok()
                           ? ItemOfFile(file.path)
                           : absl::StatusOr<ArchiveItem>(file.status)};
    if (entry.item.ok()) {
      entry.item->reason = reason;
      ++files_of_report[entry.item->name.ToString()];
    }
    entries.push_back(std::move(entry));
  }
  for (ArchiveEntry& entry : entries) {
    if (!entry.item.ok()) continue;
    const std::string name = entry.item->name.ToString();
    if (files_of_report[name] > 1) entry.item = SeveralFiles(name);
  }
  SortForChecks(&entries);
  return entries;
}

absl::StatusOr<v1::Date> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  if (text.size() == 10 && absl::ParseCivilTime(text, &day) &&
      absl::FormatCivilTime(day) == text) {
    v1::Date date;
    date.set_year(static_cast<int32_t>(day.year()));
    date.set_month(day.month());
    date.set_day(day.day());
    return date;
  }
  if (IsWrittenAsDay(text)) {
    return UsageError({absl::StrCat("没有“", text, "”这一天"),
                       absl::StrCat("there is no day \"", text, "\"")});
  }
  return UsageError(
      {absl::StrCat("日期“", text, "”应写成 2025-01-20 的形式"),
       absl::StrCat("the day \"", text, "\" must be written as 2025-01-20")});
}

}  // namespace annals::client
