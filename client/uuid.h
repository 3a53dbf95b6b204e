// Request ids (AIP-155).

#ifndef ANNALS_CLIENT_UUID_H_
#define ANNALS_CLIENT_UUID_H_

#include <string>

#include "absl/strings/string_view.h"
#include "ledger/clock.h"

namespace annals::client {

// A random UUID (RFC 9562, version 4) in its 36-character form.
std::string NewUuid(ledger::RandomSource* random);

// The UUID (RFC 9562, version 8) made of the SHA-256 of `bytes`: the same for
// the same bytes.
std::string UuidOf(absl::string_view bytes);

// Gives the request an id made of what it says, so that one that says the same
// is recorded once, whenever it is sent again.
template <typename Request>
void SetRequestId(Request* request) {
  request->clear_request_id();
  request->set_request_id(UuidOf(request->SerializeAsString()));
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_UUID_H_
