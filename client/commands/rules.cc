#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/render/grid.h"
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

absl::Status PrintCatalogue(Session* session) {
  const Language language = session->language();
  ListTable table;
  table.head = {session->Pick({"规则", "Rule"}),
                session->Pick({"级别", "Severity"}),
                session->Pick({"格式版本", "Editions"}),
                session->Pick({"要求", "Demand"})};
  for (const v1::Rule& rule : report::RuleCatalogue()) {
    if (session->json()) {
      RETURN_IF_ERROR(session->PrintJsonLine(rule));
      continue;
    }
    table.rows.push_back(
        {rule.id(), report::EnumLabel(rule.severity(), language),
         Editions(rule, language), In(rule.title(), language)});
  }
  if (session->json()) return absl::OkStatus();
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  session->Tell({absl::StrCat("规则版本 ", report::kRuleSetVersion),
                 absl::StrCat("rule set ", report::kRuleSetVersion)});
  return absl::OkStatus();
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

void PrintRule(const v1::Rule& rule, Session* session) {
  const Language language = session->language();
  session->out() << session->Out(rule.id(), Tone::kBold) << "  "
                 << report::EnumLabel(rule.severity(), language) << "\n";
  session->Print({absl::StrCat("要求：", rule.title().zh()),
                  absl::StrCat("demands: ", rule.title().en())});
  session->Print({absl::StrCat("依据：", rule.basis().zh()),
                  absl::StrCat("basis: ", rule.basis().en())});
  session->Print({absl::StrCat("格式版本：", Editions(rule, language)),
                  absl::StrCat("editions: ", Editions(rule, language))});
  if (rule.cells().empty()) return;
  session->Print({"单元格：", "cells:"});
  for (const std::string& cell : rule.cells()) {
    session->out() << "  " << CellLine(cell, language) << "\n";
  }
}

absl::StatusOr<ExitCode> RunRules(const std::string& id, Session* session) {
  if (id.empty()) {
    RETURN_IF_ERROR(PrintCatalogue(session));
    return ExitCode::kOk;
  }
  const auto& rules = report::RuleCatalogue();
  const auto rule =
      std::find_if(rules.begin(), rules.end(),
                   [&id](const v1::Rule& r) { return r.id() == id; });
  if (rule == rules.end()) {
    return MakeError(
        absl::StatusCode::kNotFound, "RULE_NOT_FOUND",
        {absl::StrCat("there is no rule ", id, "; `annals rules` lists them"),
         absl::StrCat("没有规则 ", id, "；用 annals rules 列出全部规则")});
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
  CLI::App* command = line->Add(&line->app(), "rules",
                                {"校验规则目录，或其中一条的全文",
                                 "The catalogue of rules, or all of one rule"},
                                "annals rules\n"
                                "annals rules T3-ID-total");
  line->Option(command, "RULE", id.get(), "RULE",
               {"规则编号", "The id of a rule"});
  line->OnCall(command,
               [id](Session& session) { return RunRules(*id, &session); });
}

}  // namespace annals::client
