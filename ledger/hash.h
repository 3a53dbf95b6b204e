// SHA-256 as the ledger uses it.
//
//   leaf hash     SHA-256(0x00 ‖ leaf)                          RFC 6962, 2.1
//   node hash     SHA-256(0x01 ‖ left ‖ right)                  RFC 6962, 2.1
//   content hash  SHA-256(0x02 ‖ salt ‖ content)
//   request hash  SHA-256(0x03 ‖ salt ‖ SHA-256(request))
//
// The first byte separates the domains: no string is hashed in two meanings.
// All functions are thread-safe. They use one fetched EVP_MD and a context per
// thread: OpenSSL 3's one-shot SHA256() is four times slower on nodes.

#ifndef ANNALS_LEDGER_HASH_H_
#define ANNALS_LEDGER_HASH_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::ledger {

inline constexpr size_t kHashBytes = 32;
inline constexpr size_t kSaltBytes = 32;

using Hash = std::array<uint8_t, kHashBytes>;
using Salt = std::array<uint8_t, kSaltBytes>;

Hash Sha256(absl::string_view bytes);
Hash LeafHash(absl::string_view leaf);
Hash NodeHash(const Hash& left, const Hash& right);
Hash ContentHash(const Salt& salt, absl::string_view content);
Hash RequestHash(const Salt& salt, const Hash& request_digest);

// The root of the empty tree: SHA-256 of nothing.
Hash EmptyRoot();

// The 32 bytes as a string, and back. `HashFromBytes` REQUIRES: `bytes` is 32
// bytes long.
std::string HashBytes(const Hash& hash);
Hash HashFromBytes(absl::string_view bytes);
absl::string_view AsStringView(const Hash& hash);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_HASH_H_
