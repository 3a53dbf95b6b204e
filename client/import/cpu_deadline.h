// The end of the processor time that one file may take.

#ifndef ANNALS_CLIENT_IMPORT_CPU_DEADLINE_H_
#define ANNALS_CLIENT_IMPORT_CPU_DEADLINE_H_

#include <cstdint>

namespace annals::client {

// For loops whose work a hostile file can make long. To be asked by the thread
// that made it; it costs less than a microsecond.
class CpuDeadline {
 public:
  // `seconds` from now, of this thread's time.
  explicit CpuDeadline(int seconds);

  // Stays true once it is.
  bool IsOver() const;

 private:
  int64_t end_;  // In nanoseconds.
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_CPU_DEADLINE_H_
