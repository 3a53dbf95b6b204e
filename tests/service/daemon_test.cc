// The data directory, the address, the flags' ranges, and the daemon's starts.

#include "service/daemon.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/flag_range.h"
#include "service/listen_address.h"
#include "service/log.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kPrecondition =
    absl::StatusCode::kFailedPrecondition;
constexpr char kOrigin[] = "test.local/annals";

TEST(ListenAddressTest, TakesLoopbackOnly) {
  const struct {
    const char* text;
    const char* address;
  } good[] = {{"127.0.0.1:7432", "127.0.0.1:7432"},
              {"127.8.9.10:0", "127.8.9.10:0"},
              {"localhost:1", "127.0.0.1:1"},
              {"[::1]:65535", "[::1]:65535"}};
  for (const auto& one : good) {
    ASSERT_OK_AND_ASSIGN(const ListenAddress address,
                         ParseLoopbackAddress(one.text));
    EXPECT_EQ(address.ToString(), one.address);
  }
  for (const char* wrong : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", ":1",
                            "example.org:1", "128.0.0.1:1", "127.1:1"}) {
    EXPECT_THAT(ParseLoopbackAddress(wrong),
                StatusHasReason(kInvalid, "LISTEN_NOT_LOOPBACK"))
        << wrong;
  }
  for (const char* wrong : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                            "127.0.0.1:65536", "127.0.0.1:-1", "[::1:1"}) {
    EXPECT_THAT(ParseLoopbackAddress(wrong),
                StatusHasReason(kInvalid, "INVALID_LISTEN_ADDRESS"))
        << wrong;
  }
}

