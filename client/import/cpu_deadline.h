// The end of the processor time that one file may take.

#ifndef ANNALS_CLIENT_IMPORT_CPU_DEADLINE_H_
#define ANNALS_CLIENT_IMPORT_CPU_DEADLINE_H_

#include <cstdint>

namespace annals::client {

// For loops whose work a hostile file can make long. To be asked by the thread
// that made it, as often as it likes: it rarely costs a call of the kernel.
class CpuDeadline {
 public:
  // `seconds` from now, of this thread's time.
  explicit CpuDeadline(int seconds);

  // Stays true once it is.
  bool IsOver() const;

 private:
  // In nanoseconds, of the thread's time and of the time that passes.
  int64_t end_;
  mutable int64_t next_look_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_CPU_DEADLINE_H_
