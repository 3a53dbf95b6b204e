// The units that a text states for the figures of a table: 单位：万件.

#ifndef ANNALS_CLIENT_IMPORT_STATED_UNIT_H_
#define ANNALS_CLIENT_IMPORT_STATED_UNIT_H_

#include <string>

namespace annals::client {

// What a text says of units, as far as it says anything.
struct StatedUnit {
  bool counts = false;         // 件
  bool scaled_counts = false;  // 百件, 万件, or 万 with nothing after it
  bool yuan = false;           // 元
  bool wan_yuan = false;       // 万元
  // 千元, 亿元, 角, 美元, 亿 with nothing after it, or what can't be read.
  bool other_money = false;

  bool IsOfMoney() const { return yuan || wan_yuan || other_money; }
  void Add(const StatedUnit& other);
};

// `text` is folded and has no blanks. A sentence states a unit only where it
// says so: it may count something else.
StatedUnit UnitStatedIn(const std::u32string& text, bool is_sentence);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_STATED_UNIT_H_
