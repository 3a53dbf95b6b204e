// RFC 6962, sections 2.1, 2.1.1 and 2.1.2, transcribed: recursion over the
// leaves themselves, and concatenation. It shares nothing with the ledger but
// SHA-256, which has vectors of its own.

#ifndef ANNALS_TESTS_SUPPORT_RFC6962_REFERENCE_H_
#define ANNALS_TESTS_SUPPORT_RFC6962_REFERENCE_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ledger/hash.h"

namespace annals::ledger {

// D[begin:end] is written (begin, end). Not thread-safe.
class Rfc6962Reference {
 public:
  explicit Rfc6962Reference(std::vector<std::string> d) : d_(std::move(d)) {}

  // MTH(D[begin:end]). Remembered, for it is asked for again and again.
  std::string Mth(uint64_t begin, uint64_t end) {
    const uint64_t key = begin << 32 | end;
    if (const auto known = mth_.find(key); known != mth_.end()) {
      return known->second;
    }
    return mth_[key] = ComputeMth(begin, end);
  }

  // PATH(m, D[begin:end]).
  std::vector<std::string> Path(uint64_t m, uint64_t begin, uint64_t end) {
    const uint64_t n = end - begin;
    if (n == 1) return {};
    const uint64_t k = LargestPowerOfTwoBelow(n);
    if (m < k) {
      return Join(Path(m, begin, begin + k), Mth(begin + k, end));
    }
    return Join(Path(m - k, begin + k, end), Mth(begin, begin + k));
  }

  // PROOF(m, D[n]).
  std::vector<std::string> Proof(uint64_t m, uint64_t n) {
    return SubProof(m, 0, n, true);
  }

 private:
  static uint64_t LargestPowerOfTwoBelow(uint64_t n) {
    uint64_t k = 1;
    while (2 * k < n) k *= 2;
    return k;
  }

  static std::string Sha(const std::string& bytes) {
    return HashBytes(Sha256(bytes));
  }

  static std::vector<std::string> Join(std::vector<std::string> list,
                                       std::string last) {
    list.push_back(std::move(last));
    return list;
  }

  std::string ComputeMth(uint64_t begin, uint64_t end) {
    const uint64_t n = end - begin;
    if (n == 0) return Sha("");
    if (n == 1) return Sha(std::string(1, '\x00') + d_[begin]);
    const uint64_t k = LargestPowerOfTwoBelow(n);
    return Sha("\x01" + Mth(begin, begin + k) + Mth(begin + k, end));
  }

  // SUBPROOF(m, D[begin:end], b).
  std::vector<std::string> SubProof(uint64_t m, uint64_t begin, uint64_t end,
                                    bool b) {
    const uint64_t n = end - begin;
    if (m == n && b) return {};
    if (m == n) return {Mth(begin, end)};
    const uint64_t k = LargestPowerOfTwoBelow(n);
    if (m <= k) {
      return Join(SubProof(m, begin, begin + k, b), Mth(begin + k, end));
    }
    return Join(SubProof(m - k, begin + k, end, false), Mth(begin, begin + k));
  }

  const std::vector<std::string> d_;
  std::unordered_map<uint64_t, std::string> mth_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_RFC6962_REFERENCE_H_
