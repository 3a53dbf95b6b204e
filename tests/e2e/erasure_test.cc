// A content that must be withheld, erased by the real programs: what is gone,
// what stays and proves, and who is told what.

#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/audit_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSecret[] = "WITHHELD-5f1c9a-the-name-of-a-citizen";
constexpr char kBasis[] = "条例第十五条";

class ErasureTest : public AuditFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    Register(0);
    report_ = absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024");
    etag_ = SubmitSecret("");  // Entry 1.
  }

  // Records the report with the secret in it: its etag.
  std::string SubmitSecret(const std::string& base) {
    v1::SubmitRevisionRequest request = Request(base);
    request.mutable_report()->set_s6_other(
        absl::StrCat("本年度未收取信息处理费。", kSecret));
    v1::SubmitRevisionResponse response;
    grpc::ClientContext context;
    EXPECT_THAT(reports_->SubmitRevision(&context, request, &response),
                RpcOk());
    first_request_ = request;
    return response.revision().etag();
  }

  v1::SubmitRevisionRequest Request(const std::string& base) {
    v1::SubmitRevisionRequest request;
    request.set_name(report_);
    *request.mutable_report() = MakeReport(base.empty() ? 0 : 100, 2024);
    request.mutable_report()->set_etag(base);
    request.set_reason("年度报告");
    if (!base.empty()) request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    request.set_request_id(NextRequestId());
    return request;
  }

  Outcome Erase(const Words& more = {}) { return EraseRevision("1", more); }

  Outcome EraseRevision(const std::string& number, const Words& more = {}) {
    Words words = {"erase",    report_,      "--revision",    number,
                   "--reason", "含个人信息", "--legal-basis", kBasis};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  // Whether any file below the directory holds the secret.
  static bool Holds(const std::string& directory) {
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(directory)) {
      if (file.is_regular_file() &&
          absl::StrContains(ReadFile(file.path()), kSecret)) {
        return true;
      }
    }
    return false;
  }

  template <typename Call>
  static std::string ReasonOfCall(Call call) {
    grpc::ClientContext context;
    return ReasonOf(call(&context));
  }

  std::string report_;
  std::string etag_;
  v1::SubmitRevisionRequest first_request_;
};

TEST_F(ErasureTest, WhatIsErasedIsGoneAndTheRecordStays) {
  ASSERT_TRUE(Holds(data_dir_));
  const Outcome erased = Erase();
  ASSERT_THAT(erased, Succeeded());
  EXPECT_THAT(erased.out,
              AllOf(HasSubstr("recorded as entry 2"), HasSubstr("含个人信息"),
                    HasSubstr(kBasis), HasSubstr("content and salt of entry 1"),
                    HasSubstr("were rewritten"), HasSubstr("backups")));
  EXPECT_FALSE(Holds(data_dir_));

  EXPECT_THAT(Annals({"get", report_}), RefusedWith(6, "CONTENT_ERASED"));
  const Outcome history = Annals({"history", report_});
  ASSERT_THAT(history, Succeeded());
  EXPECT_THAT(history.out, AllOf(HasSubstr("its content was erased by"),
                                 HasSubstr("含个人信息"), HasSubstr(kBasis)));
  const Outcome verified = Annals({"verify", report_});
  ASSERT_THAT(verified, Succeeded());
  EXPECT_THAT(verified.out, HasSubstr("its content was erased by"));
  const Outcome audit = Annals({"audit"});
  ASSERT_THAT(audit, Succeeded());
  EXPECT_THAT(
      audit.out,
      AllOf(
          HasSubstr(absl::StrCat("entry 1: erased by entry 2: ", report_,
                                 "/revisions/1, by local:张三 "
                                 "(self-declared) at 20")),
          HasSubstr(absl::StrCat("reason: 含个人信息; legal basis: ", kBasis)),
          HasSubstr("Audit passed.")));
  const Outcome watch = Annals({"watch", "--from", "2", "--count", "1"});
  EXPECT_THAT(watch.out, HasSubstr(report_ + "/revisions/1 (entry 1)"));
  EXPECT_THAT(Erase(), RefusedWith(6, "CONTENT_ERASED"));
  EXPECT_THAT(Annals({"--lang", "zh", "audit"}).out,
              HasSubstr("条目 1：已由条目 2 删除"));
}

