// Logs and witnesses with keys of their own, made from a seed.

#ifndef ANNALS_TESTS_SUPPORT_PARTIES_H_
#define ANNALS_TESTS_SUPPORT_PARTIES_H_

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "ledger/cosignature.h"
#include "ledger/note.h"
#include "ledger/signer.h"
#include "tests/support/matchers.h"

namespace annals::ledger {

struct TestLog {
  std::unique_ptr<Ed25519Signer> signer;
  NoteVerifier verifier;

  std::string Sign(const std::string& text) {
    const auto note = SignNote(text, verifier, signer.get());
    EXPECT_OK(note);
    return *note;
  }
};

inline TestLog MakeLog(const std::string& origin, char seed) {
  auto signer = Ed25519Signer::FromSeed(std::string(32, seed));
  EXPECT_OK(signer);
  auto verifier = NoteVerifier::Create(origin, (*signer)->public_key());
  EXPECT_OK(verifier);
  return {*std::move(signer), *std::move(verifier)};
}

struct TestWitness {
  std::unique_ptr<Ed25519Signer> signer;
  CosignatureVerifier verifier;

  NoteSignature Cosign(const std::string& text, uint64_t seconds) {
    auto signature = MakeCosignature(text, seconds, verifier, signer.get());
    EXPECT_OK(signature);
    return *std::move(signature);
  }
};

inline TestWitness MakeWitness(const std::string& name, char seed) {
  auto signer = Ed25519Signer::FromSeed(std::string(32, seed));
  EXPECT_OK(signer);
  auto verifier = CosignatureVerifier::Create(name, (*signer)->public_key());
  EXPECT_OK(verifier);
  return {*std::move(signer), *std::move(verifier)};
}

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_PARTIES_H_
