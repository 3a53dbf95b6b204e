// What a client with a pinned key notices, through the two programs: stores
// rolled back and copied, other keys, false receipts, a broken configuration.

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/receipt/receipt.h"
#include "client/receipt/receipt_files.h"
#include "client/verify.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kCode[] = "11410303005450123N";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

class TrustTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
    ASSERT_THAT(Register(0), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
  }

  // The client, which finds its server in the environment and nothing else.
  Outcome Annals(const Words& arguments, const Words& environment) {
    Words command = {ANNALS_PATH};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Words variables = {"LANG=C.UTF-8", "ANNALS_ACTOR=张三",
                       "ANNALS_SERVER=" + server_};
    variables.insert(variables.end(), environment.begin(), environment.end());
    return Run(command, variables);
  }

  Outcome Annals(const Words& arguments) {
    return Annals(arguments, {"ANNALS_CONFIG_DIR=" + config_});
  }

  Outcome Register(int number) {
    return Annals({"agency", "register",
                   number == 0 ? kCode : MakeAgencyCode(number), "--name",
                   "洛阳市西工区人民政府办公室", "--division", "410303"});
  }

  Outcome Submit(const Words& more = {}) {
    Words words = {"submit", json_,      "--agency", kCode,   "--year",
                   "2024",   "--reason", "年度报告", "--ack", kAck};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  Outcome Correct(const Words& more = {}) {
    const Outcome latest = Annals({"get", kReport, "--format", "json"});
    EXPECT_THAT(latest, Succeeded());
    const std::string path = dir_.Path("corrected.json");
    WriteFile(path, absl::StrReplaceAll(latest.out, {{"\"upheld\": 1,\n      "
                                                      "\"corrected\": 1",
                                                      "\"upheld\": 0,\n      "
                                                      "\"corrected\": 2"}}));
    Words words = {"correct",  path,       "--agency",      kCode,
                   "--year",   "2024",     "--ack",         kAck,
                   "--reason", "统计有误", "--reason-code", "figure-error"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  // Another daemon at the same address.
  void StartInstead(const std::string& data_dir) {
    Words command = {ANNALSD_PATH, "--data_dir=" + data_dir,
                     "--origin=test.local/annals", "--listen=" + server_};
    StartDaemon(command);
  }

  std::vector<std::string> EvidenceFiles() const {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(config_)) {
      if (absl::StartsWith(file.path().filename().string(), "evidence-")) {
        files.push_back(file.path().string());
      }
    }
    return files;
  }

  std::string RememberedPath() const {
    return absl::StrCat(config_, "/checkpoint-",
                        absl::StrReplaceAll(server_, {{":", "%3A"}}), ".txt");
  }

  const std::string config_ = dir_.Path("config");
  const std::string json_ = dir_.Path("report.json");
};

TEST_F(TrustTest, ARollbackOfTheDataDirectoryStopsEveryCommand) {
  ASSERT_THAT(Submit(), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("backup"));
  StartInstead(data_dir_);
  ASSERT_THAT(Correct(), Succeeded());
  ASSERT_THAT(Annals({"get", kReport}), Succeeded());
  const std::string remembered = ReadFile(RememberedPath());
  EXPECT_THAT(remembered, HasSubstr("\n3\n"));
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(dir_.Path("backup"), data_dir_);
  StartInstead(data_dir_);
  const std::string receipt = dir_.Path("receipt");
  for (const Words& words :
       {Words{"get", kReport}, Words{"get", kReport, "--json"},
        Words{"history", kReport}, Words{"diff", kReport}, Words{"list"},
        Words{"verify", kReport}, Words{"checkpoint"},
        Words{"watch", "--count", "1"}, Words{"cells", kReport},
        Words{"agency", "list"}, Words{"agency", "get", kCode},
        Words{"receipt", kReport, "-o", receipt},
        Words{"get", kReport, "--key", verifier_key_}}) {
    const Outcome outcome = Annals(words);
    EXPECT_THAT(outcome, RefusedWith(11, "LEDGER_ROLLED_BACK")) << words[0];
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  EXPECT_THAT(Submit(), RefusedWith(11, "LEDGER_ROLLED_BACK"));
  EXPECT_THAT(Register(1), RefusedWith(11, "LEDGER_ROLLED_BACK"));
  EXPECT_FALSE(std::filesystem::exists(receipt));
  EXPECT_EQ(ReadFile(RememberedPath()), remembered);
  const std::vector<std::string> evidence = EvidenceFiles();
  ASSERT_THAT(evidence, SizeIs(1));
  const Outcome again = Annals({"list"});
  EXPECT_THAT(again.err, HasSubstr(evidence[0]));
  const std::string text = ReadFile(evidence[0]);
  EXPECT_THAT(
      text, AllOf(HasSubstr(remembered), HasSubstr("test.local/annals\n2\n")));
}

TEST_F(TrustTest, ALedgerThatGrewAgainAfterARollbackIsAFork) {
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("backup"));
  StartInstead(data_dir_);
  // What the client itself recorded is remembered without a further read.
  ASSERT_THAT(Submit(), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  StartInstead(dir_.Path("backup"));
  // As large as before, and larger.
  for (int size = 2; size < 5; ++size) {
    ASSERT_THAT(Annals({"agency", "register", MakeAgencyCode(size), "--name",
                        "某机关", "--division", "410303", "--no-verify"}),
                Succeeded());
    EXPECT_THAT(Annals({"list"}), RefusedWith(11, "LEDGER_FORKED")) << size;
  }
  EXPECT_THAT(EvidenceFiles(), SizeIs(3));
}

TEST_F(TrustTest, TwoDaemonsOnOneCopiedStoreAreASplitView) {
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartInstead(data_dir_);
  const std::string first = server_;
  const std::unique_ptr<Process> first_daemon = std::move(daemon_);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + dir_.Path("copy"),
               "--listen=127.0.0.1:0"});
  const std::string second = server_;
  ASSERT_NE(second, first);
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  // Both are the same ledger still.
  ASSERT_THAT(Annals({"list", "--server", second}), Succeeded());
  ASSERT_THAT(Annals({"list", "--server", first}), Succeeded());
  // Now one is given a report, and the other something else.
  ASSERT_THAT(Submit({"--server", first}), Succeeded());
  const std::string shown =
      Annals({"checkpoint", "--server", first, "--no-verify"}).out;
  ASSERT_THAT(
      Annals({"agency", "register", MakeAgencyCode(2), "--name", "某机关",
              "--division", "410303", "--server", second, "--no-verify"}),
      Succeeded());
  for (const Words& words :
       {Words{"list"}, Words{"history", kReport}, Words{"agency", "list"}}) {
    Words there = words;
    there.insert(there.end(), {"--server", second});
    EXPECT_THAT(Annals(there), RefusedWith(11, "LEDGER_FORKED"));
  }
  ASSERT_THAT(EvidenceFiles(), SizeIs(1));
  EXPECT_THAT(ReadFile(EvidenceFiles()[0]),
              AllOf(HasSubstr(shown), HasSubstr("server: " + second)));
  EXPECT_THAT(Annals({"history", kReport, "--server", first}), Succeeded());
}