TEST_F(ErasureTest, TheInterfaceSaysWhoErasedIt) {
  ASSERT_THAT(Erase(), Succeeded());
  v1::GetEntryRequest asked;
  asked.set_index(1);
  asked.set_include_content(true);
  v1::Entry entry;
  grpc::ClientContext context;
  ASSERT_THAT(ledger_->GetEntry(&context, asked, &entry), RpcOk());
  EXPECT_EQ(entry.erased_by(), 2u);
  EXPECT_TRUE(entry.content().empty() && entry.salt().empty());
  v1::GetReceiptRequest of_receipt;
  of_receipt.set_name(report_);
  of_receipt.set_include_content(true);
  v1::Receipt receipt;
  grpc::ClientContext for_receipt;
  ASSERT_THAT(ledger_->GetReceipt(&for_receipt, of_receipt, &receipt), RpcOk());
  EXPECT_EQ(receipt.erased_by(), 2u);
  v1::ListRevisionsRequest list;
  list.set_parent(report_);
  v1::ListRevisionsResponse listed;
  grpc::ClientContext for_list;
  ASSERT_THAT(reports_->ListRevisions(&for_list, list, &listed), RpcOk());
  EXPECT_EQ(listed.revisions(0).erasure().reason(), "含个人信息");
  EXPECT_EQ(listed.revisions(0).erasure().erased_index(), 1u);
  v1::AssessReportRequest assess;
  assess.set_name(report_);
  v1::Reassessment reassessment;
  grpc::ClientContext for_assess;
  EXPECT_EQ(
      ReasonOf(reports_->AssessReport(&for_assess, assess, &reassessment)),
      "CONTENT_ERASED");
}

TEST_F(ErasureTest, ARepeatedErasureAndSubmissionGetTheirFirstAnswers) {
  const std::string id = NextRequestId();
  ASSERT_THAT(Erase({"--request-id", id}), Succeeded());
  const Outcome again = Erase({"--request-id", id});
  ASSERT_THAT(again, Succeeded());
  EXPECT_THAT(again.out, HasSubstr("recorded as entry 2"));
  v1::SubmitRevisionResponse response;
  grpc::ClientContext context;
  ASSERT_THAT(reports_->SubmitRevision(&context, first_request_, &response),
              RpcOk());
  EXPECT_EQ(response.revision().entry_index(), 1u);
  EXPECT_FALSE(response.has_check() && response.check().findings_size() > 0);
}

TEST_F(ErasureTest, WhatWasErasedCanBeCorrected) {
  ASSERT_THAT(Erase(), Succeeded());
  v1::SubmitRevisionResponse response;
  grpc::ClientContext context;
  ASSERT_THAT(reports_->SubmitRevision(&context, Request(etag_), &response),
              RpcOk());
  EXPECT_EQ(response.revision().changed_cell_count(), -1);
  EXPECT_EQ(response.revision().changed_text_count(), -1);
  EXPECT_THAT(Annals({"diff", report_}), RefusedWith(6, "CONTENT_ERASED"));
  EXPECT_THAT(Annals({"get", report_}), Succeeded());
  EXPECT_THAT(Annals({"audit"}), Succeeded());
}

