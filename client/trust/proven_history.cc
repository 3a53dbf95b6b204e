#include "client/trust/proven_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/fetch.h"
#include "client/stubs.h"
#include "client/trust/proved.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr int kPageSize = 200;

}  // namespace

absl::Status ForEachRevision(
    v1::ListRevisionsRequest asked, int limit, Session* session,
    absl::FunctionRef<absl::Status(v1::Revision revision)> visit) {
  ASSIGN_OR_RETURN(const report::ReportName report,
                   report::ParseReportName(asked.parent()));
  PageTokens tokens;
  int left = limit;
  do {
    asked.set_page_size(limit > 0 ? std::min(left, kPageSize) : kPageSize);
    ASSIGN_OR_RETURN(v1::ListRevisionsResponse page,
                     session->connection().Call(
                         session->connection().stubs().reports,
                         &v1::ReportService::Stub::ListRevisions, asked));
    for (v1::Revision& revision : *page.mutable_revisions()) {
      if (limit > 0 && left-- == 0) return absl::OkStatus();
      RETURN_IF_ERROR(RequireRevisionOf(revision, report, std::nullopt));
      revision.set_published_only(page.published_only());
      RETURN_IF_ERROR(visit(std::move(revision)));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.revisions_size()));
    asked.set_page_token(page.next_page_token());
  } while (!asked.page_token().empty() && (limit == 0 || left > 0));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<VerifiedRevision>> ReadProvenHistory(
    const v1::ListRevisionsRequest& asked, Session* session,
    LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const report::ReportName report,
                   report::ParseReportName(asked.parent()));
  AsOf as_of;
  as_of.size = asked.as_of_size();
  if (asked.has_as_of()) as_of.time = FromTimestamp(asked.as_of());
  RevisionChain chain;
  std::vector<VerifiedRevision> revisions;
  RETURN_IF_ERROR(ForEachRevision(
      asked, 0, session, [&](const v1::Revision& claimed) -> absl::Status {
        ASSIGN_OR_RETURN(
            VerifiedRevision verified,
            ProveRevision(claimed.entry_index(), {report, claimed.number()},
                          session, trust));
        RETURN_IF_ERROR(RequireRecordedBy(RevisionOf(verified), as_of));
        verified.published_only = claimed.published_only();
        if (verified.published_only) chain.AllowGaps();
        RETURN_IF_ERROR(chain.Add(verified));
        revisions.push_back(std::move(verified));
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(chain.End());
  std::reverse(revisions.begin(), revisions.end());
  return revisions;
}

absl::StatusOr<v1::Revision> ReadLatest(const report::ReportName& report,
                                        Session* session, LedgerTrust* trust) {
  auto latest = ReadRevision(report.ToString(), AsOf(), session, trust);
  if (ErrorReason(latest.status()) != "CONTENT_ERASED") return latest;
  v1::ListRevisionsRequest asked;
  asked.set_parent(report.ToString());
  v1::Revision erased;
  RETURN_IF_ERROR(
      ForEachRevision(asked, 1, session, [&erased](v1::Revision listed) {
        erased = std::move(listed);
        return absl::OkStatus();
      }));
  // It may have been corrected meanwhile.
  if (!erased.has_erasure()) {
    return ReadRevision(report.ToString(), AsOf(), session, trust);
  }
  if (!trust->verifies()) return erased;
  ASSIGN_OR_RETURN(const VerifiedRevision verified,
                   ProveRevision(erased.entry_index(),
                                 {report, erased.number()}, session, trust));
  trust->TellVerified(
      {absl::StrCat("修订 ", erased.number(),
                    " 的条目、存在性证明和内容的删除记录；应是这一次而非另一次"
                    "修订，是服务器的说法"),
       absl::StrCat("entry and inclusion proof of revision ", erased.number(),
                    ", and the erasure of its content; that it is this one and "
                    "no other is the server's word")});
  return RevisionOf(verified);
}

Text ContentsProved(const std::vector<VerifiedRevision>& history) {
  bool any_erased = false;
  bool any_withdrawn = false;
  for (const VerifiedRevision& revision : history) {
    any_erased |= revision.erasure.has_value();
    any_withdrawn |= revision.withdrawal.has_value();
  }
  return ContentsProved(any_erased, any_withdrawn);
}

Text ContentsProved(bool any_erased, bool any_withdrawn) {
  if (any_withdrawn) {
    return {"报告内容（内容已删除或已撤回的，为其删除或撤回记录）",
            "content (of an erased or withdrawn one, the entry that did it)"};
  }
  if (!any_erased) return {"报告内容", "content"};
  return {"报告内容（内容已删除的，为其删除记录）",
          "content (of an erased one, its erasure)"};
}

}  // namespace annals::client
