#include "client/command_line.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "service/report/names.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Outcome {
  ExitCode code = ExitCode::kOk;
  std::string out;
  std::string err;
};

Outcome RunWith(const std::vector<std::string>& arguments,
                const std::string& lang = "") {
  std::ostringstream out;
  std::ostringstream err;
  Surroundings surroundings;
  surroundings.environment = [&lang](const std::string& name) {
    return name == "LANG" ? lang : std::string();
  };
  surroundings.out = &out;
  surroundings.err = &err;
  const ExitCode code = Run(arguments, surroundings);
  return {code, out.str(), err.str()};
}

void ForEachCommand(
    const CLI::App* app, const std::string& words,
    const std::function<void(const std::string&, const CLI::App*)>& visit) {
  visit(words, app);
  for (const CLI::App* command :
       app->get_subcommands([](const CLI::App*) { return true; })) {
    ForEachCommand(command, absl::StrCat(words, " ", command->get_name()),
                   visit);
  }
}

TEST(HelpTest, EveryCommandHasAnExampleThatCallsIt) {
  for (Language language : {Language::kZh, Language::kEn}) {
    GlobalOptions options;
    CommandLine line(language, &options);
    ForEachCommand(&line.app(), "annals",
                   [](const std::string& words, const CLI::App* app) {
                     EXPECT_THAT(app->get_footer(), HasSubstr(words));
                     EXPECT_THAT(app->get_description(), Not(IsEmpty()));
                     for (const CLI::Option* option : app->get_options()) {
                       EXPECT_THAT(option->get_description(), Not(IsEmpty()))
                           << words << " " << option->get_name();
                     }
                   });
  }
}

// Whoever copies an example must not be told that its code is none.
TEST(HelpTest, TheCodesInExamplesAreCodes) {
  GlobalOptions options;
  CommandLine line(Language::kEn, &options);
  int codes = 0;
  ForEachCommand(&line.app(), "annals",
                 [&codes](const std::string& words, const CLI::App* app) {
                   for (const absl::string_view word : absl::StrSplit(
                            app->get_footer(), absl::ByAnyChar(" \n/"))) {
                     if (word.size() != 18 || word.substr(0, 2) != "11") {
                       continue;
                     }
                     ++codes;
                     EXPECT_OK(report::ValidateAgencyCode(word)) << words;
                   }
                 });
  EXPECT_GT(codes, 20);
}

TEST(HelpTest, ListsExitCodesInBothLanguages) {
  const Outcome en = RunWith({"--help"});
  EXPECT_EQ(en.code, ExitCode::kOk);
  for (const ExitCodeMeaning& meaning : ExitCodeMeanings()) {
    EXPECT_THAT(en.out, HasSubstr(meaning.meaning.en));
  }
  const Outcome zh = RunWith({"--help"}, "zh_CN.UTF-8");
  for (const ExitCodeMeaning& meaning : ExitCodeMeanings()) {
    EXPECT_THAT(zh.out, HasSubstr(meaning.meaning.zh));
  }
}

TEST(HelpTest, OfACommandShowsItsOptionsAndTheGlobalOnes) {
  const Outcome help = RunWith({"agency", "register", "--help"});
  EXPECT_EQ(help.code, ExitCode::kOk);
  EXPECT_THAT(help.out, HasSubstr("Usage: annals agency register CODE"));
  EXPECT_THAT(help.out, HasSubstr("--division CODE"));
  EXPECT_THAT(help.out, HasSubstr("--server HOST:PORT"));
  EXPECT_THAT(help.err, IsEmpty());
}

TEST(CommandLineTest, GlobalOptionsStandAnywhere) {
  EXPECT_THAT(RunWith({"--json", "rules", "T3-ID-total"}).out,
              HasSubstr("\"severity\": \"SEVERITY_ERROR\""));
  EXPECT_THAT(RunWith({"rules", "--json", "T3-ID-total"}).out,
              HasSubstr("\"severity\": \"SEVERITY_ERROR\""));
  EXPECT_THAT(RunWith({"rules", "T3-ID-total", "--lang", "zh"}).out,
              HasSubstr("要求："));
}

TEST(RulesCommandTest, ExplainsARule) {
  const std::string zh = RunWith({"rules", "Y-DOC", "--lang", "zh"}).out;
  for (const char* part : {"Y-DOC  警告", "要求：", "缘由：",
                           "举例：上年现行有效 "
                           "597 件",
                           "依据：", "格式版本：2021年版",
                           "previous.t2.normative_documents.in_force  "
                           "上一年度：第二十条第（一）项"}) {
    EXPECT_THAT(zh, HasSubstr(part));
  }
  const std::string en = RunWith({"rules", "Y-DOC"}).out;
  for (const char* part : {"demands: ", "why: ", "example: ", "basis: "}) {
    EXPECT_THAT(en, HasSubstr(part));
  }
}