// A version without what had to go is filed with the command as well.
TEST_F(ErasureTest, ARedactedVersionIsFiledWithCorrect) {
  const std::string file = dir_.Path("redacted.json");
  const std::string latest = Annals({"get", report_, "--format", "json"}).out;
  ASSERT_TRUE(absl::StrContains(latest, kSecret));
  WriteFile(file, absl::StrReplaceAll(latest, {{kSecret, ""}}));
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  ASSERT_THAT(Erase(), Succeeded());
  const Words correct = {
      "correct",       file,    "--agency", MakeAgencyCode(0), "--year", "2024",
      "--reason-code", "other", "--reason", "删去个人信息"};
  const Outcome corrected = Annals(correct);
  ASSERT_THAT(corrected, Succeeded());
  EXPECT_THAT(corrected.err,
              HasSubstr("what this correction changes can't be compared"));
  EXPECT_THAT(corrected.out, HasSubstr("Revision: 2"));
  ASSERT_THAT(EraseRevision("2"), Succeeded());
  // Without an etag in the file: it is named, to be given.
  WriteFile(file, absl::StrReplaceAll(latest, {{kSecret, ""}, {etag_, ""}}));
  const Outcome unnamed = Annals(correct);
  EXPECT_THAT(unnamed, RefusedWith(10, "BASE_NOT_NAMED"));
  const size_t at = unnamed.err.find("--etag ");
  ASSERT_NE(at, std::string::npos) << unnamed.err;
  Words named = correct;
  named.push_back("--etag");
  named.push_back(unnamed.err.substr(at + 7, 32));
  EXPECT_THAT(Annals(named), Succeeded());
}

TEST_F(ErasureTest, VerifyDoesNotClaimTheContent) {
  EXPECT_THAT(Annals({"verify", report_, "--json"}).out,
              HasSubstr("\"content_verified\": true"));
  ASSERT_THAT(Erase(), Succeeded());
  const Outcome verified = Annals({"verify", report_});
  EXPECT_THAT(verified.out,
              AllOf(HasSubstr("Verified, but for the content"),
                    HasSubstr("erased by local:张三 (self-declared)"),
                    Not(HasSubstr("Verified.\n"))));
  EXPECT_THAT(Annals({"verify", report_, "--json"}).out,
              HasSubstr("\"content_verified\": false"));
  EXPECT_THAT(Annals({"get", report_}).err,
              HasSubstr("erased by local:张三 (self-declared)"));
}

TEST_F(ErasureTest, ReasonAndLegalBasisAreRequired) {
  v1::EraseContentRequest request;
  request.set_name(report_ + "/revisions/1");
  request.set_reason("x");
  request.set_request_id(NextRequestId());
  const auto stub = v1::ErasureService::NewStub(channel_);
  v1::EraseContentResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(ReasonOf(stub->EraseContent(&context, request, &response)),
            "INVALID_VALUE");
  request.set_legal_basis("y");
  request.set_name(report_ + "/revisions/9");
  grpc::ClientContext second;
  EXPECT_EQ(ReasonOf(stub->EraseContent(&second, request, &response)),
            "REVISION_NOT_FOUND");
  request.set_name("documents/" + std::string(64, 'a'));
  grpc::ClientContext third;
  EXPECT_EQ(ReasonOf(stub->EraseContent(&third, request, &response)),
            "DOCUMENT_NOT_FOUND");
  EXPECT_TRUE(Holds(data_dir_));
}

TEST_F(ErasureTest, AnExportFollowsAndProves) {
  Export();
  ASSERT_TRUE(Holds(export_dir_));
  const std::string kept = ReadFile(export_dir_ + "/" + ledger::ContentPath(1));
  ASSERT_THAT(AuditOffline(), Succeeded());
  ASSERT_THAT(Erase(), Succeeded());
  // Made before the erasure, it is still whole.
  EXPECT_THAT(AuditOffline(), Succeeded());
  Export();
  EXPECT_FALSE(Holds(export_dir_));
  const Outcome audit = AuditOffline();
  ASSERT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.out, HasSubstr("entry 1: erased by entry 2"));
  // Put back by somebody who kept it.
  const std::string content = export_dir_ + "/" + ledger::ContentPath(1);
  WriteFile(content, kept);
  EXPECT_THAT(AuditOffline(), RefusedWith(8, "AUDIT_CONTENT_NOT_ERASED"));
  // Made after it.
  export_dir_ = dir_.Path("later");
  Export();
  EXPECT_FALSE(Holds(export_dir_));
  EXPECT_THAT(AuditOffline(), Succeeded());
}

