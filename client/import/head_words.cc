#include "client/import/head_words.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

#include "client/import/label_match.h"
#include "client/import/normalise.h"

namespace annals::client {
namespace {

// A head takes no more printed lines, one word to a line and each span printed
// out; and no more characters.
constexpr size_t kMaxHeadLines = 64;
constexpr size_t kMaxHead = 1200;
// Ways to read a head: at once, and followed over all its characters. Real
// heads need far fewer.
constexpr size_t kMaxStates = 500;
constexpr size_t kMaxSteps = 50000;
// Longer texts are prose.
constexpr size_t kMaxTextBytes = 400;

// A word of which the first characters were printed.
struct Piece {
  size_t word = 0;
  size_t size = 0;

  bool operator<(const Piece& other) const {
    return std::tie(word, size) < std::tie(other.word, other.size);
  }
  bool operator==(const Piece& other) const {
    return word == other.word && size == other.size;
  }
};

// What a cell has been found to hold.
enum class CellUse { kNothing, kColumn, kOther };

// One way to read what was printed so far.
struct State {
  uint64_t named = 0;       // Columns, one bit each.
  std::vector<Piece> open;  // Sorted.
  Piece current;            // None if its size is 0.
  int column = -1;          // The last one on the line.
  CellUse use = CellUse::kNothing;

  bool operator<(const State& other) const {
    return std::tie(named, open, current, column, use) <
           std::tie(other.named, other.open, other.current, other.column,
                    other.use);
  }
};

void Insert(const Piece& piece, std::vector<Piece>* open) {
  open->insert(std::upper_bound(open->begin(), open->end(), piece), piece);
}

// The texts of a line, those of one cell as one.
std::vector<std::u32string> TextsOf(const Line& line) {
  std::vector<std::u32string> texts;
  int cell = -1;
  for (const Atom& atom : line.atoms) {
    if (atom.kind != AtomKind::kText || atom.text.size() > kMaxTextBytes) {
      continue;
    }
    Segment number;
    const size_t numbering = NumberingLength(atom.text, &number);
    const std::u32string core = CoreOf(atom.text.substr(numbering));
    // As a word it would be a piece of too many heads: it begins as 总计 ends.
    if (core.empty() || core == U"计量单位") continue;
    if (line.delimited && atom.cell == cell && !texts.empty()) {
      texts.back() += core;
    } else {
      texts.push_back(core);
    }
    cell = atom.cell;
  }
  return texts;
}

}  // namespace

class HeadWords::Reader {
 public:
  // Takes what it does from `*steps`, and reads nothing once they are used up.
  Reader(const HeadWords& head, size_t* steps)
      : head_(head), steps_(*steps), states_{State()} {}

  // False once no way is left to read the text.
  bool Read(const HeadLine& line) {
    delimited_ = line.delimited;
    for (const std::u32string& text : line.texts) {
      for (char32_t code : text) Read(code);
      if (delimited_) EndCells();
    }
    EndCells();
    return !states_.empty();
  }

  // Whether all columns are named, and no name is unfinished.
  bool NamesAll() const {
    const uint64_t all = (uint64_t{1} << head_.columns_) - 1;
    return std::any_of(states_.begin(), states_.end(), [&](const State& state) {
      return state.named == all &&
             std::none_of(
                 state.open.begin(), state.open.end(),
                 [&](const Piece& piece) { return WordOf(piece).column >= 0; });
    });
  }

  // Whether no word is unfinished.
  bool HasWholeWords() const {
    return std::any_of(states_.begin(), states_.end(),
                       [](const State& state) { return state.open.empty(); });
  }

 private:
  const Word& WordOf(const Piece& piece) const {
    return head_.words_[piece.word];
  }

  void Read(char32_t code) {
    std::set<State> next;
    steps_ -= std::min(steps_, states_.size());
    if (steps_ > 0 && states_.size() <= kMaxStates) {
      for (const State& state : states_) Extend(state, code, &next);
    }
    states_ = std::move(next);
  }

  void Extend(const State& state, char32_t code, std::set<State>* next) const {
    if (state.current.size > 0 && GoesOn(state.current, code)) {
      State longer = state;
      ++longer.current.size;
      next->insert(std::move(longer));
    }
    // In a cell of its own, a name is broken at the end of a line only.
    if (delimited_ && state.current.size > 0 && !IsWhole(state.current)) return;
    const State closed = Closed(state);
    const auto beginning = head_.by_first_.find(code);
    if (beginning != head_.by_first_.end()) {
      for (size_t word : beginning->second) {
        Begin(closed, {word, 0}, code, next);
      }
    }
    for (size_t i = 0; i < closed.open.size(); ++i) {
      if (i > 0 && closed.open[i] == closed.open[i - 1]) continue;
      State rest = closed;
      rest.open.erase(rest.open.begin() + static_cast<ptrdiff_t>(i));
      Begin(rest, closed.open[i], code, next);
    }
  }

  bool GoesOn(const Piece& piece, char32_t code) const {
    const std::u32string& text = WordOf(piece).text;
    return piece.size < text.size() && text[piece.size] == code;
  }

