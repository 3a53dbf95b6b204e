#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/render/grid.h"
#include "client/suggest.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

const std::string& In(const v1::LocalizedText& text, Language language) {
  return language == Language::kZh ? text.zh() : text.en();
}

std::string Editions(const v1::Rule& rule, Language language) {
  std::vector<std::string> editions;
  for (const int edition : rule.editions()) {
    editions.push_back(
        report::EnumLabel(static_cast<v1::Edition>(edition), language));
  }
  if (editions.empty()) return Text{"各版", "all"}.In(language);
  return absl::StrJoin(editions, language == Language::kZh ? "、" : ", ");
}

// Rules that differ only in the cells that they look at.
using Family = std::vector<const v1::Rule*>;

// `T3-ROW`, `T3-ROW-` and `T3-ROW-{r}` name the family whose ids begin so.
Family FamilyNamed(absl::string_view name) {
  name = name.substr(0, name.find('{'));
  absl::ConsumeSuffix(&name, "-");
  const std::string prefix = absl::StrCat(name, "-");
  Family family;
  for (const v1::Rule& rule : report::RuleCatalogue()) {
    if (!absl::StartsWith(rule.id(), prefix)) continue;
    // Not of one kind: a letter such as "P" names no family.
    if (!family.empty() &&
        rule.rationale().en() != family.front()->rationale().en()) {
      return {};
    }
    family.push_back(&rule);
  }
  return family.size() > 1 ? family : Family();
}

// The families that a list shows in one line, since they have a rule for each
// cell.
constexpr absl::string_view kCellFamilies[] = {"T-NN", "R-SUM"};

// What the titles of a family end with.
std::string CommonTitle(const Family& family, Language language) {
  const std::string& first = In(family.front()->title(), language);
  size_t length = first.size();
  for (const v1::Rule* rule : family) {
    const std::string& title = In(rule->title(), language);
    length = std::min(length, title.size());
    while (first.substr(first.size() - length) !=
           title.substr(title.size() - length)) {
      --length;
    }
  }
  absl::string_view common(first);
  common.remove_prefix(first.size() - length);
  // Not from the middle of a character on.
  while (!common.empty() && (common.front() & '\xC0') == '\x80') {
    common.remove_prefix(1);
  }
  return absl::StrCat("…", common);
}

std::vector<std::string> FamilyRow(absl::string_view name, const Family& family,
                                   Language language) {
  const std::string count = absl::StrCat(family.size());
  return {absl::StrCat(name, "-{cell}"),
          report::EnumLabel(family.front()->severity(), language),
          Text{absl::StrCat(count, " 条"), absl::StrCat(count, " rules")}.In(
              language),
          CommonTitle(family, language)};
}

absl::Status PrintCatalogueJson(Session* session) {
  for (const v1::Rule& rule : report::RuleCatalogue()) {
    RETURN_IF_ERROR(session->PrintJsonLine(rule));
  }
  return absl::OkStatus();
}

void PrintCatalogue(Session* session) {
  const Language language = session->language();
  ListTable table;
  table.head = {session->Pick({"规则", "Rule"}),
                session->Pick({"级别", "Severity"}),
                session->Pick({"格式版本", "Editions"}),
                session->Pick({"要求", "Demand"})};
  std::set<std::string> shown;
  for (const v1::Rule& rule : report::RuleCatalogue()) {
    bool is_in_family = false;
    for (absl::string_view name : kCellFamilies) {
      if (!absl::StartsWith(rule.id(), absl::StrCat(name, "-"))) continue;
      is_in_family = true;
      if (!shown.insert(std::string(name)).second) continue;
      table.rows.push_back(FamilyRow(name, FamilyNamed(name), language));
    }
    if (is_in_family) continue;
    table.rows.push_back(
        {rule.id(), report::EnumLabel(rule.severity(), language),
         Editions(rule, language), In(rule.title(), language)});
  }
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  session->Tell({absl::StrCat("规则版本 ", report::kRuleSetVersion, "，共 ",
                              report::RuleCatalogue().size(), " 条"),
                 absl::StrCat("rule set ", report::kRuleSetVersion, ", ",
                              report::RuleCatalogue().size(), " rules")});
}

std::string CellLine(absl::string_view cell, Language language) {
  absl::string_view id = cell;
  const bool is_previous = absl::ConsumePrefix(&id, "previous.");
  const auto index = report::Schema::Get().Find(id);
  const std::string label = index.has_value()
                                ? report::Schema::Get().CellLabel(
                                      *index, v1::EDITION_UNSPECIFIED, language)
                                : report::Schema::Get().TextLabel(id, language);
  const Text previous = {"上一年度：", "last year: "};
  return absl::StrCat(cell, "  ", is_previous ? previous.In(language) : "",
                      label);
}