// Nobody is to be blamed for what came with a revision that can't be read any
// more.
TEST_F(ErasureTest, NobodyIsBlamedForWhatCameWithAnErasedRevision) {
  ASSERT_FALSE(SubmitSecret(etag_).empty());  // Revision 2.
  const Outcome erased = Erase();
  ASSERT_THAT(erased, Succeeded());
  // It holds the same secret, and somebody must be told.
  EXPECT_THAT(erased.out, HasSubstr(report_ + "/revisions/2\n"));
  const Outcome changed = Annals({"blame", report_, "--changed"});
  EXPECT_THAT(changed, Succeeded());
  EXPECT_EQ(changed.out, "") << changed.out;
  const Outcome all = Annals({"blame", report_});
  EXPECT_THAT(all.out, AllOf(HasSubstr("1–2"),
                             HasSubstr("contents of these were erased"),
                             Not(HasSubstr("年度报告\n"))));
  const Words cell = {"history", report_, "--cell", "t3.new_received.total"};
  const Outcome unverified = Annals(cell);
  EXPECT_THAT(unverified.out, HasSubstr("erased"));
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_EQ(Annals(cell).out, unverified.out);
  EXPECT_EQ(Annals({"blame", report_}).out, all.out);
}

TEST_F(ErasureTest, WhatAnErasedLatestRevisionSaysCantBeTold) {
  v1::SubmitRevisionResponse response;
  grpc::ClientContext context;
  ASSERT_THAT(reports_->SubmitRevision(&context, Request(etag_), &response),
              RpcOk());
  ASSERT_THAT(EraseRevision("2"), Succeeded());
  const Words blame = {"blame", report_, "t3.new_received.total"};
  Words without_proof = blame;
  without_proof.push_back("--no-verify");
  const Outcome unverified = Annals(without_proof);
  EXPECT_THAT(unverified.out,
              AllOf(HasSubstr("can't be told"), HasSubstr("(revision 1)")));
  EXPECT_THAT(unverified.err, HasSubstr("revision 2, the latest, was erased"));
  EXPECT_EQ(Annals({"blame", report_, "--changed"}).out, "");
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_EQ(Annals(blame).out, unverified.out);
  Words json = blame;
  json.push_back("--json");
  const auto proved = FromJson<v1::BlameReportResponse>(Annals(json).out);
  ASSERT_EQ(proved.fields_size(), 1);
  EXPECT_EQ(proved.fields(0).values(0).revision(), 2);
  EXPECT_FALSE(proved.fields(0).values(0).has_value());
}

// Of a content that is gone, what is verified is that it was erased.
TEST_F(ErasureTest, AHistoryDoesNotClaimToHaveVerifiedWhatWasErased) {
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  const std::string erasure = "content (of an erased one, its erasure)";
  EXPECT_THAT(Annals({"history", report_}).err, Not(HasSubstr(erasure)));
  ASSERT_THAT(Erase(), Succeeded());
  for (const Words& words :
       {Words{"history", report_},
        Words{"history", report_, "--as-of-size", "2"},
        Words{"history", report_, "--cell", "t3.new_received.total"}}) {
    const Outcome history = Annals(words);
    ASSERT_THAT(history, Succeeded());
    EXPECT_THAT(history.err, HasSubstr(erasure));
  }
  EXPECT_THAT(Annals({"history", report_, "--lang", "zh"}).err,
              HasSubstr("内容已删除的，为其删除记录"));
}

TEST_F(ErasureTest, AReceiptSaysThatTheContentWasErased) {
  ASSERT_THAT(Erase(), Succeeded());
  const std::string path = dir_.Path("first.receipt");
  const Outcome receipt =
      Annals({"receipt", report_, "--revision", "1", "-o", path});
  EXPECT_THAT(receipt, Succeeded());
  EXPECT_THAT(receipt.err, AllOf(HasSubstr("without the content"),
                                 HasSubstr("erased by local:张三")));
  EXPECT_FALSE(std::filesystem::exists(path + ".content"));
  EXPECT_THAT(Annals({"verify-receipt", path}), Succeeded());
}

