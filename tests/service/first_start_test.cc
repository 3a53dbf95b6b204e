// A first start of the daemon whose power is cut at any action on its files:
// the next start takes it up, or begins anew.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "service/daemon.h"
#include "tests/support/matchers.h"
#include "tests/support/power_cut_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/watched_calls.h"
#include "tests/support/watched_file_system.h"

namespace annals {
namespace {

// A disk, and a daemon's data directory on it.
struct Site {
  Site() {
    std::error_code error;
    std::filesystem::create_directory(root, error);
    options.data_dir = root + "/annals";
    options.origin = "test.local/annals";
    options.listen = "127.0.0.1:0";
    options.store.env = env.get();
  }

  TempDir directory;
  const std::string root = directory.Path("disk");
  PowerCutDisk disk{root};
  const WatchedCalls calls{root, &disk};
  const std::unique_ptr<rocksdb::Env> env = NewWatchedEnv(&disk);
  DaemonOptions options;
};

// False if the start did less than so many actions.
bool CutFirstStartAt(uint64_t action) {
  Site site;
  site.disk.CutAt({"", action, false});
  const bool was_cut = !Daemon::Start(site.options).ok();
  const PowerLoss loss{static_cast<UnsyncedBytes>(action % 3),
                       static_cast<UnsyncedNames>(action / 3 % 3)};
  SCOPED_TRACE(absl::StrCat("action ", action, ", cut ", site.disk.cut_at(),
                            ", bytes ", action % 3, ", names ",
                            action / 3 % 3));
  site.disk.Restore(loss, action);
  const auto daemon = Daemon::Start(site.options);
  EXPECT_OK(daemon);
  if (!daemon.ok()) return was_cut;
  EXPECT_EQ((*daemon)->ledger_size(), 0u);
  EXPECT_EQ(ReadFile(site.options.data_dir + "/verifier_key"),
            (*daemon)->verifier_key() + "\n");
  return was_cut;
}

TEST(FirstStartTest, APowerCutAtAnyActionIsTakenUp) {
  uint64_t action = 1;
  while (CutFirstStartAt(action) && !::testing::Test::HasFailure()) ++action;
  // Files were under the watcher's eyes.
  EXPECT_GT(action, 50u);
}

}  // namespace
}  // namespace annals
