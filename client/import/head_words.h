// Whether the words of a table's head are the names of its columns and nothing
// else, however they are broken over lines.

#ifndef ANNALS_CLIENT_IMPORT_HEAD_WORDS_H_
#define ANNALS_CLIENT_IMPORT_HEAD_WORDS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

// The texts of a line of a head, as cores (normalise.h).
struct HeadLine {
  size_t line = 0;  // Its index.
  // Each text is a cell.
  bool delimited = false;
  std::vector<std::u32string> texts;
};

// The lines of the head that are printed last.
std::vector<HeadLine> HeadLinesOf(const std::vector<Line>& lines,
                                  LineRange head);

// How names may be printed.
enum class NameLayout {
  kOneToACell,  // A cell names one column; else they stand in their order.
  kPieces,      // A cell may hold several of the words, in any order.
};

// The words that a head may be made of. Each is known by its characters alone:
// a head with one more or one other names something else.
class HeadWords {
 public:
  explicit HeadWords(NameLayout layout) : layout_(layout) {}

  // A column that the head must name in one of these ways; columns are added
  // in their order.
  void AddColumn(const std::vector<std::u32string>& names);

  // What may stand in a head besides: what spans columns, the label of the row
  // below it, a note; with or without the number that opens it.
  void AddOther(absl::string_view text);
  void AddOther(const std::u32string& core);

  // What the form prints with a table: its heading, its note, and words such as
  // 项目.
  void AddTableTexts(int table_number);

  // The labels of a row or column's heads.
  void AddHeads(const google::protobuf::FieldDescriptor* field);

  // The first of the fewest lines at the end of the head that are made of the
  // words and name all columns. Names may be broken over lines: the pieces of
  // one stand in their order, with those of others between them.
  std::optional<size_t> Find(const std::vector<HeadLine>& head) const;

  // Whether a text is made of whole words.
  bool Make(const std::u32string& text) const;

 private:
  // Reads lines one character at a time.
  class Reader;

  struct Word {
    std::u32string text;
    // Its column; -1 if it is no column's name.
    int column = -1;
  };

  void AddWord(const Word& word);

  NameLayout layout_;
  std::vector<Word> words_;
  // By their first characters.
  std::map<char32_t, std::vector<size_t>> by_first_;
  int columns_ = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HEAD_WORDS_H_
