// The revisions of a report, read from its stream: revision N is the entry at
// position N - 1.

#ifndef ANNALS_SERVICE_REPORT_HISTORY_H_
#define ANNALS_SERVICE_REPORT_HISTORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/ledger.h"

namespace annals {

// A revision as it is recorded.
struct RecordedRevision {
  v1::LedgerEntry entry;
  std::string etag;
  // The serialized RevisionContent; empty unless asked for, or if it was
  // erased.
  std::string content;
  // Present if the content was erased.
  std::optional<v1::Erasure> erasure;
  // The entry of the step for which the content is kept back from the caller.
  std::optional<uint64_t> withdrawn_by;
};

enum class WithContent { kNo, kYes };

// The etag of the revision that `leaf` records: the first 32 hex digits of its
// leaf hash.
std::string EtagOfLeaf(absl::string_view leaf);

// The revision for an answer, without content.
v1::Revision MakeRevision(const v1::LedgerEntry& entry, absl::string_view etag);

// The same, saying whether its content was erased or is kept back.
v1::Revision MakeRevision(const RecordedRevision& revision);

// The same when the ledger had `size` entries: without an erasure that was
// recorded later.
v1::Revision MakeRevisionAsOf(const RecordedRevision& revision, uint64_t size);

// The serialized Revision with `content`, already serialized, put in as it is.
std::string EncodeRevision(const v1::Revision& revision,
                           absl::string_view content);

// Reads the messages of a content. DATA_LOSS with reason CONTENT_UNREADABLE;
// FAILED_PRECONDITION with reason CONTENT_ERASED or CONTENT_WITHDRAWN.
absl::StatusOr<v1::RevisionContent> DecodeContent(
    const RecordedRevision& revision);

// OK if the content may be shown; as DecodeContent.
absl::Status RequireContent(const RecordedRevision& revision);

// An entry whose content is kept back because what it records was withdrawn.
struct Withdrawn {
  std::string name;
  uint64_t index = 0;
  // The entry of the step.
  uint64_t by = 0;
};

// FAILED_PRECONDITION with reason CONTENT_WITHDRAWN.
absl::Status ContentWithdrawn(const Withdrawn& withdrawn);

// DATA_LOSS with reason CONTENT_UNREADABLE; with reason INDEX_DAMAGED, where
// the index names `entry` as a revision of `report` that it is not.
absl::Status ContentUnreadable(const v1::LedgerEntry& entry);
absl::Status OtherRevision(const v1::LedgerEntry& entry,
                           absl::string_view report);

// Thread-safe. Blocks on storage.
class ReportHistory {
 public:
  // Not owned; must outlive this.
  explicit ReportHistory(ledger::Ledger* ledger) : ledger_(ledger) {}

  // The number of revisions; 0 if there is no such report.
  absl::StatusOr<uint64_t> Length(absl::string_view report) const;

  // NOT_FOUND with reason REVISION_NOT_FOUND if there is none of that number.
  absl::StatusOr<RecordedRevision> Read(absl::string_view report,
                                        int64_t number,
                                        WithContent with_content) const;

  // The latest revision; nullopt if there is no such report.
  absl::StatusOr<std::optional<RecordedRevision>> FindLatest(
      absl::string_view report, WithContent with_content) const;

  // The number of revisions when the ledger had `size` entries; 0 if there was
  // none.
  absl::StatusOr<uint64_t> LengthAsOf(absl::string_view report,
                                      uint64_t size) const;

  // The revision that was the latest then; nullopt if there was none.
  absl::StatusOr<std::optional<RecordedRevision>> FindLatestAsOf(
      absl::string_view report, uint64_t size, WithContent with_content) const;

  // NOT_FOUND with reason REPORT_NOT_FOUND.
  absl::StatusOr<RecordedRevision> ReadLatest(absl::string_view report,
                                              WithContent with_content) const;

  // The number of the revision that was the latest at `time`. NOT_FOUND with
  // reason REPORT_NOT_FOUND, or NO_REVISION_AS_OF if the first one came later.
  absl::StatusOr<int64_t> NumberAsOf(absl::string_view report,
                                     absl::Time time) const;

 private:
  // Where the index says that a revision is.
  struct Place {
    absl::string_view report;
    int64_t number = 0;
    uint64_t index = 0;
  };

  // INDEX_DAMAGED if something else is there.
  absl::StatusOr<RecordedRevision> ReadAt(const Place& place,
                                          WithContent with_content) const;
  absl::StatusOr<ledger::StreamEntry> ReadPosition(absl::string_view report,
                                                   uint64_t position) const;

  ledger::Ledger* const ledger_;
};

absl::Status ReportNotFound(absl::string_view report);

// NOT_FOUND with reason REVISION_NOT_FOUND; `latest` is the last there is.
absl::Status RevisionNotFound(absl::string_view report, int64_t number,
                              int64_t latest);

// The same as of an earlier size or time; reason REPORT_NOT_FOUND too. It tells
// not how many entries there were then: whoever sees only some of them could
// search for the moment at which another was recorded.
absl::Status ReportNotFoundAsOf(absl::string_view report);

}  // namespace annals

#endif  // ANNALS_SERVICE_REPORT_HISTORY_H_
