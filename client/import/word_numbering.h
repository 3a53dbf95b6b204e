// The numbers that Word sets before paragraphs and that are not in their text:
// headings are often numbered that way.

#ifndef ANNALS_CLIENT_IMPORT_WORD_NUMBERING_H_
#define ANNALS_CLIENT_IMPORT_WORD_NUMBERING_H_

#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// `number` as a number format of Word (ECMA-376 part 1, 17.18.59) writes it;
// in decimal if the format is another one. Empty for `none` and `bullet`.
std::string FormatWordNumber(int number, absl::string_view format);

class WordNumbering {
 public:
  // Either may be null.
  WordNumbering(pugi::xml_node numbering, pugi::xml_node styles);

  // The number of the next paragraph in the order of the document, which has
  // these properties (w:pPr); empty if it has none.
  std::string Next(pugi::xml_node properties);

 private:
  struct Level {
    int start = 1;
    std::string format = "decimal";
    std::string text;
    std::string style;
    bool legal = false;  // All numbers in decimal.
  };
  struct List {
    std::map<int, Level> levels;
    std::string style_link;  // The list is that of this style.
  };
  struct Use {
    std::string list;
    std::map<int, int> starts;
  };
  struct Style {
    std::string number;
    int level = -1;
    std::string based_on;
  };
  struct Place {
    std::string number;  // w:numId
    int level = 0;
  };

  void ReadLists(pugi::xml_node numbering);
  void ReadStyles(pugi::xml_node styles);
  static Level ReadLevel(pugi::xml_node node);
  bool Find(pugi::xml_node properties, Place* place) const;
  const List* ListOf(const Use& use, std::string* id) const;
  static std::string Text(const List& list, int level,
                          const std::map<int, int>& counters);

  std::map<std::string, List> lists_;
  std::map<std::string, Use> uses_;
  std::map<std::string, Style> styles_;
  // By list, then by level.
  std::map<std::string, std::map<int, int>> counters_;
  // Numbers whose starts were used.
  std::set<std::string> started_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_WORD_NUMBERING_H_
