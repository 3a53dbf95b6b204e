// How an error reads: the one place that prints them.

#ifndef ANNALS_CLIENT_ERROR_PRINTER_H_
#define ANNALS_CLIENT_ERROR_PRINTER_H_

#include "absl/status/status.h"
#include "client/session.h"

namespace annals::client {

// Prints what is wrong in the chosen language, each violation with its place,
// the reason that programs go by, and what to do.
void PrintError(const absl::Status& status, Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ERROR_PRINTER_H_
