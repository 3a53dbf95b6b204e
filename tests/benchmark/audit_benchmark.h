// The audit of an exported ledger against plain SHA-256 of the same bytes.

#ifndef ANNALS_TESTS_BENCHMARK_AUDIT_BENCHMARK_H_
#define ANNALS_TESTS_BENCHMARK_AUDIT_BENCHMARK_H_

#include <cstdint>
#include <string>
#include <vector>

namespace annals::benchmark {

// A ledger of reports of real length, exported.
class AuditBenchmark {
 public:
  // Writes `entries` entries to the directory.
  AuditBenchmark(std::string directory, uint64_t entries);

  // Bytes of leaves, salts and contents per second.
  double AuditSpeed() const;
  // The most memory that `annals audit` of the export has, as a process.
  double AuditPeakMib() const;
  // The same bytes from memory, on one thread, by one EVP context.
  double Sha256Speed() const;
  uint64_t bytes() const { return bytes_; }

 private:
  const std::string directory_;
  const uint64_t entries_;
  std::vector<std::string> contents_;
  std::vector<std::string> leaves_;
  std::string key_;
  uint64_t bytes_ = 0;
};

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_AUDIT_BENCHMARK_H_
