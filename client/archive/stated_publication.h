// What an item to archive says of its publication, and whether a server would
// take it.

#ifndef ANNALS_CLIENT_ARCHIVE_STATED_PUBLICATION_H_
#define ANNALS_CLIENT_ARCHIVE_STATED_PUBLICATION_H_

#include "absl/status/status.h"
#include "annals/v1/report.pb.h"
#include "client/archive/archive_item.h"

namespace annals::client {

// Where a person wrote it: in the options of the command, or in the columns of
// a manifest.
enum class StatedIn { kOptions, kColumns };

// Sets what the item says, and leaves the rest.
void AddStatedPublication(const ArchiveItem& item,
                          v1::Publication* publication);

// OK if the server, which links the same checks, takes the address, the day and
// the index number. INVALID_ARGUMENT as report::ValidateReport and
// report::ValidatePublication; it names the option or the column.
absl::Status ValidateStatedPublication(const ArchiveItem& item,
                                       StatedIn stated_in);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ARCHIVE_STATED_PUBLICATION_H_
