#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/agency_print.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/days.h"
#include "client/commands/recorded_entry.h"
#include "client/enum_words.h"
#include "client/fetch.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/uuid.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct RegisterOptions {
  std::string code;
  std::string name;
  std::string division;
  std::string kind;
  std::string supervisor;
  std::string valid_from;
  std::string reason;
  std::string request_id;
};

struct GetOptions {
  std::string code;
  std::string on;
  AsOfOptions as_of;
};

constexpr int kPageSize = 500;

absl::StatusOr<ExitCode> RunRegister(const RegisterOptions& options,
                                     Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName name, AgencyArgument(options.code));
  RETURN_IF_ERROR(report::ValidateDivisionCode(options.division));
  v1::CreateAgencyRequest request;
  request.set_agency_id(name.code);
  v1::Agency* agency = request.mutable_agency();
  agency->set_display_name(options.name);
  agency->set_division_code(options.division);
  agency->set_kind(EnumFromWord<v1::AgencyKind>(options.kind));
  if (!options.supervisor.empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName supervisor,
                     AgencyArgument(options.supervisor));
    agency->set_supervisor(supervisor.ToString());
  }
  if (!options.valid_from.empty()) {
    ASSIGN_OR_RETURN(*agency->mutable_valid_from(),
                     DayArgument(options.valid_from));
  }
  request.set_reason(options.reason.empty()
                         ? session->Pick({"登记机关", "register the agency"})
                         : options.reason);
  request.set_request_id(options.request_id.empty() ? NewUuid(session->random())
                                                    : options.request_id);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Agency registered,
                   session->connection().Call(
                       session->connection().stubs().agencies,
                       &v1::AgencyService::Stub::CreateAgency, request));
  agency->set_name(name.ToString());
  RETURN_IF_ERROR(ConfirmAgency(
      {request.request_id(),
       request.reason(),
       *agency,
       {"display_name", "division_code", "kind", "supervisor", "valid_from",
        "dissolved_on", "successor", "signing_keys", "signature_required"}},
      registered, session, &trust));
  RETURN_IF_ERROR(PrintAgency(registered, session));
  RETURN_IF_ERROR(trust.CheckAfterWriting());
  return ExitCode::kOk;
}

// Whether a state that is to come is shown, for lack of one that holds on the
// day: of an agency that is new by then, or of a coming change.
void TellIfItIsToCome(const v1::Agency& agency, absl::CivilDay day,
                      Session* session) {
  const auto first = report::CivilDayOf(agency.valid_from());
  if (!agency.has_valid_from() || !first.has_value() || *first <= day) return;
  const std::string from = absl::FormatCivilTime(*first);
  const std::string on = absl::FormatCivilTime(day);
  session->Tell(
      {absl::StrCat("所示登记自 ", from, " 起生效，", on, " 尚未生效"),
       absl::StrCat("what is shown holds from ", from, " on, not on ", on)});
}

absl::StatusOr<ExitCode> RunGet(const GetOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName name, AgencyArgument(options.code));
  v1::GetAgencyRequest request;
  request.set_name(name.ToString());
  RETURN_IF_ERROR(SetAsOf(options.as_of, &request));
  if (!options.on.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_on(), DayArgument(options.on));
  }
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(
      const v1::Agency agency,
      session->connection().Call(session->connection().stubs().agencies,
                                 &v1::AgencyService::Stub::GetAgency, request));
  RETURN_IF_ERROR(RequireAgency(agency, name.ToString()));
  TellOnlyCheckpointVerified(trust);
  RETURN_IF_ERROR(PrintAgency(agency, session));
  const absl::CivilDay today = report::DayInShanghai(session->clock()->Now());
  TellIfItIsToCome(agency,
                   request.has_on()
                       ? report::CivilDayOf(request.on()).value_or(today)
                       : today,
                   session);
  return ExitCode::kOk;
}

// Its name on the day, and the name that is to come.
absl::StatusOr<std::string> NamesOn(absl::CivilDay day, const AsOf& as_of,
                                    const v1::Agency& latest,
                                    Session* session) {
  const auto first = report::CivilDayOf(latest.valid_from());
  if (!latest.has_valid_from() || !first.has_value() || *first <= day) {
    return latest.display_name();
  }
  ASSIGN_OR_RETURN(
      const v1::Agency present,
      FetchAgencyOn(&session->connection(), latest.name(), day, as_of));
  RETURN_IF_ERROR(RequireAgency(present, latest.name()));
  const std::string from = absl::FormatCivilTime(*first);
  const std::string& name = latest.display_name();
  if (present.display_name() == name) return name;
  return absl::StrCat(
      present.display_name(),
      session->Pick({absl::StrCat("（", from, " 起：", name, "）"),
                     absl::StrCat(" (from ", from, " on: ", name, ")")}));
}