TEST_F(TrustTest, AMirrorThatLagsBehindIsNoFork) {
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartInstead(data_dir_);
  ASSERT_THAT(Submit(), Succeeded());
  const std::unique_ptr<Process> first_daemon = std::move(daemon_);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + dir_.Path("copy"),
               "--listen=127.0.0.1:0"});
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_THAT(Annals({"list"}), Succeeded());
}

TEST_F(TrustTest, ADaemonWithAnotherKeyIsNotTrusted) {
  ASSERT_EQ(StopDaemon(), 0);
  const std::string pinned = verifier_key_;
  StartInstead(dir_.Path("other"));
  ASSERT_NE(verifier_key_, pinned);
  for (const Words& words :
       {Words{"list"}, Words{"checkpoint"}, Words{"get", kReport},
        Words{"history", kReport}}) {
    EXPECT_THAT(Annals(words), RefusedWith(11, "LEDGER_KEY_NOT_PINNED"));
  }
  EXPECT_THAT(EvidenceFiles(), SizeIs(1));
  // A new key is pinned beside the old one: it is another ledger all the same.
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_THAT(Annals({"list"}), RefusedWith(11, "LEDGER_ROLLED_BACK"));
  // Only who decides to forget starts anew.
  ASSERT_THAT(Annals({"trust", "remove", server_}), Succeeded());
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_THAT(Annals({"list"}), Succeeded());
  EXPECT_THAT(EvidenceFiles(), SizeIs(2));
}

