// Ed25519 keys and signatures (RFC 8032) by OpenSSL.
//
// Key file, mode 0600: PKCS#8 PEM ("-----BEGIN PRIVATE KEY-----"), as
// `openssl genpkey -algorithm ed25519` makes it. Lines may precede it, which
// OpenSSL skips: the preamble, whose meaning is that of key_file.h.

#ifndef ANNALS_LEDGER_SIGNER_H_
#define ANNALS_LEDGER_SIGNER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

inline constexpr size_t kEd25519PublicKeyBytes = 32;
inline constexpr size_t kEd25519SignatureBytes = 64;
inline constexpr size_t kEd25519SeedBytes = 32;

using Ed25519PublicKey = std::array<uint8_t, kEd25519PublicKeyBytes>;

// Signs. A forger without the key can't make a signature for a new message.
class Signer {
 public:
  virtual ~Signer() = default;
  // The signature of `message`. INTERNAL if the library fails.
  virtual absl::StatusOr<std::string> Sign(absl::string_view message) = 0;
  virtual const Ed25519PublicKey& public_key() const = 0;
};

// An Ed25519 key in memory. Thread-safe.
class Ed25519Signer : public Signer {
 public:
  // A new key, made with OpenSSL's generator.
  static absl::StatusOr<std::unique_ptr<Ed25519Signer>> Generate();

  // The key in the file `path`, and its preamble if asked for. NOT_FOUND if
  // there is none;
  // FAILED_PRECONDITION if others than its owner can read or write it;
  // DATA_LOSS if it holds no Ed25519 key.
  static absl::StatusOr<std::unique_ptr<Ed25519Signer>> Load(
      const std::string& path, std::string* preamble = nullptr);

  // The key with the 32 bytes of seed (RFC 8032, 5.1.5).
  static absl::StatusOr<std::unique_ptr<Ed25519Signer>> FromSeed(
      absl::string_view seed);

  ~Ed25519Signer() override;

  // Writes a new file `path` with mode 0600 and syncs it and its directory.
  // ALREADY_EXISTS if there is one.
  absl::Status Save(const std::string& path,
                    absl::string_view preamble = "") const;

  // The 32 bytes of seed into `*seed`, which CleanseSecret must cleanse.
  absl::Status ReadSeed(std::string* seed) const;

  absl::StatusOr<std::string> Sign(absl::string_view message) override;
  const Ed25519PublicKey& public_key() const override;

 private:
  struct Impl;
  explicit Ed25519Signer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// DATA_LOSS with reason SIGNATURE_FALSE.
absl::Status FalseSignature();

// OK if `signature` is the key's signature of `message`; FalseSignature if not.
absl::Status VerifyEd25519(const Ed25519PublicKey& key,
                           absl::string_view message,
                           absl::string_view signature);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_SIGNER_H_
