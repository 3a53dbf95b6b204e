// CHECK for invariants of our own arithmetic. What a caller, a disk or a
// network can cause is an absl::Status, never a CHECK. On the append path a
// broken invariant must stop the process rather than produce a signature.

#ifndef ANNALS_LEDGER_CHECK_H_
#define ANNALS_LEDGER_CHECK_H_

#include <cstdio>
#include <cstdlib>

#define ANNALS_CHECK(condition)                                       \
  do {                                                                \
    if (!(condition)) {                                               \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, \
                   __LINE__, #condition);                             \
      std::abort();                                                   \
    }                                                                 \
  } while (false)

#endif  // ANNALS_LEDGER_CHECK_H_
