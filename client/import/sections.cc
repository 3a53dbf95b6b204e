#include "client/import/sections.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/import/headings.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/title_lines.h"
#include "client/import/web_page.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr int kSectionCount = 6;

// Printed lines between each candidate and the next one.
std::vector<size_t> ContentSizes(const std::vector<Line>& lines,
                                 const std::vector<Heading>& candidates,
                                 size_t text_end) {
  std::vector<size_t> sizes;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const size_t end =
        i + 1 < candidates.size() ? candidates[i + 1].lines.begin : text_end;
    size_t size = candidates[i].rest.empty() ? 0 : 1;
    for (size_t line = candidates[i].lines.end; line < end; ++line) {
      if (!lines[line].IsEmpty()) ++size;
    }
    sizes.push_back(size);
  }
  return sizes;
}

void RemarkRepeated(const Heading& heading, int line,
                    std::vector<Remark>* remarks) {
  AddRemark("HEADING_REPEATED", line,
            {absl::StrCat("The heading '", heading.printed,
                          "' is printed more than once; the one with the most "
                          "text after it is taken."),
             absl::StrCat("标题“", heading.printed,
                          "”出现多次，已取其后内容最多的一处。")},
            remarks);
}

void RemarkMissing(v1::Section section, std::vector<Remark>* remarks) {
  const std::string zh = report::EnumLabel(section, report::Language::kZh);
  const std::string en = report::EnumLabel(section, report::Language::kEn);
  AddRemark("HEADING_NOT_FOUND", 0,
            {absl::StrCat("The heading '", zh, "' (", en,
                          ") was not found; check that the text is complete."),
             absl::StrCat("未找到标题“", zh, "”，请核对文本是否完整。")},
            remarks);
}

// Figures that a report's tables have at least.
constexpr int kMinReportFigures = 60;

int CountFigures(const Line& line) {
  if (line.decoration) return 0;
  return static_cast<int>(std::count_if(
      line.atoms.begin(), line.atoms.end(),
      [](const Atom& atom) { return atom.kind == AtomKind::kFigure; }));
}

// Where the report of another year begins below the tables of the first one;
// the end of the text if none does.
size_t EndOfReport(const std::vector<Line>& lines,
                   std::vector<Remark>* remarks) {
  int figures_left = 0;
  for (const Line& line : lines) figures_left += CountFigures(line);
  // Menus and running heads name years, too.
  std::set<int> years_above;
  int figures = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    figures += CountFigures(lines[i]);
    if (figures_left - figures < kMinReportFigures) break;
    const int year = TitleYear(lines[i]);
    if (year == 0) continue;
    if (figures < kMinReportFigures) years_above.insert(year);
    if (years_above.empty() || years_above.count(year) > 0) continue;
    AddRemark(
        "MORE_THAN_ONE_REPORT", lines[i].number,
        {absl::StrCat("The report for ", year,
                      " begins here; only the one before it is read."),
         absl::StrCat("此处开始为 ", year, " 年度报告，仅读取其前的报告。")},
        remarks);
    return i;
  }
  return lines.size();
}

// The candidate of each section that is numbered and has the most text: a table
// of contents has none.
std::vector<Heading> Choose(const std::vector<Line>& lines,
                            const std::vector<Heading>& candidates,
                            size_t text_end, std::vector<Remark>* remarks) {
  const std::vector<size_t> sizes = ContentSizes(lines, candidates, text_end);
  std::array<int, kSectionCount + 1> best;
  std::array<int, kSectionCount + 1> count{};
  best.fill(-1);
  for (size_t i = 0; i < candidates.size(); ++i) {
    int& chosen = best[candidates[i].section];
    const bool numbered = candidates[i].numbered;
    if (numbered) ++count[candidates[i].section];
    if (chosen == -1 ||
        std::make_pair(numbered, sizes[i]) >
            std::make_pair(candidates[chosen].numbered, sizes[chosen])) {
      chosen = static_cast<int>(i);
    }
  }
  std::vector<Heading> headings;
  for (int section = 1; section <= kSectionCount; ++section) {
    if (best[section] == -1) {
      RemarkMissing(static_cast<v1::Section>(section), remarks);
      continue;
    }
    const Heading& heading = candidates[best[section]];
    headings.push_back(heading);
    if (count[section] > 1) {
      RemarkRepeated(heading, lines[heading.lines.begin].number, remarks);
    }
  }
  std::sort(headings.begin(), headings.end(),
            [](const Heading& a, const Heading& b) {
              return a.lines.begin < b.lines.begin;
            });
  return headings;
}

using Cores = std::vector<std::u32string>;

Cores Table2Starts() {
  return {
      CoreOf(report::EnumLabel(v1::HEAD_ARTICLE_20_1, report::Language::kZh)),
      CoreOf(report::EnumLabel(v1::HEAD_ARTICLE_20_5, report::Language::kZh))};
}

