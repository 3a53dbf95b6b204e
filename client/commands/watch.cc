#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/watch/wanted.h"
#include "client/watch/watcher.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr int kHeartbeatSeconds = 30;
constexpr int kHeartbeatSecondsMax = 3600;

// As typed.
struct WatchWords {
  uint64_t from = 0;
  uint64_t count = 0;
  std::string agency;
  bool subordinates = false;
  int year = 0;
  std::vector<std::string> kinds;
  int heartbeat = kHeartbeatSeconds;
  std::string state;
  std::string command;
  std::string command_timeout = "30s";
};

// Every kind under both its labels.
std::vector<std::pair<std::string, v1::EventKind>> KindWords() {
  const auto* kinds = v1::EventKind_descriptor();
  std::vector<std::pair<std::string, v1::EventKind>> words;
  for (const Language language : {Language::kEn, Language::kZh}) {
    for (int i = 1; i < kinds->value_count(); ++i) {
      words.emplace_back(report::EnumLabel(kinds->value(i), language),
                         static_cast<v1::EventKind>(kinds->value(i)->number()));
    }
  }
  return words;
}

std::vector<std::string> KindWordTexts() {
  std::vector<std::string> texts;
  for (const auto& [text, kind] : KindWords()) texts.push_back(text);
  return texts;
}

absl::StatusOr<WatchOptions> OptionsOf(const WatchWords& words) {
  WatchOptions options;
  options.count = words.count;
  options.state = words.state;
  v1::WatchEntriesRequest& request = options.request;
  request.set_start_index(words.from);
  request.set_heartbeat_seconds(words.heartbeat);
  request.set_year(words.year);
  for (const auto& [text, kind] : KindWords()) {
    for (const std::string& word : words.kinds) {
      if (word == text) request.add_kinds(kind);
    }
  }
  if (!words.agency.empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName agency,
                     AgencyArgument(words.agency));
    request.set_agency(agency.ToString());
  } else if (words.subordinates) {
    return UsageError({"--subordinates 须与 --agency 一起使用",
                       "--subordinates needs --agency"});
  }
  request.set_include_subordinates(words.subordinates);
  if (words.heartbeat < 1 || words.heartbeat > kHeartbeatSecondsMax) {
    return UsageError({"--heartbeat 应为 1 至 3600 秒",
                       "--heartbeat takes 1 to 3600 seconds"});
  }
  if (!words.command.empty()) {
    ASSIGN_OR_RETURN(const absl::Duration timeout,
                     DurationArgument("--exec-timeout", words.command_timeout));
    options.command = EventCommand{words.command, timeout};
  }
  return options;
}

absl::StatusOr<ExitCode> RunWatch(const WatchWords& words, Session* session) {
  ASSIGN_OR_RETURN(const WatchOptions options, OptionsOf(words));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::For(session));
  Watcher watcher(&options, std::move(trust), session);
  RETURN_IF_ERROR(watcher.Run());
  return ExitCode::kOk;
}

void AddFilters(CommandLine* line, CLI::App* command, WatchWords* words) {
  line->Option(command, "--agency", &words->agency, "CODE",
               {"只看这个机关的条目：其报告，及其登记",
                "Only entries about this agency: its reports and its place in "
                "the register"});
  line->Flag(command, "--subordinates", &words->subordinates,
             {"连同其下级机关（按条目发出时的登记）",
              "Those of the agencies below it too, as the register is then"});
  line->Option(command, "--year", &words->year, "YEAR",
               {"只看这一年度报告的条目",
                "Only entries about reports of this "
                "year"})
      ->Check(Year(line->language()));
  line->Option(command, "--kind", &words->kinds, "KIND",
               {"只看这类条目，可重复：报告修订、机关登记、机关变更、密钥更换、"
                "来源文件、内容删除、办理环节、办理规程",
                "Only entries of this kind; repeatable: revision, "
                "registration, agency-change, key-change, document, erasure, "
                "step, policy"})
      ->Check(OneOf(KindWordTexts(), line->language()))
      ->OneValueEach();
}

void AddRunning(CommandLine* line, CLI::App* command, WatchWords* words) {
  line->Option(command, "--from", &words->from, "INDEX",
               {"从这个条目开始（默认 0）；已有状态文件时以其为准",
                "The first entry (default 0); where there is a state, that "
                "counts"})
      ->Check(WholeNumber(line->language()));
  line->Option(command, "--count", &words->count, "N",
               {"收到几个条目后结束（默认一直跟踪）",
                "End after so many entries (default: never)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--heartbeat", &words->heartbeat, "SECONDS",
               {"没有条目时，服务器至少每隔这么久报一次进度，1 至 3600"
                "（默认 30）；久无音讯则重新连接",
                "How often the server says how far it is while there are no "
                "entries, 1 to 3600 (default 30); after a silence the "
                "connection is made anew"})
      ->Check(WholeNumber(line->language()));
  line->Option(command, "--state", &words->state, "FILE",
               {"进度文件：下次从此处继续；旁边的 FILE.lock 防止两个 watch "
                "同用",
                "Where the watch leaves off, and goes on; FILE.lock beside it "
                "keeps two from using it"});
  line->Option(
      command, "--exec", &words->command, "COMMAND",
      {"每个条目运行一次的命令（/bin/sh -c）：条目的 JSON 在其标准输入，"
       "要点在环境变量 ANNALS_ENTRY_*。命令失败则以退出码 14 结束，"
       "该条目下次再送：每个条目至少送达一次",
       "A command to run for each entry (/bin/sh -c): the entry's JSON is on "
       "its standard input, the main points in the variables ANNALS_ENTRY_*. "
       "If it fails, watch ends with exit code 14 and the entry comes again: "
       "each is delivered at least once"});
  line->Option(command, "--exec-timeout", &words->command_timeout, "DURATION",
               {"命令最长运行多久，超过即终止，算作失败（默认 30s）",
                "How long the command may run before it is ended, and has "
                "failed (default 30s)"});
}

}  // namespace

void AddWatchCommand(CommandLine* line) {
  auto words = std::make_shared<WatchWords>();
  CLI::App* command = line->Add(
      &line->app(), "watch",
      {"跟踪账本：每个条目核验后一行，中断后从下一条目继续，不漏不重\n"
       "有筛选时逐条核验所收到的条目；服务器若扣下符合条件的条目，这里无从"
       "发现：须发现的请不加筛选，或用 annals monitor、annals audit。Ctrl-C "
       "结束。--json 时每行是一个 LedgerEntry。",
       "Follow the ledger: a line per entry, each proved; resumes after an "
       "interruption, without gaps\n"
       "With filters each entry that comes is proved, but that the server "
       "withholds none can't be noticed: for that, watch without filters, or "
       "use annals monitor or annals audit. Ctrl-C ends it. With --json each "
       "line is a LedgerEntry."},
      "annals watch --from 0 --count 10\n"
      "annals watch --agency 11410303005450123N --subordinates --year 2024 "
      "--kind revision --json\n"
      "annals watch --state watch.state --kind revision --exec './import.sh'");
  AddFilters(line, command, words.get());
  AddRunning(line, command, words.get());
  line->OnCall(command, [words](Session& session) {
    return RunWatch(*words, &session);
  });
}

}  // namespace annals::client
