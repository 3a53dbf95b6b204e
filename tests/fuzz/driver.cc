// Calls a fuzz target without libFuzzer: with the seeds of TARGET, and with so
// many mutations of them. The same every time, so that a failure comes again.

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seeds.h"

namespace annals {
namespace {

// Or as large as the largest seed.
constexpr size_t kInputBytesMin = 4096;
constexpr int kMutationsPerInputMax = 6;
// Bytes that mean something in these formats.
constexpr char kTelling[] = "\n 0189+-/=.x\xE2\x80\x94\t\r\x7F\xFF#";

void CallTarget(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()),
                         input.size());
}

class Mutator {
 public:
  Mutator(uint64_t seed, size_t input_bytes_max)
      : random_(seed), input_bytes_max_(input_bytes_max) {}

  size_t Below(size_t bound) { return random_() % bound; }

  void Mutate(const std::vector<std::string>& seeds, std::string* input) {
    const size_t at = Below(input->size() + 1);
    const size_t length = Below(std::min<size_t>(input->size() - at, 40) + 1);
    switch (Below(6)) {
      case 0:
        if (at < input->size())
          (*input)[at] ^= static_cast<char>(1 << Below(8));
        break;
      case 1:
        input->insert(at, 1, Telling());
        break;
      case 2:
        input->erase(at, length);
        break;
      case 3:
        input->insert(at, input->substr(at, length));
        break;
      case 4:
        if (at < input->size()) (*input)[at] = Telling();
        break;
      default: {
        const std::string& other = seeds[Below(seeds.size())];
        const size_t from = Below(other.size() + 1);
        input->replace(at, length, other.substr(from, Below(80)));
      }
    }
    if (input->size() > input_bytes_max_) input->resize(input_bytes_max_);
  }

 private:
  char Telling() { return kTelling[Below(sizeof(kTelling))]; }

  std::mt19937_64 random_;
  const size_t input_bytes_max_;
};

int RunTarget(const std::string& target, int runs) {
  const std::vector<std::string> seeds = SeedsOf(target);
  if (seeds.empty()) {
    std::fprintf(stderr, "there is no target %s\n", target.c_str());
    return 2;
  }
  CallTarget("");
  size_t bytes_max = kInputBytesMin;
  for (const std::string& seed : seeds) {
    CallTarget(seed);
    bytes_max = std::max(bytes_max, seed.size());
  }
  Mutator mutator(1, bytes_max);
  for (int i = 0; i < runs; ++i) {
    std::string input = seeds[mutator.Below(seeds.size())];
    const size_t mutations = 1 + mutator.Below(kMutationsPerInputMax);
    for (size_t j = 0; j < mutations; ++j) mutator.Mutate(seeds, &input);
    CallTarget(input);
  }
  std::printf("%s: %d inputs\n", target.c_str(), runs);
  return 0;
}

}  // namespace
}  // namespace annals

int main(int argc, char** argv) {
  int runs = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[2], &runs)) {
    std::fprintf(stderr, "usage: %s TARGET RUNS\n", argv[0]);
    return 2;
  }
  return annals::RunTarget(argv[1], runs);
}
