#include "client/command_line.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/commands/commands.h"
#include "client/help.h"

namespace annals::client {
namespace {

Text RootDescription() {
  return {
      "annals：政府信息公开工作年度报告账本的命令行客户端。\n"
      "数据写到标准输出，提示和错误写到标准错误。",
      "annals: the client of the ledger of annual reports on government "
      "information disclosure.\n"
      "Data goes to standard output, everything else to standard error."};
}

constexpr char kRootExamples[] =
    "annals agency register 11410303005450123N --name "
    "洛阳市西工区人民政府办公室 --division 410303\n"
    "annals import report.txt -o report.json\n"
    "annals check report.json\n"
    "annals submit report.json --agency 11410303005450123N --year 2024 "
    "--reason 年度报告\n"
    "annals history agencies/11410303005450123N/reports/2024";

}  // namespace

CommandLine::CommandLine(Language language, GlobalOptions* options)
    : language_(language), app_(Pick(RootDescription()), "annals") {
  app_.formatter(std::make_shared<HelpFormatter>(language));
  app_.set_help_flag("-h,--help", Pick({"显示帮助", "Show this help"}));
  app_.fallthrough();
  app_.require_subcommand(0, 1);
  app_.footer(kRootExamples);
  AddGlobalOptions(options);
  AddAllCommands(this);
}

void CommandLine::AddGlobalOptions(GlobalOptions* options) {
  Option(&app_, "--server", &options->server, "HOST:PORT",
         {"服务器地址（默认 127.0.0.1:7432）",
          "The server (default 127.0.0.1:7432)"})
      ->envname("ANNALS_SERVER");
  Option(&app_, "--lang", &options->lang, "zh|en",
         {"语言（默认取自 LC_ALL、LC_MESSAGES、LANG）",
          "The language (default from LC_ALL, LC_MESSAGES, LANG)"})
      ->check(OneOf({"zh", "en"}, language_));
  Flag(&app_, "--json", &options->json,
       {"以 JSON 输出数据；列表每行一条",
        "Print data as JSON; lists as one object a line"});
  Option(&app_, "--actor", &options->actor, "NAME",
         {"操作人，由服务器记为“自报”（默认为当前用户）",
          "Who you are; recorded as self-declared (default: the user)"})
      ->envname("ANNALS_ACTOR");
  Option(&app_, "--key", &options->key, "VKEY|FILE",
         {"核验用的公钥（verifier key），或存有它的文件",
          "The verifier key for verifying, or a file that holds it"})
      ->envname("ANNALS_KEY");
  Option(&app_, "--config-dir", &options->config_dir, "DIR",
         {"存放固定公钥的目录（默认 $XDG_CONFIG_HOME/annals 或 "
          "~/.config/annals）",
          "Where the pinned keys are kept (default $XDG_CONFIG_HOME/annals or "
          "~/.config/annals)"})
      ->envname("ANNALS_CONFIG_DIR");
  Flag(&app_, "--no-verify", &options->no_verify,
       {"不核验服务器的应答，只相信它的说法",
        "Verify nothing, take the server's word"});
  Option(&app_, "--timeout", &options->timeout_seconds, "SECONDS",
         {"等待服务器的最长时间，含重试（默认 30 秒）",
          "How long to wait for the server, retries included (default 30)"})
      ->check(Positive(language_));
  Option(&app_, "--color", &options->color, "auto|always|never",
         {"是否用颜色；auto 只在终端上用（默认）",
          "Colour; auto, the default, uses it on a terminal only"})
      ->check(OneOf({"auto", "always", "never"}, language_));
}

void CommandLine::Parse(std::vector<std::string> arguments) {
  // CLI11 takes them from the back.
  std::reverse(arguments.begin(), arguments.end());
  app_.parse(std::move(arguments));
}

CLI::App* CommandLine::Add(CLI::App* parent, const std::string& name,
                           const Text& text, const std::string& examples) {
  CLI::App* command = parent->add_subcommand(name, Pick(text));
  command->footer(examples);
  return command;
}

CLI::Validator OneOf(const std::vector<std::string>& words, Language language) {
  const Text text = {
      absl::StrCat("只能是 ", absl::StrJoin(words, "、")),
      absl::StrCat("must be one of ", absl::StrJoin(words, ", "))};
  return CLI::Validator(
      [words, message = text.In(language)](std::string& value) {
        const bool known =
            std::find(words.begin(), words.end(), value) != words.end();
        return known ? std::string() : absl::StrCat(value, ": ", message);
      },
      "");
}

CLI::Validator Positive(Language language) {
  const Text text = {"应为正数", "must be a number above zero"};
  return CLI::Validator(
      [message = text.In(language)](std::string& value) {
        double number = 0;
        const bool positive = absl::SimpleAtod(value, &number) && number > 0;
        return positive ? std::string() : absl::StrCat(value, ": ", message);
      },
      "");
}

absl::Status ParseErrorStatus(const CLI::ParseError& error) {
  const std::string en = error.what();
  absl::string_view detail = en;
  const std::string name = error.get_name();
  std::string zh = en;
  if (name == "RequiredError" && absl::ConsumeSuffix(&detail, " is required")) {
    zh =
        detail == "A subcommand" ? "缺少子命令" : absl::StrCat("缺少 ", detail);
  } else if (name == "ExtrasError") {
    if (!absl::ConsumePrefix(&detail,
                             "The following argument was not expected: ")) {
      absl::ConsumePrefix(&detail,
                          "The following arguments were not expected: ");
    }
    zh = absl::StrCat("不认识的参数或命令：", detail);
  } else if (name == "ConversionError") {
    absl::ConsumePrefix(&detail, "Could not convert: ");
    zh = absl::StrCat("值无法识别：", detail);
  } else if (name == "ArgumentMismatch") {
    zh = absl::StrCat("参数个数不对：", detail);
  } else if (name == "ExcludesError") {
    zh = absl::StrCat("选项不能同时使用：", detail);
  }
  const Text hint = {"。用 annals --help 查看用法",
                     "; annals --help shows how"};
  return UsageError({zh + hint.zh, en + hint.en});
}

}  // namespace annals::client
