// A data directory with a register in the real shape, and reports, made without
// a server: provinces, their cities, the counties of these, and below each of
// them its departments.

#ifndef ANNALS_TESTS_BENCHMARK_REGISTER_FILL_H_
#define ANNALS_TESTS_BENCHMARK_REGISTER_FILL_H_

#include <string>

namespace annals::benchmark {

struct RegisterShape {
  int provinces = 1;
  int cities = 14;        // Below each province.
  int counties = 10;      // Below each city.
  int departments = 128;  // Below each province, city and county.
  int first_year = 2024;
  int last_year = 2024;
};

// How many agencies the shape has.
int AgencyCount(const RegisterShape& shape);

// Registers the agencies; nine of ten report each year, one of ten of them
// twice. Gives the code of the first province. Ends the process on an error.
std::string FillRegister(const std::string& data_dir,
                         const RegisterShape& shape);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_REGISTER_FILL_H_
