// The daemon on a disk that fills up, is full, or can't be written to, and
// under small limits of the system. It refuses and says why, or it serves; it
// never crashes, and never loses what it acknowledged.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/backup_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/small_disk.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kDiskBytes = 48 * kMiB;
constexpr int kRefused = 2;

class DiskTest : public EndToEndTest {
 protected:
  void SetUp() override {
    disk_ = std::make_unique<SmallDisk>(dir_.Path("disk"), kDiskBytes);
    if (!disk_->is_mounted()) {
      GTEST_SKIP() << "a small disk can't be mounted here: "
                   << disk_->why_not();
    }
    data_dir_ = dir_.Path("disk/data");
  }

  void TearDown() override {
    Disconnect();
    daemon_.reset();
    disk_.reset();
  }

  Words WithFloor(uint64_t bytes, const Words& more = {}) const {
    Words words = {absl::StrCat("--disk_floor_bytes=", bytes)};
    words.insert(words.end(), more.begin(), more.end());
    return DaemonCommand(words);
  }

  std::string NextAgency() { return MakeAgencyCode(next_agency_++); }

  // Each is an entry; the codes are kept.
  void RegisterSome(int count) {
    for (int i = 0; i < count; ++i) {
      registered_.push_back(NextAgency());
      ASSERT_THAT(RegisterAgency(registered_.back()), Succeeded());
    }
  }

