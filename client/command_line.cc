#include "client/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/strings/substitute.h"
#include "client/commands/commands.h"
#include "client/help.h"
#include "client/suggest.h"

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

// What the help calls an argument that CLI11 knows by `name`.
std::string NameInHelp(absl::string_view name, const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional() && option->get_name() == name) {
      return option->get_type_name();
    }
  }
  return std::string(name);
}

// What CLI11 (CLI/Error.hpp) says in English alone. What a check of ours says
// has its language already.
std::string ChineseOf(absl::string_view what) {
  struct Wording {
    absl::string_view before;
    absl::string_view between;
    absl::string_view zh;  // $0 before `between`, $1 after it.
  };
  constexpr Wording kWordings[] = {
      {"Could not convert: ", " = ", "$0 的值无法识别：$1"},
      {"Expected exactly ", " arguments to ", "参数个数不对，应为 $0 个：$1"},
      {"Expected at least ", " arguments to ", "参数个数不对，至少 $0 个：$1"},
      {"", ": 1 required ", "$0 缺少值"},
      {"", " was given a disallowed flag override", "选项不带值：$0"},
      {"", " excludes ", "选项不能同时使用：$0 与 $1"},
      {"", " requires ", "使用 $0 时还须给出 $1"},
      {"", ": too many inputs for a flag", "选项不带值：$0"},
      {"", ": Should be true/false or a number", "选项不带值：$0"},
  };
  for (const Wording& wording : kWordings) {
    absl::string_view rest = what;
    if (!absl::ConsumePrefix(&rest, wording.before)) continue;
    const size_t at = rest.find(wording.between);
    if (at == absl::string_view::npos) continue;
    return absl::Substitute(wording.zh, rest.substr(0, at),
                            rest.substr(at + wording.between.size()));
  }
  return std::string(what);
}

// Whether an option takes the path of a file, perhaps among other things.
bool NamesPath(absl::string_view value) {
  return absl::StrContains(value, "FILE") || absl::StrContains(value, "DIR") ||
         absl::StrContains(value, "PATH");
}

}  // namespace

CommandLine::CommandLine(Language language, GlobalOptions* options)
    : language_(language),
      options_(options),
      app_(std::make_unique<CLI::App>(Pick(RootDescription()), "annals")) {
  app_->formatter(std::make_shared<HelpFormatter>(language));
  app_->set_help_flag("-h,--help", Pick({"显示帮助", "Show this help"}));
  app_->fallthrough();
  app_->require_subcommand(0, 1);
  app_->footer(kRootExamples);
  AddGlobalOptions();
  AddAllCommands(this);
}