TEST_F(TrustTest, AReceiptIsVerifiedWithoutAServer) {
  const std::string path = dir_.Path("2024.receipt");
  ASSERT_THAT(Submit({"--receipt", path}), Succeeded());
  EXPECT_THAT(Submit({"--receipt", path}), RefusedWith(10, "FILE_EXISTS"));
  const std::string corrected = dir_.Path("2024-2.receipt");
  ASSERT_THAT(Correct({"--receipt", corrected}), Succeeded());
  ASSERT_THAT(
      Annals({"receipt", kReport, "--revision", "1", "-o", dir_.Path("again")}),
      Succeeded());
  EXPECT_EQ(ReadFile(dir_.Path("again.leaf")), ReadFile(path + ".leaf"));
  EXPECT_EQ(ReadFile(dir_.Path("again.content")), ReadFile(path + ".content"));
  ASSERT_EQ(StopDaemon(), 0);
  const Words nothing = {};
  const Outcome outcome =
      Annals({"verify-receipt", path, "--key", verifier_key_}, nothing);
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("revision 1 of the report agencies/"),
                    HasSubstr(kCode), HasSubstr("local:张三"),
                    HasSubstr("年度报告"), HasSubstr("Not proved:")));
  const Outcome zh = Annals({"verify-receipt", corrected, "--lang", "zh"});
  EXPECT_THAT(zh, Succeeded());
  EXPECT_THAT(zh.out, AllOf(HasSubstr("修订 2"), HasSubstr("数据错误"),
                            HasSubstr("没有证明")));
  const Outcome json = Annals({"verify-receipt", path, "--json"});
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"content_verified\": true"),
                              HasSubstr("\"number\": 1")));
  EXPECT_THAT(Annals({"verify-receipt", path}, nothing),
              AllOf(Not(Succeeded())));
  std::error_code error;
  std::filesystem::remove(path + ".salt", error);
  EXPECT_THAT(Annals({"verify-receipt", path}),
              RefusedWith(8, "RECEIPT_CONTENT_INCOMPLETE"));
  std::filesystem::remove(path + ".content", error);
  EXPECT_THAT(Annals({"verify-receipt", path}).out,
              HasSubstr("only that the entry is recorded"));
}

// Two checkpoints of one size, signed by one key, prove a fork by themselves.
TEST_F(TrustTest, AReceiptOfAForkIsEvidence) {
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartInstead(data_dir_);
  ASSERT_THAT(Register(1), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  StartInstead(dir_.Path("copy"));
  const std::string path = dir_.Path("forked");
  // Who pins nothing is given a receipt of the other history.
  const Words nothing = {"ANNALS_KEY=" + verifier_key_};
  ASSERT_THAT(Annals({"submit", json_, "--agency", kCode, "--year", "2024",
                      "--reason", "年度报告", "--ack", kAck, "--receipt", path},
                     nothing),
              Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  EXPECT_THAT(Annals({"verify-receipt", path}, nothing), Succeeded());
  const Outcome forked = Annals({"verify-receipt", path});
  EXPECT_THAT(forked, RefusedWith(11, "LEDGER_FORKED"));
  EXPECT_THAT(forked.out, IsEmpty());
  ASSERT_THAT(EvidenceFiles(), SizeIs(1));
  EXPECT_THAT(ReadFile(EvidenceFiles()[0]),
              AllOf(HasSubstr(ReadFile(RememberedPath())),
                    HasSubstr("the receipt " + path)));
}

TEST_F(TrustTest, EveryChangedByteOfAReceiptIsNoticed) {
  const std::string path = dir_.Path("2024.receipt");
  ASSERT_THAT(Submit({"--receipt", path}), Succeeded());
  ASSERT_OK_AND_ASSIGN(const auto key,
                       ledger::NoteVerifier::Parse(verifier_key_));
  const client::LedgerKeys keys{{key}, {}};
  ASSERT_OK_AND_ASSIGN(client::Receipt receipt, client::ReadReceipt(path));
  ASSERT_OK(client::VerifyReceipt(receipt, keys));
  for (std::string* part :
       {&receipt.proof, &receipt.leaf, &*receipt.salt, &*receipt.content}) {
    for (char& byte : *part) {
      byte ^= 1;
      EXPECT_TRUE(client::IsVerificationFailure(
          client::VerifyReceipt(receipt, keys).status()));
      byte ^= 1;
    }
  }
  // The same through the program, at one byte of each file.
  for (const char* suffix : {"", ".leaf", ".salt", ".content"}) {
    const std::string whole = ReadFile(path + suffix);
    std::string changed = whole;
    changed[changed.size() / 2] ^= 1;
    WriteFile(path + suffix, changed);
    const Outcome outcome = Annals({"verify-receipt", path});
    EXPECT_EQ(outcome.code, 8) << suffix << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("(reason RECEIPT_"));
    EXPECT_THAT(outcome.out, IsEmpty());
    WriteFile(path + suffix, whole);
  }
  EXPECT_THAT(Annals({"verify-receipt", path}), Succeeded());
}

TEST_F(TrustTest, ConcurrentClientsNeverGoBackwards) {
  ASSERT_THAT(Submit(), Succeeded());
  constexpr int kRounds = 4;
  constexpr int kClients = 6;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::unique_ptr<Process>> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.push_back(std::make_unique<Process>(
          ProcessOptions{{ANNALS_PATH, "history", kReport},
                         {"LANG=C.UTF-8", "ANNALS_SERVER=" + server_,
                          "ANNALS_CONFIG_DIR=" + config_},
                         "/dev/null",
                         dir_.Path(absl::StrCat("client", i))}));
      ASSERT_THAT(Register(1 + round * kClients + i), Succeeded());
    }
    for (int i = 0; i < kClients; ++i) {
      EXPECT_EQ(clients[static_cast<size_t>(i)]->Wait(), 0)
          << ReadFile(dir_.Path(absl::StrCat("client", i)));
    }
  }
  ASSERT_THAT(Annals({"checkpoint"}), Succeeded());
  EXPECT_THAT(ReadFile(RememberedPath()),
              HasSubstr(absl::StrCat("\n", 2 + kRounds * kClients, "\n")));
  EXPECT_THAT(EvidenceFiles(), IsEmpty());
}