TEST_F(ErasureTest, AMissingContentWithoutAnErasureIsDamage) {
  ASSERT_FALSE(SubmitSecret(etag_).empty());  // Entry 2.
  ASSERT_THAT(Erase(), Succeeded());          // Entry 3 erases 1.
  Export();
  ASSERT_THAT(AuditOffline(), Succeeded());
  std::filesystem::remove(InExport("content/002"));
  EXPECT_THAT(AuditOffline(), RefusedWith(8, "AUDIT_CONTENT_MISSING"));
}

TEST_F(ErasureTest, AnAuditIsResumedAfterIt) {
  const std::string state = dir_.Path("state");
  ASSERT_THAT(Annals({"audit", "--state", state}), Succeeded());
  ASSERT_THAT(Erase(), Succeeded());
  const Outcome resumed = Annals({"audit", "--state", state});
  ASSERT_THAT(resumed, Succeeded());
  EXPECT_THAT(resumed.out, HasSubstr("entry 1: erased by entry 2"));
  const Outcome again = Annals({"audit", "--state", state});
  ASSERT_THAT(again, Succeeded());
  EXPECT_THAT(again.out, HasSubstr("entry 1: erased by entry 2"));
}

// What was erased stays erased, for an audit that resumes one after it as well.
TEST_F(ErasureTest, AContentThatIsPutBackIsFoundByAResumedAudit) {
  const std::string content = ledger::ContentPath(1);
  Export();
  const std::string kept = ReadFile(InExport(content));
  ASSERT_THAT(Erase(), Succeeded());
  Export();
  const Words resumed = {"--state", dir_.Path("state")};
  ASSERT_THAT(AuditOffline(resumed), Succeeded());
  WriteFile(InExport(content), kept);
  EXPECT_THAT(AuditOffline(resumed),
              RefusedWith(8, "AUDIT_CONTENT_NOT_ERASED"));
  ASSERT_THAT(Annals({"export", export_dir_, "--add-contents"}), Succeeded());
  EXPECT_FALSE(Holds(export_dir_));
  EXPECT_THAT(AuditOffline(resumed), Succeeded());
}

TEST_F(ErasureTest, OutlivesACrashARebuildAndACheck) {
  ASSERT_THAT(Erase(), Succeeded());
  Disconnect();
  daemon_->Signal(SIGKILL);
  daemon_->Wait();
  EXPECT_FALSE(Holds(data_dir_));
  StartDaemon(DaemonCommand({"--rebuild_indexes"}));
  EXPECT_FALSE(Holds(data_dir_));
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  EXPECT_THAT(Annals({"get", report_}), RefusedWith(6, "CONTENT_ERASED"));
  ASSERT_EQ(StopDaemon(), 0);
  const Outcome fsck =
      Run({ANNALSD_PATH, "--data_dir=" + data_dir_, "--fsck"}, {});
  EXPECT_THAT(fsck, Succeeded());
  EXPECT_THAT(fsck.out,
              AllOf(HasSubstr("entry 1: its content was erased by entry 2"),
                    HasSubstr("1 content was erased"), HasSubstr("0 faults")));
}

TEST_F(ErasureTest, ThePublishedDirectoryLosesIt) {
  ASSERT_EQ(StopDaemon(), 0);
  const std::string www = dir_.Path("www");
  StartDaemon(
      DaemonCommand({"--publish_dir=" + www, "--publish_interval=10ms"}));
  export_dir_ = www;
  const Outcome erased = Erase();
  ASSERT_THAT(erased, Succeeded());
  EXPECT_THAT(erased.out,
              AllOf(HasSubstr("mirrors"), Not(HasSubstr("not yet removed"))));
  EXPECT_FALSE(Holds(www));
  EXPECT_THAT(AuditOffline(), Succeeded());
}

}  // namespace
}  // namespace annals
