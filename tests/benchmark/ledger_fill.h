// A data directory with a ledger of a given size, made without a server.

#ifndef ANNALS_TESTS_BENCHMARK_LEDGER_FILL_H_
#define ANNALS_TESTS_BENCHMARK_LEDGER_FILL_H_

#include <cstdint>
#include <string>

namespace annals::benchmark {

inline constexpr char kOrigin[] = "benchmark.local/annals";

// Opens or creates the data directory and appends revision entries, each with a
// small content, until there are `entries`. Ends the process on an error.
void FillLedger(const std::string& data_dir, uint64_t entries);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_LEDGER_FILL_H_
