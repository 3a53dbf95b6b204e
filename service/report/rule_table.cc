#include "service/report/rule_table.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "annals/v1/schema_options.pb.h"
#include "ledger/check.h"
#include "ledger/hash.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/check.h"
#include "service/report/finding_text.h"
#include "service/report/rule_families.h"

namespace annals::report {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Fields that hold the figures of a row, without the total if so asked.
std::vector<std::string> FigureNames(const Descriptor* row, bool with_total) {
  std::vector<std::string> names;
  for (int i = 0; i < row->field_count(); ++i) {
    const std::string& name = row->field(i)->name();
    if (with_total || name != "total") names.push_back(name);
  }
  return names;
}

// The rows of table 3; only the outcomes that add up to the total if so asked.
std::vector<std::string> RowNames3(bool outcomes_only) {
  std::vector<std::string> names;
  const Descriptor* table = v1::Table3::descriptor();
  for (int i = 0; i < table->field_count(); ++i) {
    const FieldDescriptor* row = table->field(i);
    if (row->message_type() == nullptr) continue;
    const auto& options = row->options();
    const bool is_outcome =
        options.ExtensionSize(v1::heads) > 0 &&
        options.GetExtension(v1::heads, 0) == v1::HEAD_OUTCOMES &&
        row->name() != "total_processed";
    if (is_outcome || !outcomes_only) names.push_back(row->name());
  }
  return names;
}

// The outcomes whose names begin so.
std::vector<std::string> RowNames3With(absl::string_view prefix) {
  std::vector<std::string> names;
  for (const std::string& name : RowNames3(true)) {
    if (absl::StartsWith(name, prefix)) names.push_back(name);
  }
  return names;
}

std::vector<std::string> OrganisationNames() {
  std::vector<std::string> names =
      FigureNames(v1::ApplicantCounts::descriptor(), false);
  names.erase(std::find(names.begin(), names.end(), "natural_person"));
  return names;
}

std::vector<std::string> CellIds(bool (*is_meant)(const CellInfo&)) {
  std::vector<std::string> ids;
  for (const CellInfo& cell : Schema::Get().cells()) {
    if (is_meant(cell)) ids.push_back(cell.id);
  }
  return ids;
}

struct Expansion {
  std::string slot;
  std::vector<std::string> values;
};

Expansion SpreadOf(Spread spread) {
  switch (spread) {
    case Spread::kColumns3:
      return {"{c}", FigureNames(v1::ApplicantCounts::descriptor(), true)};
    case Spread::kRows3:
      return {"{r}", RowNames3(false)};
    case Spread::kFigures:
      return {"{cell}",
              CellIds([](const CellInfo& c) { return !c.may_be_negative; })};
    case Spread::kDeeds:
      return {"{cell}", CellIds([](const CellInfo& c) { return !c.is_stock; })};
    case Spread::kStocks:
      return {"{cell}", CellIds([](const CellInfo& c) { return c.is_stock; })};
    case Spread::kNone:
      break;
  }
  return {"", {""}};
}

// What a term may be summed over.
std::vector<Expansion> Sums() {
  return {
      {"{outcome}", RowNames3(true)},
      {"{any_row}", RowNames3(false)},
      {"{denied}", RowNames3With("denied_")},
      {"{unable}", RowNames3With("unable_")},
      {"{refused}", RowNames3With("refused_")},
      {"{other}", RowNames3With("other_")},
      {"{organisation}", OrganisationNames()},
      {"{part}", FigureNames(v1::ApplicantCounts::descriptor(), false)},
      {"{result}", FigureNames(v1::DisputeCounts::descriptor(), false)},
  };
}

std::string Replace(absl::string_view text, const std::string& slot,
                    const std::string& value) {
  if (slot.empty()) return std::string(text);
  return absl::StrReplaceAll(text, {{slot, value}});
}

TermRef MakeTerm(absl::string_view term) {
  TermRef ref;
  ref.is_negative = absl::ConsumePrefix(&term, "-");
  ref.is_previous = absl::ConsumePrefix(&term, "previous.");
  const std::optional<CellIndex> cell = Schema::Get().Find(term);
  ANNALS_CHECK(cell.has_value());
  ref.cell = *cell;
  return ref;
}

std::vector<TermRef> MakeSide(const std::vector<const char*>& patterns,
                              const std::string& slot,
                              const std::string& value) {
  std::vector<TermRef> side;
  for (const char* pattern : patterns) {
    const std::string term = Replace(pattern, slot, value);
    bool is_sum = false;
    for (const Expansion& sum : Sums()) {
      if (!absl::StrContains(term, sum.slot)) continue;
      is_sum = true;
      for (const std::string& name : sum.values) {
        side.push_back(MakeTerm(Replace(term, sum.slot, name)));
      }
    }
    if (!is_sum) side.push_back(MakeTerm(term));
  }
  return side;
}

std::string FillSlots(const RuleInstance& instance, const std::string& text,
                      Language language) {
  if (instance.left.empty() || !absl::StrContains(text, '{')) return text;
  const CellInfo& cell = Schema::Get().cells()[instance.left.front().cell];
  const v1::Edition edition =
      cell.in_2021 ? v1::EDITION_2021 : v1::EDITION_2019;
  const v1::Label& note =
      cell.table->message_type()->options().GetExtension(v1::table_note);
  return absl::StrReplaceAll(
      text, {{"{expression}", RuleExpression(instance, edition, language)},
             {"{cell}", Schema::Get().CellLabel(instance.left.front().cell,
                                                edition, language)},
             {"{row}", FieldLabel(cell.row, edition, language)},
             {"{column}", FieldLabel(cell.figure, edition, language)},
             {"{note}", language == Language::kZh ? note.zh() : note.en()}});
}

void SetEditions(const RuleFamily& family, RuleInstance* instance) {
  if (instance->left.empty() || family.in_each_edition) return;
  const CellInfo& cell = Schema::Get().cells()[instance->left.front().cell];
  instance->in_2019 = cell.in_2019;
  instance->in_2021 = cell.in_2021;
  if (cell.in_2019 && cell.in_2021) return;
  instance->rule.add_editions(cell.in_2019 ? v1::EDITION_2019
                                           : v1::EDITION_2021);
}

std::vector<std::string> RuleCells(const RuleFamily& family,
                                   const RuleInstance& instance) {
  if (instance.demand == Demand::kCellsPresent) return {"t2", "t3", "t4"};
  std::vector<std::string> cells;
  for (const auto* side : {&instance.left, &instance.right}) {
    for (const TermRef& term : *side) {
      cells.push_back(absl::StrCat(term.is_previous ? "previous." : "",
                                   Schema::Get().cells()[term.cell].id));
    }
  }
  cells.insert(cells.end(), family.texts.begin(), family.texts.end());
  return cells;
}

// Adds the terms whose cells are not among `terms` yet.
void AddNewTerms(const std::vector<TermRef>& added,
                 std::vector<TermRef>* terms) {
  for (const TermRef& term : added) {
    const bool is_new = std::none_of(
        terms->begin(), terms->end(),
        [&term](const TermRef& other) { return other.cell == term.cell; });
    if (is_new) terms->push_back(term);
  }
}

RuleInstance MakeInstance(const RuleFamily& family, const std::string& slot,
                          const std::string& value) {
  RuleInstance instance;
  instance.demand = family.demand;
  instance.apply = family.apply == nullptr ? ApplyArithmeticRule : family.apply;
  instance.table_number = family.table_number;
  instance.previous = family.previous;
  instance.is_silent_on_blank = family.spread == Spread::kFigures;
  instance.left = MakeSide(family.left, slot, value);
  instance.right = MakeSide(family.right, slot, value);
  instance.topic = family.topic;
  for (const std::vector<const char*>& candidate : family.candidates) {
    instance.candidates.push_back(MakeSide(candidate, slot, value));
    AddNewTerms(instance.candidates.back(), &instance.right);
  }
  v1::Rule& rule = instance.rule;
  rule.set_id(Replace(family.id, slot, value));
  rule.set_severity(family.severity);
  SetEditions(family, &instance);
  const auto set = [&instance](const ErrorText& text,
                               v1::LocalizedText* localized) {
    localized->set_zh(FillSlots(instance, text.zh, Language::kZh));
    localized->set_en(FillSlots(instance, text.en, Language::kEn));
  };
  set(family.title, rule.mutable_title());
  set(family.basis, rule.mutable_basis());
  set(family.rationale, rule.mutable_rationale());
  set(family.example, rule.mutable_example());
  const std::vector<std::string> cells = RuleCells(family, instance);
  for (const std::string& cell : cells) rule.add_cells(cell);
  instance.fingerprint = Fingerprint(rule.id(), cells);
  return instance;
}

std::vector<RuleInstance> MakeTable() {
  std::vector<RuleInstance> table;
  for (const RuleFamily& family : RuleFamilies()) {
    const Expansion spread = SpreadOf(family.spread);
    for (const std::string& value : spread.values) {
      table.push_back(MakeInstance(family, spread.slot, value));
    }
  }
  return table;
}

}  // namespace

const std::vector<RuleInstance>& RuleTable() {
  static const std::vector<RuleInstance> table = MakeTable();
  return table;
}

std::string Fingerprint(absl::string_view rule_id,
                        const std::vector<std::string>& cells) {
  std::string identity(rule_id);
  for (const std::string& cell : cells) absl::StrAppend(&identity, "\n", cell);
  const std::string digest = ledger::HashBytes(ledger::Sha256(identity));
  return absl::BytesToHexString(digest.substr(0, 8));
}

const std::vector<v1::Rule>& RuleCatalogue() {
  static const std::vector<v1::Rule> catalogue = [] {
    std::vector<v1::Rule> rules;
    for (const RuleInstance& instance : RuleTable()) {
      rules.push_back(instance.rule);
    }
    return rules;
  }();
  return catalogue;
}

}  // namespace annals::report
