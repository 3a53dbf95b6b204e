// What the operating system says of a call that failed, in both languages.

#ifndef ANNALS_LEDGER_SYSTEM_ERROR_H_
#define ANNALS_LEDGER_SYSTEM_ERROR_H_

#include <system_error>

#include "ledger/error.h"

namespace annals {

// The cause that `error_number`, a value of errno, stands for, such as "No
// space left on device". The system's own English words in both languages if it
// is none that files, processes and sockets are known to fail with.
// Thread-safe.
ErrorText SystemErrorText(int error_number);

// The same of an error of std::filesystem.
ErrorText SystemErrorText(const std::error_code& error);

}  // namespace annals

#endif  // ANNALS_LEDGER_SYSTEM_ERROR_H_
