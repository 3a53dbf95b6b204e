// What an audit needs to know of one entry, checked as far as the entry alone
// allows it.

#ifndef ANNALS_CLIENT_AUDIT_ENTRY_FACTS_H_
#define ANNALS_CLIENT_AUDIT_ENTRY_FACTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/agency_service.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/audit/signing_facts.h"
#include "client/hex.h"
#include "client/text.h"
#include "client/trust/agency_pin.h"
#include "google/protobuf/arena.h"
#include "ledger/hash.h"

namespace annals::client {

// Stands for a name: the first half of its SHA-256.
using NameKey = std::array<uint8_t, 16>;
NameKey KeyOf(absl::string_view name);

// The first half of a leaf's hash, which names a revision as the base of a
// correction.
using Etag = std::array<uint8_t, 16>;
Etag EtagBytesOf(const ledger::Hash& leaf_hash);
std::string EtagText(const Etag& etag);

// An entry's bytes as they came.
struct EntryBytes {
  uint64_t index = 0;
  absl::string_view leaf;
  // nullopt if none came.
  std::optional<absl::string_view> salt;
  absl::string_view content;
  // Which entry erased the content, in the server's words.
  std::optional<uint64_t> erased_by;
};

enum class EventKind : uint8_t {
  kRevision,
  kAgency,
  kAgencyChange,
  kKeyChange,
  kDocument,
  kErasure,
  kStep,
  kPolicy,
  kUnknown,
};

// A change of the ledger's key, and the entry that records it.
struct KeyChange {
  uint64_t index = 0;
  std::string old_vkey;
  std::string new_vkey;
};

// Stands for what an erasure must name of the entry whose content it erases,
// its resource name and content hash; zero for entries whose content can't be
// erased.
using ErasableKey = NameKey;
ErasableKey ErasableKeyOf(absl::string_view name,
                          absl::string_view content_hash);

// The erasure of an earlier entry's content.
struct ErasureFacts {
  uint64_t erased_index = 0;
  std::string name;
  ledger::Hash content_hash = {};
  ErasableKey key = {};
};

// A content that is not there. It is a fault unless an entry erased it, which
// only later entries can tell.
struct MissingContent {
  ledger::Hash content_hash = {};
  // The entry that is said to have erased it.
  std::optional<uint64_t> claimed_eraser;
  // AUDIT_CONTENT_MISSING.
  absl::Status fault;
};

struct EntryFacts {
  uint64_t index = 0;
  ledger::Hash leaf_hash = {};
  absl::Time recorded_at;
  // Of actor and request id together.
  NameKey request = {};
  EventKind kind = EventKind::kUnknown;
  // The report, the agency or the document.
  NameKey subject = {};
  // Which must be registered before: a report's agency, an agency's
  // supervisor, an office that sets a policy, or for which a step is taken.
  std::optional<NameKey> required_agency;
  // The same: a dissolved agency's successor.
  std::optional<NameKey> required_successor;
  // Which must be recorded before: what a report was read from.
  std::optional<NameKey> required_document;
  // Of the revision, the agency's state or the policy; a step's position.
  int32_t number = 0;
  // Which must be recorded before: the revision that a step is taken on.
  int32_t step_revision = 0;
  // A policy was set, and not removed.
  bool has_policy = false;
  std::optional<Etag> base_etag;
  // Of a revision; and of a state of an agency.
  RevisionSigning signing;
  SigningState signing_state;
  std::optional<KeyChange> key_change;
  std::optional<ErasureFacts> erasure;
  ErasableKey erasable = {};
  std::optional<MissingContent> missing_content;
  // Of what a server must answer about the entry.
  ledger::Hash answer_digest = {};
  // The same of an agency in its history.
  ledger::Hash change_digest = {};
};

// Whether contents are to be checked.
enum class Contents : uint8_t { kChecked, kLeftOut };

struct EntryCheck {
  Contents contents = Contents::kChecked;
  // The ledger's, which an agency's signature names.
  absl::string_view origin;
  // The agencies' keys that are pinned.
  absl::Span<const AgencyPin> agency_keys;
};

// Checks that
//   - the leaf is a LedgerEntry of this index, with a time and a request;
//   - an entry has a content only if its leaf commits to one, and the content
//     has the leaf's content hash; that of a revision or a document may be
//     missing, which the facts then say;
//   - a revision's content is a RevisionContent of that year and scope, and
//     the agency's signature, if there is one, is of it;
//   - a document's content has the SHA-256 and the length that its leaf names;
//   - an agency has no content, and is neither its own supervisor nor its own
//     successor;
//   - a change of keys names two verifier keys of one ledger;
//   - an erasure names an earlier entry, has a reason and a legal basis, and no
//     content;
//   - a step names a revision and its position, a policy an office and its
//     number, and neither has a content.
// Otherwise DATA_LOSS with reason AUDIT_LEAF_UNREADABLE, AUDIT_CONTENT_MISSING,
// AUDIT_CONTENT_MISMATCH, AUDIT_SIGNATURE_FALSE or AUDIT_ENTRY_INVALID; as
// RequirePinnedAgencyKey. The arena may be reset afterwards.
absl::StatusOr<EntryFacts> ReadEntryFacts(const EntryBytes& bytes,
                                          const EntryCheck& check,
                                          google::protobuf::Arena* arena);

// AUDIT_CONTENT_MISSING. If the server said who erased it, that is false.
absl::Status ContentMissing(const EntryBytes& bytes,
                            absl::string_view content_hash_hex);

// OK if the entry's content is the one that `leaf` commits to, or both have
// none. As ReadEntryFacts.
absl::Status CheckContentHash(const EntryBytes& bytes,
                              const v1::LedgerEntry& leaf);

// Digests of what a server must answer; of a revision without its content.
ledger::Hash RevisionDigest(const v1::LedgerEntry& entry, const Etag& etag);
ledger::Hash RevisionDigest(const v1::Revision& revision);
// The time of an agency's registration is left out of its digest: a change does
// not tell it.
ledger::Hash AgencyDigest(v1::Agency agency);

// The agency that `entry` registered or changed, as a server answers with it,
// without the time of its registration.
v1::Agency AgencyOf(const v1::LedgerEntry& entry, const Etag& etag);

// Of a state in the history of an agency; without the time of its registration.
ledger::Hash AgencyChangeDigest(v1::AgencyChange change);
v1::AgencyChange AgencyChangeOf(const v1::LedgerEntry& entry, const Etag& etag);

ledger::Hash StepDigest(const v1::LifecycleStep& step);
ledger::Hash PolicyDigest(const v1::Policy& policy);

// `entry 12 (revision 3 of agencies/…/reports/2024)`, as far as the leaf can be
// read.
Text PlaceOf(uint64_t index, absl::string_view leaf);

// What was expected or found: a hash or a number, the same in both languages,
// or words.
struct FaultValue {
  FaultValue(std::string same) : text{same, same} {}  // NOLINT
  FaultValue(const char* same) : text{same, same} {}  // NOLINT
  FaultValue(Text words) : text(std::move(words)) {}  // NOLINT
  Text text;
};

// A DATA_LOSS with a reason that begins with AUDIT_: where, what, what was
// expected and what was found. Its metadata are `index`, `expected` and
// `actual`.
absl::Status AuditFault(absl::string_view reason, uint64_t index,
                        absl::string_view leaf, const Text& what,
                        const FaultValue& expected, const FaultValue& actual);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_ENTRY_FACTS_H_
