#include "service/as_of.h"

#include "absl/strings/str_cat.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"
#include "service/request.h"

namespace annals {
namespace {

absl::Status AsOfTwice() {
  return InvalidField("AS_OF_TWICE", "as_of",
                      "goes without `as_of_size`: give one of them",
                      "不能与 as_of_size 同用，请只给其一");
}

absl::Status InvalidAsOf() {
  return InvalidField("INVALID_TIMESTAMP", "as_of",
                      "is no time of the years 1 to 9999",
                      "不是公元 1 至 9999 年的时间");
}

absl::Status AsOfInFuture(absl::Time asked, absl::Time now) {
  const std::string asked_text = report::MomentInShanghai(asked);
  const std::string now_text = report::MomentInShanghai(now);
  return InvalidField(
      "AS_OF_IN_FUTURE", "as_of",
      absl::StrCat("is ", asked_text, ", later than now (", now_text,
                   "); leave it out for the latest state"),
      absl::StrCat("为 ", asked_text, "，晚于现在（", now_text,
                   "）；要最新状态请不填"));
}

}  // namespace

absl::StatusOr<uint64_t> AsOf::Resolve(const google::protobuf::Timestamp* as_of,
                                       uint64_t as_of_size) const {
  if (as_of != nullptr && as_of_size != 0) return AsOfTwice();
  if (as_of != nullptr) {
    if (!IsValidTimestamp(*as_of)) return InvalidAsOf();
    const absl::Time time = FromTimestamp(*as_of);
    const absl::Time now = clock_->Now();
    if (time > now) return AsOfInFuture(time, now);
    ASSIGN_OR_RETURN(const absl::Time last,
                     RecordedAt(ledger_->checkpoint()->checkpoint.size));
    // Entries up to that time may be under way; what is later settles it.
    if (last <= time) RETURN_IF_ERROR(ledger_->SettleUntil(time));
    return CountUntil(time);
  }
  const uint64_t latest = ledger_->checkpoint()->checkpoint.size;
  if (as_of_size > latest) {
    return ledger::TreeSizeNotReached(as_of_size, latest);
  }
  return as_of_size == 0 ? latest : as_of_size;
}

absl::StatusOr<absl::Time> AsOf::RecordedAt(uint64_t size) const {
  if (size == 0) return absl::InfinitePast();
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   ReadDecodedLeaf(size - 1, ledger_));
  return FromTimestamp(entry.recorded_at());
}

// Invariant: the first `low` entries are not later than `time`, those from
// `high` on are, because times rise along the ledger.
absl::StatusOr<uint64_t> AsOf::CountUntil(absl::Time time) const {
  uint64_t low = 0;
  uint64_t high = ledger_->checkpoint()->checkpoint.size;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const absl::Time recorded_at, RecordedAt(middle + 1));
    if (recorded_at <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace annals
