// Pins: which ledger a server is trusted to serve, and who signs for it.
//
//   file    (line '\n')*, the words of a line divided by one space
//   line    "server" address     begins a pin; host and port
//         | "key" vkey           of the pin, at least one, all of one origin
//                              (of SM2: must sign as well, see LedgerKeys)
//         | "agency-key" vkey [' ' day]
//                              of the pin: an agency's own (agency_pin.h)
//         | "policy" file        of the pin, at most one; a file beside this
//         one | '#' comment, or nothing

#ifndef ANNALS_CLIENT_TRUST_PIN_H_
#define ANNALS_CLIENT_TRUST_PIN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/trust/agency_pin.h"
#include "ledger/note.h"
#include "ledger/note_key.h"

namespace annals::client {

struct Pin {
  std::string server;
  std::vector<ledger::NoteVerifier> keys;  // Not empty.
  std::string policy_file;                 // Empty if there is none.
  std::vector<ledger::NoteKey> second_keys = {};
  std::vector<AgencyPin> agency_keys = {};

  const std::string& origin() const { return keys.front().name(); }
};

// OK if `server` can stand in the file: 1 to 200 visible ASCII characters.
// INVALID_ARGUMENT (SERVER_NAME_INVALID).
absl::Status ValidateServerName(absl::string_view server);

// INVALID_ARGUMENT (TRUST_FILE_MALFORMED), naming `path` and the line, if the
// file is anything but what stands above, or pins a server twice.
absl::StatusOr<std::vector<Pin>> ParsePins(absl::string_view text,
                                           absl::string_view path);

std::string FormatPins(const std::vector<Pin>& pins);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_PIN_H_