absl::StatusOr<ExitCode> RunList(const AsOfOptions& options, Session* session) {
  v1::ListAgenciesRequest request;
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options));
  as_of.ApplyTo(&request);
  const absl::CivilDay day =
      report::DayInShanghai(as_of.time.value_or(session->clock()->Now()));
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::Establish(session));
  request.set_page_size(kPageSize);
  const Language language = session->language();
  PageTokens tokens;
  ListTable table;
  for (const char* field : {"name", "division_code", "kind", "display_name"}) {
    table.head.push_back(AgencyFieldLabel(field, language));
  }
  do {
    ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page,
                     session->connection().Call(
                         session->connection().stubs().agencies,
                         &v1::AgencyService::Stub::ListAgencies, request));
    for (const v1::Agency& agency : page.agencies()) {
      if (session->json()) {
        RETURN_IF_ERROR(session->PrintJsonLine(agency));
        continue;
      }
      ASSIGN_OR_RETURN(std::string names, NamesOn(day, as_of, agency, session));
      table.rows.push_back({agency.name(), agency.division_code(),
                            report::EnumLabel(agency.kind(), language),
                            std::move(names)});
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.agencies_size()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  TellOnlyCheckpointVerified(trust);
  if (session->json()) return ExitCode::kOk;
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  if (table.rows.empty()) {
    session->Tell({"尚未登记任何机关", "no agency is registered"});
  }
  return ExitCode::kOk;
}

void AddRegister(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<RegisterOptions>();
  CLI::App* command =
      line->Add(parent, "register",
                {"登记一个机关；登记也是账本条目",
                 "Register an agency; this, too, is a ledger entry"},
                "annals agency register 11410303005450123N --name "
                "洛阳市西工区人民政府办公室 --division 410303");
  line->Option(command, "CODE", &options->code, "CODE",
               {"统一社会信用代码，18 位",
                "Its unified social credit code, 18 characters"})
      ->Required();
  line->Option(command, "--name", &options->name, "NAME",
               {"机关的中文名称", "Its name in Chinese"})
      ->Required();
  line->Option(command, "--division", &options->division, "CODE",
               {"行政区划代码，6 位（乡镇、街道 9 位）",
                "Its division code, 6 digits (9 for a township)"})
      ->Required();
  const auto kinds =
      EnumWords(google::protobuf::GetEnumDescriptor<v1::AgencyKind>());
  line->Option(command, "--kind", &options->kind, "KIND",
               {"机关类型：government、government-office、department、township "
                "或 authorised-organisation",
                "What it is: government, government-office, department, "
                "township or authorised-organisation"})
      ->Check(OneOf(kinds, line->language()));
  line->Option(command, "--supervisor", &options->supervisor, "CODE",
               {"主管机关的统一社会信用代码（须已登记）",
                "The code of the agency that supervises it (registered)"});
  line->Option(command, "--valid-from", &options->valid_from, "DATE",
               {"机关成立的日期；在此之前的年度无须报告（默认：一直存在）",
                "The day on which it was set up; it owes no report of a year "
                "that ended before (default: it always existed)"});
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"登记理由，记入账本（默认“登记机关”）",
                "Why, for the record (default: register the agency)"});
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"重复一次结果不明的请求", "Repeats a request"});
  line->OnCall(command, [options](Session& session) {
    return RunRegister(*options, &session);
  });
}

void AddGet(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* get =
      line->Add(parent, "get", {"查看一个机关", "Show an agency"},
                "annals agency get 11410303005450123N\n"
                "annals agency show 11410303005450123N --on 2024-12-31");
  CommandLine::AddAlias(get, "show");
  line->Option(get, "CODE", &options->code, "CODE",
               {"统一社会信用代码，或 agencies/CODE",
                "Its unified social credit code, or agencies/CODE"})
      ->Required();
  line->Option(get, "--on", &options->on, "DATE",
               {"该日的登记（默认最新）",
                "As it was on this day (default: the latest state)"});
  AddAsOfOptions(line, get, &options->as_of);
  line->OnCall(
      get, [options](Session& session) { return RunGet(*options, &session); });
}

}  // namespace

void AddAgencyCommands(CommandLine* line) {
  CLI::App* agency = line->Add(
      &line->app(), "agency",
      {"机关登记：登记、查看、列出、变更、变更历史",
       "The register of agencies: register, get, list, update, history"},
      "annals agency list");
  CommandLine::RequireCommandUnder(agency);
  AddRegister(line, agency);
  AddGet(line, agency);
  auto as_of = std::make_shared<AsOfOptions>();
  CLI::App* list =
      line->Add(agency, "list", {"列出已登记的机关", "List the agencies"},
                "annals agency list --json\n"
                "annals agency list --as-of 2025-02-01");
  AddAsOfOptions(line, list, as_of.get());
  line->OnCall(list,
               [as_of](Session& session) { return RunList(*as_of, &session); });
  AddAgencyChangeCommands(line, agency);
}

}  // namespace annals::client
