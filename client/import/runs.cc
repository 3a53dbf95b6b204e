#include "client/import/runs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/import/figure.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A label is printed on at most so many lines above or below its figures.
constexpr int kMaxLabelLines = 8;
// Words that are tried as an unnumbered label.
constexpr size_t kMaxLabelAtoms = 4;
constexpr size_t kMaxRunCells = 64;
constexpr size_t kMaxPrinted = 100;

bool IsNumbered(absl::string_view text) {
  const std::vector<Segment> segments = SegmentsOf(text);
  return !segments.empty() && segments.back().style != NumberStyle::kNone;
}

bool StartsNumbered(absl::string_view text) {
  const std::vector<Segment> segments = SegmentsOf(text);
  return !segments.empty() && segments.front().style != NumberStyle::kNone;
}

bool BeginsInBar(const Line& line) {
  return line.barred && IsBar(DecodeFirst(TrimBlanks(line.text)).value);
}

bool EndsInBar(const Line& line) {
  if (!line.barred) return false;
  absl::string_view rest = TrimBlanks(line.text);
  char32_t last = 0;
  while (!rest.empty()) {
    const CodePoint point = DecodeFirst(rest);
    last = point.value;
    rest.remove_prefix(point.size);
  }
  return IsBar(last);
}

// Whether the line is nothing but one figure.
bool IsLoneFigure(const Line& line) {
  size_t figures = 0;
  for (const Atom& atom : line.atoms) {
    if (atom.kind == AtomKind::kText) return false;
    if (atom.kind == AtomKind::kFigure) ++figures;
  }
  return figures == 1;
}

void AppendLineRuns(const Line& line, size_t index, std::vector<Run>* runs) {
  Run run;
  run.first_line = index;
  run.last_line = index;
  run.delimited = line.delimited;
  bool figures = false;
  for (const Atom& atom : line.atoms) {
    if (atom.kind == AtomKind::kText) {
      if (!figures && !run.texts.empty() && IsUnitCell(atom.text)) continue;
      if (figures) {
        runs->push_back(run);
        run.texts.clear();
        figures = false;
      }
      run.texts.push_back(&atom);
      run.cells.clear();
    } else {
      run.cells.push_back(&atom);
      figures = figures || atom.kind == AtomKind::kFigure;
    }
  }
  if (figures) runs->push_back(run);
}

bool Extends(const Run& run, const std::vector<Line>& lines, size_t line) {
  if (!run.vertical || run.cells.size() >= kMaxRunCells) return false;
  for (size_t i = run.last_line + 1; i < line; ++i) {
    if (!lines[i].IsEmpty()) return false;
  }
  return true;
}

// Counts the figures alone on their lines with a blank line before them, and
// those without; a page number or a new page between sets nothing apart.
class Gaps {
 public:
  explicit Gaps(const std::vector<Line>& lines) : lines_(lines) {}

  void Count(const Run& run) {
    for (const Atom* atom : run.cells) {
      if (run.vertical && IsApart(*atom)) ++apart_;
      if (run.vertical) ++all_;
    }
  }

  // A blank line where most others have none may be a blank cell, and the
  // figure below it a page number.
  bool IsOdd(const Run& run) const {
    return run.vertical && apart_ * 2 < all_ &&
           std::any_of(run.cells.begin(), run.cells.end(),
                       [this](const Atom* atom) { return IsApart(*atom); });
  }

 private:
  // A page break counts no line, so that two may have one number.
  bool IsApart(const Atom& atom) const {
    const auto line = std::partition_point(
        lines_.begin(), lines_.end(),
        [&atom](const Line& one) { return one.number < atom.line; });
    if (line == lines_.begin() || line == lines_.end()) return false;
    const Line& above = *(line - 1);
    return !line->atoms.empty() && !line->after_page_break &&
           above.atoms.empty() && !above.decoration;
  }

  const std::vector<Line>& lines_;
  size_t apart_ = 0;
  size_t all_ = 0;
};

// The words around a run in reading order, from `first` to its line, and below.
struct Window {
  std::vector<absl::string_view> above;  // Down to and with the run's line.
  std::vector<absl::string_view> below;
  bool own_line = false;
  size_t first_line = 0;
};

class WindowBuilder {
 public:
  WindowBuilder(const std::vector<Line>& lines, LineRange range,
                const std::vector<Run>& runs, size_t index)
      : lines_(lines),
        run_(runs[index]),
        top_(index == 0 ? range.begin : runs[index - 1].last_line + 1),
        bottom_(index + 1 == runs.size() ? range.end
                                         : runs[index + 1].first_line) {}

  // `with_own_line`: the text on the run's line is taken for label.
  Window Build(bool with_own_line) {
    Window window;
    window.first_line = run_.first_line;
    if (with_own_line && !run_.texts.empty()) {
      window.own_line = true;
      reference_ = *run_.texts.back();
      has_reference_ = true;
      window.above.push_back(reference_.text);
    }
    if (window.above.empty() || !IsNumbered(window.above[0])) {
      LookUp(&window);
    }
    std::reverse(window.above.begin(), window.above.end());
    LookDown(&window);
    return window;
  }

