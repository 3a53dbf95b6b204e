// How much a connection holds of requests that are not whole, in memory.
//
// gRPC 1.51 keeps what has come of them, up to its memory for all connections,
// and what it needs for each beside that, as many as are begun; and tells
// nobody. So it is reckoned: what was received, without the requests that came
// to handlers and without what goes with each call on the wire; and so much for
// each stream that no handler knows.

#ifndef ANNALS_SERVICE_INCOMPLETE_BYTES_H_
#define ANNALS_SERVICE_INCOMPLETE_BYTES_H_

#include <cstdint>

namespace annals {

class IncompleteBytes {
 public:
  // Of the connection, since it was made.
  struct Sums {
    uint64_t received = 0;  // In bytes.
    uint64_t handled = 0;   // Calls that came to handlers.
    uint64_t whole = 0;     // Their requests, in bytes.
  };

  // In bytes, no fewer than there are, beside what the streams take.
  uint64_t BytesAtMost(const Sums& sums) const;

  // Reckons anew. `unknown_streams`: that gRPC has, and did not come to
  // handlers. If there are none, nothing is held; what is lost sight of
  // otherwise, such as requests that were given up half-sent, counts until
  // then.
  void Settle(const Sums& sums, uint64_t unknown_streams);
  // The same without knowing of the streams.
  void Settle(const Sums& sums);

  // As reckoned last, in bytes.
  uint64_t held() const;

 private:
  struct Reckoning {
    uint64_t bytes = 0;
    uint64_t allowed = 0;  // Of them, what went with calls.
  };
  Reckoning Reckon(const Sums& sums) const;

  Sums settled_;
  uint64_t bytes_ = 0;
  uint64_t unknown_streams_ = 0;
  // How much more is taken for what goes with calls before handlers knew all
  // once: who sends less than that with each could hide the rest.
  uint64_t allowance_left_ = kAllowanceMax;

  static constexpr uint64_t kAllowanceMax = uint64_t{8} << 20;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_INCOMPLETE_BYTES_H_
