#include "client/uuid.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace annals::client {

std::string NewUuid(ledger::RandomSource* random) {
  ledger::Salt bytes = random->NewSalt();
  bytes[6] = (bytes[6] & 0x0F) | 0x40;  // Version 4.
  bytes[8] = (bytes[8] & 0x3F) | 0x80;  // Variant of RFC 9562.
  const std::string hex = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), 16));
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-",
                      hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

}  // namespace annals::client
