#include "service/report/blame.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"
#include "service/report/characters.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

// Beyond so many pairs of paragraphs a stretch counts as replaced whole: the
// comparison takes time and memory in proportion.
constexpr size_t kComparedPairsMax = 1'000'000;
// The same for paragraphs that may be alike, which takes longer.
constexpr size_t kLikenedPairsMax = 10'000;

v1::FieldValue FigureSince(int revision, std::optional<int64_t> value) {
  v1::FieldValue since;
  since.set_revision(revision);
  if (value.has_value()) since.set_value(*value);
  return since;
}

v1::FieldValue TextSince(int revision, absl::string_view text) {
  v1::FieldValue since;
  since.set_revision(revision);
  since.set_text(std::string(text));
  return since;
}

// Places of equal paragraphs in the older and the newer text, rising in both.
using Matches = std::vector<std::pair<size_t, size_t>>;

// A longest common subsequence of what lies between the equal beginning and
// the equal end.
class ParagraphMatcher {
 public:
  ParagraphMatcher(const std::vector<absl::string_view>& older,
                   const std::vector<absl::string_view>& newer)
      : older_(older), newer_(newer) {}

  Matches Match() {
    const size_t shorter = std::min(older_.size(), newer_.size());
    size_t begin = 0;
    while (begin < shorter && older_[begin] == newer_[begin]) ++begin;
    size_t end = 0;
    while (end < shorter - begin &&
           older_[older_.size() - 1 - end] == newer_[newer_.size() - 1 - end]) {
      ++end;
    }
    Matches matches;
    for (size_t i = 0; i < begin; ++i) matches.emplace_back(i, i);
    MatchMiddle(begin, end, &matches);
    for (size_t i = end; i > 0; --i) {
      matches.emplace_back(older_.size() - i, newer_.size() - i);
    }
    return matches;
  }

