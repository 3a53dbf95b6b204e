// What differs between two texts, in pieces a person can follow: in Chinese,
// which has no spaces, character by character, with figures and Latin words
// whole.

#ifndef ANNALS_CLIENT_RENDER_WORD_DIFF_H_
#define ANNALS_CLIENT_RENDER_WORD_DIFF_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

enum class DiffKind { kEqual, kDeleted, kInserted };

struct DiffPiece {
  DiffKind kind = DiffKind::kEqual;
  std::string text;
  bool operator==(const DiffPiece&) const = default;
};

// The pieces in order: without the inserted ones they are `older`, without the
// deleted ones `newer`. Where both are, the deleted piece comes first; no two
// neighbours are of one kind, and none is empty. Sentences that both texts have
// once anchor it (patience diff), between them it is Myers' O(ND); a stretch
// that has changed beyond recognition is replaced whole, so that any two texts
// take time in proportion to their length.
std::vector<DiffPiece> DiffTexts(absl::string_view older,
                                 absl::string_view newer);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_WORD_DIFF_H_
