#include "client/uuid.h"

#include <array>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/hash.h"

namespace annals::client {

namespace {

// The first 16 bytes with version and variant (RFC 9562) put in.
std::string Format(const std::array<uint8_t, 32>& source, uint8_t version) {
  std::array<uint8_t, 32> bytes = source;
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | version << 4);
  bytes[8] = (bytes[8] & 0x3F) | 0x80;
  const std::string hex = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), 16));
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-",
                      hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

}  // namespace

std::string NewUuid(ledger::RandomSource* random) {
  return Format(random->NewSalt(), 4);
}

std::string UuidOf(absl::string_view bytes) {
  return Format(ledger::Sha256(bytes), 8);
}

}  // namespace annals::client