 private:
  void MatchMiddle(size_t begin, size_t end, Matches* matches) {
    const size_t rows = older_.size() - begin - end;
    const size_t columns = newer_.size() - begin - end;
    if (rows == 0 || columns == 0 || rows > kComparedPairsMax / columns) return;
    // lengths[i][j]: of the longest one from row i and column j on.
    std::vector<std::vector<uint32_t>> lengths(
        rows + 1, std::vector<uint32_t>(columns + 1, 0));
    for (size_t i = rows; i-- > 0;) {
      for (size_t j = columns; j-- > 0;) {
        lengths[i][j] = older_[begin + i] == newer_[begin + j]
                            ? lengths[i + 1][j + 1] + 1
                            : std::max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
      if (older_[begin + i] == newer_[begin + j]) {
        matches->emplace_back(begin + i++, begin + j++);
      } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  const std::vector<absl::string_view>& older_;
  const std::vector<absl::string_view>& newer_;
};

bool IsInsideCharacter(char byte) { return (byte & 0xC0) == 0x80; }

// How many bytes, of whole characters, two paragraphs begin and end with alike;
// 0 if that is less than half of the longer one, so that what has a word in
// common is not taken for it.
size_t Likeness(absl::string_view a, absl::string_view b) {
  const size_t shorter = std::min(a.size(), b.size());
  size_t begin = 0;
  while (begin < shorter && a[begin] == b[begin]) ++begin;
  while (begin > 0 && begin < a.size() && IsInsideCharacter(a[begin])) --begin;
  size_t end = 0;
  while (end < shorter - begin &&
         a[a.size() - 1 - end] == b[b.size() - 1 - end]) {
    ++end;
  }
  while (end > 0 && IsInsideCharacter(a[a.size() - end])) --end;
  const size_t alike = begin + end;
  return 2 * alike < std::max(a.size(), b.size()) ? 0 : alike;
}

// A stretch of paragraphs of which none is in both texts.
struct Stretch {
  size_t older_begin = 0;
  size_t older_end = 0;
  size_t newer_begin = 0;
  size_t newer_end = 0;
};

// Adds the places of paragraphs in the stretch that are alike: of all ways to
// choose them that rise in both texts, the one with the most in common.
void MatchAlike(const std::vector<absl::string_view>& older,
                const std::vector<absl::string_view>& newer,
                const Stretch& stretch, Matches* matches) {
  const size_t rows = stretch.older_end - stretch.older_begin;
  const size_t columns = stretch.newer_end - stretch.newer_begin;
  if (rows == 0 || columns == 0 || rows > kLikenedPairsMax / columns) return;
  std::vector<std::vector<size_t>> likeness(rows, std::vector<size_t>(columns));
  // best[i][j]: what is in common from row i and column j on.
  std::vector<std::vector<size_t>> best(rows + 1,
                                        std::vector<size_t>(columns + 1, 0));
  for (size_t i = rows; i-- > 0;) {
    for (size_t j = columns; j-- > 0;) {
      likeness[i][j] = Likeness(older[stretch.older_begin + i],
                                newer[stretch.newer_begin + j]);
      best[i][j] = std::max({best[i + 1][j], best[i][j + 1],
                             best[i + 1][j + 1] + likeness[i][j]});
    }
  }
  for (size_t i = 0, j = 0; i < rows && j < columns;) {
    if (likeness[i][j] > 0 &&
        best[i][j] == best[i + 1][j + 1] + likeness[i][j]) {
      matches->emplace_back(stretch.older_begin + i++,
                            stretch.newer_begin + j++);
    } else if (best[i][j] == best[i + 1][j]) {
      ++i;
    } else {
      ++j;
    }
  }
}

// The places of the equal paragraphs, of those between them that are alike, and
// of the ends.
Matches MatchParagraphs(const std::vector<absl::string_view>& older,
                        const std::vector<absl::string_view>& newer) {
  Matches equal = ParagraphMatcher(older, newer).Match();
  equal.emplace_back(older.size(), newer.size());
  Matches matches;
  size_t i = 0;
  size_t j = 0;
  for (const auto& [older_end, newer_end] : equal) {
    MatchAlike(older, newer, {i, older_end, j, newer_end}, &matches);
    matches.emplace_back(older_end, newer_end);
    i = older_end + 1;
    j = newer_end + 1;
  }
  return matches;
}

}  // namespace

absl::Status FieldNotFound(const std::string& field) {
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "FIELD_NOT_FOUND",
      {absl::StrCat("The report has no field ", Quoted(field),
                    "; give a cell's id, such as t3.granted.natural_person, or "
                    "the path of a text, such as s5_problems."),
       absl::StrCat("报告没有字段 ", Quoted(field),
                    "；请给单元格编号，如 t3.granted.natural_person，"
                    "或文字的路径，如 s5_problems。")});
  AddErrorMetadata("field", field, &status);
  return status;
}

absl::Status RequireFields(const std::vector<std::string>& fields) {
  const Schema& schema = Schema::Get();
  for (const std::string& field : fields) {
    const auto is_it = [&](const TextInfo& text) { return text.path == field; };
    if (!schema.Find(field).has_value() &&
        std::none_of(schema.texts().begin(), schema.texts().end(), is_it)) {
      return FieldNotFound(field);
    }
  }
  return absl::OkStatus();
}

BlameBuilder::BlameBuilder(const std::vector<std::string>& fields)
    : fields_(fields.begin(), fields.end()),
      cells_(Schema::Get().cells().size()) {}

bool BlameBuilder::Wants(const std::string& field) const {
  return fields_.empty() || fields_.contains(field);
}

void BlameBuilder::Add(int revision, const v1::Report& report) {
  is_after_gap_ = std::exchange(erased_since_, 0) != 0;
  AddCells(revision, report);
  AddTexts(revision, report);
}

void BlameBuilder::AddCells(int revision, const v1::Report& report) {
  const Cells figures = ReadCells(report);
  for (size_t i = 0; i < figures.size(); ++i) {
    if (!Wants(Schema::Get().cells()[i].id)) continue;
    v1::FieldValue value = FigureSince(revision, figures[i]);
    Values& values = cells_[i];
    if (values.empty() || is_after_gap_ ||
        FigureOf(&values.back()) != figures[i]) {
      values.push_back(std::move(value));
    }
  }
}

void BlameBuilder::AddTexts(int revision, const v1::Report& report) {
  const FieldTexts texts = ReadFieldTexts(report);
  for (auto& [place, track] : texts_) {
    if (texts.count(place) == 0) AddText(revision, nullptr, &track);
  }
  for (const auto& [place, text] : texts) {
    if (!Wants(text.path)) continue;
    TextTrack& track = texts_[place];
    track.path = text.path;
    AddText(revision, &text.text, &track);
  }
}

// Equal paragraphs keep their history, and so do those between them that are
// alike; of the rest, between two of these, the first of the older ones became
// the first of the newer ones, and so on.
void BlameBuilder::AddText(int revision, const std::string* text,
                           TextTrack* track) const {
  std::vector<absl::string_view> newer;
  if (text != nullptr) newer = absl::StrSplit(*text, '\n');
  std::vector<absl::string_view> older;
  older.reserve(track->present.size());
  for (const Values& values : track->present) {
    older.push_back(values.back().text());
  }
  const Matches matches = MatchParagraphs(older, newer);
  std::vector<Values> present;
  present.reserve(newer.size());
  size_t i = 0;
  size_t j = 0;
  for (const auto& [older_end, newer_end] : matches) {
    for (; i < older_end && j < newer_end; ++i, ++j) {
      present.push_back(std::move(track->present[i]));
      present.back().push_back(TextSince(revision, newer[j]));
    }
    for (; i < older_end; ++i) {
      track->gone.push_back(std::move(track->present[i]));
      v1::FieldValue none;
      none.set_revision(revision);
      track->gone.back().push_back(std::move(none));
    }
    for (; j < newer_end; ++j) {
      present.push_back({TextSince(revision, newer[j])});
    }
    if (i == older.size()) break;  // The ends.
    const bool is_new = is_after_gap_ || older[i] != newer[j];
    present.push_back(std::move(track->present[i++]));
    if (is_new) present.back().push_back(TextSince(revision, newer[j]));
    ++j;
  }
  track->present = std::move(present);
}

v1::FieldBlame BlameBuilder::Row(const std::string& field,
                                 const Values& values) const {
  v1::FieldBlame row;
  row.set_field(field);
  if (erased_since_ != 0) row.add_values()->set_revision(erased_since_);
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    *row.add_values() = *value;
  }
  return row;
}

