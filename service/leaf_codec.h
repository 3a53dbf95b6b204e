// The leaf: a serialized annals.v1.LedgerEntry, and what the ledger must know
// of it.
//
// Streams: a report's revisions under the report's name, its steps under
// `{report}/steps`, an agency's events under `agencies/{code}`, an office's
// policies under `agencies/{code}/policy`, the erasure of an entry's content
// under `erasures/{index}`, changes of the signing key under `keys`.
//
// Index rows, all pointing to a stream:
//   'A' 00 code                     the agencies, by code
//   'S' 00 supervisor 00 code       the agencies that one supervises, or once
//                                   did, by codes
//   'R' 00 code 00 report-id        the reports, by name
//   'Y' 00 year 00 code 00 report-id    the same within a year
//   'D' 00 sha256 00 code 00 report-id 00 number
//                                   the revisions that name a source document
// where year is 4 decimal digits, report-id is `2024` or `2024-regional`, and
// number is 10 decimal digits.
// Names hold no 00, so the rows sort as the names do.

#ifndef ANNALS_SERVICE_LEAF_CODEC_H_
#define ANNALS_SERVICE_LEAF_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_entry.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "ledger/ledger.h"
#include "service/report/timestamp.h"

namespace annals {

// The stream of the changes of the signing key.
inline constexpr absl::string_view kKeyStream = "keys";

// The streams that are not named as a resource is.
std::string ErasureStream(uint64_t erased_index);
std::string StepStream(absl::string_view report);
std::string PolicyStream(absl::string_view agency);

// Puts into `entry` what the ledger settled, and gives the bytes of the leaf.
// Made once.
std::string SettleLeaf(const ledger::LeafContext& context,
                       v1::LedgerEntry* entry);
// The same for an entry of which only the bytes are needed.
std::string EncodeLeaf(v1::LedgerEntry entry,
                       const ledger::LeafContext& context);

// DATA_LOSS with reason LEAF_UNREADABLE if the bytes are no leaf of the entry
// `index`, or one that this version does not know.
absl::StatusOr<v1::LedgerEntry> DecodeLeaf(uint64_t index,
                                           absl::string_view leaf);

// The entry that the leaf at `index` is. Errors as of Ledger::ReadLeaf and
// DecodeLeaf.
absl::StatusOr<v1::LedgerEntry> ReadDecodedLeaf(uint64_t index,
                                                ledger::Ledger* ledger);

class LeafCodec : public ledger::LeafDecoder {
 public:
  absl::StatusOr<ledger::LeafFacts> Decode(
      uint64_t index, absl::string_view leaf) const override;
  // 2: the rows of supervised agencies. 3: those of source documents. 4: those
  // of policies.
  uint32_t index_format() const override { return 4; }
};

// Prefixes for Ledger::ScanIndex; the rows' values are streams.
std::string AgencyRowPrefix();
std::string SupervisedRowPrefix(absl::string_view supervisor_code);
// Of all that are supervised; of those whom the office of a row supervises.
std::string SupervisedRowPrefix();
std::string SupervisedRowPrefixOf(absl::string_view key);
std::string ReportRowPrefix();
// The reports of an agency; of an agency in a year; of a year.
std::string ReportRowPrefix(absl::string_view agency_code);
std::string ReportRowPrefix(absl::string_view agency_code, int year);
std::string YearRowPrefix(int year);
// The revisions that name `document`; which number a row's is. DATA_LOSS with
// reason INDEX_DAMAGED if the row is none such.
std::string DocumentRowPrefix(absl::string_view document);
absl::StatusOr<int64_t> NumberOfDocumentRow(absl::string_view key);

// The entries that set or removed policies, in their order; which one a row's
// is. DATA_LOSS with reason INDEX_DAMAGED if the row is none such.
std::string PolicyRowPrefix();
absl::StatusOr<uint64_t> EntryOfPolicyRow(absl::string_view key);

using report::FromTimestamp;
using report::ToTimestamp;
// Whether it is a time that a Timestamp may hold: years 1 to 9999.
bool IsValidTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace annals

#endif  // ANNALS_SERVICE_LEAF_CODEC_H_
