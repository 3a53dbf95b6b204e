#include "client/import/disputes_head.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "client/import/head_order.h"
#include "client/import/head_words.h"
#include "client/import/header_check.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/other_meaning.h"

namespace annals::client {
namespace {

using Cores = std::vector<std::u32string>;

std::u32string LabelCore(const FormRow& row) {
  return CoreOf(LabelWordings(row.field).front().text);
}

// The pieces that the names of the outcomes are made of: in prints that lost
// their layout, those at the end of a name may stand first.
std::vector<Cores> OutcomeNames() {
  return {{U"结果"}, {U"维持"}, {U"纠正"},         {U"其他"},
          {U"尚未"}, {U"审结"}, {U"总计", U"合计"}};
}

// What a head over the outcomes may be made of. `kinds` are those that it must
// name; the labels of rows below it may stand there if it names none.
HeadWords WordsFor(const std::vector<FormRow>& form,
                   const std::vector<size_t>& kinds) {
  HeadWords words(NameLayout::kPieces);
  for (const Cores& names : OutcomeNames()) words.AddColumn(names);
  for (size_t row = 0; row < form.size(); ++row) {
    const bool named =
        std::find(kinds.begin(), kinds.end(), row) != kinds.end();
    if (!named && !kinds.empty()) continue;
    if (named) {
      words.AddColumn({LabelCore(form[row])});
    } else {
      words.AddOther(LabelWordings(form[row].field).front().text);
    }
    words.AddHeads(form[row].field);
  }
  words.AddTableTexts(4);
  return words;
}

// Whether each outcome is named as often as the others.
bool NamesEvenly(const std::u32string& head, int at_least) {
  const auto count = [&head](char32_t code) {
    return std::count(head.begin(), head.end(), code);
  };
  const auto times = count(U'维');
  for (char32_t code : std::u32string_view(U"持纠正其尚审")) {
    if (count(code) != times) return false;
  }
  return times >= at_least && count(U'总') + count(U'合') == times &&
         count(U'果') == 3 * times && count(U'结') == 4 * times;
}

// The lines that name the kinds and their outcomes and nothing else.
std::optional<LineRange> LinesNaming(const std::vector<Line>& lines,
                                     LineRange head,
                                     const std::vector<FormRow>& form,
                                     const std::vector<size_t>& kinds) {
  const std::vector<HeadLine> printed = HeadLinesOf(lines, head);
  const std::optional<size_t> begin = WordsFor(form, kinds).Find(printed);
  if (!begin.has_value() || NamesOtherDisputes(TextCore(lines, head))) {
    return std::nullopt;
  }
  const LineRange named = {printed[*begin].line, head.end};
  const int at_least = std::max<int>(1, static_cast<int>(kinds.size()));
  if (!NamesEvenly(TextCore(lines, named), at_least) ||
      !OutcomesInOrder(lines, named)) {
    return std::nullopt;
  }
  return named;
}

// The kinds in the order of their columns; empty if it can't be told.
std::vector<size_t> InOrder(const std::vector<Line>& lines, LineRange named,
                            const std::vector<size_t>& kinds) {
  if (kinds.size() < 2) return kinds;
  const auto before = [&](const char32_t* first, const char32_t* second) {
    return ColumnsInOrder(lines, named, first, second);
  };
  const size_t first = kinds[kinds.size() - 2];
  const size_t second = kinds.back();
  std::vector<size_t> order;
  if (before(U"未经复议", U"复议后")) order = {first, second};
  if (before(U"复议后", U"未经复议")) order = {second, first};
  if (kinds.size() == 2 || order.empty()) return order;
  if (before(U"行政复议", U"行政诉讼")) {
    order.insert(order.begin(), kinds.front());
  } else if (before(U"行政诉讼", U"行政复议")) {
    order.push_back(kinds.front());
  } else {
    order.clear();
  }
  return order;
}

}  // namespace

std::vector<size_t> KindsNamed(const std::vector<Line>& lines, LineRange head,
                               const std::vector<FormRow>& form, size_t kinds) {
  std::vector<std::vector<size_t>> choices;
  if (kinds == 1) choices = {{0}, {1}, {2}};
  if (kinds == 2) choices = {{1, 2}};
  if (kinds == 3) choices = {{0, 1, 2}};
  std::vector<size_t> found;
  // A head over more figures names the outcomes of other kinds besides.
  const std::u32string whole = TextCore(lines, head);
  const auto times = std::count(whole.begin(), whole.end(), U'维');
  if (kinds < form.size() && times != static_cast<ptrdiff_t>(kinds)) return {};
  for (const std::vector<size_t>& choice : choices) {
    const auto named = LinesNaming(lines, head, form, choice);
    if (!named.has_value()) continue;
    if (!found.empty()) return {};
    found = InOrder(lines, *named, choice);
  }
  return found;
}

bool NamesOutcomesOnly(const std::vector<Line>& lines, LineRange head,
                       const std::vector<FormRow>& form) {
  return LinesNaming(lines, head, form, {}).has_value();
}

}  // namespace annals::client
