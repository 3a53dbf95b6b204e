#include "service/incomplete_bytes.h"

#include <algorithm>

#include "service/subtract_or_zero.h"

namespace annals {
namespace {

// What goes with a call: the heads of frames and of records of TLS, and its
// metadata, most of which are named by numbers after the first call.
constexpr uint64_t kCallBytes = 128;
// What goes with the bytes of requests, one in so many.
constexpr uint64_t kFramingPart = 100;
// What gRPC 1.51 takes for a stream of which nothing but the head has come, as
// measured.
constexpr uint64_t kStreamBytes = uint64_t{12} << 10;

}  // namespace

IncompleteBytes::Reckoning IncompleteBytes::Reckon(const Sums& sums) const {
  const uint64_t whole = sums.whole - settled_.whole;
  const uint64_t calls = sums.handled - settled_.handled;
  const uint64_t bytes =
      SubtractOrZero(bytes_ + (sums.received - settled_.received),
                     whole + whole / kFramingPart);
  const uint64_t allowed =
      std::min({bytes, calls * kCallBytes, allowance_left_});
  return {bytes - allowed, allowed};
}

uint64_t IncompleteBytes::BytesAtMost(const Sums& sums) const {
  return Reckon(sums).bytes;
}

void IncompleteBytes::Settle(const Sums& sums) {
  const Reckoning reckoning = Reckon(sums);
  bytes_ = reckoning.bytes;
  allowance_left_ -= reckoning.allowed;
  settled_ = sums;
}

void IncompleteBytes::Settle(const Sums& sums, uint64_t unknown_streams) {
  Settle(sums);
  unknown_streams_ = unknown_streams;
  if (unknown_streams > 0) return;
  bytes_ = 0;
  allowance_left_ = kAllowanceMax;
}

uint64_t IncompleteBytes::held() const {
  return bytes_ + unknown_streams_ * kStreamBytes;
}

}  // namespace annals