std::vector<v1::FieldBlame> BlameBuilder::Build() const {
  std::vector<v1::FieldBlame> rows;
  const Schema& schema = Schema::Get();
  for (size_t i = 0; i < cells_.size(); ++i) {
    const std::string& cell = schema.cells()[i].id;
    const bool may_be_new = erased_since_ != 0 && Wants(cell);
    if (cells_[i].empty() && !may_be_new) continue;
    rows.push_back(Row(cell, cells_[i]));
  }
  absl::flat_hash_set<std::string> followed;
  for (const auto& [place, track] : texts_) {
    followed.insert(track.path);
    const bool is_one = track.present.size() + track.gone.size() == 1;
    const auto name = [&, path = track.path](absl::string_view sign, size_t i) {
      return is_one ? path : absl::StrCat(path, "#", sign, i + 1);
    };
    for (size_t i = 0; i < track.present.size(); ++i) {
      rows.push_back(Row(name("", i), track.present[i]));
    }
    for (size_t i = 0; i < track.gone.size(); ++i) {
      rows.push_back(Row(name("-", i), track.gone[i]));
    }
  }
  if (erased_since_ == 0) return rows;
  for (const TextInfo& text : schema.texts()) {
    if (Wants(text.path) && !followed.contains(text.path)) {
      rows.push_back(Row(text.path, {}));
    }
  }
  return rows;
}

}  // namespace annals::report