 private:
  // The rightmost text of the line in the column of the label.
  const Atom* LabelAtom(const Line& line) const {
    const Atom* found = nullptr;
    for (const Atom& atom : line.atoms) {
      if (atom.kind != AtomKind::kText) continue;
      if (!has_reference_ || atom.Overlaps(reference_)) found = &atom;
    }
    return found;
  }

  void Widen(const Atom& atom) {
    if (!has_reference_) reference_ = atom;
    has_reference_ = true;
    reference_.begin = std::min(reference_.begin, atom.begin);
    reference_.end = std::max(reference_.end, atom.end);
  }

  void LookUp(Window* window) {
    int budget = kMaxLabelLines;
    for (size_t i = run_.first_line; i > top_ && budget > 0; --i) {
      const Line& line = lines_[i - 1];
      if (line.IsEmpty()) continue;
      --budget;
      const Atom* atom = LabelAtom(line);
      if (atom == nullptr || IsUnitCell(atom->text)) continue;
      Widen(*atom);
      window->above.push_back(atom->text);
      window->first_line = i - 1;
      if (IsNumbered(atom->text)) return;
    }
  }

  // Where each cell has a line, a label is printed before its figures.
  void LookDown(Window* window) {
    if (!has_reference_ || run_.vertical) return;
    int budget = kMaxLabelLines;
    for (size_t i = run_.last_line + 1; i < bottom_ && budget > 0; ++i) {
      const Line& line = lines_[i];
      if (line.IsEmpty()) continue;
      --budget;
      const Atom* atom = LabelAtom(line);
      if (atom == nullptr) continue;
      if (StartsNumbered(atom->text)) return;
      window->below.push_back(atom->text);
    }
  }

  const std::vector<Line>& lines_;
  const Run& run_;
  const size_t top_;
  const size_t bottom_;
  Atom reference_;
  bool has_reference_ = false;
};

struct Candidate {
  Segment segment;
  bool goes_below = false;
};

std::vector<Candidate> Candidates(const Window& window) {
  std::vector<Candidate> candidates;
  if (window.above.empty()) return candidates;
  std::vector<Segment> segments;
  for (absl::string_view text : window.above) AppendSegments(text, &segments);
  if (!segments.empty()) {
    candidates.push_back({segments.back(), false});
    for (absl::string_view text : window.below) {
      AppendSegments(text, &segments);
      candidates.push_back({segments.back(), true});
    }
  }
  std::vector<Candidate> unnumbered;
  Segment tail;
  for (size_t k = 0; k < std::min(kMaxLabelAtoms, window.above.size()); ++k) {
    tail.core = CoreOf(window.above[window.above.size() - 1 - k]) + tail.core;
    unnumbered.push_back({tail, false});
  }
  candidates.insert(candidates.end(), unnumbered.begin(), unnumbered.end());
  return candidates;
}

bool IsNumbered(const Candidate& candidate) {
  return candidate.segment.style != NumberStyle::kNone;
}

// Whether a text says something before its last number that is no head of
// rows: 不含1.属于国家秘密.
bool IsPreceded(absl::string_view text, const LabelMatcher& matcher) {
  std::vector<Segment> segments = SegmentsOf(text);
  if (segments.empty()) return false;
  segments.pop_back();
  return std::any_of(segments.begin(), segments.end(),
                     [&matcher](const Segment& segment) {
                       return !matcher.IsPartOfHead(segment.core);
                     });
}

RunLabel MatchWindow(const Window& window, LabelMatcher* matcher) {
  RunLabel label;
  const bool preceded =
      !window.above.empty() && IsPreceded(window.above.front(), *matcher);
  const std::vector<Candidate> candidates = Candidates(window);
  for (const Candidate& candidate : candidates) {
    LabelMatch match = matcher->MatchExact(candidate.segment);
    if (match.quality == MatchQuality::kNone) continue;
    if (preceded && IsNumbered(candidate)) match.quality = MatchQuality::kWeak;
    return {match, window.own_line || candidate.goes_below, false};
  }
  for (const Candidate& candidate : candidates) {
    LabelMatch match = matcher->Match(candidate.segment);
    if (match.quality == MatchQuality::kStrong && preceded &&
        IsNumbered(candidate)) {
      match.quality = MatchQuality::kWeak;
    }
    if (match.quality <= label.match.quality) continue;
    label = {match, window.own_line || candidate.goes_below, false};
  }
  return label;
}

// Whether the lines above the run hold the label of a row other than `row` that
// is printed below the run before.
bool IsContested(const std::vector<Line>& lines, size_t top, const Run& run,
                 int row, LabelMatcher* matcher) {
  std::vector<Segment> segments;
  for (size_t i = top; i < run.first_line; ++i) {
    if (lines[i].decoration) continue;
    for (const Atom& atom : lines[i].atoms) {
      if (atom.kind != AtomKind::kText || atom.text.size() > 400) continue;
      AppendSegments(atom.text, &segments);
    }
  }
  for (const Segment& segment : segments) {
    if (matcher->IsHead(segment)) continue;
    const LabelMatch match = segment.style == NumberStyle::kNone
                                 ? matcher->MatchExact(segment)
                                 : matcher->Match(segment);
    if (match.quality != MatchQuality::kNone && match.row != row) return true;
  }
  return false;
}

}  // namespace

