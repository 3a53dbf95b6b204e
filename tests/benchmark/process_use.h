// What a process takes of the machine, as Linux tells.

#ifndef ANNALS_TESTS_BENCHMARK_PROCESS_USE_H_
#define ANNALS_TESTS_BENCHMARK_PROCESS_USE_H_

#include <sys/types.h>

#include <cstddef>

namespace annals::benchmark {

struct ProcessUse {
  double resident_mib = 0;
  // The most that it was since the program was started.
  double peak_mib = 0;
  // Of processors, since then; in steps of some 10 ms.
  double cpu_milliseconds = 0;
  size_t open_files = 0;
};

// Of a process at this moment; nothing of one that is gone.
ProcessUse UseOf(pid_t pid);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_PROCESS_USE_H_
