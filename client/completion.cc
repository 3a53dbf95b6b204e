#include "client/completion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace annals::client {
namespace {

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> OptionsOf(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return !option->get_positional(); });
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : OptionsOf(app)) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back(absl::StrCat("--", name));
    }
    for (const std::string& name : option->get_snames()) {
      names.push_back(absl::StrCat("-", name));
    }
  }
  return names;
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : CommandsOf(app)) {
    names.push_back(command->get_name());
  }
  return names;
}

// The values of an option whose type names them, as in `table|json|text`:
// words in small letters.
std::vector<std::string> ValuesOf(const CLI::Option* option) {
  std::vector<std::string> values =
      absl::StrSplit(option->get_type_name(), '|');
  if (values.size() < 2) return {};
  for (const std::string& value : values) {
    for (const char c : value) {
      if (!(c >= 'a' && c <= 'z') && c != '-') return {};
    }
  }
  return values;
}

// Visits every command: its words ("agency register") and its tree.
template <typename Visit>
void ForEachCommand(const CLI::App& app, const std::string& words,
                    Visit visit) {
  visit(words, app);
  for (const CLI::App* command : CommandsOf(app)) {
    ForEachCommand(*command,
                   words.empty()
                       ? command->get_name()
                       : absl::StrCat(words, " ", command->get_name()),
                   visit);
  }
}

// Options of one name may take other values in other commands: all are offered.
std::string ValueCases(const CLI::App& root) {
  std::vector<std::pair<std::string, std::vector<std::string>>> options;
  ForEachCommand(root, "", [&](const std::string&, const CLI::App& app) {
    for (const CLI::Option* option : OptionsOf(app)) {
      const std::vector<std::string> values = ValuesOf(option);
      if (values.empty()) continue;
      const std::string name = absl::StrCat("--", option->get_lnames().front());
      auto known = std::find_if(options.begin(), options.end(),
                                [&](const auto& o) { return o.first == name; });
      if (known == options.end()) {
        known = options.insert(options.end(), {name, {}});
      }
      for (const std::string& value : values) {
        auto& all = known->second;
        if (std::find(all.begin(), all.end(), value) == all.end()) {
          all.push_back(value);
        }
      }
    }
  });
  std::string cases;
  for (const auto& [name, values] : options) {
    absl::StrAppend(&cases, "    ", name, ") COMPREPLY=($(compgen -W \"",
                    absl::StrJoin(values, " "),
                    "\" -- \"$cur\")); return ;;\n");
  }
  return cases;
}

bool IsHelp(const CLI::App& app, const std::string& name) {
  const CLI::Option* help = app.get_help_ptr();
  return help != nullptr && help->check_name(name);
}

std::string WordCases(const CLI::App& root) {
  std::string cases;
  const std::string global = absl::StrJoin(OptionNames(root), " ");
  ForEachCommand(root, "", [&](const std::string& words, const CLI::App& app) {
    std::vector<std::string> all = CommandNames(app);
    for (const std::string& name : OptionNames(app)) {
      // Help is one of the global options.
      if (&app == &root || !IsHelp(app, name)) all.push_back(name);
    }
    if (&app != &root) all.push_back(global);
    absl::StrAppend(&cases, "    \"", words, "\") words=\"",
                    absl::StrJoin(all, " "), "\" ;;\n");
  });
  return cases;
}

// The words typed so far that name a command, such as "agency register".
constexpr char kBash[] = R"(_annals() {
  local cur prev words command word
  cur="${COMP_WORDS[COMP_CWORD]}"
  prev="${COMP_WORDS[COMP_CWORD-1]}"
  case "$prev" in
@VALUES@  esac
  command=""
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " @COMMANDS@ " in
      *" ${command:+$command/}$word "*) command="${command:+$command/}$word" ;;
    esac
  done
  words=""
  case "${command//\// }" in
@WORDS@  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ "$cur" != -* ]]; then
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _annals annals
)";

std::string BashScript(const CLI::App& root) {
  std::vector<std::string> commands;
  ForEachCommand(root, "", [&](const std::string& words, const CLI::App&) {
    if (words.empty()) return;
    commands.push_back(absl::StrReplaceAll(words, {{" ", "/"}}));
  });
  return absl::StrReplaceAll(kBash,
                             {{"@VALUES@", ValueCases(root)},
                              {"@COMMANDS@", absl::StrJoin(commands, " ")},
                              {"@WORDS@", WordCases(root)}});
}

std::string FirstLine(const std::string& text) {
  const std::vector<std::string> lines =
      absl::StrSplit(text, absl::MaxSplits('\n', 1));
  return absl::StrReplaceAll(lines.front(), {{"'", "’"}});
}

void AppendFishOptions(const CLI::App& app, const std::string& condition,
                       std::string* script) {
  for (const CLI::Option* option : OptionsOf(app)) {
    if (!condition.empty() && option == app.get_help_ptr()) continue;
    absl::StrAppend(script, "complete -c annals", condition);
    for (const std::string& name : option->get_lnames()) {
      absl::StrAppend(script, " -l ", name);
    }
    for (const std::string& name : option->get_snames()) {
      absl::StrAppend(script, " -s ", name);
    }
    if (option->get_items_expected_max() > 0) absl::StrAppend(script, " -r");
    if (const auto values = ValuesOf(option); !values.empty()) {
      absl::StrAppend(script, " -f -a '", absl::StrJoin(values, " "), "'");
    }
    absl::StrAppend(script, " -d '", FirstLine(option->get_description()),
                    "'\n");
  }
}

std::string FishScript(const CLI::App& root) {
  std::string script;
  AppendFishOptions(root, "", &script);
  for (const CLI::App* command : CommandsOf(root)) {
    absl::StrAppend(&script,
                    "complete -c annals -n __fish_use_subcommand -f -a ",
                    command->get_name(), " -d '",
                    FirstLine(command->get_description()), "'\n");
    const std::string seen = absl::StrCat(" -n '__fish_seen_subcommand_from ",
                                          command->get_name(), "'");
    AppendFishOptions(*command, seen, &script);
    for (const CLI::App* nested : CommandsOf(*command)) {
      absl::StrAppend(&script, "complete -c annals", seen, " -f -a ",
                      nested->get_name(), " -d '",
                      FirstLine(nested->get_description()), "'\n");
      AppendFishOptions(*nested, seen, &script);
    }
  }
  return script;
}

}  // namespace

std::string CompletionScript(const CLI::App& root, Shell shell) {
  switch (shell) {
    case Shell::kBash:
      return BashScript(root);
    case Shell::kZsh:
      return absl::StrCat(
          "#compdef annals\nautoload -U +X bashcompinit && bashcompinit\n",
          BashScript(root));
    case Shell::kFish:
      return FishScript(root);
  }
  return std::string();
}

}  // namespace annals::client
