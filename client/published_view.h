// Answers to those who see what is published, in plain words.

#ifndef ANNALS_CLIENT_PUBLISHED_VIEW_H_
#define ANNALS_CLIENT_PUBLISHED_VIEW_H_

#include <cstdint>

#include "absl/status/status.h"
#include "annals/v1/report_service.pb.h"
#include "client/session.h"
#include "client/text.h"

namespace annals::client {

// Says that revisions which never took effect are not shown, if the server says
// that it left them out.
void TellPublishedOnly(bool published_only, Session* session);

// Why a revision has no content, where the entry `step` withdrew it.
Text WithdrawnText(uint64_t step);

// Whether its content was erased or is kept back as withdrawn.
bool LacksContent(const v1::Revision& revision);

// FAILED_PRECONDITION with reason PUBLISHED_ONLY: what was asked needs every
// entry of the ledger.
absl::Status NeedsEveryEntry();

}  // namespace annals::client

#endif  // ANNALS_CLIENT_PUBLISHED_VIEW_H_
