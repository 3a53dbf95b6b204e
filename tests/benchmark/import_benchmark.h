// What importing and checking one report costs, for each file format.

#ifndef ANNALS_TESTS_BENCHMARK_IMPORT_BENCHMARK_H_
#define ANNALS_TESTS_BENCHMARK_IMPORT_BENCHMARK_H_

namespace annals::benchmark {

// Prints the CPU per report of each format and its target. Child processes
// count.
void BenchmarkImport();

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_IMPORT_BENCHMARK_H_