void CommandLine::AddGlobalOptions() {
  Option(app_.get(), "--server", &options_->server, "HOST:PORT",
         {"服务器地址（默认 127.0.0.1:7432）",
          "The server (default 127.0.0.1:7432)"})
      ->FromEnvironment("ANNALS_SERVER");
  Option(app_.get(), "--lang", &options_->lang, "zh|en",
         {"语言（默认取自 LC_ALL、LC_MESSAGES、LANG）",
          "The language (default from LC_ALL, LC_MESSAGES, LANG)"})
      ->Check(OneOf({"zh", "en"}, language_));
  Flag(app_.get(), "--json", &options_->json,
       {"以 JSON 输出数据；列表每行一条",
        "Print data as JSON; lists as one object a line"});
  Option(app_.get(), "--actor", &options_->actor, "NAME",
         {"操作人，由服务器记为“自报”（默认为当前用户）；有证书时以证书为准",
          "Who you are; recorded as self-declared (default: the user). With a "
          "certificate that counts alone"})
      ->FromEnvironment("ANNALS_ACTOR");
  Option(app_.get(), "--key", &options_->key, "VKEY|FILE",
         {"核验用的公钥（verifier key），或存有它的文件",
          "The verifier key for verifying, or a file that holds it"})
      ->FromEnvironment("ANNALS_KEY");
  Option(app_.get(), "--config-dir", &options_->config_dir, "DIR",
         {"存放固定公钥的目录（默认 $XDG_CONFIG_HOME/annals 或 "
          "~/.config/annals）",
          "Where the pinned keys are kept (default $XDG_CONFIG_HOME/annals or "
          "~/.config/annals)"})
      ->FromEnvironment("ANNALS_CONFIG_DIR");
  Option(app_.get(), "--ca", &options_->tls.authorities, "FILE",
         {"服务器证书的签发机构（PEM）；给出则使用 TLS",
          "The authority of the server's certificate (PEM); turns TLS on"})
      ->FromEnvironment("ANNALS_CA");
  Option(app_.get(), "--cert", &options_->tls.certificate, "FILE",
         {"签发给您的证书（PEM），证明您是谁",
          "The certificate issued to you (PEM): who you are"})
      ->FromEnvironment("ANNALS_CERT");
  Option(app_.get(), "--cert-key", &options_->tls.private_key, "FILE",
         {"该证书的私钥（PEM，权限 0600）；也可与 --cert 一起用 --key 给出",
          "The certificate's private key (PEM, mode 0600); beside --cert, "
          "--key takes it too"})
      ->FromEnvironment("ANNALS_CERT_KEY");
  Option(app_.get(), "--profile", &options_->profile, "NAME",
         {"使用 annals profile add 保存的服务器与证书",
          "The server and certificates kept by annals profile add"})
      ->FromEnvironment("ANNALS_PROFILE");
  Flag(app_.get(), "--no-verify", &options_->no_verify,
       {"不核验服务器的应答，只相信它的说法",
        "Verify nothing, take the server's word"});
  Option(app_.get(), "--timeout", &options_->timeout_seconds, "SECONDS",
         {"等待服务器的最长时间，含重试（默认 30 秒）",
          "How long to wait for the server, retries included (default 30)"})
      ->Check(Positive(language_));
  Option(app_.get(), "--color", &options_->color, "auto|always|never",
         {"是否用颜色；auto 只在终端上用（默认）",
          "Colour; auto, the default, uses it on a terminal only"})
      ->Check(OneOf({"auto", "always", "never"}, language_));
}

void CommandLine::Parse(std::vector<std::string> arguments) {
  // CLI11 takes them from the back.
  std::reverse(arguments.begin(), arguments.end());
  app_->parse(std::move(arguments));
}

CommandLine::~CommandLine() = default;

CommandOption* CommandLine::Keep(CLI::Option* option) {
  return &handed_out_.emplace_back(option);
}

template <typename T>
CommandOption* CommandLine::Option(CLI::App* command, const std::string& name,
                                   T* variable, const std::string& value,
                                   const Text& text) {
  CommandOption* const option =
      Keep(command->add_option(name, *variable, Pick(text))->type_name(value));
  // As from a variable of a shell that is not set: what was not to be left out
  // would be.
  if (NamesPath(value)) option->Check(NotEmpty(language_));
  return option;
}

template CommandOption* CommandLine::Option(CLI::App* command,
                                            const std::string& name,
                                            std::string* variable,
                                            const std::string& value,
                                            const Text& text);
template CommandOption* CommandLine::Option(CLI::App* command,
                                            const std::string& name,
                                            int* variable,
                                            const std::string& value,
                                            const Text& text);
template CommandOption* CommandLine::Option(CLI::App* command,
                                            const std::string& name,
                                            uint64_t* variable,
                                            const std::string& value,
                                            const Text& text);
template CommandOption* CommandLine::Option(CLI::App* command,
                                            const std::string& name,
                                            double* variable,
                                            const std::string& value,
                                            const Text& text);
template CommandOption* CommandLine::Option(CLI::App* command,
                                            const std::string& name,
                                            std::optional<uint64_t>* variable,
                                            const std::string& value,
                                            const Text& text);
