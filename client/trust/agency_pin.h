// The keys of agencies that the user pins: who pins one need not believe the
// register, and so not the operator who keeps it, as to whose key it is.

#ifndef ANNALS_CLIENT_TRUST_AGENCY_PIN_H_
#define ANNALS_CLIENT_TRUST_AGENCY_PIN_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/note_key.h"

namespace annals::client {

struct AgencyPin {
  // Its name is the agency's, `agencies/{code}`.
  ledger::NoteKey key;
  // What was recorded before this day, in Shanghai, need not be signed.
  std::optional<absl::CivilDay> from;
};

// The reason of a revision that is not signed as it must be by the pins.
inline constexpr char kAgencyKeyNotPinnedReason[] = "AGENCY_KEY_NOT_PINNED";

// OK if no key of the revision's agency is pinned, if one of those that are
// signed it, or if it need not be signed: recorded before the day of every pin,
// or by an archivist as it was published. DATA_LOSS with the reason above. That
// the signature is true is not looked at here.
absl::Status RequirePinnedAgencyKey(const v1::LedgerEntry& entry,
                                    absl::Span<const AgencyPin> pins);

// OK if the revision is signed by `key`, whose name is its agency's. As above,
// whenever and by whom it was recorded.
absl::Status RequireAgencyKey(const v1::LedgerEntry& entry,
                              const ledger::NoteKey& key);

// A vkey of an agency, or a file that holds one; a usage error that names
// `option`.
absl::StatusOr<ledger::NoteKey> AgencyKeyArgument(const std::string& option,
                                                  const std::string& text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_AGENCY_PIN_H_
