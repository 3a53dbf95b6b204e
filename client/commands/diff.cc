#include "service/report/diff.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/published_view.h"
#include "client/render/changes.h"
#include "client/render/diff_html.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/proved.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct DiffOptions {
  std::string name;
  int from = 0;
  int to = 0;
  std::string format = "text";
  std::string output = "-";
};

// The two revisions and what differs between them.
struct Compared {
  v1::DiffRevisionsResponse diff;
  v1::Report from;
  v1::Report to;
};

Text SideLine(const v1::Revision& revision, Language language) {
  const std::string when = FormatMoment(revision.recorded_at());
  const std::string who = ActorText(revision.actor(), language);
  return {absl::StrCat("修订 ", revision.number(), "  ", when, "  ", who, "  ",
                       PrintableLine(revision.reason())),
          absl::StrCat("revision ", revision.number(), "  ", when, "  ", who,
                       "  ", PrintableLine(revision.reason()))};
}

// A server that gave a difference has both contents.
absl::Status RequireBoth(const VerifiedRevision& from,
                         const VerifiedRevision& to) {
  if (from.has_content() && to.has_content()) return absl::OkStatus();
  return VerificationFailure(
      kAnswerMismatchReason,
      {"服务器给出了差别，却没有给出两次修订的内容",
       "the server gave a difference, but not the contents of both revisions"});
}

// The same question answered from the verified contents of both revisions.
absl::Status ProveDiff(const report::ReportName& report, Session* session,
                       LedgerTrust* trust, Compared* compared) {
  v1::DiffRevisionsResponse* diff = &compared->diff;
  const auto prove = [&](const v1::Revision& claimed) {
    return ProveRevision(claimed.entry_index(), {report, claimed.number()},
                         session, trust);
  };
  ASSIGN_OR_RETURN(const VerifiedRevision to, prove(diff->to()));
  ASSIGN_OR_RETURN(const VerifiedRevision from, prove(diff->from()));
  if (to.entry.revision_recorded().number() ==
      from.entry.revision_recorded().number() + 1) {
    RevisionChain chain;
    RETURN_IF_ERROR(chain.Add(to));
    RETURN_IF_ERROR(chain.Add(from));
  }
  RETURN_IF_ERROR(RequireBoth(from, to));
  const bool published_only = diff->published_only();
  diff->Clear();
  diff->set_published_only(published_only);
  *diff->mutable_from() = RevisionOf(from);
  *diff->mutable_to() = RevisionOf(to);
  diff->mutable_from()->clear_content();
  diff->mutable_to()->clear_content();
  compared->from = from.content.report();
  compared->to = to.content.report();
  ToChanges(report::DiffReports(compared->from, compared->to),
            diff->mutable_cells(), diff->mutable_texts());
  trust->TellVerified(
      {absl::StrCat("修订 ", diff->from().number(), " 和 ", diff->to().number(),
                    " 的条目、存在性证明和报告内容；差别由此算出"),
       absl::StrCat("entries, inclusion proofs and contents of revisions ",
                    diff->from().number(), " and ", diff->to().number(),
                    "; the difference is computed from them")});
  return absl::OkStatus();
}

// The contents, if nothing is verified.
absl::Status FetchContents(Session* session, LedgerTrust* trust,
                           Compared* compared) {
  ASSIGN_OR_RETURN(
      const v1::Revision from,
      ReadRevision(compared->diff.from().name(), AsOf(), session, trust));
  ASSIGN_OR_RETURN(
      const v1::Revision to,
      ReadRevision(compared->diff.to().name(), AsOf(), session, trust));
  compared->from = from.content().report();
  compared->to = to.content().report();
  return absl::OkStatus();
}

absl::StatusOr<Compared> Compare(const DiffOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const ReportOrRevision meant,
                   ParseReportOrRevision(options.name));
  v1::DiffRevisionsRequest request;
  request.set_name(meant.report.ToString());
  request.set_from(options.from);
  request.set_to(options.to != 0 ? options.to : meant.number.value_or(0));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  Compared compared;
  ASSIGN_OR_RETURN(compared.diff,
                   session->connection().Call(
                       session->connection().stubs().reports,
                       &v1::ReportService::Stub::DiffRevisions, request));
  RETURN_IF_ERROR(RequireDiffOf(compared.diff, request, meant.report));
  if (trust.verifies()) {
    RETURN_IF_ERROR(ProveDiff(meant.report, session, &trust, &compared));
  } else if (options.format == "html") {
    RETURN_IF_ERROR(FetchContents(session, &trust, &compared));
  }
  return compared;
}

absl::StatusOr<ExitCode> RunDiff(const DiffOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const Compared compared, Compare(options, session));
  const v1::DiffRevisionsResponse& diff = compared.diff;
  TellPublishedOnly(diff.published_only(), session);
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(diff));
    return ExitCode::kOk;
  }
  const Language language = session->language();
  const Text from = SideLine(diff.from(), language);
  const Text to = SideLine(diff.to(), language);
  if (options.format == "html") {
    const std::string page =
        RenderDiffHtml({compared.from, from.In(language)},
                       {compared.to, to.In(language)}, language);
    RETURN_IF_ERROR(WriteOutput(options.output, page, session));
    return ExitCode::kOk;
  }
  const Text head = {absl::StrCat("旧：", from.zh, "\n新：", to.zh, "\n\n"),
                     absl::StrCat("old: ", from.en, "\nnew: ", to.en, "\n\n")};
  const bool colored = session->colors().out && options.output == "-";
  RETURN_IF_ERROR(WriteOutput(
      options.output,
      absl::StrCat(head.In(language), RenderChanges(diff.cells(), diff.texts(),
                                                    language, colored)),
      session));
  return ExitCode::kOk;
}

}  // namespace

void AddDiffCommand(CommandLine* line) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = line->Add(
      &line->app(), "diff",
      {"两次修订之间的差别：按官方名称列出旧值 → 新值\n"
       "不给 --from、--to 时，比较最新修订与其前一次修订。",
       "What differs between two revisions: old → new by official label\n"
       "Without --from and --to: the latest and the one before it."},
      "annals diff agencies/11410303005450123N/reports/2024 --from 1 --to 2\n"
      "annals diff agencies/11410303005450123N/reports/2024 --format html -o "
      "changes.html");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告的资源名", "The report's name"})
      ->Required();
  line->Option(command, "--from", &options->from, "N",
               {"较旧的修订（默认为较新者的前一次）",
                "The older revision (default: the one before the newer)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--to", &options->to, "N",
               {"较新的修订（默认为最新）",
                "The newer revision (default: the latest)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--format", &options->format, "text|html",
               {"输出格式：text（默认），或并排对照的网页 html",
                "How to print it: text (default), or html, both revisions side "
                "by side"})
      ->Check(OneOf({"text", "html"}, line->language()));
  AddOutputOption(line, command, &options->output);
  line->OnCall(command, [options](Session& session) {
    return RunDiff(*options, &session);
  });
}

}  // namespace annals::client
