// Whether an agency's own signature, or the lack of one, lets a submission be
// recorded.

#ifndef ANNALS_SERVICE_SIGNATURE_CHECK_H_
#define ANNALS_SERVICE_SIGNATURE_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"
#include "service/agency_register.h"
#include "service/submission_request.h"

namespace annals {

// Puts the signature into `event` if there is one and it is good.
//   INVALID_ARGUMENT, CONTENT_SIGNATURE_FALSE: it is not of what was sent, to
//     the ledger of this origin, by the key that it names;
//   FAILED_PRECONDITION, SIGNING_KEY_NOT_IN_FORCE: the register does not have
//     the key as one of the agency's today;
//   FAILED_PRECONDITION, SIGNATURE_REQUIRED: there is none, and the agency must
//     sign what it submits.
// REQUIRES: the agency is registered.
absl::Status CheckSignature(const SubmissionRequest& request,
                            const AgencyRegister::Today& agency,
                            absl::string_view origin,
                            v1::RevisionRecorded* event);

}  // namespace annals

#endif  // ANNALS_SERVICE_SIGNATURE_CHECK_H_
