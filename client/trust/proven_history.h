// All revisions of a report, each proved, and that they are a chain.

#ifndef ANNALS_CLIENT_TRUST_PROVEN_HISTORY_H_
#define ANNALS_CLIENT_TRUST_PROVEN_HISTORY_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "client/session.h"
#include "client/text.h"
#include "client/trust/ledger_trust.h"
#include "client/verify.h"
#include "service/report/names.h"

namespace annals::client {

// Calls `visit` with each revision of `asked.parent()`, newest first, as the
// server lists them, `limit` of them at most (0: all); ends with the first
// error. ANSWER_MISMATCH if what is listed is another report's. Each says in
// `published_only` whether that is what the list is of.
absl::Status ForEachRevision(
    v1::ListRevisionsRequest asked, int limit, Session* session,
    absl::FunctionRef<absl::Status(v1::Revision revision)> visit);

// The revisions with their contents, oldest first, none recorded later than
// `asked` asks for. That none came later is the server's word. Numbers are
// missing only if the server says that it shows what is published, as each
// revision then says.
// REQUIRES: trust->verifies().
absl::StatusOr<std::vector<VerifiedRevision>> ReadProvenHistory(
    const v1::ListRevisionsRequest& asked, Session* session,
    LedgerTrust* trust);

// As ReadRevision of the latest revision of `report`; one whose content was
// erased is no error: it says so, and has no content.
absl::StatusOr<v1::Revision> ReadLatest(const report::ReportName& report,
                                        Session* session, LedgerTrust* trust);

// What was proved of each revision beside entry and inclusion: its content, or
// that it was erased or withdrawn.
Text ContentsProved(bool any_erased, bool any_withdrawn);
Text ContentsProved(const std::vector<VerifiedRevision>& history);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_PROVEN_HISTORY_H_
