#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/fetch.h"
#include "client/published_view.h"
#include "client/render/grid.h"
#include "client/times.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct ListOptions {
  int year = 0;
  std::string agency;
  AsOfOptions as_of;
};

std::string Head(const google::protobuf::Descriptor* message,
                 const std::string& field, Language language) {
  return report::FieldLabel(message->FindFieldByName(field),
                            v1::EDITION_UNSPECIFIED, language);
}

ListTable EmptyTable(Language language) {
  ListTable table;
  table.head = {Text{"报告", "Report"}.In(language)};
  for (const char* field : {"number", "recorded_at", "actor"}) {
    table.head.push_back(Head(v1::Revision::descriptor(), field, language));
  }
  table.aligns = {Align::kLeft, Align::kRight};
  return table;
}

absl::StatusOr<std::vector<std::string>> Row(const v1::Revision& revision,
                                             Language language) {
  ASSIGN_OR_RETURN(const report::RevisionName name,
                   report::ParseRevisionName(revision.name()));
  return std::vector<std::string>{name.report.ToString(),
                                  absl::StrCat(revision.number()),
                                  FormatMoment(revision.recorded_at()),
                                  ActorText(revision.actor(), language)};
}

absl::StatusOr<ExitCode> RunList(const ListOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::Establish(session));
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  if (!options.agency.empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName agency,
                     AgencyArgument(options.agency));
    request.set_parent(agency.ToString());
  }
  request.set_year(options.year);
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options.as_of));
  as_of.ApplyTo(&request);
  ListTable table = EmptyTable(session->language());
  ASSIGN_OR_RETURN(
      const bool published_only,
      ForEachReport(request, &session->connection(),
                    [&](const v1::Revision& revision) -> absl::Status {
                      RETURN_IF_ERROR(RequireRecordedBy(revision, as_of));
                      if (session->json())
                        return session->PrintJsonLine(revision);
                      ASSIGN_OR_RETURN(auto row,
                                       Row(revision, session->language()));
                      table.rows.push_back(std::move(row));
                      return absl::OkStatus();
                    }));
  TellPublishedOnly(published_only, session);
  TellOnlyCheckpointVerified(trust);
  if (session->json()) return ExitCode::kOk;
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  if (table.rows.empty()) session->Tell({"没有报告", "no reports"});
  return ExitCode::kOk;
}

}  // namespace

void AddListCommand(CommandLine* line) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      line->Add(&line->app(), "list",
                {"账本中的报告，各列其最新修订",
                 "The reports in the ledger, each with its latest revision"},
                "annals list --year 2024\n"
                "annals list --agency 11410303005450123N --json");
  line->Option(command, "--year", &options->year, "YEAR",
               {"只列这一年度", "Only this year"})
      ->Check(Year(line->language()));
  line->Option(command, "--agency", &options->agency, "CODE",
               {"只列这个机关（统一社会信用代码）",
                "Only this agency (unified social credit code)"});
  AddAsOfOptions(line, command, &options->as_of);
  line->OnCall(command, [options](Session& session) {
    return RunList(*options, &session);
  });
}

}  // namespace annals::client
