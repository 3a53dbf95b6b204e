// What a log sends to a witness (C2SP tlog-witness, add-checkpoint).
//
//   body      "old " decimal '\n'
//             (base64(hash) '\n')*    the consistency proof, RFC 6962, 2.1.2
//             '\n'
//             checkpoint              the signed note, verbatim
//
// The answers: 200 with signature lines (note.h, ParseSignatureLines), or 409
// with the tree size of the checkpoint that the witness cosigned last, as
// decimal '\n', of type text/x.tlog.size.

#ifndef ANNALS_LEDGER_ADD_CHECKPOINT_H_
#define ANNALS_LEDGER_ADD_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/hash.h"

namespace annals::ledger {

inline constexpr char kAddCheckpointPath[] = "/add-checkpoint";
inline constexpr char kTreeSizeContentType[] = "text/x.tlog.size";
inline constexpr size_t kAddCheckpointHashesMax = 63;
// A longer request is refused before it is parsed: a note of 100 signatures,
// post-quantum ones among them, is shorter.
inline constexpr size_t kAddCheckpointBytesMax = 512 << 10;

struct AddCheckpointRequest {
  uint64_t old_size = 0;
  std::vector<Hash> proof;
  std::string checkpoint;  // The signed note.

  friend bool operator==(const AddCheckpointRequest&,
                         const AddCheckpointRequest&) = default;
};

std::string FormatAddCheckpoint(const AddCheckpointRequest& request);

// INVALID_ARGUMENT with reason ADD_CHECKPOINT_MALFORMED, naming the line, if
// the body is malformed or too large. The note is not looked at.
absl::StatusOr<AddCheckpointRequest> ParseAddCheckpoint(absl::string_view body);

// The body of a 409 answer, and back. INVALID_ARGUMENT with reason
// TREE_SIZE_MALFORMED if it is none.
std::string FormatTreeSize(uint64_t size);
absl::StatusOr<uint64_t> ParseTreeSize(absl::string_view body);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ADD_CHECKPOINT_H_
