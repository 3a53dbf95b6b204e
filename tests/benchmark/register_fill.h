// A data directory with a register in the real shape, and reports, made without
// a server: provinces, their cities, the counties of these, and below each of
// them its departments.

#ifndef ANNALS_TESTS_BENCHMARK_REGISTER_FILL_H_
#define ANNALS_TESTS_BENCHMARK_REGISTER_FILL_H_

#include <string>
#include <vector>

namespace annals::benchmark {

struct RegisterShape {
  int provinces = 1;
  int cities = 14;        // Below each province.
  int counties = 10;      // Below each city.
  int departments = 128;  // Below each province, city and county.
  int first_year = 2024;
  int last_year = 2024;
  // Whether reports have the content that agencies submit, some 8.7 KB, instead
  // of a few bytes.
  bool has_contents = false;
  // Of the first office's report of the last year; the others have one or two.
  int revisions = 1;
};

// Whose codes a benchmark asks for.
struct FilledRegister {
  std::string province;
  // The first one, with its counties and departments.
  std::string city;
  // The report with most revisions.
  std::string report;
};

// How many agencies the shape has.
int AgencyCount(const RegisterShape& shape);

// Registers the agencies; nine of ten report each year, one of ten of them
// twice. Ends the process on an error.
FilledRegister FillRegister(const std::string& data_dir,
                            const RegisterShape& shape);

// The contents that such reports have, serialized: a few different ones.
const std::vector<std::string>& BenchmarkContents();

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_REGISTER_FILL_H_
