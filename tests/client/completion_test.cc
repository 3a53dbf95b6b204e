#include "client/completion.h"

#include "client/command_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Script(Shell shell) {
  GlobalOptions options;
  CommandLine line(Language::kZh, &options);
  return CompletionScript(line.app(), shell);
}

TEST(CompletionTest, BashKnowsCommandsOptionsAndValues) {
  const std::string script = Script(Shell::kBash);
  EXPECT_THAT(script, HasSubstr("\"agency register\") words=\"--name"));
  EXPECT_THAT(script, HasSubstr("\"submit\") words=\"--agency"));
  EXPECT_THAT(script, HasSubstr("--format) COMPREPLY=($(compgen -W \"json "
                                "xlsx text html table docx csv\""));
  EXPECT_THAT(script, HasSubstr("figure-error omission scope text-error"));
  EXPECT_THAT(script, HasSubstr("\"trust add\") words=\"--policy"));
  EXPECT_THAT(script, HasSubstr("\"verify-receipt\") words=\"--policy"));
  EXPECT_THAT(script, HasSubstr("--profile --no-verify"));
  EXPECT_THAT(script, HasSubstr("complete -o filenames -F _annals annals"));
}

TEST(CompletionTest, ZshUsesBashsThroughItsBridge) {
  EXPECT_THAT(Script(Shell::kZsh), StartsWith("#compdef annals\n"));
  EXPECT_THAT(Script(Shell::kZsh), HasSubstr("bashcompinit"));
}

TEST(CompletionTest, FishDescribesThem) {
  const std::string script = Script(Shell::kFish);
  EXPECT_THAT(script, HasSubstr("-n __fish_use_subcommand -f -a history -d"));
  EXPECT_THAT(script, HasSubstr("-n '__fish_seen_subcommand_from get' -l "
                                "format -r -f -a 'table json text html docx "
                                "xlsx csv'"));
}

}  // namespace
}  // namespace annals::client
