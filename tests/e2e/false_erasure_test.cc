// Erasures that a server claims and that nobody recorded, and real ones that
// come in the middle of a reading.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "tests/e2e/audit_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Entries: agency 0, its report, its correction, agency 1, its report.
class FalseErasureTest : public AuditFixture {
 protected:
  static constexpr uint64_t kSize = 5;
  static constexpr uint64_t kLatest = 2;

  void SetUp() override {
    StartDaemon();
    Register(0);
    Correct(0, Submit(0, 2024));
    Register(1);
    Submit(1, 2024);
    liar_ = std::make_unique<LyingServer>(channel_);
  }
  void TearDown() override { liar_.reset(); }

  static std::string Report(int n) {
    return absl::StrCat("agencies/", MakeAgencyCode(n), "/reports/2024");
  }

  // Through the honest daemon.
  void Erase(const std::string& revision) {
    v1::EraseContentRequest request;
    request.set_name(revision);
    request.set_reason("含个人信息");
    request.set_legal_basis("条例第十五条");
    request.set_request_id(NextRequestId());
    v1::EraseContentResponse response;
    grpc::ClientContext context;
    EXPECT_THAT(v1::ErasureService::NewStub(channel_)->EraseContent(
                    &context, request, &response),
                RpcOk());
  }
  void EraseOnce() {
    if (!is_erased_.exchange(true)) {
      Erase(absl::StrCat(Report(0), "/revisions/2"));
    }
  }

  Outcome AskLiar(Words words) {
    words.insert(words.end(), {"--server", liar_->address()});
    return Annals(words);
  }

  void ClaimErasure(uint64_t eraser) {
    const auto strip = [eraser](auto* entry) {
      if (entry->index() != kLatest) return;
      entry->clear_salt();
      entry->clear_content();
      entry->set_erased_by(eraser);
    };
    liar_->lies().watched = strip;
    liar_->lies().entry = strip;
  }

  std::atomic<bool> is_erased_ = false;
  std::unique_ptr<LyingServer> liar_;
};

