#include "tests/benchmark/bench_ledger.h"

#include <utility>

#include "ledger/check.h"
#include "ledger/rocksdb_store.h"
#include "tests/benchmark/ledger_fill.h"

namespace annals::benchmark {

BenchLedger::BenchLedger(const std::string& data_dir) {
  auto directory = DataDir::Open(data_dir, kOrigin);
  ANNALS_CHECK(directory.ok());
  directory_ = *std::move(directory);
  auto store = ledger::OpenRocksDbStore(directory_->database_path(), {});
  ANNALS_CHECK(store.ok());
  store_ = *std::move(store);
  mark_ = std::make_unique<ledger::PublishedMarkFile>(directory_->mark_path());
  ledger::LedgerOptions options;
  options.origin = directory_->origin();
  auto opened = ledger::Ledger::Open(
      options, {store_.get(), mark_.get(), directory_->signer(), &codec_,
                ledger::Clock::System(), ledger::RandomSource::System()});
  ANNALS_CHECK(opened.ok());
  ledger_ = *std::move(opened);
  ANNALS_CHECK(directory_->Complete().ok());
}

}  // namespace annals::benchmark
