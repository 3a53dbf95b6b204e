// Propagation of absl::Status; Debian 12's Abseil has no macros for it.

#ifndef ANNALS_LEDGER_STATUS_MACROS_H_
#define ANNALS_LEDGER_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the function if `expr`, an absl::Status, is not OK.
#define RETURN_IF_ERROR(expr)                                       \
  do {                                                              \
    if (absl::Status annals_status = (expr); !annals_status.ok()) { \
      return annals_status;                                         \
    }                                                               \
  } while (false)

#define ANNALS_CONCAT_INNER(a, b) a##b
#define ANNALS_CONCAT(a, b) ANNALS_CONCAT_INNER(a, b)

// Assigns the value of `expr`, an absl::StatusOr, to `lhs`, or returns its
// status from the function.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ANNALS_ASSIGN_OR_RETURN(ANNALS_CONCAT(annals_or_, __LINE__), lhs, expr)
#define ANNALS_ASSIGN_OR_RETURN(tmp, lhs, expr) \
  auto tmp = (expr);                            \
  if (!tmp.ok()) return tmp.status();           \
  lhs = *std::move(tmp)

#endif  // ANNALS_LEDGER_STATUS_MACROS_H_
