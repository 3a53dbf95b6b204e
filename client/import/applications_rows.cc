#include "client/import/applications_rows.h"

#include <algorithm>

#include "client/import/normalise.h"
#include "client/import/tables.h"

namespace annals::client {
namespace {

// Of the row 总计.
constexpr int kTotalNumber = 7;

bool RowIn(const FormRow& row, v1::Edition edition) {
  return !row.CellsIn(edition).empty();
}

bool HasTextBetween(const std::vector<Line>& lines, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    if (lines[i].decoration) continue;
    for (const Atom& atom : lines[i].atoms) {
      if (atom.kind == AtomKind::kText) return true;
    }
  }
  return false;
}

bool IsFullRow(const Run& run) {
  return !AlignRun(run, kApplicantColumns, false).cells.empty();
}

class RowAssigner {
 public:
  RowAssigner(const std::vector<Line>& lines, LineRange range,
              const std::vector<Run>& runs, const std::vector<FormRow>& form)
      : lines_(lines),
        range_(range),
        runs_(runs),
        form_(form),
        matcher_(ApplicationsMatcher(form)) {}

  RowAssignment Assign(int year) {
    MatchLabels();
    if (IsTorn()) DropLooseLabels();
    FindEdition(year);
    DropRowsOfOtherEdition();
    MarkDisorder();
    FillByPlace();
    return std::move(result_);
  }

 private:
  void MatchLabels() {
    for (size_t i = 0; i < runs_.size(); ++i) {
      const RunLabel label = LabelOf(lines_, range_, runs_, i, &matcher_);
      TableRow row;
      row.run = i;
      row.beside = label.beside;
      // Short of a whole row, a near wording is more likely prose.
      const bool near_enough = label.match.quality == MatchQuality::kExact ||
                               runs_[i].FigureCount() > 1;
      if (label.match.quality != MatchQuality::kNone && near_enough) {
        row.row = label.match.row;
        row.basis =
            label.match.quality == MatchQuality::kWeak || label.contested
                ? RowBasis::kNearLabel
                : RowBasis::kLabel;
      }
      contested_ = contested_ || label.contested;
      result_.rows.push_back(row);
    }
  }

  // Figures stand apart from their labels somewhere, so that a label not on the
  // line of its figures says little: it may be one row off.
  bool IsTorn() const {
    if (contested_) return true;
    size_t last = 0;
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (result_.rows[i].row != -1) last = i;
    }
    for (size_t i = 0; i <= last && i < runs_.size(); ++i) {
      if (result_.rows[i].row != -1 || !IsFullRow(runs_[i])) continue;
      if (i == 0 || (runs_[i].texts.empty() &&
                     !HasTextBetween(lines_, runs_[i - 1].last_line + 1,
                                     runs_[i].first_line))) {
        return true;
      }
    }
    return false;
  }

  void DropLooseLabels() {
    for (TableRow& row : result_.rows) {
      if (row.beside) continue;
      row.row = -1;
      row.basis = RowBasis::kNone;
    }
  }

  void FindEdition(int year) {
    bool rows_2019 = false;
    bool rows_2021 = false;
    for (const TableRow& row : result_.rows) {
      if (row.row == -1) continue;
      const bool in_2019 = RowIn(form_[row.row], v1::EDITION_2019);
      const bool in_2021 = RowIn(form_[row.row], v1::EDITION_2021);
      rows_2019 = rows_2019 || (in_2019 && !in_2021);
      rows_2021 = rows_2021 || (in_2021 && !in_2019);
    }
    result_.edition_printed = rows_2019 || rows_2021;
    result_.edition = rows_2021   ? v1::EDITION_2021
                      : rows_2019 ? v1::EDITION_2019
                                  : EditionOfYear(year);
  }

  void DropRowsOfOtherEdition() {
    for (TableRow& row : result_.rows) {
      if (row.row != -1 && !RowIn(form_[row.row], result_.edition)) {
        row.row = -1;
        row.basis = RowBasis::kNone;
      }
    }
  }

  // Rows that are not in the longest increasing sequence are out of order; so
  // is a row that is printed twice, both times.
  void MarkDisorder() {
    std::vector<size_t> labelled;
    for (size_t i = 0; i < result_.rows.size(); ++i) {
      if (result_.rows[i].row != -1) labelled.push_back(i);
    }
    const std::vector<bool> kept = LongestIncrease(labelled);
    for (size_t i = 0; i < labelled.size(); ++i) {
      if (!kept[i]) result_.rows[labelled[i]].basis = RowBasis::kDisorder;
    }
  }

  std::vector<bool> LongestIncrease(const std::vector<size_t>& labelled) const {
    // ends[n]: the place of the least row that ends an increase of n + 1 rows.
    std::vector<size_t> ends;
    std::vector<int> before(labelled.size(), -1);
    const auto row_at = [&](size_t place) {
      return result_.rows[labelled[place]].row;
    };
    for (size_t i = 0; i < labelled.size(); ++i) {
      const auto at = std::lower_bound(
          ends.begin(), ends.end(), row_at(i),
          [&](size_t place, int row) { return row_at(place) < row; });
      if (at != ends.begin()) before[i] = static_cast<int>(*(at - 1));
      if (at == ends.end()) {
        ends.push_back(i);
      } else {
        *at = i;
      }
    }
    std::vector<bool> kept(labelled.size(), false);
    int place = ends.empty() ? -1 : static_cast<int>(ends.back());
    for (; place != -1; place = before[place]) kept[place] = true;
    return kept;
  }

