#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/cell_history.h"
#include "client/commands/commands.h"
#include "client/commands/life_print.h"
#include "client/counted.h"
#include "client/erasure_text.h"
#include "client/fetch.h"
#include "client/published_view.h"
#include "client/render/grid.h"
#include "client/signing.h"
#include "client/times.h"
#include "client/trust/proved.h"
#include "client/trust/proven_history.h"
#include "client/trust/proven_life.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct HistoryOptions {
  std::string name;
  std::string cell;
  int limit = 0;
  AsOfOptions as_of;
};

// The label of a field of Revision.
std::string Head(absl::string_view field, Language language) {
  return report::FieldLabel(
      v1::Revision::descriptor()->FindFieldByName(std::string(field)),
      v1::EDITION_UNSPECIFIED, language);
}

// -1: what it would be compared with was erased.
std::string CountText(int32_t count) {
  return count < 0 ? "-" : absl::StrCat(count);
}

// The reason, and why there is no content.
std::string ReasonText(const v1::Revision& revision, Language language) {
  Text why;
  if (revision.has_withdrawn_by()) why = WithdrawnText(revision.withdrawn_by());
  if (revision.has_erasure()) why = ErasureText(revision.erasure());
  if (why.en.empty()) return revision.reason();
  return absl::StrCat(revision.reason(),
                      language == Language::kZh ? "；" : "; ",
                      why.In(language));
}

std::vector<std::string> Row(const v1::Revision& revision, Language language) {
  std::string kind = ReasonCodeText(revision, language);
  if (revision.as_published()) {
    kind = absl::StrCat(Head("as_published", language), " · ", kind);
  }
  if (revision.has_signature()) {
    kind = absl::StrCat(kind, " · ", Head("signature", language), " ",
                        ShortSignatureText(revision.signature()));
  }
  return {absl::StrCat(revision.number()),
          FormatMoment(revision.recorded_at()),
          ActorText(revision.actor(), language),
          kind,
          CountText(revision.changed_cell_count()),
          CountText(revision.changed_text_count()),
          absl::StrCat(revision.entry_index()),
          ReasonText(revision, language)};
}

ListTable EmptyTable(Language language) {
  ListTable table;
  for (const char* field :
       {"number", "recorded_at", "actor", "reason_code", "changed_cell_count",
        "changed_text_count", "entry_index", "reason"}) {
    table.head.push_back(Head(field, language));
  }
  table.aligns = {Align::kRight, Align::kLeft,  Align::kLeft,  Align::kLeft,
                  Align::kRight, Align::kRight, Align::kRight, Align::kLeft};
  return table;
}

// Proves the revisions one by one, newest first, and that they are a chain.
class HistoryProof {
 public:
  HistoryProof(Session* session, LedgerTrust* trust)
      : session_(session), trust_(trust) {}

  // `revision` becomes what was proved; as it is if nothing is verified.
  absl::Status Prove(const report::ReportName& report, v1::Revision* revision) {
    if (!trust_->verifies()) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const VerifiedRevision verified,
        ProveRevision(revision->entry_index(), {report, revision->number()},
                      session_, trust_));
    const bool published_only = revision->published_only();
    if (published_only) chain_.AllowGaps();
    RETURN_IF_ERROR(chain_.Add(verified));
    *revision = RevisionOf(verified);
    revision->clear_content();
    revision->set_published_only(published_only);
    any_erased_ |= verified.erasure.has_value();
    any_withdrawn_ |= verified.withdrawal.has_value();
    ++count_;
    return absl::OkStatus();
  }

  // `whole`: nothing was left out.
  absl::Status End(bool whole) {
    if (!trust_->verifies()) return absl::OkStatus();
    if (whole) RETURN_IF_ERROR(chain_.End());
    const Text contents = ContentsProved(any_erased_, any_withdrawn_);
    trust_->TellVerified(
        {absl::StrCat(count_, " 次修订，每次的条目、存在性证明和", contents.zh,
                      "，且前后相接；最新一次之后是否还有，以服务器"
                      "所说为准"),
         absl::StrCat(Counted(count_, "revision", "revisions"),
                      ", of each entry, inclusion proof and ", contents.en,
                      ", and that each follows the one before; that none came "
                      "later is the server's word")});
    return absl::OkStatus();
  }

 private:
  Session* const session_;
  LedgerTrust* const trust_;
  RevisionChain chain_;
  int count_ = 0;
  bool any_erased_ = false;
  bool any_withdrawn_ = false;
};

