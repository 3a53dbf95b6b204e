// Which keys an agency signed with, and when: what an audit keeps of the
// register to judge the signatures of later entries.

#ifndef ANNALS_CLIENT_AUDIT_SIGNING_FACTS_H_
#define ANNALS_CLIENT_AUDIT_SIGNING_FACTS_H_

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "annals/v1/ledger_entry.pb.h"

namespace annals::client {

// Days since 1970-01-01. From `kNoDayMin` on: since ever; before `kNoDayMax`:
// for good.
inline constexpr int32_t kNoDayMin = std::numeric_limits<int32_t>::min();
inline constexpr int32_t kNoDayMax = std::numeric_limits<int32_t>::max();

struct SigningKeyFacts {
  // Stands for the vkey: the first half of its SHA-256.
  std::array<uint8_t, 16> key = {};
  // In force from the first day on and before the second.
  int32_t from = kNoDayMin;
  int32_t until = kNoDayMax;
};

// What a state of the register says of an agency's keys.
struct SigningState {
  // The entry that records it.
  uint64_t index = 0;
  // The first day on which it holds.
  int32_t from = kNoDayMin;
  bool is_required = false;
  std::vector<SigningKeyFacts> keys;
};

// What an entry of the register says.
SigningState SigningStateOf(const v1::LedgerEntry& entry);

// How a revision is signed, and when it was recorded.
struct RevisionSigning {
  bool is_signed = false;
  // What it says is its key, and the register's entry for it.
  std::array<uint8_t, 16> key = {};
  uint64_t register_entry = 0;
  // An archivist recorded it: the agency need not have signed.
  bool as_published = false;
  // The days on which it may have been checked, the first before the second.
  int32_t first_day = 0;
  int32_t last_day = 0;
};
RevisionSigning RevisionSigningOf(const v1::LedgerEntry& entry);

// Whether the agency's states so far, in their order from the first that has
// keys, allow a revision to be signed as it is, or not to be.
bool IsSigningAllowed(const std::vector<SigningState>& states,
                      const RevisionSigning& signing);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_SIGNING_FACTS_H_
