#include "client/help.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/exit_code.h"
#include "client/render/display_width.h"

namespace annals::client {
namespace {

constexpr size_t kNameWidth = 26;
constexpr size_t kTextWidth = 70;
constexpr size_t kPageWidth = 100;

// A name on the left, its explanation on the right.
void AppendEntry(const std::string& name, const std::string& text,
                 std::string* help) {
  const std::vector<std::string> lines = Wrap(text, kTextWidth);
  const std::string margin(kNameWidth + 4, ' ');
  size_t next = 0;
  if (DisplayWidth(name) > kNameWidth) {
    absl::StrAppend(help, "  ", name, "\n");
  } else {
    absl::StrAppend(help, "  ", Pad(name, kNameWidth, Align::kLeft), "  ",
                    lines[next++], "\n");
  }
  for (; next < lines.size(); ++next) {
    absl::StrAppend(help, margin, lines[next], "\n");
  }
}

// `--agency CODE`; a positional argument is its name alone.
std::string OptionName(const CLI::Option* option) {
  if (option->get_positional()) return option->get_type_name();
  std::string name =
      absl::StrJoin(option->get_snames(), "",
                    [](std::string* out, const std::string& letter) {
                      absl::StrAppend(out, "-", letter, ",");
                    });
  absl::StrAppend(&name, "--", absl::StrJoin(option->get_lnames(), ",--"));
  if (option->get_items_expected_max() == 0) return name;
  return absl::StrCat(name, " ", option->get_type_name());
}

std::vector<const CLI::Option*> OptionsOf(const CLI::App* app,
                                          bool positional) {
  return app->get_options([positional](const CLI::Option* option) {
    return option->get_positional() == positional;
  });
}

std::vector<const CLI::App*> CommandsOf(const CLI::App* app) {
  return app->get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* RootOf(const CLI::App* app) {
  while (app->get_parent() != nullptr) app = app->get_parent();
  return app;
}

// Builds the help of one command.
class HelpText {
 public:
  explicit HelpText(Language language) : language_(language) {}

  std::string Take() { return std::move(text_); }

  void Usage(const CLI::App* app, const std::string& name) {
    absl::StrAppend(&text_, Text{"用法：", "Usage: "}.In(language_), name);
    for (const CLI::Option* option : OptionsOf(app, true)) {
      const std::string value = option->get_type_name();
      absl::StrAppend(
          &text_, " ",
          option->get_required() ? value : absl::StrCat("[", value, "]"));
    }
    for (const CLI::Option* option : OptionsOf(app, false)) {
      if (option->get_required()) {
        absl::StrAppend(&text_, " ", OptionName(option));
      }
    }
    if (!CommandsOf(app).empty()) {
      absl::StrAppend(&text_, Text{" 命令", " COMMAND"}.In(language_));
    }
    absl::StrAppend(&text_,
                    Text{" [选项…]\n\n", " [OPTION...]\n\n"}.In(language_));
    for (const std::string& line : Wrap(app->get_description(), kPageWidth)) {
      absl::StrAppend(&text_, line, "\n");
    }
  }

  void Options(const Text& head,
               const std::vector<const CLI::Option*>& options) {
    if (options.empty()) return;
    Head(head);
    for (const CLI::Option* option : options) {
      std::string text = option->get_description();
      if (!option->get_envname().empty()) {
        absl::StrAppend(&text,
                        Text{"；环境变量 ", "; environment "}.In(language_),
                        option->get_envname());
      }
      AppendEntry(OptionName(option), text, &text_);
    }
  }

  void Commands(const CLI::App* app) {
    if (CommandsOf(app).empty()) return;
    Head({"命令", "Commands"});
    for (const CLI::App* command : CommandsOf(app)) {
      const std::vector<std::string> lines =
          absl::StrSplit(command->get_description(), '\n');
      AppendEntry(command->get_name(), lines.front(), &text_);
    }
  }

  void Examples(const CLI::App* app) {
    Head({"示例", "Examples"});
    for (absl::string_view line : absl::StrSplit(app->get_footer(), '\n')) {
      absl::StrAppend(&text_, "  ", line, "\n");
    }
  }

  void ExitCodes() {
    Head({"退出码", "Exit codes"});
    for (const ExitCodeMeaning& meaning : ExitCodeMeanings()) {
      AppendEntry(absl::StrCat(static_cast<int>(meaning.code)),
                  meaning.meaning.In(language_), &text_);
    }
  }

 private:
  void Head(const Text& head) {
    absl::StrAppend(&text_, "\n", head.In(language_),
                    Text{"：\n", ":\n"}.In(language_));
  }

  const Language language_;
  std::string text_;
};

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode) const {
  const bool is_root = app->get_parent() == nullptr;
  HelpText help(language_);
  help.Usage(app, name);
  help.Commands(app);
  help.Options({"参数", "Arguments"}, OptionsOf(app, true));
  help.Options(is_root ? Text{"全局选项（可放在命令之前或之后）",
                              "Global options (before or after the command)"}
                       : Text{"选项", "Options"},
               OptionsOf(app, false));
  if (!is_root) {
    std::vector<const CLI::Option*> global = OptionsOf(RootOf(app), false);
    std::erase(global, RootOf(app)->get_help_ptr());
    help.Options({"全局选项", "Global options"}, global);
  }
  help.Examples(app);
  if (is_root) help.ExitCodes();
  return help.Take();
}

}  // namespace annals::client