size_t Run::FigureCount() const {
  return static_cast<size_t>(std::count_if(
      cells.begin(), cells.end(),
      [](const Atom* atom) { return atom->kind == AtomKind::kFigure; }));
}

std::string Run::Printed() const {
  std::string printed;
  for (const Atom* atom : cells) {
    if (atom->kind == AtomKind::kBlank) continue;
    if (printed.size() > kMaxPrinted) return absl::StrCat(printed, " …");
    absl::StrAppend(&printed, printed.empty() ? "" : " ", atom->text);
  }
  return printed;
}

std::vector<Run> FindRuns(const std::vector<Line>& lines, LineRange range) {
  std::vector<Run> runs;
  for (size_t i = range.begin; i < range.end; ++i) {
    const Line& line = lines[i];
    if (!line.HasFigure()) continue;
    const bool lone = IsLoneFigure(line);
    if (lone && !runs.empty() && Extends(runs.back(), lines, i)) {
      for (const Atom& atom : line.atoms) {
        if (atom.kind == AtomKind::kFigure) runs.back().cells.push_back(&atom);
      }
      runs.back().last_line = i;
      continue;
    }
    AppendLineRuns(line, i, &runs);
    runs.back().vertical = lone;
  }
  Gaps gaps(lines);
  for (const Run& run : runs) gaps.Count(run);
  for (Run& run : runs) run.has_odd_gap = gaps.IsOdd(run);
  return runs;
}

Alignment AlignRun(const Run& run, size_t columns, bool has_filler) {
  const auto is_blank = [](const Atom* atom) {
    return atom->kind == AtomKind::kBlank;
  };
  std::vector<const Atom*> cells = run.cells;
  while (!cells.empty() && is_blank(cells.back())) cells.pop_back();
  cells.erase(cells.begin(),
              std::find_if_not(cells.begin(), cells.end(), is_blank));
  Alignment alignment;
  if (cells.size() == columns) {
    alignment = {cells, true};
  } else if (cells.size() < columns && run.delimited && !run.vertical &&
             run.cells.size() == columns && !has_filler &&
             !run.cells.back()->at_document_end) {
    alignment = {run.cells, true};
  } else if (run.FigureCount() == columns) {
    cells.erase(std::remove_if(cells.begin(), cells.end(), is_blank),
                cells.end());
    alignment = {cells, false};
  }
  for (const Atom*& atom : alignment.cells) {
    if (is_blank(atom)) atom = nullptr;
  }
  return alignment;
}

bool MayGoOnBelow(const std::vector<Line>& lines, const std::vector<Run>& runs,
                  size_t index) {
  if (index + 1 >= runs.size()) return false;
  const Run& run = runs[index];
  const Run& next = runs[index + 1];
  const Line& line = lines[run.last_line];
  const Line& below = lines[next.first_line];
  if (run.vertical || !next.texts.empty() || below.after_page_break ||
      next.first_line != run.last_line + 1 ||
      next.FigureCount() > run.FigureCount()) {
    return false;
  }
  if (!run.delimited) return !next.delimited;
  // Tabs close no row: what was broken off may have as many before it.
  if (!line.barred && !below.barred) return true;
  // A row of cells ends within one if no bar closes it; the rest has fewer.
  return !EndsInBar(line) && !BeginsInBar(below) && below.cells < line.cells;
}

const ErrorText& MaybeBroken() {
  static const auto* text =
      new ErrorText{"Figures alone on the next line may be the ends of these.",
                    "下一行单独的数字可能是本行数字的后半部分。"};
  return *text;
}

const ErrorText& MaybeShifted() {
  static const auto* text = new ErrorText{
      "The row has more cells than the form has columns; it may be shifted.",
      "该行单元格多于格式列数，可能错位。"};
  return *text;
}

RunLabel LabelOf(const std::vector<Line>& lines, LineRange range,
                 const std::vector<Run>& runs, size_t index,
                 LabelMatcher* matcher) {
  const Run& run = runs[index];
  Window window = WindowBuilder(lines, range, runs, index).Build(true);
  RunLabel label = MatchWindow(window, matcher);
  // A head may stand on the line of the figures, and the label round it.
  if (label.match.quality == MatchQuality::kNone && !run.texts.empty() &&
      matcher->IsPartOfHead(CoreOf(run.texts.back()->text))) {
    window = WindowBuilder(lines, range, runs, index).Build(false);
    label = MatchWindow(window, matcher);
  }
  if (label.match.quality == MatchQuality::kNone) return label;
  const bool begins_above = window.first_line < run.first_line;
  if (!label.beside || begins_above) {
    const size_t top = index == 0 ? range.begin : runs[index - 1].last_line + 1;
    label.contested = IsContested(lines, top, run, label.match.row, matcher);
  }
  return label;
}

}  // namespace annals::client
