#include "client/monitor/monitor.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// As typed.
struct MonitorWords {
  MonitorOptions options;
  std::vector<std::string> agencies;
  std::vector<std::string> actors;
  std::string silence;
  std::string interval;
  std::string command;
  std::string command_timeout = "30s";
};

absl::StatusOr<MonitorOptions> OptionsOf(const MonitorWords& words) {
  MonitorOptions options = words.options;
  for (const std::string& agency : words.agencies) {
    ASSIGN_OR_RETURN(const report::AgencyName name, AgencyArgument(agency));
    options.watched.agencies.insert(name.ToString());
  }
  options.watched.actors.insert(words.actors.begin(), words.actors.end());
  if (!words.silence.empty()) {
    ASSIGN_OR_RETURN(options.silence,
                     DurationArgument("--silence", words.silence));
  }
  if (!words.interval.empty()) {
    ASSIGN_OR_RETURN(options.interval,
                     DurationArgument("--interval", words.interval));
  }
  if (!words.command.empty()) {
    ASSIGN_OR_RETURN(const absl::Duration timeout,
                     DurationArgument("--exec-timeout", words.command_timeout));
    options.command = EventCommand{words.command, timeout};
  }
  return options;
}

absl::StatusOr<ExitCode> RunMonitor(const MonitorWords& words,
                                    Session* session) {
  ASSIGN_OR_RETURN(const MonitorOptions options, OptionsOf(words));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Required(session));
  Monitor monitor(&options, std::move(trust), session);
  return monitor.Run();
}

void AddWatched(CommandLine* line, CLI::App* command, MonitorWords* words) {
  line->Option(command, "--agency", &words->agencies, "CODE",
               {"要报告的机关：其修订、内容删除、登记变更、办理环节与规程；"
                "可重复；默认全部",
                "An agency that is reported on: its revisions, erasures, "
                "changes in the register, steps and policies; repeatable; "
                "default all"})
      ->OneValueEach();
  line->Option(
          command, "--expect", &words->actors, "ACTOR",
          {"可以为其记录的操作人，如 local:zhang，可重复；其他人所记的报告为 "
           "unexpected_revision、unexpected_erasure 等；默认不区分",
           "An actor who may record something of it, such as "
           "local:zhang; repeatable. What anybody else records is "
           "reported as unexpected_revision, unexpected_erasure and so "
           "on; default: all may"})
      ->OneValueEach();
  line->Option(command, "--silence", &words->silence, "DURATION",
               {"这么久没有新的检查点就报告 silence；默认不报告",
                "Report a silence of so long without a new checkpoint; "
                "default: never"});
  line->Flag(command, "--only-new", &words->options.only_new,
             {"没有状态文件时，只报告启动之后的条目；此前的照样核验",
              "Without a state, report only what is recorded from now on; "
              "what was before is checked all the same"});
}

void AddRunning(CommandLine* line, CLI::App* command, MonitorWords* words) {
  line->Option(command, "--state", &words->options.state, "FILE",
               {"进度文件：下次从此处继续，不漏不重；不要与 annals audit 共用",
                "Where the monitor leaves off, and goes on without gap or "
                "repeat; not to be shared with annals audit"});
  line->Option(command, "--interval", &words->interval, "DURATION",
               {"没有新条目时，至少每隔这么久核验一次检查点（默认 1m）",
                "Without new entries, check the checkpoint at least so often "
                "(default 1m)"});
  line->Option(
      command, "--exec", &words->command, "COMMAND",
      {"每个事件运行一次的命令（/bin/sh -c），事件的 JSON 在其标准输入；命令"
       "失败则监视结束，该事件下次再报",
       "A command to run for each event (/bin/sh -c), with the "
       "event's JSON on its standard input; if it fails, the monitor ends and "
       "the event comes again"});
  line->Option(command, "--exec-timeout", &words->command_timeout, "DURATION",
               {"命令运行的时限，超时则终止（默认 30s）",
                "How long the command may run before it is ended (default "
                "30s)"});
  line->Flag(command, "--once", &words->options.once,
             {"核验至当前后结束", "Check up to the present and end"});
  line->Flag(command, "--exit-on-event", &words->options.exit_on_event,
             {"报告事件后结束", "End after an event is reported"});
}

}  // namespace

void AddMonitorCommand(CommandLine* line) {
  auto words = std::make_shared<MonitorWords>();
  CLI::App* command = line->Add(
      &line->app(), "monitor",
      {"长期监视账本：核验每个新检查点与每个新条目，发现情况即报告\n"
       "每个事件在标准输出上占一行 JSON：revision、erasure、agency_change、"
       "step、policy，操作人不在预期之中的加 unexpected_；"
       "key_changed、rollback、fork、other_key、not_trusted、damaged_entry、"
       "silence、unreachable、reachable。服务器重启后自动继续。"
       "退出码：被信号结束或 --once 无所发现为 0；条目核验不过为 "
       "8；账本不可信为 "
       "11；--once 或 --exit-on-event 时，有操作人不在预期之中的为 "
       "12，沉默过久为 "
       "13，服务器不可用为 7；--exec 的命令失败为 14。",
       "Follow a ledger for good: check each new checkpoint and entry, and "
       "report what somebody should know\n"
       "Each event is one line of JSON on standard output: revision, "
       "erasure, agency_change, step, policy, with unexpected_ before it if "
       "the actor is not expected; key_changed, rollback, fork, other_key, "
       "not_trusted, damaged_entry, silence, unreachable, reachable. It goes "
       "on when the server was restarted. Exit codes: 0 if a signal ended it "
       "or --once found nothing; 8 if entries do not prove; 11 if the ledger "
       "can't be trusted; with --once or --exit-on-event 12 for an actor who "
       "is not expected, 13 for a silence, 7 if the server is not available; "
       "14 if the command of --exec failed."},
      "annals monitor --state monitor.state --silence 24h\n"
      "annals monitor --agency 11410303005450123N --expect local:zhang "
      "--exec 'mail -s Annals auditor@example.org'\n"
      "annals monitor --once --state monitor.state --expect local:zhang");
  AddWatched(line, command, words.get());
  AddRunning(line, command, words.get());
  line->OnCall(command, [words](Session& session) {
    return RunMonitor(*words, &session);
  });
}

}  // namespace annals::client
