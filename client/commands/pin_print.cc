#include "client/commands/pin_print.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "client/trust/agency_pin.h"
#include "client/trust/ledger_keys.h"
#include "ledger/key_pair.h"
#include "ledger/note_key.h"

namespace annals::client {

std::string KeyNames(const Pin& pin) {
  return absl::StrJoin(pin.keys, " ",
                       [](std::string* out, const ledger::NoteVerifier& key) {
                         absl::StrAppend(out, KeyName(key));
                       });
}

std::string SecondKeyNames(const Pin& pin) {
  std::string names;
  for (const ledger::NoteKey& key : pin.second_keys) {
    absl::StrAppend(&names, " ", key.ShortName(), " (",
                    ledger::KeyAlgorithmName(key.key().algorithm), ")");
  }
  return names;
}

std::string AgencyKeyNames(const Pin& pin) {
  return absl::StrJoin(
      pin.agency_keys, " ", [](std::string* out, const AgencyPin& agency) {
        absl::StrAppend(out, agency.key.ShortName());
        if (agency.from.has_value()) {
          absl::StrAppend(out, " (", absl::FormatCivilTime(*agency.from), ")");
        }
      });
}

}  // namespace annals::client
