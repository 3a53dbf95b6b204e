// The figures of findings.

#ifndef ANNALS_SERVICE_REPORT_FINDING_VALUE_H_
#define ANNALS_SERVICE_REPORT_FINDING_VALUE_H_

#include <cstdint>
#include <functional>

namespace annals::report {

// The figure of a v1::Term or v1::Side; 0 if it has none. Spelled so because
// what a StatusOr or an optional has must not be taken unasked.
template <typename Message>
int64_t ValueOf(const Message& message) {
  return std::invoke(&Message::value, message);
}

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_FINDING_VALUE_H_
