// Which contents of the ledger may repeat one that is erased, for a person to
// look at: an erasure removes one content, and what a report says is said in
// other places too.

#ifndef ANNALS_SERVICE_CONTENTS_ALIKE_H_
#define ANNALS_SERVICE_CONTENTS_ALIKE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/ledger.h"

namespace annals {

// Names of revisions and documents whose contents are still there, at most some
// hundred: of a revision the other ones of the same report, the document that
// it was read from, and, because findings quote figures, the next year's report
// and the regional reports of its agency and of the offices above; of a
// document the revisions that name it. `erased` is the entry whose content
// went. Blocks on storage.
absl::StatusOr<std::vector<std::string>> ContentsAlike(
    const v1::LedgerEntry& erased, ledger::Ledger* ledger);

}  // namespace annals

#endif  // ANNALS_SERVICE_CONTENTS_ALIKE_H_
