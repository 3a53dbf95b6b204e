// A ledger in this process, for filling a data directory quickly.

#ifndef ANNALS_TESTS_BENCHMARK_BENCH_LEDGER_H_
#define ANNALS_TESTS_BENCHMARK_BENCH_LEDGER_H_

#include <memory>
#include <string>

#include "ledger/ledger.h"
#include "ledger/published_mark.h"
#include "ledger/store.h"
#include "service/data_dir.h"
#include "service/leaf_codec.h"

namespace annals::benchmark {

// Opens, or dies.
class BenchLedger {
 public:
  explicit BenchLedger(const std::string& data_dir);

  ledger::Ledger* get() const { return ledger_.get(); }

 private:
  std::unique_ptr<DataDir> directory_;
  std::unique_ptr<ledger::Store> store_;
  std::unique_ptr<ledger::PublishedMarkFile> mark_;
  LeafCodec codec_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_BENCH_LEDGER_H_
