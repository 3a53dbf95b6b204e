// One whole, true sample of every format that proofs travel in, and what
// accepts it: the beginning of the table of malformed inputs and of the fuzz
// targets' seeds. Everything follows from fixed keys.

#ifndef ANNALS_TESTS_SUPPORT_WIRE_SAMPLES_H_
#define ANNALS_TESTS_SUPPORT_WIRE_SAMPLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/add_checkpoint.h"
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"
#include "ledger/tile_path.h"
#include "ledger/tlog_proof.h"
#include "ledger/witness_policy.h"
#include "tests/support/growing_log.h"
#include "tests/support/matchers.h"

namespace annals::ledger {

enum class WireFormat {
  kVkey,
  kWitnessVkey,
  kCheckpoint,
  kCosignedCheckpoint,
  kPolicy,
  kTlogProof,
  kAddCheckpoint,
  kTilePath,
  kHashTile,
  kEntryBundle,
};

inline constexpr WireFormat kWireFormats[] = {
    WireFormat::kVkey,          WireFormat::kWitnessVkey,
    WireFormat::kCheckpoint,    WireFormat::kCosignedCheckpoint,
    WireFormat::kPolicy,        WireFormat::kTlogProof,
    WireFormat::kAddCheckpoint, WireFormat::kTilePath,
    WireFormat::kHashTile,      WireFormat::kEntryBundle};

class WireSamples {
 public:
  static constexpr char kOrigin[] = "log.example/annals";
  static constexpr uint64_t kSize = 8;
  static constexpr uint64_t kIndex = 5;
  static constexpr uint64_t kOldSize = 3;
  static constexpr uint64_t kSeconds = 1'750'000'000;

  // The true sample.
  std::string Sample(WireFormat format) {
    switch (format) {
      case WireFormat::kVkey:
        return log_.verifier().ToString();
      case WireFormat::kWitnessVkey:
        return witness_.verifier.ToString();
      case WireFormat::kCheckpoint:
        return log_.Note(kSize);
      case WireFormat::kCosignedCheckpoint:
        return CosignedNote();
      case WireFormat::kPolicy:
        return PolicyText();
      case WireFormat::kTlogProof:
        return ProofText();
      case WireFormat::kAddCheckpoint:
        return log_.Body(kOldSize, kSize);
      case WireFormat::kTilePath:
        return "tile/1/x001/x234/067.p/8";
      case WireFormat::kHashTile:
        return EncodeHashTile({LeafHash("a"), LeafHash("b")});
      case WireFormat::kEntryBundle:
        return *EncodeEntryBundle({"first", "", "third"});
    }
    return "";
  }

  // Reads and verifies, as far as the format can be.
  absl::Status Accept(WireFormat format, const std::string& bytes) {
    switch (format) {
      case WireFormat::kVkey:
        return NoteVerifier::Parse(bytes).status();
      case WireFormat::kWitnessVkey:
        return CosignatureVerifier::Parse(bytes).status();
      case WireFormat::kCheckpoint:
        return AcceptCheckpoint(bytes);
      case WireFormat::kCosignedCheckpoint:
        return Policy().Open(bytes).status();
      case WireFormat::kPolicy:
        return WitnessPolicy::Parse(bytes).status();
      case WireFormat::kTlogProof:
        return AcceptProof(bytes);
      case WireFormat::kAddCheckpoint:
        return AcceptAddCheckpoint(bytes);
      case WireFormat::kTilePath:
        return ParseTilePath(bytes).status();
      case WireFormat::kHashTile:
        return DecodeHashTile(bytes, 2).status();
      case WireFormat::kEntryBundle:
        return DecodeEntryBundle(bytes, 3).status();
    }
    return absl::OkStatus();
  }

  GrowingLog& log() { return log_; }
  TestWitness& witness() { return witness_; }

 private:
  std::string CosignedNote() {
    const std::string note = log_.Note(kSize);
    const std::string text = CheckpointText(log_.At(kSize));
    return note + FormatSignatureLine(witness_.Cosign(text, kSeconds));
  }

  std::string PolicyText() {
    return absl::StrCat("log ", log_.verifier().ToString(), " https://l/\n",
                        "witness w1 ", witness_.verifier.ToString(), "\n",
                        "group g all w1\nquorum g\n");
  }

  WitnessPolicy Policy() { return *WitnessPolicy::Parse(PolicyText()); }

  std::string ProofText() {
    TlogProof proof{"a", kIndex, log_.InclusionProof({kIndex, kSize}),
                    CosignedNote()};
    return *FormatTlogProof(proof);
  }

  absl::Status AcceptCheckpoint(const std::string& note) {
    ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                     OpenCheckpoint(note, log_.verifier()));
    return checkpoint == log_.At(kSize)
               ? absl::OkStatus()
               : absl::DataLossError("another checkpoint");
  }

  absl::Status AcceptProof(const std::string& text) {
    ASSIGN_OR_RETURN(const TlogProof proof, ParseTlogProof(text));
    return VerifyTlogProof(proof, log_.LeafHashAt(kIndex), Policy()).status();
  }

  absl::Status AcceptAddCheckpoint(const std::string& body) {
    ASSIGN_OR_RETURN(const AddCheckpointRequest request,
                     ParseAddCheckpoint(body));
    RETURN_IF_ERROR(AcceptCheckpoint(request.checkpoint));
    return VerifyConsistency({request.old_size, kSize}, log_.At(kOldSize).root,
                             log_.At(kSize).root, request.proof);
  }

  GrowingLog log_{kOrigin, 'l', kSize};
  TestWitness witness_ = MakeWitness("witness.example/w1", 'w');
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_WIRE_SAMPLES_H_
