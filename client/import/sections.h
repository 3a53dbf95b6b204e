// Finds the headings of the six sections, and where the tables stand.

#ifndef ANNALS_CLIENT_IMPORT_SECTIONS_H_
#define ANNALS_CLIENT_IMPORT_SECTIONS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/remark.h"

namespace annals::client {

// Lines [begin, end) by their index.
struct LineRange {
  size_t begin = 0;
  size_t end = 0;

  bool IsEmpty() const { return begin >= end; }
};

struct Heading {
  v1::Section section = v1::SECTION_UNSPECIFIED;
  // The lines that print it.
  LineRange lines;
  // The heading with its number.
  std::string printed;
  // Text of the section that follows on the heading's line.
  absl::string_view rest;
  bool numbered = false;
};

// A report cut into its sections.
struct Sections {
  // One per section at most, in the order of the text.
  std::vector<Heading> headings;

  const Heading* Find(v1::Section section) const;
  // The lines between the section's heading and the next heading; absent if it
  // has no heading.
  std::optional<LineRange> Body(v1::Section section) const;

  // Where each table is read from; by heading, else by its own words. Empty if
  // nothing of the table was found.
  LineRange table2;
  LineRange table3;
  LineRange table4;
  // What stands under other headings of the same section, as when the tables
  // are printed again in an annex.
  std::vector<LineRange> reprints2;
  std::vector<LineRange> reprints3;
  std::vector<LineRange> reprints4;

  // The lines of the report: another report may follow.
  size_t line_count = 0;
};

// Cuts the text. Repeated and missing headings are remarked.
Sections FindSections(const std::vector<Line>& lines,
                      std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_SECTIONS_H_
