// Runs code that may crash, hang or take all memory, where it harms nobody.

#ifndef ANNALS_CLIENT_IMPORT_ISOLATED_H_
#define ANNALS_CLIENT_IMPORT_ISOLATED_H_

#include <functional>
#include <string>

#include "client/import/source_text.h"

namespace annals::client {

enum class IsolatedEnd {
  kFinished,
  kOutOfTime,
  // It asked for more memory than it may have, and could not go on without.
  kOutOfMemory,
  // By a signal, or by exit().
  kDied,
  // It could not even be started.
  kNotStarted,
};

struct IsolatedResult {
  IsolatedEnd end = IsolatedEnd::kNotStarted;
  std::string output;  // Of a work that finished.
};

// Calls `work` in a child process that has at most limits.parse_seconds of CPU
// and limits.parse_bytes of memory beyond what this process has mapped, and
// hands back what it returns, cut at `output_bytes_max`. The child is a copy of
// this thread alone: `work` must take no lock that another thread may hold.
IsolatedResult RunIsolated(const std::function<std::string()>& work,
                           const ImportLimits& limits, size_t output_bytes_max);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_ISOLATED_H_