  bool IsWhole(const Piece& piece) const {
    return piece.size == WordOf(piece).text.size();
  }

  // Puts the current piece aside.
  State Closed(const State& state) const {
    State closed = state;
    closed.current = {};
    if (state.current.size == 0) return closed;
    const int column = WordOf(state.current).column;
    if (!IsWhole(state.current)) {
      Insert(state.current, &closed.open);
    } else if (column >= 0) {
      closed.named |= uint64_t{1} << column;
    }
    return closed;
  }

  void Begin(const State& state, const Piece& piece, char32_t code,
             std::set<State>* next) const {
    if (!GoesOn(piece, code)) return;
    const int column = WordOf(piece).column;
    State begun = state;
    begun.current = {piece.word, piece.size + 1};
    if (head_.layout_ == NameLayout::kOneToACell && delimited_) {
      const CellUse use = column >= 0 ? CellUse::kColumn : CellUse::kOther;
      if (state.use == CellUse::kColumn ||
          (state.use == CellUse::kOther && use == CellUse::kColumn)) {
        return;
      }
      begun.use = use;
    } else if (head_.layout_ == NameLayout::kOneToACell && column >= 0) {
      if (column < state.column) return;
      begun.column = column;
    }
    next->insert(std::move(begun));
  }

  void EndCells() {
    std::set<State> next;
    for (const State& state : states_) {
      State closed = Closed(state);
      closed.column = -1;
      closed.use = CellUse::kNothing;
      next.insert(std::move(closed));
    }
    states_ = std::move(next);
  }

  const HeadWords& head_;
  size_t& steps_;
  bool delimited_ = false;
  std::set<State> states_;
};

std::vector<HeadLine> HeadLinesOf(const std::vector<Line>& lines,
                                  LineRange head) {
  std::vector<HeadLine> result;
  for (size_t i = head.end; i > head.begin; --i) {
    const Line& line = lines[i - 1];
    // Rows above are no head.
    if (line.decoration || line.HasFigure()) continue;
    HeadLine texts = {i - 1, line.delimited, TextsOf(line)};
    if (texts.texts.empty()) continue;
    result.push_back(std::move(texts));
    if (result.size() == kMaxHeadLines) break;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

void HeadWords::AddColumn(const std::vector<std::u32string>& names) {
  for (const std::u32string& name : names) AddWord({name, columns_});
  ++columns_;
}

void HeadWords::AddOther(absl::string_view text) {
  AddOther(CoreOf(text));
  const std::vector<Segment> segments = SegmentsOf(text);
  if (!segments.empty()) AddOther(segments.back().core);
}

void HeadWords::AddOther(const std::u32string& core) {
  const bool known =
      std::any_of(words_.begin(), words_.end(),
                  [&core](const Word& word) { return word.text == core; });
  if (!known && !core.empty()) AddWord({core, -1});
}

void HeadWords::AddWord(const Word& word) {
  by_first_[word.text.front()].push_back(words_.size());
  words_.push_back(word);
}

void HeadWords::AddHeads(const google::protobuf::FieldDescriptor* field) {
  for (const std::string& wording : HeadWordings(field)) AddOther(wording);
}

void HeadWords::AddTableTexts(int table_number) {
  struct Table {
    v1::Section section;
    const google::protobuf::Descriptor* message;
    const char* name;
  };
  static const Table kTables[] = {
      {v1::SECTION_S2_PROACTIVE, v1::Table2::descriptor(), "表二"},
      {v1::SECTION_S3_REQUESTS, v1::Table3::descriptor(), "表三"},
      {v1::SECTION_S4_DISPUTES, v1::Table4::descriptor(), "表四"}};
  const Table& table = kTables[table_number - 2];
  const auto* section =
      v1::Section_descriptor()->FindValueByNumber(table.section);
  for (const std::string& wording : LabelWordings(section)) AddOther(wording);
  const auto& options = table.message->options();
  if (options.HasExtension(v1::table_note)) {
    AddOther(options.GetExtension(v1::table_note).zh());
  }
  for (const char* word : {table.name, "信息内容", "项目", "指标", "类别",
                           "类型", "序号", "内容", "单位：件", "备注"}) {
    AddOther(word);
  }
  // A column of units; in table four it may name an office.
  if (table_number != 4) AddOther("单位");
}

std::optional<size_t> HeadWords::Find(const std::vector<HeadLine>& head) const {
  size_t size = 0;
  size_t steps = kMaxSteps;
  for (size_t begin = head.size(); begin > 0; --begin) {
    for (const std::u32string& text : head[begin - 1].texts) {
      size += text.size();
    }
    if (size > kMaxHead) return std::nullopt;
    Reader reader(*this, &steps);
    bool readable = true;
    for (size_t i = begin - 1; i < head.size() && readable; ++i) {
      readable = reader.Read(head[i]);
    }
    if (readable && reader.NamesAll()) return begin - 1;
  }
  return std::nullopt;
}

bool HeadWords::Make(const std::u32string& text) const {
  size_t steps = kMaxSteps;
  Reader reader(*this, &steps);
  return reader.Read({0, false, {text}}) && reader.HasWholeWords();
}

}  // namespace annals::client
