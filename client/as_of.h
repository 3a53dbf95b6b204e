// The state of the ledger that a question is about.

#ifndef ANNALS_CLIENT_AS_OF_H_
#define ANNALS_CLIENT_AS_OF_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "client/times.h"

namespace annals::client {

// Now, at a time, or when the ledger had so many entries.
struct AsOf {
  std::optional<absl::Time> time;
  uint64_t size = 0;

  bool IsNow() const { return !time.has_value() && size == 0; }

  // Whether what the entry `index` records, at that time, was there already.
  bool Covers(uint64_t index, absl::Time recorded_at) const {
    return (size == 0 || index < size) &&
           (!time.has_value() || recorded_at <= *time);
  }

  template <typename Request>
  void ApplyTo(Request* request) const {
    if (time.has_value()) *request->mutable_as_of() = ToTimestamp(*time);
    request->set_as_of_size(size);
  }
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AS_OF_H_
