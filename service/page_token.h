// Pages of a list: how many, and where the next one begins (AIP-158).
//
// Token: base64url without padding of
//   0x01 · first 8 bytes of SHA-256(query) · last key · first 4 bytes of
//   SHA-256 of all before
// so that a token is good for its own query only, and a garbled one is
// recognised. It is no secret and grants nothing.

#ifndef ANNALS_SERVICE_PAGE_TOKEN_H_
#define ANNALS_SERVICE_PAGE_TOKEN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/limit_counters.h"

namespace annals {

inline constexpr size_t kPageSizeDefault = 100;
inline constexpr size_t kPageSizeMax = 1000;

// Thread-safe.
class PageLimit {
 public:
  // The counters are not owned and must outlive this; null, and nobody counts.
  explicit PageLimit(size_t size_max = kPageSizeMax,
                     LimitCounters* counters = nullptr)
      : size_max_(size_max), counters_(counters) {}

  // INVALID_ARGUMENT with reason INVALID_PAGE_SIZE if negative; 0 is the
  // default, and more than the most is the most.
  absl::StatusOr<size_t> SizeFor(int32_t requested) const;

 private:
  size_t size_max_;
  LimitCounters* counters_;
};

// `query` tells all that must stay the same from page to page.
std::string EncodePageToken(absl::string_view query,
                            absl::string_view last_key);

// The last key of the page before; empty for an empty token. INVALID_ARGUMENT
// with reason INVALID_PAGE_TOKEN if the token is no token of this query.
absl::StatusOr<std::string> DecodePageToken(absl::string_view query,
                                            absl::string_view token);

// INVALID_ARGUMENT with reason INVALID_PAGE_TOKEN. For a key that no page ends
// with: the checksum is no secret, so anyone may make a token.
absl::Status InvalidPageToken();

}  // namespace annals

#endif  // ANNALS_SERVICE_PAGE_TOKEN_H_