// Says what is in effect, where steps decide that.
absl::Status TellStanding(const report::ReportName& report, const AsOf& as_of,
                          Session* session, LedgerTrust* trust) {
  const absl::StatusOr<v1::Lifecycle> read =
      ReadLife(report, as_of, session, trust);
  // A server of an earlier version knows no steps.
  if (absl::IsUnimplemented(read.status())) return absl::OkStatus();
  RETURN_IF_ERROR(read.status());
  const v1::Lifecycle& life = *read;
  if (life.steps().empty() &&
      life.effective_revision() == life.latest_revision()) {
    return absl::OkStatus();
  }
  const Text standing = StandingText(life);
  session->Print({absl::StrCat(standing.zh, "；", life.steps_size(),
                               " 个办理环节，见 annals life"),
                  absl::StrCat(standing.en, "; steps: ", life.steps_size(),
                               ", see annals life")});
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunHistory(const HistoryOptions& options,
                                    Session* session) {
  ASSIGN_OR_RETURN(const ReportOrRevision meant,
                   ParseReportOrRevision(options.name));
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options.as_of));
  if (!options.cell.empty()) {
    return ShowCellHistory(meant.report, options.cell, as_of, session);
  }
  v1::ListRevisionsRequest request;
  request.set_parent(meant.report.ToString());
  as_of.ApplyTo(&request);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  HistoryProof proof(session, &trust);
  ListTable table = EmptyTable(session->language());
  int listed = 0;
  bool published_only = false;
  RETURN_IF_ERROR(ForEachRevision(
      request, options.limit, session,
      [&](v1::Revision revision) -> absl::Status {
        ++listed;
        published_only |= revision.published_only();
        RETURN_IF_ERROR(RequireRecordedBy(revision, as_of));
        RETURN_IF_ERROR(proof.Prove(meant.report, &revision));
        HideLaterErasure(as_of, &revision);
        if (session->json()) return session->PrintJsonLine(revision);
        table.rows.push_back(Row(revision, session->language()));
        return absl::OkStatus();
      }));
  const bool is_whole = options.limit == 0 || listed < options.limit;
  RETURN_IF_ERROR(proof.End(is_whole));
  TellPublishedOnly(published_only, session);
  if (!session->json()) {
    session->out() << RenderList(table, AmbiguousWidthOfTerminal());
    RETURN_IF_ERROR(TellStanding(meant.report, as_of, session, &trust));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddHistoryCommand(CommandLine* line) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* command = line->Add(
      &line->app(), "history",
      {"一份报告的全部修订，新的在前\n"
       "每个修订：编号、时间、操作人、更正原因、改动的单元格数和文字数、账本条"
       "目、"
       "理由。",
       "All revisions of a report, the newest first\n"
       "Of each: number, time, actor, reason code, cells and texts changed, "
       "ledger entry, reason."},
      "annals history agencies/11410303005450123N/reports/2024\n"
      "annals history agencies/11410303005450123N/reports/2024 --cell "
      "t3.new_received.total");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告的资源名，如 agencies/CODE/reports/2024",
                "The report's name, such as agencies/CODE/reports/2024"})
      ->Required();
  CommandOption* cell =
      line->Option(command, "--cell", &options->cell, "CELL",
                   {"改为追踪一个单元格：该机关历年报告各次修订中的值，未变的"
                    "予以注明。可用编号或官方名称指明",
                    "Follow one figure instead: its values in all revisions of "
                    "the agency's reports, year by year, and which of them "
                    "left it unchanged. By id or words of its official label"});
  line->Option(command, "--limit", &options->limit, "N",
               {"最多列出几个修订", "At most so many revisions"})
      ->Excludes(cell)
      ->Check(Positive(line->language()));
  AddAsOfOptions(line, command, &options->as_of);
  line->OnCall(command, [options](Session& session) {
    return RunHistory(*options, &session);
  });
}

}  // namespace annals::client