  // Between two labelled rows, as many full runs without a label as the form
  // has rows there are those rows.
  void FillByPlace() {
    int above = -1;  // The form's row of the last anchor.
    std::vector<size_t> loose;
    for (size_t i = 0; i <= result_.rows.size(); ++i) {
      const bool end = i == result_.rows.size();
      const bool anchor = !end && result_.rows[i].row != -1 &&
                          result_.rows[i].basis != RowBasis::kDisorder;
      if (end || anchor) {
        const int below =
            end ? static_cast<int>(form_.size()) : result_.rows[i].row;
        Fill(above, below, loose);
        loose.clear();
        above = below;
      } else if (result_.rows[i].row == -1 && IsFullRow(runs_[i])) {
        loose.push_back(i);
      }
    }
  }

  void Fill(int above, int below, const std::vector<size_t>& loose) {
    std::vector<int> between;
    for (int row = above + 1; row < below; ++row) {
      if (RowIn(form_[row], result_.edition)) between.push_back(row);
    }
    if (loose.size() > between.size()) DoubtIfGoesOn(above, loose);
    if (loose.size() != between.size()) return;
    for (size_t i = 0; i < loose.size(); ++i) {
      TableRow& row = result_.rows[loose[i]];
      row.row = between[i];
      row.basis = RowBasis::kPlace;
      // 其他 is no more than a column's name, but between its neighbours, and
      // where no other row is missing, its number may be wrong.
      if (IsSurely(above) && IsSurely(below) && between.size() == 1 &&
          SaysLabel(runs_[row.run], form_[row.row])) {
        row.basis = RowBasis::kLabel;
        row.beside = !runs_[row.run].texts.empty();
      }
    }
  }

  // More rows of figures with no words at all than the form has: what stands
  // beside the first may be a head over all of them, as （六）其他处理 is.
  void DoubtIfGoesOn(int above, const std::vector<size_t>& loose) {
    const bool has_words =
        std::any_of(loose.begin(), loose.end(), [this](size_t run) {
          return run == 0 || !runs_[run].texts.empty() ||
                 HasTextBetween(lines_, runs_[run - 1].last_line + 1,
                                runs_[run].first_line);
        });
    if (has_words) return;
    for (TableRow& row : result_.rows) {
      if (row.row == above) row.basis = RowBasis::kPlace;
    }
  }

  // Whether a run was told to be this row by its label.
  bool IsSurely(int row) const {
    return std::any_of(result_.rows.begin(), result_.rows.end(),
                       [row](const TableRow& one) {
                         return one.row == row && one.basis == RowBasis::kLabel;
                       });
  }

  // Whether the last words before the figures are the row's label, whatever
  // number stands before them.
  bool SaysLabel(const Run& run, const FormRow& row) const {
    std::vector<Segment> segments;
    if (!run.texts.empty()) {
      segments = SegmentsOf(run.texts.back()->text);
    } else {
      size_t above = run.first_line;
      while (above > range_.begin && lines_[above - 1].IsEmpty()) --above;
      const bool has_label =
          above > range_.begin && lines_[above - 1].atoms.size() == 1;
      if (has_label) segments = SegmentsOf(lines_[above - 1].text);
    }
    if (segments.empty()) return false;
    const std::u32string& said = segments.back().core;
    const bool is_last = segments.back().number >= kTotalNumber;
    for (const LabelWording& wording : LabelWordings(row.field)) {
      const std::u32string label = SegmentsOf(wording.text).back().core;
      // A sum without its number, or with another's, may be of a group.
      if (label == U"总计") {
        if (is_last && (said == label || said == U"合计")) return true;
      } else if (said == label || (label == U"其他" && said == U"其他处理")) {
        return true;
      }
    }
    return false;
  }

  const std::vector<Line>& lines_;
  const LineRange range_;
  const std::vector<Run>& runs_;
  const std::vector<FormRow>& form_;
  LabelMatcher matcher_;
  RowAssignment result_;
  bool contested_ = false;
};

}  // namespace

LabelMatcher ApplicationsMatcher(const std::vector<FormRow>& form) {
  LabelMatcher matcher;
  for (size_t row = 0; row < form.size(); ++row) {
    for (const LabelWording& wording : LabelWordings(form[row].field)) {
      matcher.Add(static_cast<int>(row), wording.text);
    }
    for (const std::string& wording : HeadWordings(form[row].field)) {
      matcher.AddHead(wording);
    }
  }
  return matcher;
}

RowAssignment AssignRows(const std::vector<Line>& lines, LineRange range,
                         const std::vector<Run>& runs,
                         const std::vector<FormRow>& form, int year) {
  return RowAssigner(lines, range, runs, form).Assign(year);
}

}  // namespace annals::client
