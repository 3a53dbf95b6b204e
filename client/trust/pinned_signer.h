// What the keys that a user pins, or gives, say of who signed a revision.

#ifndef ANNALS_CLIENT_TRUST_PINNED_SIGNER_H_
#define ANNALS_CLIENT_TRUST_PINNED_SIGNER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "annals/v1/ledger_entry.pb.h"
#include "client/trust/agency_pin.h"

namespace annals::client {

enum class PinnedSigner {
  // No key of the revision's agency is pinned, or the entry is no revision.
  kNotPinned,
  // One of those that are signed it.
  kSigned,
  // Another key signed it.
  kOther,
  // Nobody did, as was allowed: recorded before the pin's day, or by an
  // archivist.
  kUnsigned,
};

// That the signature is true is not looked at here.
PinnedSigner PinnedSignerOf(const v1::LedgerEntry& entry,
                            absl::Span<const AgencyPin> pins);

// OK if the revision is signed by the key in `text`, of --agency-key, whoever
// else signs for the agency. A usage error if that is another agency's key, or
// the entry no revision.
absl::Status RequireSignedByAgency(const std::string& text,
                                   const v1::LedgerEntry& entry);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_PINNED_SIGNER_H_
