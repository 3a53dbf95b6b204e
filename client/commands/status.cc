#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/counted.h"
#include "client/enum_words.h"
#include "client/files.h"
#include "client/filings/filing_reader.h"
#include "client/filings/reminders.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/render/report_csv.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct StatusOptions {
  int year = 0;
  std::string under;
  std::string states;
  AsOfOptions as_of;
  std::string format = "table";
  std::string reminders;
};

std::string StateLabel(v1::FilingState state, Language language) {
  return report::EnumLabel(state, language);
}

// By what it is judged: the day of publication of what was recorded as
// published, the moment of recording of all else.
std::string FirstFiled(const v1::Filing& filing) {
  if (!filing.has_filed_at()) return "";
  const auto day = report::CivilDayOf(filing.published_on());
  return filing.has_published_on() && day.has_value()
             ? absl::FormatCivilTime(*day)
             : FormatMoment(filing.filed_at());
}

absl::StatusOr<v1::ListFilingsRequest> RequestOf(const StatusOptions& options) {
  v1::ListFilingsRequest request;
  request.set_year(options.year);
  request.set_parent("agencies/-");
  if (!options.under.empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName office,
                     AgencyArgument(options.under));
    request.set_parent(office.ToString());
  }
  RETURN_IF_ERROR(SetAsOf(options.as_of, &request));
  const auto* states = google::protobuf::GetEnumDescriptor<v1::FilingState>();
  for (const absl::string_view word :
       absl::StrSplit(options.states, ',', absl::SkipEmpty())) {
    const int state = EnumValueOfWord(states, absl::StripAsciiWhitespace(word));
    if (state == 0) {
      return UsageError(
          {absl::StrCat("状态“", word,
                        "”应为 on-time、late、missing、due、returned 或 "
                        "withdrawn"),
           absl::StrCat("the state \"", word,
                        "\" must be on-time, late, missing, due, returned or "
                        "withdrawn")});
    }
    request.add_states(static_cast<v1::FilingState>(state));
  }
  return request;
}

// Prints filings as they come, and counts them.
class StatusPrinter {
 public:
  StatusPrinter(const StatusOptions& options, Session* session)
      : session_(*session), is_csv_(options.format == "csv") {
    const bool zh = session->language() == Language::kZh;
    table_.head =
        zh ? std::vector<std::string>{"状态",     "逾期天数", "截止日",
                                      "首次报送", "修订",     "警告",
                                      "汇总修订", "代码",     "机关"}
           : std::vector<std::string>{"state",       "days late", "deadline",
                                      "first filed", "revisions", "warnings",
                                      "regional",    "code",      "agency"};
    table_.aligns = {Align::kLeft,  Align::kRight, Align::kLeft,
                     Align::kLeft,  Align::kRight, Align::kRight,
                     Align::kRight, Align::kLeft,  Align::kLeft};
    if (is_csv_ && !session->json()) PrintCsv(table_.head);
  }

  absl::Status Add(const v1::Filing& filing,
                   std::optional<absl::Time> judged_at) {
    ++counts_[filing.state()];
    warnings_ += filing.open_warning_count();
    if (session_.json()) return session_.PrintJsonLine(filing);
    std::vector<std::string> row = RowOf(filing, judged_at);
    if (is_csv_) {
      PrintCsv(row);
      return absl::OkStatus();
    }
    row.back() = absl::StrCat(
        std::string(2 * static_cast<size_t>(filing.depth()), ' '), row.back());
    table_.rows.push_back(std::move(row));
    return absl::OkStatus();
  }

