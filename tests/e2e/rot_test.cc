// A byte that rots on the disk under a running daemon: what is read of it is
// DATA_LOSS, an alarm rises, and all else is served.

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// More than a tile's: the last tile's leaves are read at the start.
constexpr int kAgencies = 300;
constexpr int kDamaged = 60;

class RotTest : public EndToEndTest {
 protected:
  void SetUp() override {
    // Contents are in tables, not in memory, after a restart.
    StartDaemon();
    for (int n = 0; n < kAgencies; ++n) {
      ASSERT_THAT(Register(n), RpcOk());
    }
    ASSERT_EQ(StopDaemon(), 0) << DaemonLog();
    StartDaemon(DaemonCommand({"--metrics_listen=127.0.0.1:0"}));
    metrics_url_ = daemon_->ReadLine();
    const size_t begin = metrics_url_.find("http://");
    const size_t end = metrics_url_.rfind("/metrics");
    ASSERT_LT(begin, end) << metrics_url_;
    metrics_url_ = metrics_url_.substr(begin, end - begin);
  }

  static std::string NameOf(int n) { return absl::StrCat("机关第", n, "号"); }

  grpc::Status Register(int n) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(MakeAgencyCode(n));
    request.mutable_agency()->set_display_name(NameOf(n));
    request.mutable_agency()->set_division_code("410303");
    // Some entries a block.
    request.set_reason(std::string(400, 'r'));
    request.set_request_id(
        absl::StrCat("00000000-0000-4000-8000-", 100'000'000'000 + n));
    v1::Agency agency;
    grpc::ClientContext context;
    return agencies_->CreateAgency(&context, request, &agency);
  }

  grpc::Status GetEntry(uint64_t index) {
    v1::GetEntryRequest request;
    request.set_index(index);
    request.set_include_content(true);
    v1::Entry entry;
    grpc::ClientContext context;
    return ledger_->GetEntry(&context, request, &entry);
  }

  // Flips a bit of these bytes wherever a table holds them: how many do.
  int FlipInTables(const std::string& bytes) {
    int flipped = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(data_dir_ + "/db")) {
      if (file.path().extension() != ".sst") continue;
      std::string table = ReadFile(file.path());
      const size_t at = table.find(bytes);
      if (at == std::string::npos) continue;
      std::fstream out(file.path(),
                       std::ios::binary | std::ios::in | std::ios::out);
      out.seekp(static_cast<std::streamoff>(at));
      out.put(static_cast<char>(table[at] ^ 1));
      ++flipped;
    }
    return flipped;
  }

  std::string Metrics() {
    httplib::Client client(metrics_url_);
    const auto answer = client.Get("/metrics");
    return answer ? answer->body : "";
  }

  std::string metrics_url_;
};

TEST_F(RotTest, ADamagedBlockFailsItsReadsAndLeavesTheRestServed) {
  EXPECT_THAT(Metrics(),
              AllOf(HasSubstr("annals_ledger_damage_found_total 0\n"),
                    HasSubstr("annals_ledger_writes_stopped 0\n")));
  ASSERT_EQ(FlipInTables(NameOf(kDamaged)), 1);
  const grpc::Status damaged = GetEntry(kDamaged);
  EXPECT_EQ(damaged.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(ReasonOf(damaged), "ENTRY_DAMAGED");
  EXPECT_THAT(damaged.error_message(),
              AllOf(HasSubstr(absl::StrCat("entry ", kDamaged, " is damaged")),
                    HasSubstr(".sst"), HasSubstr("restore the store")));
  EXPECT_THAT(Metrics(),
              AllOf(HasSubstr("annals_ledger_damage_found_total 1\n"),
                    HasSubstr("annals_ledger_writes_stopped 1\n")));
  EXPECT_THAT(DaemonLog(), AllOf(HasSubstr("nothing more is recorded"),
                                 HasSubstr("is damaged")));
  // The block holds some others as well; all else is served.
  int served = 0;
  for (int n = 0; n < kAgencies; ++n) {
    const grpc::Status status = GetEntry(n);
    EXPECT_EQ(ReasonOf(status), status.ok() ? "" : "ENTRY_DAMAGED") << n;
    served += status.ok() ? 1 : 0;
  }
  EXPECT_GT(served, kAgencies / 2);
  EXPECT_LT(served, kAgencies);
  EXPECT_EQ(ReasonOf(Register(kAgencies)), "LEDGER_STOPPED");
  EXPECT_THAT(Annals({"health"}).out, HasSubstr("recording: not serving"));
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
}

}  // namespace
}  // namespace annals