TEST_F(FalseErasureTest, IsNamedByTheAudit) {
  for (const uint64_t eraser : {kSize, uint64_t{1'000'000'000}, kSize - 1}) {
    ClaimErasure(eraser);
    const Outcome audit = AskLiar({"audit"});
    EXPECT_THAT(audit, RefusedWith(8, "AUDIT_CONTENT_MISSING"));
    EXPECT_THAT(
        audit.err,
        AllOf(HasSubstr(absl::StrCat("entry ", kLatest)), HasSubstr(Report(0)),
              HasSubstr(absl::StrCat("entry ", eraser, " erased"))));
  }
}

TEST_F(FalseErasureTest, IsReportedByTheMonitor) {
  ClaimErasure(1'000'000'000);
  const Outcome monitor = AskLiar({"monitor", "--once"});
  EXPECT_EQ(monitor.code, 8) << monitor.err;
  EXPECT_THAT(monitor.out,
              AllOf(HasSubstr("\"damaged_entry\""),
                    HasSubstr("AUDIT_CONTENT_MISSING"), HasSubstr(Report(0))));
}

TEST_F(FalseErasureTest, IsRefusedByGet) {
  ClaimErasure(1'000'000'000);
  const Outcome get = AskLiar({"get", Report(0)});
  EXPECT_THAT(get, RefusedWith(8, "ANSWER_MISMATCH"));
  EXPECT_THAT(get.err, AllOf(HasSubstr("entry 2"), HasSubstr(Report(0)),
                             HasSubstr("has only 5 entries")));
  EXPECT_THAT(AskLiar({"get", Report(0), "--lang", "zh"}).err,
              HasSubstr("并无此事"));
}

TEST_F(FalseErasureTest, IsNotExported) {
  for (const uint64_t eraser : {uint64_t{1'000'000'000}, kSize - 1}) {
    ClaimErasure(eraser);
    const Outcome exported = AskLiar({"export", export_dir_});
    EXPECT_THAT(exported, RefusedWith(8, "AUDIT_CONTENT_MISSING"));
    EXPECT_THAT(exported.err, HasSubstr(Report(0)));
    EXPECT_FALSE(std::filesystem::exists(InExport("checkpoint")));
  }
  liar_->lies() = {};
  EXPECT_THAT(AskLiar({"export", export_dir_}), Succeeded());
  EXPECT_THAT(AuditOffline(), Succeeded());
}

TEST_F(FalseErasureTest, AnErasureDuringAnExportIsInIt) {
  liar_->lies().checkpoint = [this](v1::Checkpoint*) { EraseOnce(); };
  const Outcome exported = AskLiar({"export", export_dir_});
  EXPECT_THAT(exported, Succeeded());
  EXPECT_TRUE(is_erased_);
  EXPECT_THAT(exported.out, HasSubstr("6 entries"));
  const Outcome audit = AuditOffline();
  EXPECT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.out, HasSubstr("entry 2: erased by entry 5"));
}

// The moment in which a content is gone and the checkpoint is the old one.
TEST_F(FalseErasureTest, AnAuditWaitsForTheCheckpointOfADirectory) {
  Export();
  const std::string before = ReadFile(InExport("checkpoint"));
  Erase(absl::StrCat(Report(0), "/revisions/2"));
  Export();
  const std::string after = ReadFile(InExport("checkpoint"));
  WriteFile(InExport("checkpoint"), before);
  Process audit({{ANNALS_PATH, "audit", "--offline", export_dir_},
                 {"LANG=C.UTF-8", "ANNALS_KEY=" + verifier_key_,
                  "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                 dir_.Path("audit.out"),
                 dir_.Path("audit.err")});
  WriteFile(InExport("new"), after);
  std::filesystem::rename(InExport("new"), InExport("checkpoint"));
  EXPECT_EQ(audit.Wait(), 0) << ReadFile(dir_.Path("audit.err"));
  EXPECT_THAT(ReadFile(dir_.Path("audit.out")),
              HasSubstr("entry 2: erased by entry 5"));
}

// The refusal itself is the server's word until it is proved.
TEST_F(FalseErasureTest, ARefusalOfContentIsNoFact) {
  Erase(absl::StrCat(Report(0), "/revisions/1"));
  grpc::Status refusal;
  {
    v1::GetReportRequest request;
    request.set_name(absl::StrCat(Report(0), "/revisions/1"));
    v1::Revision revision;
    grpc::ClientContext context;
    refusal = reports_->GetReport(&context, request, &revision);
  }
  ASSERT_EQ(ReasonOf(refusal), "CONTENT_ERASED");
  liar_->lies().report_instead = [&refusal] { return refusal; };
  // Of another report, of another revision, and the truth.
  EXPECT_THAT(AskLiar({"get", Report(1)}), RefusedWith(8, "ANSWER_MISMATCH"));
  EXPECT_THAT(AskLiar({"get", Report(0), "--revision", "2"}),
              RefusedWith(8, "ANSWER_MISMATCH"));
  const Outcome get = AskLiar({"get", Report(0), "--revision", "1"});
  EXPECT_THAT(get, RefusedWith(6, "CONTENT_ERASED"));
  EXPECT_THAT(get.err, AllOf(HasSubstr("含个人信息"), HasSubstr("entry 5")));
}

TEST_F(FalseErasureTest, AContentThatIsThereWasNotErased) {
  Erase(absl::StrCat(Report(0), "/revisions/1"));
  v1::GetReportRequest request;
  request.set_name(absl::StrCat(Report(0), "/revisions/1"));
  v1::Revision revision;
  grpc::ClientContext context;
  const grpc::Status refusal =
      reports_->GetReport(&context, request, &revision);
  google::rpc::Status rpc;
  ASSERT_TRUE(rpc.ParseFromString(refusal.error_details()));
  for (auto& detail : *rpc.mutable_details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info)) continue;
    (*info.mutable_metadata())["name"] =
        absl::StrCat(Report(0), "/revisions/2");
    (*info.mutable_metadata())["erasedIndex"] = absl::StrCat(kLatest);
    detail.PackFrom(info);
  }
  liar_->lies().report_instead = [&] {
    return grpc::Status(refusal.error_code(), refusal.error_message(),
                        rpc.SerializeAsString());
  };
  const Outcome get = AskLiar({"get", Report(0)});
  EXPECT_THAT(get, RefusedWith(8, "ANSWER_MISMATCH"));
  EXPECT_THAT(get.err, HasSubstr("was erased or withdrawn, which is false"));
}

// Between the two calls by which an audit reads the latest revision.
TEST_F(FalseErasureTest, AnErasureInTheMiddleOfTheIndexCheckIsNoFault) {
  liar_->lies().report = [this](v1::Revision* revision) {
    if (revision->entry_index() == kLatest) EraseOnce();
  };
  EXPECT_THAT(AskLiar({"audit"}), Succeeded());
  EXPECT_TRUE(is_erased_);
}

// Between the checkpoint and the entries.
TEST_F(FalseErasureTest, AnErasureAfterTheCheckpointIsNoFault) {
  liar_->lies().checkpoint = [this](v1::Checkpoint*) { EraseOnce(); };
  EXPECT_THAT(AskLiar({"audit"}), Succeeded());
  EXPECT_TRUE(is_erased_);
}

}  // namespace
}  // namespace annals
