// Key pairs of the two algorithms with which a content or a checkpoint may be
// signed: Ed25519 (RFC 8032), and SM2 with SM3 (GB/T 32918.2, GB/T 32905),
// which China's cryptography law (密码法) asks for in places. By OpenSSL.
//
//   Ed25519   public key 32 bytes; signature 64 bytes
//   SM2       public key 0x04 ‖ x ‖ y, 65 bytes; signature the DER of r and s
//             (GB/T 35276), over SM3(Z ‖ message), where Z stands for the
//             signer's distinguishing id and key (GB/T 32918.2, 5.5)
//
// Key files are as of signer.h.

#ifndef ANNALS_LEDGER_KEY_PAIR_H_
#define ANNALS_LEDGER_KEY_PAIR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

enum class KeyAlgorithm : uint8_t { kEd25519, kSm2 };

// `Ed25519` or `SM2`.
absl::string_view KeyAlgorithmName(KeyAlgorithm algorithm);

inline constexpr size_t kSm2PublicKeyBytes = 65;
// The distinguishing id where none is agreed on (GM/T 0009).
inline constexpr absl::string_view kSm2DefaultId = "1234567812345678";

struct PublicKey {
  KeyAlgorithm algorithm = KeyAlgorithm::kEd25519;
  std::string bytes;
  // The distinguishing id of SM2; empty for Ed25519.
  std::string sm2_id;

  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

// INVALID_ARGUMENT with reason PUBLIC_KEY_INVALID if the bytes are no public
// key of the algorithm, such as a point that is not on the curve.
absl::Status ValidatePublicKey(const PublicKey& key);

// OK if `signature` is the key's signature of `message`; DATA_LOSS with reason
// SIGNATURE_FALSE if not.
absl::Status VerifySignature(const PublicKey& key, absl::string_view message,
                             absl::string_view signature);

// Thread-safe, but for set_sm2_id.
class KeyPair {
 public:
  // A new one, made with OpenSSL's generator.
  static absl::StatusOr<std::unique_ptr<KeyPair>> Generate(
      KeyAlgorithm algorithm);

  // That in the file `path`, and its preamble if asked for. Errors as of
  // Ed25519Signer::Load.
  static absl::StatusOr<std::unique_ptr<KeyPair>> Load(
      const std::string& path, std::string* preamble = nullptr);

  // That at `uri`. Errors as of LoadKeyByUri (provider_signer.h).
  static absl::StatusOr<std::unique_ptr<KeyPair>> LoadByUri(
      const std::string& uri, const std::string& provider);

  ~KeyPair();

  // As Ed25519Signer::Save.
  absl::Status Save(const std::string& path, absl::string_view preamble) const;

  // By which distinguishing id it signs; kSm2DefaultId unless it is set. Of no
  // effect for Ed25519.
  void set_sm2_id(absl::string_view id);

  absl::StatusOr<std::string> Sign(absl::string_view message) const;
  const PublicKey& public_key() const { return public_key_; }

 private:
  struct Key;
  KeyPair(std::unique_ptr<Key> key, PublicKey public_key);
  static absl::StatusOr<std::unique_ptr<KeyPair>> Wrap(
      std::unique_ptr<Key> key);

  const std::unique_ptr<Key> key_;
  PublicKey public_key_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_KEY_PAIR_H_