TEST(RulesCommandTest, ExplainsAFamily) {
  for (const char* name : {"T3-ROW", "T3-ROW-", "T3-ROW-{r}"}) {
    const Outcome family = RunWith({"rules", name});
    EXPECT_EQ(family.code, ExitCode::kOk);
    EXPECT_THAT(family.out, HasSubstr("26 rules that differ"));
    EXPECT_THAT(family.out, HasSubstr("T3-ROW-refused_duplicate"));
    EXPECT_THAT(family.out, HasSubstr("why: "));
  }
  EXPECT_THAT(RunWith({"--json", "rules", "T4-SUM"}).out,
              HasSubstr("\"id\":\"T4-SUM-C\""));
  EXPECT_THAT(RunWith({"rules"}).out, HasSubstr("…: not negative"));
  EXPECT_THAT(RunWith({"rules", "--lang", "zh"}).out,
              HasSubstr("R-SUM-{cell}"));
}

TEST(RulesCommandTest, SuggestsWhatWasMeant) {
  for (const auto& [id, meant] :
       std::vector<std::pair<const char*, const char*>>{
           {"T3-RWO", "did you mean T3-ROW?"},
           {"y-same", "did you mean Y-SAME?"},
           {"N-REQUEST", "did you mean N-REQUESTS?"},
           {"nonsense", "`annals rules` lists them"},
           {"P", "`annals rules` lists them"}}) {
    const Outcome outcome = RunWith({"rules", id});
    EXPECT_NE(outcome.code, ExitCode::kOk) << id;
    EXPECT_THAT(outcome.err, HasSubstr(meant)) << id;
    EXPECT_THAT(outcome.err, HasSubstr("RULE_NOT_FOUND")) << id;
  }
}

TEST(CommandLineTest, WrongWordsAreRefusedInTheChosenLanguage) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nonsense"},
      {"get"},
      {"get", "a", "b"},
      {"check", "x", "--no-such-option"},
      {"check", "agencies/11410303005450123N/reports/2024", "--year", "2024"},
      {"get", "x", "--revision", "first"},
      {"get", "x", "--revision", "0"},
      {"get", "x", "--revision", "1", "--as-of", "2025-01-01"},
      {"get", "agencies/11410303005450123N/reports/2024", "--as-of", "never"},
      {"check", "x", "--lang", "fr"},
      {"agency"},
      {"watch", "--count", "-1"},
      {"completion", "tcsh"},
      {"verify", "agencies/11410303005450123N/reports/2024"}};
  for (const auto& arguments : wrong) {
    const std::string words = absl::StrJoin(arguments, " ");
    const Outcome en = RunWith(arguments);
    EXPECT_EQ(en.code, ExitCode::kUsage) << words;
    EXPECT_THAT(en.out, IsEmpty()) << words;
    EXPECT_THAT(en.err, HasSubstr("error: ")) << words;
    const Outcome zh = RunWith(arguments, "zh_CN.UTF-8");
    EXPECT_EQ(zh.code, ExitCode::kUsage) << words;
    EXPECT_THAT(zh.err, HasSubstr("错误：")) << words;
  }
}

TEST(CommandLineTest, WhatTheParserSaysIsInChineseToo) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"get", "x", "--revision"}, "--revision 缺少值。"},
      {{"get", "x", "--revision", "1", "--as-of-size", "2"},
       "选项不能同时使用：--revision 与 --as-of-size。"},
      {{"get", "x", "--json=maybe"}, "--json"},
      {{"import", "x", "--max-pdf-pages", "0"}, "应为 1 至 2147483647 的整数"},
      {{"import", "x", "--max-file-mib", "1e3"}, "应为 1 至 1048576 的整数"}};
  for (const auto& [arguments, said] : wrong) {
    const std::string words = absl::StrJoin(arguments, " ");
    const Outcome zh = RunWith(arguments, "zh_CN.UTF-8");
    EXPECT_EQ(zh.code, ExitCode::kUsage) << words;
    EXPECT_THAT(zh.err, HasSubstr(said)) << words;
    for (const char* english : {" required", " excludes", "Could", "Should"}) {
      EXPECT_THAT(zh.err, Not(HasSubstr(english))) << words;
    }
  }
}

// By the name that stands in the help.
TEST(CommandLineTest, AMissingArgumentIsNamedAsTheHelpNamesIt) {
  EXPECT_THAT(RunWith({"cells"}).err, HasSubstr("FILE|REPORT is required;"));
  EXPECT_THAT(RunWith({"cells"}, "zh_CN.UTF-8").err,
              HasSubstr("缺少 FILE|REPORT。"));
  EXPECT_THAT(RunWith({"rollup", "11410300054481305D"}).err,
              HasSubstr("--year is required;"));
}