  // The table, and what all of them come to.
  void Finish(int year, uint64_t tree_size) {
    if (!is_csv_ && !session_.json()) {
      session_.out() << RenderList(table_, AmbiguousWidthOfTerminal());
    }
    int total = 0;
    Text parts;
    for (const auto& [state, count] : counts_) {
      total += count;
      absl::StrAppend(&parts.zh, "，", StateLabel(state, Language::kZh), " ",
                      count);
      absl::StrAppend(&parts.en, ", ", StateLabel(state, Language::kEn), " ",
                      count);
    }
    const Text summary = {
        absl::StrCat(year, " 年度：共 ", total, " 个机关", parts.zh,
                     "，未消除的警告 ", warnings_, "；账本 ", tree_size,
                     " 个条目"),
        absl::StrCat(year, ": ", Counted(total, "agency", "agencies"), parts.en,
                     ", open warnings ", warnings_, "; ledger of ",
                     Counted(tree_size, "entry", "entries"))};
    // Beside data for programs it is a message.
    is_csv_ || session_.json() ? session_.Tell(summary)
                               : session_.Print(summary);
  }

 private:
  std::vector<std::string> RowOf(const v1::Filing& filing,
                                 std::optional<absl::Time> judged_at) const {
    // What was filed is late by its own time; what was not, by the other.
    const int days = DaysLate(filing, judged_at.value_or(absl::InfinitePast()));
    return {
        StateLabel(filing.state(), session_.language()),
        days > 0 ? absl::StrCat(days) : "",
        DeadlineDay(filing),
        FirstFiled(filing),
        filing.has_revision() ? absl::StrCat(filing.revision().number()) : "",
        filing.has_revision() ? absl::StrCat(filing.open_warning_count()) : "",
        filing.regional_revision() > 0
            ? absl::StrCat(filing.regional_revision())
            : "",
        AgencyCode(filing.agency()),
        PrintableLine(filing.agency().display_name())};
  }

  void PrintCsv(const std::vector<std::string>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      session_.out() << (i == 0 ? "" : ",") << CsvText(row[i]);
    }
    session_.out() << "\r\n";
  }

  Session& session_;
  const bool is_csv_;
  ListTable table_;
  std::map<v1::FilingState, int> counts_;
  int64_t warnings_ = 0;
};

bool IsKeptBack(const absl::Status& status) {
  return ErrorReason(status) == "ENTRY_NOT_PUBLISHED" ||
         status.code() == absl::StatusCode::kPermissionDenied;
}

// The time that deadlines are judged by: that asked for, that of the last entry
// of the size asked for, or now. Nothing if that entry is not the caller's to
// see: another agency's draft.
absl::StatusOr<std::optional<absl::Time>> JudgedAt(
    const v1::ListFilingsRequest& request, Session* session) {
  if (request.has_as_of()) return FromTimestamp(request.as_of());
  if (request.as_of_size() == 0) return session->clock()->Now();
  v1::GetEntryRequest last;
  last.set_index(request.as_of_size() - 1);
  const absl::StatusOr<v1::Entry> entry =
      session->connection().Call(session->connection().stubs().ledger,
                                 &v1::LedgerService::Stub::GetEntry, last);
  if (IsKeptBack(entry.status())) return std::nullopt;
  RETURN_IF_ERROR(entry.status());
  v1::LedgerEntry leaf;
  if (leaf.ParseFromString(entry->leaf()) && leaf.index() == last.index()) {
    return FromTimestamp(leaf.recorded_at());
  }
  return VerificationFailure(
      "ANSWER_MISMATCH",
      {absl::StrCat("服务器没有给出条目 ", last.index()),
       absl::StrCat("the server did not answer with entry ", last.index())});
}

absl::Status NoTimeForReminders(const v1::ListFilingsRequest& request) {
  return UsageError(
      {absl::StrCat("条目 ", request.as_of_size() - 1,
                    " 不对您公开，无从得知其时间，逾期天数算不出；请改用 "
                    "--as-of TIME"),
       absl::StrCat("entry ", request.as_of_size() - 1,
                    " is not shown to you, so its time is not known and days "
                    "overdue can't be counted; use --as-of TIME")});
}

void TellNoDays(const v1::ListFilingsRequest& request, Session* session) {
  session->Tell(
      {absl::StrCat("条目 ", request.as_of_size() - 1,
                    " 不对您公开，无从得知其时间：未报者的逾期天数略去（用 "
                    "--as-of TIME 可得）"),
       absl::StrCat("entry ", request.as_of_size() - 1,
                    " is not shown to you, so its time is not known: days late "
                    "of what is missing are left out (--as-of TIME has "
                    "them)")});
}