// The first words of the note, the head and the first row: any of them may be
// broken over lines.
Cores Table3Starts() {
  constexpr size_t kFirstWords = 8;
  const auto* table = v1::Table3::descriptor();
  Cores cores = {
      CoreOf(table->options().GetExtension(v1::table_note).zh())
          .substr(0, kFirstWords),
      CoreOf(report::EnumLabel(v1::HEAD_APPLICANTS, report::Language::kZh))};
  for (const LabelWording& wording :
       LabelWordings(table->FindFieldByName("new_received"))) {
    cores.push_back(
        SegmentsOf(wording.text).back().core.substr(0, kFirstWords));
  }
  return cores;
}

// The first line in the range with a cell that has one of the cores in it; the
// range's end if there is none.
size_t FindCore(const std::vector<Line>& lines, LineRange range,
                const Cores& cores) {
  for (size_t i = range.begin; i < range.end; ++i) {
    if (lines[i].decoration) continue;
    for (const Atom& atom : lines[i].atoms) {
      if (atom.kind != AtomKind::kText || atom.text.size() > 400) continue;
      const std::u32string text = CoreOf(atom.text);
      for (const std::u32string& core : cores) {
        if (text.find(core) != std::u32string::npos) return i;
      }
    }
  }
  return range.end;
}

// Where the section after `line` begins.
size_t NextHeading(const Sections& sections, size_t line) {
  for (const Heading& heading : sections.headings) {
    if (heading.lines.begin > line) return heading.lines.begin;
  }
  return sections.line_count;
}

size_t EndOf(const Heading* heading, size_t otherwise) {
  return heading == nullptr ? otherwise : heading->lines.end;
}

// What stands under the headings of a section that were not chosen.
std::vector<LineRange> Reprints(const std::vector<Line>& lines,
                                const std::vector<Heading>& candidates,
                                v1::Section section, const Heading* chosen,
                                size_t end) {
  std::vector<LineRange> reprints;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Heading& heading = candidates[i];
    if (heading.section != section || chosen == nullptr ||
        heading.lines.begin == chosen->lines.begin) {
      continue;
    }
    const LineRange range = {
        heading.lines.end,
        i + 1 < candidates.size() ? candidates[i + 1].lines.begin : end};
    const bool figures =
        std::any_of(lines.begin() + range.begin, lines.begin() + range.end,
                    [](const Line& line) { return line.HasFigure(); });
    if (figures) reprints.push_back(range);
  }
  return reprints;
}

void FindTables(const std::vector<Line>& lines, Sections* sections) {
  const Heading* s2 = sections->Find(v1::SECTION_S2_PROACTIVE);
  const Heading* s3 = sections->Find(v1::SECTION_S3_REQUESTS);
  const Heading* s4 = sections->Find(v1::SECTION_S4_DISPUTES);
  const size_t count = sections->line_count;
  const size_t begin2 = s2 != nullptr
                            ? s2->lines.end
                            : FindCore(lines, {0, count}, Table2Starts());
  const size_t begin3 =
      s3 != nullptr ? s3->lines.end
                    : FindCore(lines, {begin2 == count ? 0 : begin2, count},
                               Table3Starts());
  if (begin2 < count) {
    sections->table2 = {begin2, NextHeading(*sections, begin2)};
    if (s3 == nullptr && begin3 > begin2) {
      sections->table2.end = std::min(sections->table2.end, begin3);
    }
  }
  if (begin3 < count) {
    sections->table3 = {begin3, NextHeading(*sections, begin3)};
  }
  const size_t begin4 = EndOf(s4, sections->table3.begin);
  if (s4 != nullptr || begin3 < count) {
    sections->table4 = {begin4, NextHeading(*sections, begin4)};
  }
}

}  // namespace

const Heading* Sections::Find(v1::Section section) const {
  for (const Heading& heading : headings) {
    if (heading.section == section) return &heading;
  }
  return nullptr;
}

std::optional<LineRange> Sections::Body(v1::Section section) const {
  const Heading* heading = Find(section);
  if (heading == nullptr) return std::nullopt;
  LineRange body = {heading->lines.end, line_count};
  for (const Heading& other : headings) {
    if (other.lines.begin >= heading->lines.end) {
      body.end = std::min(body.end, other.lines.begin);
    }
  }
  return body;
}

Sections FindSections(const std::vector<Line>& lines,
                      std::vector<Remark>* remarks) {
  std::vector<Heading> candidates;
  const size_t end = EndOfReport(lines, remarks);
  for (size_t i = 0; i < end; ++i) {
    auto heading = HeadingAt(lines, i);
    if (!heading.has_value()) continue;
    i = heading->lines.end - 1;
    candidates.push_back(*std::move(heading));
  }
  Sections sections;
  sections.line_count = end;
  sections.headings = Choose(lines, candidates, end, remarks);
  const Heading* last = sections.Find(v1::SECTION_S6_OTHER);
  if (last != nullptr &&
      last->lines.begin == sections.headings.back().lines.begin) {
    sections.line_count = PageFootBegin(lines, {last->lines.end, end});
  }
  FindTables(lines, &sections);
  const auto reprints = [&](v1::Section section) {
    return Reprints(lines, candidates, section, sections.Find(section), end);
  };
  sections.reprints2 = reprints(v1::SECTION_S2_PROACTIVE);
  sections.reprints3 = reprints(v1::SECTION_S3_REQUESTS);
  sections.reprints4 = reprints(v1::SECTION_S4_DISPUTES);
  return sections;
}

}  // namespace annals::client
