#include "client/hex.h"

#include "absl/strings/escaping.h"

namespace annals::client {

std::string HexOf(const ledger::Hash& hash) {
  return absl::BytesToHexString(ledger::AsStringView(hash));
}

}  // namespace annals::client
