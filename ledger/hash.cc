#include "ledger/hash.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "ledger/check.h"
#include "ledger/openssl_ptr.h"

namespace annals::ledger {
namespace {

constexpr uint8_t kLeafPrefix = 0x00;
constexpr uint8_t kNodePrefix = 0x01;
constexpr uint8_t kContentPrefix = 0x02;
constexpr uint8_t kRequestPrefix = 0x03;

constexpr size_t kPairBlockBytes = 1 + 2 * kHashBytes;

// Fetched once: an implicit fetch at each hash costs more than a node's hash.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);
  ANNALS_CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_MD_CTX* ThreadContext() {
  thread_local const EvpMdContextPtr context(EVP_MD_CTX_new());
  ANNALS_CHECK(context != nullptr);
  return context.get();
}

absl::string_view View(const uint8_t* bytes, size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(bytes), size);
}

Hash HashParts(std::initializer_list<absl::string_view> parts) {
  EVP_MD_CTX* const context = ThreadContext();
  bool done = EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1;
  for (absl::string_view part : parts) {
    done = done && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  }
  Hash hash;
  done = done && EVP_DigestFinal_ex(context, hash.data(), nullptr) == 1;
  ANNALS_CHECK(done);
  return hash;
}

// A stack block and one update are 10 % faster than three updates.
Hash HashPair(uint8_t prefix, const std::array<uint8_t, kHashBytes>& first,
              const std::array<uint8_t, kHashBytes>& second) {
  std::array<uint8_t, kPairBlockBytes> block;
  block[0] = prefix;
  std::copy(first.begin(), first.end(), block.begin() + 1);
  std::copy(second.begin(), second.end(), block.begin() + 1 + kHashBytes);
  return HashParts({View(block.data(), block.size())});
}

}  // namespace

Hash Sha256(absl::string_view bytes) { return HashParts({bytes}); }

Hash LeafHash(absl::string_view leaf) {
  return HashParts({View(&kLeafPrefix, 1), leaf});
}

Hash NodeHash(const Hash& left, const Hash& right) {
  return HashPair(kNodePrefix, left, right);
}

Hash ContentHash(const Salt& salt, absl::string_view content) {
  return HashParts(
      {View(&kContentPrefix, 1), View(salt.data(), salt.size()), content});
}

Hash RequestHash(const Salt& salt, const Hash& request_digest) {
  static_assert(kSaltBytes == kHashBytes);
  return HashPair(kRequestPrefix, salt, request_digest);
}

Hash EmptyRoot() { return Sha256(""); }

std::string HashBytes(const Hash& hash) {
  return std::string(hash.begin(), hash.end());
}

Hash HashFromBytes(absl::string_view bytes) {
  ANNALS_CHECK(bytes.size() == kHashBytes);
  Hash hash;
  std::memcpy(hash.data(), bytes.data(), kHashBytes);
  return hash;
}

absl::string_view AsStringView(const Hash& hash) {
  return View(hash.data(), hash.size());
}

}  // namespace annals::ledger
