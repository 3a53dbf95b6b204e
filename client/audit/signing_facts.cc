#include "client/audit/signing_facts.h"

#include <algorithm>
#include <string>

#include "absl/time/civil_time.h"
#include "client/audit/entry_facts.h"
#include "service/report/content_signature.h"
#include "service/report/days.h"
#include "service/report/timestamp.h"

namespace annals::client {
namespace {

int32_t DayNumber(absl::CivilDay day) {
  return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1));
}

int32_t DayNumber(const v1::Date& date, int32_t otherwise) {
  const auto day = report::CivilDayOf(date);
  return day.has_value() ? DayNumber(*day) : otherwise;
}

// The last state that holds on the day; null if none of these does.
const SigningState* StateOn(const std::vector<SigningState>& states,
                            int32_t day) {
  const SigningState* found = nullptr;
  for (const SigningState& state : states) {
    if (state.from <= day) found = &state;
  }
  return found;
}

bool IsAllowedOn(const std::vector<SigningState>& states, int32_t day,
                 const RevisionSigning& signing) {
  const SigningState* const state = StateOn(states, day);
  if (!signing.is_signed) {
    return state == nullptr || !state->is_required || signing.as_published;
  }
  return state != nullptr && state->index == signing.register_entry &&
         std::any_of(state->keys.begin(), state->keys.end(),
                     [&](const SigningKeyFacts& key) {
                       return key.key == signing.key && key.from <= day &&
                              day < key.until;
                     });
}

}  // namespace

SigningState SigningStateOf(const v1::LedgerEntry& entry) {
  const bool is_change = entry.has_agency_changed();
  const v1::Agency& agency = is_change ? entry.agency_changed().agency()
                                       : entry.agency_registered().agency();
  SigningState state;
  state.index = entry.index();
  // The first state holds also before its first day.
  if (is_change && agency.has_valid_from()) {
    state.from = DayNumber(agency.valid_from(), kNoDayMin);
  }
  state.is_required = agency.signature_required();
  for (const v1::SigningKey& key : agency.signing_keys()) {
    SigningKeyFacts& facts = state.keys.emplace_back();
    facts.key = KeyOf(key.vkey());
    if (key.has_valid_from()) {
      facts.from = DayNumber(key.valid_from(), kNoDayMax);
    }
    if (key.has_expires_on()) {
      facts.until = DayNumber(key.expires_on(), kNoDayMin);
    }
  }
  return state;
}

RevisionSigning RevisionSigningOf(const v1::LedgerEntry& entry) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  RevisionSigning signing;
  signing.is_signed = event.has_signature();
  if (signing.is_signed) {
    signing.key = KeyOf(event.signature().vkey());
    signing.register_entry = event.signature().register_entry();
  }
  signing.as_published = event.as_published();
  const absl::Time recorded_at = report::FromTimestamp(entry.recorded_at());
  signing.first_day =
      DayNumber(report::DayInShanghai(recorded_at - report::kFilingTimeMax));
  signing.last_day = DayNumber(report::DayInShanghai(recorded_at));
  return signing;
}

bool IsSigningAllowed(const std::vector<SigningState>& states,
                      const RevisionSigning& signing) {
  return IsAllowedOn(states, signing.last_day, signing) ||
         IsAllowedOn(states, signing.first_day, signing);
}

}  // namespace annals::client
