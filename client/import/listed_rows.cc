#include "client/import/listed_rows.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/string_view.h"
#include "client/import/figure.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/proactive_columns.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

using Words = std::u32string_view;

// No list has longer lines, or lines that are read.
constexpr size_t kMaxLine = 1000;

// 行政许可：833件 as words and figure.
struct Item {
  std::u32string words;
  absl::string_view figure;
};

bool EndsItem(char32_t code) {
  constexpr Words kMarks = U",;。、";
  return kMarks.find(code) != Words::npos;
}

// The items of a line, in which marks inside brackets end none.
std::vector<Item> ItemsOf(absl::string_view text) {
  std::vector<Item> items;
  size_t begin = 0;
  size_t figure = absl::string_view::npos;
  int depth = 0;
  const auto end_item = [&](size_t end) {
    if (figure != absl::string_view::npos) {
      items.push_back({CoreOf(text.substr(begin, figure - begin)),
                       text.substr(figure, end - figure)});
    }
    figure = absl::string_view::npos;
  };
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(at));
    const char32_t code = Fold(point.value);
    if (code == '(') ++depth;
    if (code == ')') --depth;
    if (IsAsciiDigit(code) && figure == absl::string_view::npos) figure = at;
    if (EndsItem(code) && depth <= 0 &&
        (code != ',' || !BeginsInNumber(text.substr(at + point.size)))) {
      end_item(at);
      begin = at + point.size;
    }
    at += point.size;
  }
  end_item(text.size());
  return items;
}

bool ConsumeSuffix(Words* text, Words suffix) {
  if (text->size() < suffix.size() ||
      text->substr(text->size() - suffix.size()) != suffix) {
    return false;
  }
  text->remove_suffix(suffix.size());
  return true;
}

// The name of a column, also without 件数 at its end or 本年 before it.
Cores NamesOf(report::CellIndex cell, v1::Edition edition) {
  Cores names;
  for (const std::u32string& wording : ColumnWordings(cell, edition)) {
    Words stem = wording;
    for (Words count : {U"件数", U"数量", U"数"}) {
      if (ConsumeSuffix(&stem, count)) break;
    }
    for (Words name : {Words(wording), stem}) {
      names.emplace_back(name);
      constexpr Words kThisYear = U"本年";
      if (name.substr(0, kThisYear.size()) != kThisYear) continue;
      names.emplace_back(name.substr(kThisYear.size()));
    }
  }
  return names;
}

class ListReader {
 public:
  ListReader(const std::vector<FormRow>& form, v1::Edition edition,
             std::vector<CellReading>* readings)
      : readings_(*readings) {
    for (const CellReading& reading : *readings) read_.insert(reading.cell);
    for (const FormRow& one : form) {
      for (const LabelWording& wording : LabelWordings(one.field)) {
        labels_.emplace_back(CoreOf(wording.text), rows_.size());
      }
      rows_.emplace_back();
      for (report::CellIndex cell : one.CellsIn(edition)) {
        rows_.back().emplace_back(cell, NamesOf(cell, edition));
      }
    }
    // 行政规范性文件 before 规范性文件.
    std::stable_sort(labels_.begin(), labels_.end(),
                     [](const auto& a, const auto& b) {
                       return a.first.size() > b.first.size();
                     });
  }

  void Read(const Line& line) {
    const Row* row = nullptr;
    for (const Item& item : ItemsOf(line.text)) {
      Words words = item.words;
      for (const auto& [label, index] : labels_) {
        if (words.substr(0, label.size()) != label) continue;
        row = &rows_[index];
        words.remove_prefix(label.size());
        break;
      }
      Figure figure;
      const absl::string_view print = TrimBlanks(item.figure);
      if (row == nullptr || !ParseFigure(print, &figure)) continue;
      for (const auto& [cell, names] : *row) {
        if (!IsNamed(words, names, row->size() == 1)) continue;
        if (read_.insert(cell).second) Take(cell, line, print);
        break;
      }
    }
  }

 private:
  // The cells of a row with the names of their columns.
  using Row = std::vector<std::pair<report::CellIndex, Cores>>;

  // Whether the words after the row's label are the column's name, or none
  // where the row has but one.
  static bool IsNamed(Words words, const Cores& names, bool only) {
    for (Words filler : {U"为", U"共计", U"共"}) ConsumeSuffix(&words, filler);
    if (words.empty()) return only;
    return std::find(names.begin(), names.end(), words) != names.end();
  }

  void Take(report::CellIndex cell, const Line& line, absl::string_view print) {
    Atom atom;
    atom.kind = AtomKind::kFigure;
    atom.line = line.number;
    atom.cell = -1;
    atom.text = print;
    readings_.push_back(
        ReadCell(cell, &atom, line.number, v1::UNIT_UNSPECIFIED));
    Doubt({"The figure stands in a list or a sentence, not in the table.",
           "该数字出现在文字叙述中，不在表格内。"},
          &readings_.back());
  }

  std::vector<Row> rows_;
  std::vector<std::pair<std::u32string, size_t>> labels_;
  std::set<report::CellIndex> read_;
  std::vector<CellReading>& readings_;
};

}  // namespace

void AddListedRows(const std::vector<Line>& lines, LineRange range,
                   const std::vector<FormRow>& form, v1::Edition edition,
                   std::vector<CellReading>* readings) {
  ListReader reader(form, edition, readings);
  for (size_t i = range.begin; i < range.end; ++i) {
    const Line& line = lines[i];
    if (line.delimited || line.decoration || line.text.size() > kMaxLine) {
      continue;
    }
    reader.Read(line);
  }
}

}  // namespace annals::client