template CommandOption* CommandLine::Option(CLI::App* command,
                                            const std::string& name,
                                            std::vector<std::string>* variable,
                                            const std::string& value,
                                            const Text& text);

CommandOption* CommandLine::Flag(CLI::App* command, const std::string& name,
                                 bool* variable, const Text& text) {
  return Keep(command->add_flag(name, *variable, Pick(text)));
}

CommandOption* CommandLine::Find(CLI::App* command, const std::string& name) {
  return Keep(command->get_option(name));
}

void CommandLine::AddAlias(CLI::App* command, const std::string& name) {
  command->alias(name);
}

void CommandLine::RequireCommandUnder(CLI::App* command) {
  command->require_subcommand(1);
}

void CommandLine::OnCall(CLI::App* command, Action action) {
  command->callback([this, action = std::move(action)] { action_ = action; });
}

CLI::App* CommandLine::Add(CLI::App* parent, const std::string& name,
                           const Text& text, const std::string& examples) {
  CLI::App* command = parent->add_subcommand(name, Pick(text));
  command->footer(examples);
  return command;
}

const CLI::App& CommandLine::CalledCommand() const {
  const CLI::App* command = app_.get();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
  }
  return *command;
}

std::vector<std::string> CommandLine::KnownWords(
    const CLI::App& command) const {
  std::vector<std::string> words;
  const CLI::App* const root = app_.get();
  for (const CLI::App* app : {&command, root}) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.push_back(absl::StrCat("--", name));
      }
    }
  }
  const auto every = [](const CLI::App*) { return true; };
  for (const CLI::App* inner : command.get_subcommands(every)) {
    words.push_back(inner->get_name());
  }
  return words;
}

Text CommandLine::UnknownWord(const CLI::App& command) const {
  const std::vector<std::string> extras = app_->remaining(/*recurse=*/true);
  const auto is_option = [](const std::string& word) {
    return absl::StartsWith(word, "-");
  };
  const auto option = std::find_if(extras.begin(), extras.end(), is_option);
  const std::string word = option != extras.end() ? *option
                           : extras.empty()       ? std::string()
                                                  : extras.front();
  Text text =
      is_option(word)
          ? Text{absl::StrCat("不认识的选项 ", word),
                 absl::StrCat("there is no option ", word)}
          : Text{absl::StrCat("不认识的命令或多余的参数 ", word),
                 absl::StrCat("unknown command, or one word too many: ", word)};
  const auto meant = Suggest(word, KnownWords(command));
  if (meant.has_value()) {
    absl::StrAppend(&text.zh, "，是不是 ", *meant, "？");
    absl::StrAppend(&text.en, "; did you mean ", *meant, "?");
  } else {
    text.zh += "。";
    text.en += ";";
  }
  return text;
}

absl::Status CommandLine::ParseErrorStatus(const CLI::ParseError& error) const {
  const std::string what = error.what();
  const CLI::App& command = CalledCommand();
  Text text = {what + "。", what + ";"};
  absl::string_view detail = what;
  const bool has_extras = !app_->remaining(/*recurse=*/true).empty();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      (what == "A subcommand is required" && has_extras)) {
    text = UnknownWord(command);
  } else if (absl::ConsumeSuffix(&detail, " is required")) {
    const std::string name = NameInHelp(detail, command);
    text = {detail == "A subcommand" ? "缺少子命令。"
                                     : absl::StrCat("缺少 ", name, "。"),
            absl::StrCat(name, " is required;")};
  } else if (dynamic_cast<const CLI::ValidationError*>(&error) == nullptr) {
    text.zh = absl::StrCat(ChineseOf(what), "。");
  }
  std::string name;
  for (const CLI::App* app = &command; app != nullptr;
       app = app->get_parent()) {
    name = absl::StrCat(app->get_name(), name.empty() ? "" : " ", name);
  }
  return UsageError({absl::StrCat(text.zh, "用 ", name, " --help 查看用法"),
                     absl::StrCat(text.en, " ", name, " --help shows how")});
}

}  // namespace annals::client
