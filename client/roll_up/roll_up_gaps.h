// Why a report is not among those that a roll-up adds up.

#ifndef ANNALS_CLIENT_ROLL_UP_ROLL_UP_GAPS_H_
#define ANNALS_CLIENT_ROLL_UP_ROLL_UP_GAPS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/supervision_service.pb.h"
#include "client/connection.h"
#include "client/text.h"

namespace annals::client {

enum class Absence {
  // Not filed or not in effect.
  kUnknown,
  kNotFiled,
  // A revision was recorded; none has taken effect.
  kNotInEffect,
  kWithdrawn,
};

// `not filed`.
Text AbsenceText(Absence absence);

struct RollUpGaps {
  // Of the office's regional report, if the answer has none.
  Absence regional = Absence::kUnknown;
  // Of the agencies that are missing, by their names.
  std::map<std::string, Absence> missing;

  Absence Of(const v1::Agency& agency) const {
    const auto found = missing.find(agency.name());
    return found == missing.end() ? Absence::kUnknown : found->second;
  }
};

// What the server says of them, for the same state of the ledger. What it does
// not tell the caller stays unknown. DATA_LOSS with reason ANSWER_MISMATCH if
// it answers to something else.
absl::StatusOr<RollUpGaps> ReadRollUpGaps(const v1::RollUpRequest& request,
                                          const v1::RollUpResponse& response,
                                          Connection* connection);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ROLL_UP_ROLL_UP_GAPS_H_