absl::StatusOr<ExitCode> RunStatus(const StatusOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const v1::ListFilingsRequest request, RequestOf(options));
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::Establish(session));
  StatusPrinter printer(options, session);
  Reminders reminders(options.year);
  ASSIGN_OR_RETURN(const std::optional<absl::Time> judged_at,
                   JudgedAt(request, session));
  if (!judged_at.has_value()) {
    if (!options.reminders.empty()) return NoTimeForReminders(request);
    TellNoDays(request, session);
  }
  ASSIGN_OR_RETURN(const uint64_t tree_size,
                   ReadFilings(request, &session->connection(),
                               [&](const v1::Filing& filing) {
                                 if (judged_at.has_value()) {
                                   reminders.Add(filing, *judged_at);
                                 }
                                 return printer.Add(filing, judged_at);
                               }));
  printer.Finish(options.year, tree_size);
  if (!options.reminders.empty()) {
    RETURN_IF_ERROR(WriteOutput(options.reminders, reminders.Csv(), session));
    session->Tell({absl::StrCat("已写出 ", reminders.count(), " 条催报"),
                   absl::StrCat("reminders written: ", reminders.count())});
  }
  TellOnlyCheckpointVerified(trust);
  return ExitCode::kOk;
}

}  // namespace

void AddStatusCommand(CommandLine* line) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command = line->Add(
      &line->app(), "status",
      {"谁还没有报：一个机关及其下级的报送情况\n"
       "机关按报告年度 12 月 31 日的登记；截止日按最近的上级规程，没有规程时"
       "按条例第四十九条：1 月 31 日，政府及其办公厅（室）3 月 31 日，"
       "均至北京时间当日结束；截止日已过的年度，不因其后设定的规程而变。"
       "按公开原样记录的报告按其所载发布日期判断。“汇总修订”是本机关的汇总"
       "报告，不代替本机关报告。",
       "Who has not filed: an office, the agencies below it, and their "
       "reports\n"
       "The register is that of 31 December of the year reported on. Deadlines "
       "are those of the nearest office upwards that has a policy, or the "
       "statutory ones: 31 January; 31 March for governments and their "
       "offices; "
       "each until the end of that day in Asia/Shanghai. A policy does not "
       "move a deadline that had passed when it was set. A report recorded as "
       "published is judged by the day of publication that it states. "
       "\"regional\" is the revision of the agency's regional report, which "
       "does not stand for its own."},
      "annals status --year 2025 --under 11410303005450123N\n"
      "annals status --year 2025 --state missing,late --format csv\n"
      "annals status --year 2025 --as-of 2026-02-01 --reminders remind.csv");
  line->Option(command, "--year", &options->year, "YEAR",
               {"报告年度", "The year reported on"})
      ->Required()
      ->Check(Year(line->language()));
  line->Option(command, "--under", &options->under, "CODE",
               {"该机关及其下级（默认全部登记的机关）",
                "This office and the agencies below it (default: the whole "
                "register)"});
  line->Option(
      command, "--state", &options->states, "STATES",
      {"只列这些状态，以逗号分隔：on-time、late、missing、due、returned、"
       "withdrawn",
       "Only these, separated by commas: on-time, late, missing, due, "
       "returned, withdrawn"});
  AddAsOfOptions(line, command, &options->as_of);
  line->Option(command, "--format", &options->format, "FORMAT",
               {"table（默认）或 csv", "table (default) or csv"})
      ->Check(OneOf({"table", "csv"}, line->language()));
  line->Option(command, "--reminders", &options->reminders, "FILE",
               {"把未报、未到期与退回者的催报文字写成 CSV",
                "Writes a CSV with a reminder to each whose report is missing, "
                "due or returned"});
  line->OnCall(command, [options](Session& session) {
    return RunStatus(*options, &session);
  });
}

}  // namespace annals::client
