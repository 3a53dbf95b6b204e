#include "client/import/blank_rows.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "client/import/normalise.h"

namespace annals::client {
namespace {

// No label is longer; prose is.
constexpr size_t kLabelBytesMax = 400;

struct LoneLabel {
  int line = 0;
  // Its line has cells, all blank but for the label.
  bool has_cells = false;
};

class LabelFinder {
 public:
  LabelFinder(const std::vector<FormRow>& form, LabelMatcher* matcher)
      : matcher_(*matcher) {
    for (size_t row = 0; row < form.size(); ++row) {
      for (const LabelWording& wording : LabelWordings(form[row].field)) {
        rows_by_core_[CoreOf(wording.text)].insert(static_cast<int>(row));
      }
    }
  }

  // By the row of the form, the first line that prints its label alone.
  std::map<int, LoneLabel> Find(const std::vector<Line>& lines,
                                LineRange range) {
    for (size_t i = range.begin; i < range.end; ++i) {
      const Line& line = lines[i];
      if (line.IsEmpty()) continue;
      // Where each row has a line, a label does not go on on the next one.
      if (line.HasFigure() || line.delimited) MatchSegments();
      if (line.HasFigure()) continue;
      TakeLine(line);
      if (line.delimited) MatchSegments();
    }
    MatchSegments();
    return std::move(found_);
  }

 private:
  void TakeLine(const Line& line) {
    const LoneLabel place = {
        line.number,
        std::any_of(line.atoms.begin(), line.atoms.end(), [](const Atom& atom) {
          return atom.kind == AtomKind::kBlank;
        })};
    for (const Atom& atom : line.atoms) {
      if (atom.kind != AtomKind::kText || atom.text.size() > kLabelBytesMax) {
        continue;
      }
      // 规章 is too short to be told anywhere else.
      const auto known = rows_by_core_.find(CoreOf(atom.text));
      if (known != rows_by_core_.end() && known->second.size() == 1) {
        found_.emplace(*known->second.begin(), place);
      }
      AppendSegments(atom.text, &segments_);
      places_.resize(segments_.size(), place);
    }
  }

  void MatchSegments() {
    for (size_t i = 0; i < segments_.size(); ++i) {
      if (matcher_.IsHead(segments_[i])) continue;
      const LabelMatch match = matcher_.Match(segments_[i]);
      if (match.quality >= MatchQuality::kStrong) {
        found_.emplace(match.row, places_[i]);
      }
    }
    segments_.clear();
    places_.clear();
  }

  LabelMatcher& matcher_;
  std::map<std::u32string, std::set<int>> rows_by_core_;
  // Of labels that may go on, and where each begins.
  std::vector<Segment> segments_;
  std::vector<LoneLabel> places_;
  std::map<int, LoneLabel> found_;
};

ErrorText ReasonOf(const LoneLabel& label) {
  if (label.has_cells) {
    return {"The row is there, but its cells are blank.",
            "该行存在，但各单元格均为空白。"};
  }
  return {"The row's label is there, but no figure stands beside it.",
          "有该行的标签，但其旁没有数字。"};
}

}  // namespace

void AddBlankRows(const std::vector<Line>& lines, LineRange range,
                  const std::vector<FormRow>& form, v1::Edition edition,
                  LabelMatcher* matcher, std::vector<CellReading>* readings) {
  std::set<report::CellIndex> read;
  for (const CellReading& reading : *readings) read.insert(reading.cell);
  for (const auto& [row, label] :
       LabelFinder(form, matcher).Find(lines, range)) {
    const std::vector<report::CellIndex> cells =
        form[static_cast<size_t>(row)].CellsIn(edition);
    const bool is_read = std::any_of(
        cells.begin(), cells.end(),
        [&](report::CellIndex cell) { return read.contains(cell); });
    if (is_read) continue;
    for (report::CellIndex cell : cells) {
      readings->push_back(MissingCell(cell, ReasonOf(label)));
      readings->back().line = label.line;
    }
  }
}

}  // namespace annals::client
