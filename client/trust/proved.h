// Revisions that are not the server's word but proved, if anything is
// verified.

#ifndef ANNALS_CLIENT_TRUST_PROVED_H_
#define ANNALS_CLIENT_TRUST_PROVED_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/report_service.pb.h"
#include "client/as_of.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"
#include "client/verify.h"
#include "service/report/names.h"

namespace annals::client {

// The revision `expected`, which the server says is recorded by the entry
// `index`: fetched with its content and proof, and verified as VerifyRevision.
// If its content was erased, or is kept back because it was withdrawn, the
// entry that did it is proved as well; if the agency signed it, the register's
// entry that has its key, and a key that is pinned for the agency must have
// signed (agency_pin.h). REQUIRES: trust->verifies().
absl::StatusOr<VerifiedRevision> ProveRevision(
    uint64_t index, const report::RevisionName& expected, Session* session,
    LedgerTrust* trust);

// The leaf of the entry `index`, whatever it records. As VerifyEntry.
// REQUIRES: trust->verifies().
absl::StatusOr<v1::LedgerEntry> ProveEntry(uint64_t index, Session* session,
                                           LedgerTrust* trust);

// The erasure of the content of `erased`, which was verified: the server says
// that the entry `eraser` records it. As VerifyErasure; ANSWER_MISMATCH if no
// checkpoint has that entry, though it was asked for more than once.
// REQUIRES: trust->verifies().
absl::StatusOr<v1::Erasure> ProveErasure(uint64_t eraser,
                                         const v1::LedgerEntry& erased,
                                         Session* session, LedgerTrust* trust);

// As FetchRevision; if anything is verified, proved and made of the verified
// bytes alone. Which revision is the latest is the server's word. If its
// content was erased, FAILED_PRECONDITION with reason CONTENT_ERASED, proved as
// well; with reason CONTENT_WITHDRAWN if it is kept back. `published_only` is
// as the server says.
absl::StatusOr<v1::Revision> ReadRevision(const std::string& name,
                                          const AsOf& as_of, Session* session,
                                          LedgerTrust* trust);

// The revisions of one report, newest first, that must be a chain: numbers
// without gaps, earlier ones recorded earlier, each based on the one before.
class RevisionChain {
 public:
  // Revisions may be left out: the server shows what is published.
  void AllowGaps() { allows_gaps_ = true; }
  // HISTORY_BROKEN if `revision` is not the one before the one added last.
  absl::Status Add(const VerifiedRevision& revision);
  // HISTORY_BROKEN unless the one added last is the first of the report, or
  // revisions may be left out.
  absl::Status End() const;

 private:
  struct Link {
    int number = 0;
    uint64_t index = 0;
    absl::Time recorded_at;
    std::string base_etag;
  };
  absl::Status RequireBefore(const Link& link, const std::string& etag) const;

  std::optional<Link> last_;
  bool allows_gaps_ = false;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_PROVED_H_