TEST(FlagRangeTest, NamesTheFlagAndItsRange) {
  EXPECT_OK(CheckRanges({{"a", 1, 1, 3}, {"b", 3, 1, 3}}));
  const absl::Status status = CheckRanges({{"a", 1, 1, 3}, {"b", 4, 1, 3}});
  EXPECT_THAT(status, StatusHasReason(kInvalid, "INVALID_FLAG"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--b is 4"));
  EXPECT_THAT(CheckRanges({{"a", 0, 1, 3}}),
              StatusHasReason(kInvalid, "INVALID_FLAG"));
}

TEST(LogTest, RefusesUnknownLevelsAndFormats) {
  EXPECT_THAT(SetUpLog("loud", "text"),
              StatusHasReason(kInvalid, "INVALID_FLAG"));
  EXPECT_THAT(SetUpLog("info", "xml"),
              StatusHasReason(kInvalid, "INVALID_FLAG"));
  EXPECT_OK(SetUpLog("warn", "json"));
}

class DaemonTest : public ::testing::Test {
 protected:
  DaemonTest() {
    options_.data_dir = dir_.Path("data");
    options_.listen = "127.0.0.1:0";
    options_.origin = kOrigin;
  }

  std::string File(const std::string& name) {
    return dir_.Path("data/" + name);
  }

  // Starts, expects success, and stops.
  std::string StartOnce() {
    auto daemon = Daemon::Start(options_);
    EXPECT_THAT(daemon, IsOk());
    return daemon.ok() ? (*daemon)->verifier_key() : "";
  }

  absl::Status Refusal() { return Daemon::Start(options_).status(); }

  static mode_t ModeOf(const std::string& path) {
    struct stat status = {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }

  TempDir dir_;
  DaemonOptions options_;
};

TEST_F(DaemonTest, TheFirstStartMakesTheDirectoryAndTheKey) {
  const std::string key = StartOnce();
  EXPECT_EQ(ReadFile(File("verifier_key")), key + "\n");
  EXPECT_EQ(ModeOf(dir_.Path("data")), 0700u);
  EXPECT_EQ(ModeOf(File("signing_key.pem")), 0600u);
  EXPECT_EQ(StartOnce(), key);
  options_.origin.clear();
  EXPECT_EQ(StartOnce(), key);
}

TEST_F(DaemonTest, TheOriginIsNeededOnceAndFixedThen) {
  options_.origin.clear();
  EXPECT_THAT(Refusal(), StatusHasReason(kInvalid, "ORIGIN_REQUIRED"));
  options_.origin = "has space";
  EXPECT_EQ(Refusal().code(), kInvalid);
  EXPECT_FALSE(std::filesystem::exists(File("signing_key.pem")));
  options_.origin = kOrigin;
  StartOnce();
  options_.origin = "other.local/annals";
  EXPECT_THAT(Refusal(), StatusHasReason(kPrecondition, "ORIGIN_MISMATCH"));
}

TEST_F(DaemonTest, AFirstStartThatWasCutShortIsTakenUpAgain) {
  const std::string key = StartOnce();
  // Cut short before the verifier key was written: the origin is in the mark.
  ASSERT_EQ(unlink(File("verifier_key").c_str()), 0);
  options_.origin.clear();
  EXPECT_EQ(StartOnce(), key);
  // Before the ledger was: nothing but the key, and a stale attempt at one.
  std::filesystem::remove_all(File("db"));
  std::filesystem::remove(File("published_checkpoint"));
  std::filesystem::remove(File("verifier_key"));
  WriteFile(File("first_start"), "");
  EXPECT_THAT(Refusal(), StatusHasReason(kInvalid, "ORIGIN_REQUIRED"));
  options_.origin = kOrigin;
  EXPECT_EQ(StartOnce(), key);
  EXPECT_FALSE(std::filesystem::exists(File("first_start")));
}

// What it signed before may be anywhere.
TEST_F(DaemonTest, AKeyThatStandsAloneBeginsNoLedger) {
  StartOnce();
  const std::string key = ReadFile(File("signing_key.pem"));
  std::filesystem::remove_all(dir_.Path("data"));
  ASSERT_EQ(mkdir(dir_.Path("data").c_str(), 0700), 0);
  WriteFile(File("signing_key.pem"), key);
  ASSERT_EQ(chmod(File("signing_key.pem").c_str(), 0600), 0);
  const absl::Status refusal = Refusal();
  EXPECT_THAT(refusal, StatusHasReason(kPrecondition, "LEDGER_MISSING"));
  EXPECT_THAT(std::string(refusal.message()), HasSubstr("annalsd --restore"));
  EXPECT_FALSE(std::filesystem::exists(File("db")));
  // Named, it is a choice.
  options_.keys.signing_key = dir_.Path("own.pem");
  std::filesystem::rename(File("signing_key.pem"), dir_.Path("own.pem"));
  EXPECT_NE(StartOnce(), "");
}

TEST_F(DaemonTest, WhatIsWrittenBesideTheLedgerIsNotWrittenIntoIt) {
  StartOnce();
  const std::string mark = ReadFile(File("published_checkpoint"));
  std::filesystem::create_symlink(dir_.Path("data"), dir_.Path("link"));
  std::filesystem::create_hard_link(File("published_checkpoint"),
                                    dir_.Path("other-name"));
  for (const std::string& log :
       {File("published_checkpoint"), File("access.log"), File("db/CURRENT"),
        dir_.Path("link/published_checkpoint"), dir_.Path("other-name"),
        dir_.Path("./data/../data/new.log")}) {
    DaemonOptions options = options_;
    options.access_log.path = log;
    const absl::Status refusal = Daemon::Start(options).status();
    EXPECT_THAT(refusal, StatusHasReason(kInvalid, "PATHS_OVERLAP")) << log;
    EXPECT_THAT(std::string(refusal.message()), HasSubstr("--access_log"));
  }
  for (const std::string& directory :
       {dir_.Path("data"), File("backups"), File("db"), dir_.Path("link/b"),
        dir_.Path("")}) {
    DaemonOptions options = options_;
    options.backup.directory = directory;
    EXPECT_THAT(Daemon::Start(options).status(),
                StatusHasReason(kInvalid, "PATHS_OVERLAP"))
        << directory;
    options.backup.directory.clear();
    options.publish.directory = directory;
    EXPECT_THAT(Daemon::Start(options).status(),
                StatusHasReason(kInvalid, "PATHS_OVERLAP"))
        << directory;
  }
  EXPECT_EQ(ReadFile(File("published_checkpoint")), mark);
  EXPECT_FALSE(std::filesystem::exists(File("access.log")));
  options_.access_log.path = dir_.Path("access.log");
  options_.backup.directory = dir_.Path("data-backups");
  StartOnce();
}

TEST_F(DaemonTest, AWrongAddressNamesItsFlag) {
  options_.metrics_listen = "nonsense";
  const absl::Status refusal = Refusal();
  EXPECT_THAT(refusal, StatusHasReason(kInvalid, "INVALID_LISTEN_ADDRESS"));
  EXPECT_THAT(std::string(refusal.message()),
              HasSubstr("--metrics_listen=nonsense"));
}

TEST_F(DaemonTest, AHalfWrittenKeyIsMadeAnew) {
  ASSERT_EQ(mkdir(dir_.Path("data").c_str(), 0700), 0);
  WriteFile(File("signing_key.pem.new"), "-----BEGIN PRI");
  EXPECT_NE(StartOnce(), "");
}

TEST_F(DaemonTest, RefusesADirectoryThatLostAFile) {
  StartOnce();
  CopyAll(dir_.Path("data"), dir_.Path("copy"));
  const struct {
    const char* file;
    absl::StatusCode code;
    const char* reason;
  } cases[] = {{"signing_key.pem", kPrecondition, "SIGNING_KEY_MISSING"},
               {"db", absl::StatusCode::kDataLoss, "LEDGER_FILES_MISSING"},
               {"published_checkpoint", absl::StatusCode::kDataLoss,
                "LEDGER_FILES_MISSING"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.file);
    CopyAll(dir_.Path("copy"), dir_.Path("data"));
    std::filesystem::remove_all(File(one.file));
    EXPECT_THAT(Refusal(), StatusHasReason(one.code, one.reason));
    EXPECT_FALSE(std::filesystem::exists(File(one.file)));
  }
}

TEST_F(DaemonTest, RefusesAKeyOfAnotherLedger) {
  StartOnce();
  DaemonOptions other = options_;
  other.data_dir = dir_.Path("other");
  ASSERT_THAT(Daemon::Start(other), IsOk());
  CopyAll(dir_.Path("other/verifier_key"), File("verifier_key"));
  EXPECT_THAT(Refusal(),
              StatusHasReason(kPrecondition, "VERIFIER_KEY_MISMATCH"));
}

TEST_F(DaemonTest, RefusesASecondDaemonOnTheDirectoryOrThePort) {
  auto first = Daemon::Start(options_);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Refusal(), StatusHasReason(kPrecondition, "DATA_DIR_IN_USE"));
  DaemonOptions other = options_;
  other.data_dir = dir_.Path("other");
  other.listen = (*first)->address();
  EXPECT_THAT(Daemon::Start(other).status(),
              StatusHasReason(absl::StatusCode::kUnavailable, "LISTEN_FAILED"));
  (*first)->Drain(absl::Seconds(5));
  first->reset();
  EXPECT_THAT(Daemon::Start(other), IsOk());
}

TEST_F(DaemonTest, RefusesBeforeItCreatesAnything) {
  options_.listen = "0.0.0.0:7432";
  EXPECT_THAT(Refusal(), StatusHasReason(kInvalid, "LISTEN_NOT_LOOPBACK"));
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("data")));
  options_.listen = "127.0.0.1:0";
  options_.data_dir = dir_.Path("no/such/parent");
  EXPECT_THAT(Refusal(), StatusHasReason(absl::StatusCode::kUnavailable,
                                         "DATA_DIR_UNUSABLE"));
}

}  // namespace
}  // namespace annals
