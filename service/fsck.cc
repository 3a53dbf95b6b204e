#include "service/fsck.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/published_mark.h"
#include "ledger/rocksdb_store.h"
#include "ledger/status_macros.h"
#include "service/data_dir.h"
#include "service/leaf_codec.h"

namespace annals {
namespace {

absl::Status NoLedger(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "NO_LEDGER",
      {absl::StrCat(path,
                    " holds no ledger: there is no verifier_key in it. "
                    "Check --data_dir."),
       absl::StrCat(path,
                    " 中没有账本（缺少 verifier_key）；请核对 "
                    "--data_dir。")});
}

}  // namespace

absl::StatusOr<ledger::StoreCheckResult> CheckDataDir(
    const FsckOptions& options) {
  // Without it DataDir::Open would begin a new ledger.
  std::error_code error;
  if (!std::filesystem::exists(options.data_dir + "/verifier_key", error)) {
    return NoLedger(options.data_dir);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<DataDir> data_dir,
                   DataDir::Open(options.data_dir, ""));
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
