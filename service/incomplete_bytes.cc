#include "service/incomplete_bytes.h"

#include "service/whole_requests.h"

namespace annals {
namespace {

// The heads of frames, of records of TLS and of the call, and a request that is
// too short to be counted. Who sends less than that with each call gains the
// rest, which is too little to hold much by it.
constexpr uint64_t kCallBytes = WholeRequests::kCountedBytesMin + 256;

uint64_t Less(uint64_t from, uint64_t what) {
  return from > what ? from - what : 0;
}

}  // namespace

uint64_t IncompleteBytes::AtMost(const Sums& sums) const {
  return Less(held_ + (sums.received - settled_.received),
              sums.whole - settled_.whole);
}

void IncompleteBytes::Settle(const Sums& sums) {
  held_ = AtMost(sums);
  settled_ = sums;
}

void IncompleteBytes::Settle(const Sums& sums, const StreamCount& streams) {
  const uint64_t calls = kCallBytes * (streams.answered - answered_);
  held_ = streams.alive() == 0 ? 0 : Less(AtMost(sums), calls);
  settled_ = sums;
  answered_ = streams.answered;
}

}  // namespace annals
