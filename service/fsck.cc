#include "service/fsck.h"

#include <memory>

#include "ledger/published_mark.h"
#include "ledger/rocksdb_store.h"
#include "ledger/status_macros.h"
#include "service/data_dir.h"
#include "service/leaf_codec.h"

namespace annals {

absl::StatusOr<ledger::StoreCheckResult> CheckDataDir(
    const FsckOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DataDir> data_dir,
                   DataDir::OpenToCheck(options.data_dir));
  ledger::RocksDbOptions store_options;
  store_options.read_only = true;
  ASSIGN_OR_RETURN(
      const std::unique_ptr<ledger::Store> store,
      ledger::OpenRocksDbStore(data_dir->database_path(), store_options));
  ledger::PublishedMarkFile mark(data_dir->mark_path());
  const LeafCodec codec;
  return ledger::CheckStore({store.get(), &mark, &data_dir->verifier(), &codec},
                            options.check);
}

}  // namespace annals