// Why, and a case.
void PrintReasons(const v1::Rule& rule, Session* session) {
  session->Print({absl::StrCat("缘由：", rule.rationale().zh()),
                  absl::StrCat("why: ", rule.rationale().en())});
  session->Print({absl::StrCat("举例：", rule.example().zh()),
                  absl::StrCat("example: ", rule.example().en())});
  session->Print({absl::StrCat("依据：", rule.basis().zh()),
                  absl::StrCat("basis: ", rule.basis().en())});
}

void PrintRule(const v1::Rule& rule, Session* session) {
  const Language language = session->language();
  session->out() << session->Out(rule.id(), Tone::kBold) << "  "
                 << report::EnumLabel(rule.severity(), language) << "\n";
  session->Print({absl::StrCat("要求：", rule.title().zh()),
                  absl::StrCat("demands: ", rule.title().en())});
  PrintReasons(rule, session);
  session->Print({absl::StrCat("格式版本：", Editions(rule, language)),
                  absl::StrCat("editions: ", Editions(rule, language))});
  if (rule.cells().empty()) return;
  session->Print({"单元格与段落：", "cells and texts:"});
  for (const std::string& cell : rule.cells()) {
    session->out() << "  " << CellLine(cell, language) << "\n";
  }
}

absl::Status PrintFamily(const Family& family, Session* session) {
  if (session->json()) {
    for (const v1::Rule* rule : family) {
      RETURN_IF_ERROR(session->PrintJsonLine(*rule));
    }
    return absl::OkStatus();
  }
  const Language language = session->language();
  session->Print(
      {absl::StrCat("共 ", family.size(), " 条，只是所看的单元格不同"),
       absl::StrCat(family.size(),
                    " rules that differ in the cells they look at")});
  PrintReasons(*family.front(), session);
  session->out() << "\n";
  ListTable table;
  table.head = {session->Pick({"规则", "Rule"}),
                session->Pick({"级别", "Severity"}),
                session->Pick({"格式版本", "Editions"}),
                session->Pick({"要求", "Demand"})};
  for (const v1::Rule* rule : family) {
    table.rows.push_back(
        {rule->id(), report::EnumLabel(rule->severity(), language),
         Editions(*rule, language), In(rule->title(), language)});
  }
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  return absl::OkStatus();
}

absl::Status RuleNotFound(const std::string& id) {
  std::vector<std::string> ids;
  for (const v1::Rule& rule : report::RuleCatalogue()) {
    ids.push_back(rule.id());
    std::string family = rule.id().substr(0, rule.id().rfind('-'));
    if (!FamilyNamed(family).empty()) ids.push_back(std::move(family));
  }
  std::optional<std::string> meant = Suggest(id, ids);
  if (!meant.has_value()) meant = Suggest(absl::AsciiStrToUpper(id), ids);
  return MakeError(
      absl::StatusCode::kNotFound, "RULE_NOT_FOUND",
      {meant.has_value() ? absl::StrCat("there is no rule ", id,
                                        "; did you mean ", *meant, "?")
                         : absl::StrCat("there is no rule ", id,
                                        "; `annals rules` lists them"),
       meant.has_value()
           ? absl::StrCat("没有规则 ", id, "；是否指 ", *meant, "？")
           : absl::StrCat("没有规则 ", id, "；用 annals rules 列出全部规则")});
}

absl::StatusOr<ExitCode> RunRules(const std::string& id, Session* session) {
  if (id.empty()) {
    if (!session->json()) {
      PrintCatalogue(session);
      return ExitCode::kOk;
    }
    RETURN_IF_ERROR(PrintCatalogueJson(session));
    return ExitCode::kOk;
  }
  const auto& rules = report::RuleCatalogue();
  const auto rule =
      std::find_if(rules.begin(), rules.end(),
                   [&id](const v1::Rule& r) { return r.id() == id; });
  if (rule == rules.end()) {
    const Family family = FamilyNamed(id);
    if (family.empty()) return RuleNotFound(id);
    RETURN_IF_ERROR(PrintFamily(family, session));
    return ExitCode::kOk;
  }
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(*rule));
  } else {
    PrintRule(*rule, session);
  }
  return ExitCode::kOk;
}

}  // namespace

void AddRulesCommand(CommandLine* line) {
  auto id = std::make_shared<std::string>();
  CLI::App* command =
      line->Add(&line->app(), "rules",
                {"校验规则目录，或其中一条、一组的说明：要求什么、"
                 "为什么、依据、举例",
                 "The catalogue of rules, or one of them or a "
                 "family explained: what, why, source, example"},
                "annals rules\n"
                "annals rules T3-ID-total\n"
                "annals rules T3-ROW");
  line->Option(command, "RULE", id.get(), "RULE",
               {"规则编号，或一组规则的编号（如 T3-ROW）",
                "The id of a rule, or of a family such as T3-ROW"});
  line->OnCall(command,
               [id](Session& session) { return RunRules(*id, &session); });
}

}  // namespace annals::client