TEST_F(TrustTest, ABrokenConfigurationIsNamedAndNotWorkedAround) {
  ASSERT_THAT(Annals({"list"}), Succeeded());
  const std::string pins = ReadFile(config_ + "/trust");
  WriteFile(config_ + "/trust", pins + "nonsense\n");
  const Outcome malformed = Annals({"list"});
  EXPECT_THAT(malformed, RefusedWith(6, "TRUST_FILE_MALFORMED"));
  EXPECT_THAT(malformed.err, HasSubstr(config_ + "/trust, line "));
  WriteFile(config_ + "/trust", pins);
  const std::string note = ReadFile(RememberedPath());
  WriteFile(RememberedPath(), note.substr(0, note.size() / 2));
  EXPECT_THAT(Annals({"list"}), RefusedWith(6, "CHECKPOINT_FILE_DAMAGED"));
  // A directory where the file should be.
  std::error_code error;
  std::filesystem::remove(RememberedPath(), error);
  std::filesystem::create_directory(RememberedPath(), error);
  EXPECT_THAT(Annals({"list"}), RefusedWith(6, "FILE_NOT_READABLE"));
  std::filesystem::remove(RememberedPath(), error);
  EXPECT_THAT(Annals({"list"}), Succeeded());
  ASSERT_EQ(chmod(config_.c_str(), 0777), 0);
  EXPECT_THAT(Annals({"list"}), RefusedWith(6, "DIRECTORY_NOT_PRIVATE"));
}

TEST_F(TrustTest, WhatCantBeRememberedIsNotVerified) {
  std::error_code error;
  std::filesystem::remove(config_ + "/lock", error);
  std::filesystem::create_directory(config_ + "/lock", error);
  std::filesystem::remove(RememberedPath(), error);
  EXPECT_THAT(Annals({"list"}), RefusedWith(6, "FILE_NOT_WRITABLE"));
  EXPECT_THAT(
      Annals({"trust", "add", verifier_key_, "--config-dir", "/proc/annals"}),
      RefusedWith(6, "FILE_NOT_WRITABLE"));
}

TEST_F(TrustTest, WithoutAHomeNothingIsPinnedAndTheUserIsTold) {
  const Outcome list = Annals({"list"}, {});
  EXPECT_THAT(list, Succeeded());
  EXPECT_THAT(list.err, HasSubstr("NOT VERIFIED"));
  EXPECT_THAT(Annals({"trust", "add", verifier_key_}, {}),
              RefusedWith(6, "CONFIG_DIRECTORY_UNKNOWN"));
  EXPECT_THAT(Annals({"list", "--key", verifier_key_}, {}), Succeeded());
  const Words home = {"HOME=" + dir_.Path("home")};
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}, home), Succeeded());
  EXPECT_TRUE(std::filesystem::exists(dir_.Path("home/.config/annals/trust")));
  EXPECT_THAT(Annals({"list"}, home).err, HasSubstr("verified: "));
}

TEST_F(TrustTest, PinsAreListedShownAndRemoved) {
  EXPECT_THAT(Annals({"trust", "list"}).out,
              AllOf(HasSubstr(server_), HasSubstr("test.local/annals+")));
  EXPECT_THAT(Annals({"trust", "list", "--json"}).out,
              HasSubstr(absl::StrCat("\"keys\": [\"", verifier_key_, "\"]")));
  ASSERT_THAT(Annals({"checkpoint"}), Succeeded());
  EXPECT_THAT(Annals({"trust", "show"}).out,
              AllOf(HasSubstr("key " + verifier_key_),
                    HasSubstr(ReadFile(RememberedPath()))));
  EXPECT_THAT(Annals({"trust", "remove", "elsewhere:1"}),
              RefusedWith(9, "SERVER_NOT_PINNED"));
  ASSERT_THAT(Annals({"trust", "remove", server_}), Succeeded());
  EXPECT_FALSE(std::filesystem::exists(RememberedPath()));
  EXPECT_THAT(Annals({"trust", "show"}), RefusedWith(9, "SERVER_NOT_PINNED"));
}

}  // namespace
}  // namespace annals
