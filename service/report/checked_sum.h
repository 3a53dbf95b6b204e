// Sums of figures that know when they are none.

#ifndef ANNALS_SERVICE_REPORT_CHECKED_SUM_H_
#define ANNALS_SERVICE_REPORT_CHECKED_SUM_H_

#include <cstdint>
#include <optional>

namespace annals::report {

// Adds up figures; knows when the sum is no 64-bit number.
class CheckedSum {
 public:
  void Add(int64_t value) {
    overflows_ |= __builtin_add_overflow(sum_, value, &sum_);
  }
  void Subtract(int64_t value) {
    overflows_ |= __builtin_sub_overflow(sum_, value, &sum_);
  }
  std::optional<int64_t> Result() const {
    return overflows_ ? std::nullopt : std::optional<int64_t>(sum_);
  }

 private:
  int64_t sum_ = 0;
  bool overflows_ = false;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CHECKED_SUM_H_