  // Without a client that tries again.
  grpc::Status Register(const std::string& code, int n) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(code);
    request.mutable_agency()->set_display_name("洛阳市西工区人民政府办公室");
    request.mutable_agency()->set_division_code("410303");
    request.set_reason("首次登记");
    request.set_request_id(
        absl::StrCat("00000000-0000-4000-8000-", 100'000'000'000 + n));
    v1::Agency agency;
    grpc::ClientContext context;
    return agencies_->CreateAgency(&context, request, &agency);
  }

  grpc::Status CreateBackup() {
    v1::CreateBackupRequest request;
    request.set_request_id(absl::StrCat("00000000-0000-4000-8000-",
                                        200'000'000'000 + next_agency_));
    v1::Backup backup;
    grpc::ClientContext context;
    return v1::BackupService::NewStub(channel_)->CreateBackup(&context, request,
                                                              &backup);
  }

  void ExpectReadable() {
    const Outcome list = Annals({"agency", "list"});
    EXPECT_THAT(list, Succeeded());
    for (const std::string& code : registered_) {
      EXPECT_THAT(list.out, HasSubstr(code));
    }
    EXPECT_THAT(Annals({"audit"}), Succeeded());
  }

  // It starts, or refuses with a word on the disk.
  void ExpectServesOrRefuses(const Words& command) {
    Process process({command, {}, "", dir_.Path("daemon.log")});
    const bool serves = absl::StartsWith(process.ReadLine(), "verifier key: ");
    if (serves) process.Signal(SIGTERM);
    const int code = process.Wait();
    EXPECT_EQ(code, serves ? 0 : kRefused) << DaemonLog();
    if (code != kRefused) return;
    EXPECT_THAT(DaemonLog(), HasSubstr("No space left on device"));
    EXPECT_THAT(DaemonLog(), HasSubstr("磁盘空间不足"));
    EXPECT_THAT(DaemonLog(), HasSubstr(data_dir_));
  }

  std::unique_ptr<SmallDisk> disk_;
  std::vector<std::string> registered_;
  int next_agency_ = 0;
};

TEST_F(DiskTest, BelowTheFloorItReadsAndThenRecordsAgain) {
  StartDaemon(WithFloor(16 * kMiB));
  RegisterSome(3);
  disk_->FillUpTo(8 * kMiB);
  const Outcome refused = RegisterAgency(NextAgency());
  EXPECT_THAT(refused, RefusedWith(7, "DISK_NEARLY_FULL"));
  EXPECT_THAT(refused.err, HasSubstr("--disk_floor_bytes"));
  ExpectReadable();
  EXPECT_THAT(Annals({"health"}).out, HasSubstr("recording: not serving"));
  EXPECT_THAT(DaemonLog(), HasSubstr("recording is suspended"));
  disk_->MakeRoom();
  RegisterSome(1);
  while (Annals({"health"}).code != 0) {
  }
  EXPECT_THAT(DaemonLog(), HasSubstr("it goes on"));
  // At the floor it starts as well, and serves.
  disk_->FillUpTo(8 * kMiB);
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  StartDaemon(WithFloor(16 * kMiB));
  ExpectReadable();
  EXPECT_THAT(RegisterAgency(NextAgency()), RefusedWith(7, "DISK_NEARLY_FULL"));
  disk_->MakeRoom();
  RegisterSome(1);
  ExpectReadable();
}

TEST_F(DiskTest, OnAFullDiskItStopsWritingAndLosesNothing) {
  StartDaemon(WithFloor(0));
  RegisterSome(3);
  disk_->FillUpTo(0);
  grpc::Status refused;
  std::string code;
  for (int n = 0; refused.ok() && n < 1000; ++n) {
    code = NextAgency();
    refused = Register(code, n);
    if (refused.ok()) registered_.push_back(code);
  }
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(refused), "LEDGER_STOPPED");
  EXPECT_THAT(refused.error_message(), HasSubstr("No space left on device"));
  ExpectReadable();
  EXPECT_THAT(Annals({"health"}).out, HasSubstr("recording: not serving"));
  // Stopping it, and starting it before there is room.
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  ExpectServesOrRefuses(WithFloor(0));
  disk_->MakeRoom();
  StartDaemon(WithFloor(0));
  ExpectReadable();
  // What has no answer yet is asked again, with the same request id.
  const int last = static_cast<int>(registered_.size()) - 3;
  EXPECT_THAT(Register(code, last), RpcOk());
  registered_.push_back(code);
  ExpectReadable();
}

TEST_F(DiskTest, AStartWithHardlyAnyRoomNeverCrashes) {
  StartDaemon(WithFloor(0));
  RegisterSome(3);
  daemon_->Signal(SIGKILL);
  Disconnect();
  daemon_->Wait();
  for (const uint64_t kib : {0, 4, 8, 16, 32, 64, 96, 128, 256, 512}) {
    SCOPED_TRACE(kib);
    disk_->FillUpTo(kib << 10);
    ExpectServesOrRefuses(WithFloor(0));
    // A first start, too.
    const std::string data = std::exchange(data_dir_, dir_.Path("disk/other"));
    ExpectServesOrRefuses(WithFloor(0));
    std::filesystem::remove_all(data_dir_);
    data_dir_ = data;
    disk_->MakeRoom();
  }
  StartDaemon(WithFloor(0));
  ExpectReadable();
}

TEST_F(DiskTest, ABackupForWhichThereIsNoRoomHarmsNothing) {
  data_dir_ = dir_.Path("data");
  const std::string backups = dir_.Path("disk/backups");
  const Words command = DaemonCommand({"--backup_dir=" + backups});
  StartDaemon(command);
  RegisterSome(3);
  for (const uint64_t kib : {0, 4, 8, 16, 64}) {
    SCOPED_TRACE(kib);
    disk_->FillUpTo(kib << 10);
    const grpc::Status made = CreateBackup();
    if (!made.ok()) {
      EXPECT_EQ(ReasonOf(made), "BACKUP_FAILED");
      EXPECT_THAT(made.error_message(), HasSubstr("No space left on device"));
    }
    RegisterSome(1);
    disk_->MakeRoom();
  }
  EXPECT_THAT(Annals({"backup", "create"}), Succeeded());
  const Outcome list = Annals({"backup", "list"});
  EXPECT_THAT(list, Succeeded());
  ExpectReadable();
  // A start with no room for backups.
  disk_->FillUpTo(0);
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  StartDaemon(command);
  ExpectReadable();
}

TEST_F(DiskTest, ARestoreForWhichThereIsNoRoomIsRefused) {
  data_dir_ = dir_.Path("data");
  StartDaemon(DaemonCommand({"--backup_dir=" + dir_.Path("backups")}));
  RegisterSome(3);
  ASSERT_THAT(CreateBackup(), RpcOk());
  WriteFile(dir_.Path("known"), Checkpoint());
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  const std::string target = dir_.Path("disk/target");
  const Words restore = {ANNALSD_PATH, "--restore=" + dir_.Path("backups"),
                         "--expect_checkpoint=" + dir_.Path("known"),
                         "--data_dir=" + target,
                         "--signing_key=" + data_dir_ + "/signing_key.pem"};
  for (const uint64_t kib : {0, 4, 8, 16, 32, 64}) {
    SCOPED_TRACE(kib);
    disk_->FillUpTo(kib << 10);
    const Outcome outcome = Run(restore, {});
    disk_->MakeRoom();
    if (outcome.code == 0) break;
    EXPECT_EQ(outcome.code, kRefused) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
  }
  std::filesystem::remove_all(target);
  EXPECT_THAT(Run(restore, {}), Succeeded());
  data_dir_ = target;
  StartDaemon(DaemonCommand({restore.back()}));
  ExpectReadable();
}

// What is only a copy holds up nobody, and is brought up to date.
TEST_F(DiskTest, NoRoomForCopiesAndLogsHoldsUpNobody) {
  data_dir_ = dir_.Path("data");
  const std::string www = dir_.Path("disk/www");
  StartDaemon(DaemonCommand({"--publish_dir=" + www, "--publish_interval=0s",
                             "--access_log=" + dir_.Path("disk/log")}));
  RegisterSome(1);
  disk_->FillUpTo(0);
  RegisterSome(3);
  disk_->MakeRoom();
  RegisterSome(1);
  const std::string latest = Checkpoint();
  while (!std::filesystem::exists(www + "/checkpoint") ||
         ReadFile(www + "/checkpoint") != latest) {
  }
  ExpectReadable();
}

TEST_F(DiskTest, AReadOnlyDiskIsRefused) {
  StartDaemon(WithFloor(0));
  RegisterSome(3);
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  disk_->SetReadOnly(true);
  EXPECT_EQ(RunDaemon(WithFloor(0)), kRefused);
  EXPECT_THAT(DaemonLog(),
              AllOf(HasSubstr("(reason DATA_DIR_UNUSABLE)"),
                    HasSubstr("Read-only file system"), HasSubstr(data_dir_)));
  disk_->SetReadOnly(false);
  StartDaemon(WithFloor(0));
  ExpectReadable();
}

// Limits that a shell sets before it becomes the daemon.
class LimitTest : public EndToEndTest {
 protected:
  Words Under(const std::string& limit) const {
    Words words = {"/bin/sh", "-c",
                   absl::StrCat("ulimit ", limit, " && exec \"$0\" \"$@\"")};
    const Words daemon = DaemonCommand();
    words.insert(words.end(), daemon.begin(), daemon.end());
    return words;
  }

  // It serves, or ends with a code of its own and a word on why.
  void ExpectServesOrSays(const std::string& limit,
                          const std::vector<std::string>& words) {
    SCOPED_TRACE(limit);
    Process process({Under(limit), {}, "", dir_.Path("daemon.log")});
    const bool serves = absl::StartsWith(process.ReadLine(), "verifier key: ");
    if (serves) process.Signal(SIGTERM);
    const int code = process.Wait();
    if (serves) {
      EXPECT_EQ(code, 0) << DaemonLog();
      return;
    }
    EXPECT_GT(code, 0) << DaemonLog();
    bool says = false;
    for (const std::string& word : words) {
      says = says || absl::StrContains(DaemonLog(), word);
    }
    EXPECT_TRUE(says) << DaemonLog();
  }
};

TEST_F(LimitTest, FewFileDescriptors) {
  for (int limit : {4, 5, 8, 12, 16, 20, 24, 32, 64, 255}) {
    ExpectServesOrSays(absl::StrCat("-n ", limit),
                       {"(reason SYSTEM_LIMIT_TOO_LOW)",
                        "error while loading shared libraries"});
  }
  StartDaemon(Under("-n 256"));
  EXPECT_THAT(RegisterAgency(MakeAgencyCode(0)), Succeeded());
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
}

// Blocks of 512 bytes. A file that would grow beyond is not written, and no
// signal ends the daemon.
TEST_F(LimitTest, SmallFiles) {
  for (int blocks : {1, 2, 4, 8, 16, 64}) {
    ExpectServesOrSays(absl::StrCat("-f ", blocks),
                       {"File too large", "文件过大"});
    std::filesystem::remove_all(data_dir_);
  }
}

TEST_F(LimitTest, LittleMemory) {
#if defined(ANNALS_SANITIZED)
  GTEST_SKIP() << "sanitizers reserve more address space than there is memory";
#endif
  for (int mib : {30, 60, 90, 120, 200, 400, 1000, 2000, 2400, 3000}) {
    ExpectServesOrSays(absl::StrCat("-v ", mib << 10),
                       {"(reason SYSTEM_LIMIT_TOO_LOW)", "it can't go on",
                        "error while loading shared libraries"});
  }
}

}  // namespace
}  // namespace annals
