#include "client/commands/cell_history.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/counted.h"
#include "client/fetch.h"
#include "client/field_choice.h"
#include "client/published_view.h"
#include "client/render/field_text.h"
#include "client/render/grid.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/proven_history.h"
#include "ledger/status_macros.h"
#include "service/report/blame.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

// The reports of the same agency and scope, as the server lists them.
absl::StatusOr<std::vector<report::ReportName>> ReportsLike(
    const report::ReportName& name, const AsOf& as_of, Session* session) {
  v1::ListReportsRequest request;
  as_of.ApplyTo(&request);
  request.set_parent(report::AgencyName{name.agency_code}.ToString());
  std::vector<report::ReportName> reports;
  const auto add = [&](const v1::Revision& latest) -> absl::Status {
    ASSIGN_OR_RETURN(const report::RevisionName found,
                     report::ParseRevisionName(latest.name()));
    if (found.report.scope == name.scope) reports.push_back(found.report);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ForEachReport(request, &session->connection(), add).status());
  return reports;
}

// The values in one report, from the verified contents.
absl::Status AddProvenValues(const report::ReportName& report,
                             const std::string& cell, const AsOf& as_of,
                             Session* session, LedgerTrust* trust,
                             v1::ListCellValuesResponse* response) {
  v1::ListRevisionsRequest asked;
  asked.set_parent(report.ToString());
  as_of.ApplyTo(&asked);
  ASSIGN_OR_RETURN(const std::vector<VerifiedRevision> history,
                   ReadProvenHistory(asked, session, trust));
  const report::CellIndex index = *report::Schema::Get().Find(cell);
  for (const VerifiedRevision& revision : history) {
    if (revision.published_only) response->set_published_only(true);
    v1::CellValue* row = response->add_values();
    *row->mutable_revision() = RevisionOf(revision);
    row->mutable_revision()->clear_content();
    if (!revision.has_content()) continue;
    const std::optional<int64_t> value = report::ReadCells(
        revision.content.report())[static_cast<size_t>(index)];
    if (value.has_value()) row->set_value(*value);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListCellValuesResponse> ProvenValues(
    const v1::ListCellValuesRequest& request, const report::ReportName& report,
    const AsOf& as_of, Session* session, LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const std::vector<report::ReportName> reports,
                   ReportsLike(report, as_of, session));
  v1::ListCellValuesResponse response;
  for (const report::ReportName& like : reports) {
    RETURN_IF_ERROR(AddProvenValues(like, request.cell(), as_of, session, trust,
                                    &response));
  }
  bool any_erased = false;
  bool any_withdrawn = false;
  for (const v1::CellValue& value : response.values()) {
    any_erased |= value.revision().has_erasure();
    any_withdrawn |= value.revision().has_withdrawn_by();
  }
  const Text contents = ContentsProved(any_erased, any_withdrawn);
  trust->TellVerified(
      {absl::StrCat(reports.size(), " 份报告各次修订的条目、存在性证明和",
                    contents.zh,
                    "，且前后相接；是否还有别的年度或更晚的修订，以服务器所说"
                    "为准"),
       absl::StrCat(Counted(reports.size(), "report", "reports"),
                    ", of each revision entry, inclusion proof and ",
                    contents.en,
                    ", and that each follows the one before; that there are no "
                    "other years and no later revisions is the server's "
                    "word")});
  return response;
}

// Whether a revision left the figure as it was in the one before, which is null
// for the first one.
bool IsUnchanged(const v1::CellValue* before, const v1::CellValue& value) {
  if (before == nullptr || LacksContent(before->revision()) ||
      LacksContent(value.revision())) {
    return false;
  }
  const auto name = report::ParseRevisionName(value.revision().name());
  const auto last = report::ParseRevisionName(before->revision().name());
  return name.ok() && last.ok() &&
         name->report.ToString() == last->report.ToString() &&
         report::FigureOf(before) == report::FigureOf(&value);
}

std::vector<std::string> Row(const std::string& cell,
                             const v1::CellValue* before,
                             const v1::CellValue& value, Language language) {
  const v1::Revision& revision = value.revision();
  const auto name = report::ParseRevisionName(revision.name());
  const std::string year = name.ok() ? absl::StrCat(name->report.year) : "";
  std::string figure = FigureText(cell, report::FigureOf(&value), language);
  if (revision.has_withdrawn_by()) {
    figure = Text{"已撤回", "withdrawn"}.In(language);
  }
  if (revision.has_erasure()) figure = Text{"已删除", "erased"}.In(language);
  const Text change =
      IsUnchanged(before, value) ? Text{"未变", "unchanged"} : Text{"", ""};
  return {year,
          absl::StrCat(revision.number()),
          figure,
          change.In(language),
          FormatMoment(revision.recorded_at()),
          ActorText(revision.actor(), language),
          ReasonCodeText(revision, language),
          revision.reason()};
}

}  // namespace

absl::StatusOr<ExitCode> ShowCellHistory(const report::ReportName& report,
                                         const std::string& words,
                                         const AsOf& as_of, Session* session) {
  v1::ListCellValuesRequest request;
  request.set_name(report.ToString());
  ASSIGN_OR_RETURN(*request.mutable_cell(), FindCell(words));
  as_of.ApplyTo(&request);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  v1::ListCellValuesResponse response;
  if (trust.verifies()) {
    ASSIGN_OR_RETURN(response,
                     ProvenValues(request, report, as_of, session, &trust));
  } else {
    ASSIGN_OR_RETURN(response,
                     session->connection().Call(
                         session->connection().stubs().reports,
                         &v1::ReportService::Stub::ListCellValues, request));
  }
  TellPublishedOnly(response.published_only(), session);
  const Language language = session->language();
  ListTable table;
  table.head = {Text{"年度", "Year"}.In(language),
                Text{"修订", "Revision"}.In(language),
                Text{"值", "Value"}.In(language),
                Text{"变动", "Change"}.In(language),
                Text{"时间", "Time"}.In(language),
                Text{"操作人", "Actor"}.In(language),
                Text{"更正原因", "Reason code"}.In(language),
                Text{"理由", "Reason"}.In(language)};
  table.aligns = {Align::kRight, Align::kRight, Align::kRight};
  const v1::CellValue* before = nullptr;
  for (const v1::CellValue& value : response.values()) {
    if (session->json()) {
      RETURN_IF_ERROR(session->PrintJsonLine(value));
    } else {
      table.rows.push_back(Row(request.cell(), before, value, language));
    }
    before = &value;
  }
  if (session->json()) return ExitCode::kOk;
  session->out() << FieldLabelText(request.cell(), language) << "    "
                 << request.cell() << "\n"
                 << RenderList(table, AmbiguousWidthOfTerminal());
  return ExitCode::kOk;
}

}  // namespace annals::client