TEST(CommandLineTest, WhatIsWrongWithAKeyIsInChineseToo) {
  const std::vector<std::vector<std::string>> wrong = {
      {"checkpoint", "--key", "nonsense", "--config-dir", "/nonexistent"},
      {"trust", "add", "nonsense", "--config-dir", "/nonexistent"}};
  for (const auto& arguments : wrong) {
    const Outcome zh = RunWith(arguments, "zh_CN.UTF-8");
    EXPECT_EQ(zh.code, ExitCode::kUsage) << arguments[0];
    EXPECT_THAT(zh.err, HasSubstr("验证公钥格式有误"));
    EXPECT_THAT(zh.err, Not(HasSubstr("malformed")));
  }
}

TEST(CommandLineTest, ColourOnlyIfAsked) {
  EXPECT_THAT(RunWith({"rules", "T3-ID-total"}).out, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(RunWith({"rules", "T3-ID-total", "--color", "always"}).out,
              HasSubstr("\x1b["));
}

TEST(CommandLineTest, AnAbsentServerIsUnavailable) {
  // Port 1 of loopback: nothing listens there.
  const Outcome outcome = RunWith(
      {"list", "--server", "127.0.0.1:1", "--timeout", "0.3"}, "zh_CN.UTF-8");
  EXPECT_EQ(outcome.code, ExitCode::kUnavailable);
  EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(outcome.err, HasSubstr("annalsd"));
}

TEST(WrongUseTest, NamesTheWordThatMayHaveBeenMeant) {
  Outcome outcome = RunWith({"list", "--yaer", "2024"}, "en_US.UTF-8");
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_THAT(outcome.err, HasSubstr("there is no option --yaer"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean --year?"));
  EXPECT_THAT(outcome.err, HasSubstr("annals list --help"));
  outcome = RunWith({"lsit"}, "zh_CN.UTF-8");
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_THAT(outcome.err, HasSubstr("lsit，是不是 list？"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("not expected")));
}

// An audit of nothing must not pass for one of the server.
TEST(WrongUseTest, AnEmptyPathIsNotTakenAsNotGiven) {
  const std::vector<std::vector<std::string>> cases = {
      {"audit", "--offline", ""},
      {"audit", "--state", ""},
      {"checkpoint", "--key", ""},
      {"verify-receipt", ""},
      {"verify-receipt", "x", "--policy", ""}};
  for (const std::vector<std::string>& words : cases) {
    const Outcome en = RunWith(words, "en_US.UTF-8");
    EXPECT_EQ(en.code, ExitCode::kUsage) << words[0];
    const std::string& last = words[words.size() - 2];
    const std::string name = last == "verify-receipt" ? "FILE" : last;
    EXPECT_THAT(en.err, HasSubstr(name + ": must not be empty"));
    EXPECT_THAT(RunWith(words, "zh_CN.UTF-8").err,
                HasSubstr(name + ": 不能为空"));
  }
}

TEST(WrongUseTest, NamesTheWholeCommandWhoseHelpToRead) {
  EXPECT_THAT(RunWith({"trust", "remove"}).err,
              HasSubstr("annals trust remove --help"));
  const Outcome outcome = RunWith({"trust", "lsit"}, "en_US.UTF-8");
  EXPECT_THAT(outcome.err, HasSubstr("did you mean list?"));
  EXPECT_THAT(outcome.err, HasSubstr("annals trust --help"));
}

TEST(WrongUseTest, GuessesNothingFromAnotherWord) {
  const Outcome outcome = RunWith({"list", "--colour-of-money"}, "en_US.UTF-8");
  EXPECT_THAT(outcome.err, HasSubstr("--colour-of-money"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("did you mean")));
}

TEST(ServerTest, WithoutAPortIsAtTheDefaultPort) {
  EXPECT_EQ(WithPort("ledger.example"), "ledger.example:7432");
  EXPECT_EQ(WithPort("ledger.example:1"), "ledger.example:1");
  EXPECT_EQ(WithPort("[::1]"), "[::1]:7432");
  EXPECT_EQ(WithPort("[::1]:1"), "[::1]:1");
  EXPECT_EQ(WithPort(""), "");
}

TEST(WrongUseTest, NumbersAreOfTheirKind) {
  const auto refuses = [](const std::vector<std::string>& words) {
    return RunWith(words).code == ExitCode::kUsage;
  };
  EXPECT_TRUE(refuses({"list", "--year", "24"}));
  EXPECT_TRUE(refuses({"list", "--year", "2024.5"}));
  EXPECT_TRUE(refuses({"watch", "--from", "-1"}));
  EXPECT_TRUE(refuses({"watch", "--from", "1e3"}));
  EXPECT_TRUE(refuses({"watch", "--from", "99999999999999999999"}));
}

}  // namespace
}  // namespace annals::client
