// An agency signs with its own key; and the ledger's second, SM2 signature.

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/note_key.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kCode[] = "11410303005450123N";
constexpr char kAgency[] = "agencies/11410303005450123N";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

class SignatureE2eTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    key_ = MakeKey("agency.pem", "sm2");
  }

  // Makes an agency's key: its verifier key.
  std::string MakeKey(const std::string& name, const std::string& algorithm) {
    const Outcome made =
        Annals({"key", "generate", "--agency", kCode, "--algorithm", algorithm,
                "-o", dir_.Path(name)});
    EXPECT_THAT(made, Succeeded());
    return std::string(absl::StripAsciiWhitespace(made.out));
  }

  Outcome ChangeKeys(const Words& more) {
    Words words = {"agency", "update", kCode, "--reason", "签名公钥"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  Outcome Submit(const Words& more = {}) {
    Words words = {"submit",   TestData("xigong-2024.txt"),
                   "--agency", kCode,
                   "--year",   "2024",
                   "--reason", "年度报告",
                   "--ack",    kAck};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  // Corrects the latest revision.
  Outcome Correct(const Words& more = {}) {
    const Outcome latest = Annals({"get", kReport, "--format", "json"});
    EXPECT_THAT(latest, Succeeded());
    WriteFile(dir_.Path("corrected.json"),
              absl::StrReplaceAll(latest.out, {{"\"upheld\": 1,\n      "
                                                "\"corrected\": 1",
                                                "\"upheld\": 0,\n      "
                                                "\"corrected\": 2"}}));
    Words words = {"correct",       dir_.Path("corrected.json"),
                   "--agency",      kCode,
                   "--ack",         kAck,
                   "--reason",      "复议结果统计有误",
                   "--reason-code", "figure-error"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  Words Sign(const std::string& name = "agency.pem") const {
    return {"--sign", dir_.Path(name)};
  }

  int Openssl(const Words& arguments) {
    Words command = {"/usr/bin/openssl"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Run(command, {}).code;
  }

  std::string key_;
};

TEST_F(SignatureE2eTest, AnAgencySignsAndEveryoneVerifies) {
  EXPECT_THAT(Submit(Sign()), RefusedWith(6, "SIGNING_KEY_NOT_IN_FORCE"));
  const Outcome registered =
      ChangeKeys({"--add-signing-key", key_, "--signature-required", "yes"});
  ASSERT_THAT(registered, Succeeded());
  EXPECT_THAT(registered.out, HasSubstr(key_));
  EXPECT_THAT(Submit(), RefusedWith(6, "SIGNATURE_REQUIRED"));
  Words words = Sign();
  words.insert(words.end(), {"--receipt", dir_.Path("receipt")});
  const Outcome submitted = Submit(words);
  ASSERT_THAT(submitted, Succeeded());
  EXPECT_THAT(submitted.out, HasSubstr("signed by the agency"));
  ASSERT_THAT(Correct(Sign()), Succeeded());
  RestartDaemon();

  const std::string short_name =
      key_.substr(0, key_.find('+', key_.find('+') + 1));
  const Outcome verified = Annals({"verify", kReport, "--revision", "1"});
  ASSERT_THAT(verified, Succeeded());
  EXPECT_THAT(verified.out,
              AllOf(HasSubstr("signed by the agency with the key " +
                              short_name + " (SM2)"),
                    HasSubstr("entry 1 of the register")));
  EXPECT_THAT(Annals({"verify", kReport, "--lang", "zh"}).out,
              HasSubstr("机关以密钥 " + short_name + "（SM2）签名"));
  EXPECT_THAT(Annals({"history", kReport}).out, HasSubstr("SM2"));
  EXPECT_THAT(Annals({"get", kReport, "--lang", "zh"}).err, HasSubstr("签名"));
  EXPECT_THAT(Annals({"agency", "get", kCode, "--lang", "zh"}).out,
              AllOf(HasSubstr("签名公钥：" + key_), HasSubstr("须签名：是")));
  const Outcome receipt = Annals({"verify-receipt", dir_.Path("receipt")});
  ASSERT_THAT(receipt, Succeeded());
  EXPECT_THAT(receipt.out, HasSubstr(short_name + " (SM2): this very content"));
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_EQ(RunDaemon({ANNALSD_PATH, "--data_dir=" + data_dir_, "--fsck"}), 0);
}

// With nothing but the receipt's files, the documented text and OpenSSL's own
// program.
TEST_F(SignatureE2eTest, OpensslVerifiesTheSignatureInAReceipt) {
  ASSERT_THAT(ChangeKeys({"--add-signing-key", key_}), Succeeded());
  Words words = Sign();
  words.insert(words.end(), {"--receipt", dir_.Path("receipt")});
  ASSERT_THAT(Submit(words), Succeeded());
  v1::LedgerEntry leaf;
  ASSERT_TRUE(leaf.ParseFromString(ReadFile(dir_.Path("receipt.leaf"))));
  v1::RevisionContent content;
  ASSERT_TRUE(content.ParseFromString(ReadFile(dir_.Path("receipt.content"))));
  const auto hex = [](const std::string& bytes) {
    return absl::BytesToHexString(ledger::HashBytes(ledger::Sha256(bytes)));
  };
  const std::string& salt = content.signature_salt();
  const std::string rule = content.acknowledgements(0).rule_id();
  const std::string why = content.acknowledgements(0).reason();
  const auto sized = [](const std::string& text) {
    return absl::StrCat(
        std::string({'\0', '\0', '\0', static_cast<char>(text.size())}), text);
  };
  const std::string text = absl::StrCat(
      "annals.v1 content signature\norigin test.local/annals\nreport ", kReport,
      "\nbase -\nreason-code REASON_CODE_UNSPECIFIED\nreason ", hex("年度报告"),
      "\nrecord submitted\ndocument -\ncontent ",
      hex(salt + content.report().SerializeAsString()), "\nacknowledgements ",
      hex(absl::StrCat(salt, sized(rule), sized(""), sized(why))), "\n");
  WriteFile(dir_.Path("text"), text);
  WriteFile(dir_.Path("signature"),
            leaf.revision_recorded().signature().signature());
  ASSERT_EQ(Openssl({"pkey", "-in", dir_.Path("agency.pem"), "-pubout", "-out",
                     dir_.Path("public.pem")}),
            0);
  const Words verify = {"pkeyutl",
                        "-verify",
                        "-pubin",
                        "-inkey",
                        dir_.Path("public.pem"),
                        "-rawin",
                        "-digest",
                        "sm3",
                        "-pkeyopt",
                        "distid:1234567812345678",
                        "-in",
                        dir_.Path("text"),
                        "-sigfile",
                        dir_.Path("signature")};
  EXPECT_EQ(Openssl(verify), 0);
  WriteFile(dir_.Path("text"), text + "\n");
  EXPECT_NE(Openssl(verify), 0);
}

// The operator puts a key of his own into the register.
TEST_F(SignatureE2eTest, WhoPinsTheAgencysKeyNeedNotBelieveTheRegister) {
  const std::string others = MakeKey("other.pem", "ed25519");
  ASSERT_THAT(ChangeKeys({"--add-signing-key", others}), Succeeded());
  ASSERT_THAT(Submit(Sign("other.pem")), Succeeded());
  EXPECT_THAT(Annals({"verify", kReport}), Succeeded());
  EXPECT_THAT(Annals({"verify", kReport, "--agency-key", others}), Succeeded());
  EXPECT_THAT(Annals({"verify", kReport, "--agency-key", key_}),
              RefusedWith(8, "AGENCY_KEY_NOT_PINNED"));
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  ASSERT_THAT(Annals({"trust", "agency", key_}), Succeeded());
  for (const char* command : {"verify", "get", "history", "receipt"}) {
    Words words = {command, kReport};
    if (command == std::string("receipt")) {
      words.insert(words.end(), {"-o", dir_.Path("r")});
    }
    EXPECT_THAT(Annals(words), RefusedWith(8, "AGENCY_KEY_NOT_PINNED"))
        << command;
  }
  EXPECT_THAT(Annals({"audit"}), RefusedWith(8, "AGENCY_KEY_NOT_PINNED"));
  EXPECT_THAT(Annals({"watch", "--count", "3"}),
              RefusedWith(8, "AGENCY_KEY_NOT_PINNED"));
  // The copy is made all the same.
  EXPECT_THAT(Annals({"export", dir_.Path("export")}),
              RefusedWith(8, "AGENCY_KEY_NOT_PINNED"));
  EXPECT_THAT(ReadFile(dir_.Path("export/checkpoint")), HasSubstr("\n3\n"));
  // The change of keys is an entry that anyone sees.
  EXPECT_THAT(Annals({"agency", "history", kCode}).out, HasSubstr(others));
  ASSERT_THAT(Annals({"trust", "remove", server_, key_}), Succeeded());
  EXPECT_THAT(Annals({"verify", kReport}), Succeeded());
}

TEST_F(SignatureE2eTest, APinDemandsASignatureFromItsDayOn) {
  ASSERT_THAT(Submit(), Succeeded());
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  ASSERT_THAT(Annals({"trust", "agency", key_}), Succeeded());
  EXPECT_THAT(Annals({"verify", kReport}),
              RefusedWith(8, "AGENCY_KEY_NOT_PINNED"));
  ASSERT_THAT(Annals({"trust", "agency", key_, "--from", "2099-01-01"}),
              Succeeded());
  const Outcome verified = Annals({"verify", kReport});
  EXPECT_THAT(verified, Succeeded());
  EXPECT_THAT(verified.out, HasSubstr("it is not signed by the agency"));
  ASSERT_THAT(Annals({"receipt", kReport, "-o", dir_.Path("r")}), Succeeded());
  EXPECT_THAT(Annals({"verify-receipt", dir_.Path("r")}).out,
              HasSubstr("it is not signed, though a key"));
  EXPECT_THAT(Annals({"trust", "list"}).out, HasSubstr("(2099-01-01)"));
  EXPECT_THAT(Annals({"trust", "show"}).out,
              HasSubstr("agency-key " + key_ + " 2099-01-01"));
}

TEST_F(SignatureE2eTest, AKeyThatIsGivenIsSaidToBeTheAgencys) {
  const std::string register_says = "that the signing key is the agency's";
  Words words = Sign();
  words.insert(words.end(), {"--receipt", dir_.Path("r")});
  ASSERT_THAT(ChangeKeys({"--add-signing-key", key_}), Succeeded());
  ASSERT_THAT(Submit(words), Succeeded());
  EXPECT_THAT(Annals({"verify-receipt", dir_.Path("r")}).out,
              HasSubstr(register_says));
  const Outcome given =
      Annals({"verify-receipt", dir_.Path("r"), "--agency-key", key_});
  ASSERT_THAT(given, Succeeded());
  EXPECT_THAT(given.out, AllOf(Not(HasSubstr(register_says)),
                               HasSubstr("given or pinned as the agency's")));
  EXPECT_THAT(Annals({"verify", kReport}).out, Not(HasSubstr("given or pin")));
  EXPECT_THAT(Annals({"verify", kReport, "--agency-key", key_}).out,
              HasSubstr("given or pinned here as the agency's"));
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_THAT(Annals({"trust", "remove", server_, key_}),
              RefusedWith(9, "KEY_NOT_PINNED"));
  ASSERT_THAT(Annals({"trust", "agency", key_}), Succeeded());
  EXPECT_THAT(Annals({"verify-receipt", dir_.Path("r")}).out,
              Not(HasSubstr(register_says)));
  EXPECT_THAT(Annals({"verify", kReport, "--json"}).out,
              HasSubstr("\"agency_key_pinned\": true"));
  EXPECT_THAT(Annals({"watch", "--count", "3"}), Succeeded());
  EXPECT_THAT(Annals({"export", dir_.Path("export")}), Succeeded());
}

TEST_F(SignatureE2eTest, KeysAreRetiredAndReplaced) {
  const std::string next = MakeKey("next.pem", "ed25519");
  ASSERT_THAT(ChangeKeys({"--add-signing-key", key_}), Succeeded());
  ASSERT_THAT(Submit(Sign()), Succeeded());
  ASSERT_THAT(
      ChangeKeys({"--remove-signing-key", key_, "--add-signing-key", next}),
      Succeeded());
  EXPECT_THAT(Correct(Sign()), RefusedWith(6, "SIGNING_KEY_NOT_IN_FORCE"));
  ASSERT_THAT(Correct(Sign("next.pem")), Succeeded());
  // What the old one signed stays signed.
  EXPECT_THAT(
      Annals({"verify", kReport, "--revision", "1", "--agency-key", key_}),
      Succeeded());
  EXPECT_THAT(Annals({"verify", kReport, "--agency-key", next}), Succeeded());
  EXPECT_THAT(Annals({"audit"}), Succeeded());
}

TEST_F(SignatureE2eTest, SigningNeedsTheLedgersKey) {
  ASSERT_THAT(ChangeKeys({"--add-signing-key", key_}), Succeeded());
  verifier_key_.clear();
  EXPECT_EQ(Submit(Sign()).code, 2);
}

TEST_F(SignatureE2eTest, ABatchIsSigned) {
  ASSERT_THAT(
      ChangeKeys({"--add-signing-key", key_, "--signature-required", "yes"}),
      Succeeded());
  const std::string directory = dir_.Path("reports");
  ASSERT_EQ(Run({"/bin/mkdir", "-p", directory + "/" + kCode}, {}).code, 0);
  ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o",
                      absl::StrCat(directory, "/", kCode, "/2024.json")}),
              Succeeded());
  Words words = {"submit",   "--batch",  directory,
                 "--reason", "年度报告", "--json"};
  EXPECT_THAT(Annals(words).out, HasSubstr("SIGNATURE_REQUIRED"));
  // The signature is looked at before the rules, which have a warning.
  words.insert(words.end(), {"--sign", dir_.Path("agency.pem")});
  EXPECT_THAT(Annals(words).out, HasSubstr("WARNINGS_NOT_ACKNOWLEDGED"));
}

class Sm2CheckpointTest : public EndToEndTest {
 protected:
  std::string MakeKey(const std::string& name) {
    const Outcome made =
        Annals({"key", "generate", "--algorithm", "sm2", "--name",
                "test.local/annals", "-o", dir_.Path(name)});
    EXPECT_THAT(made, Succeeded());
    return std::string(absl::StripAsciiWhitespace(made.out));
  }
};

TEST_F(Sm2CheckpointTest, IsASecondLineThatOthersIgnore) {
  const std::string vkey = MakeKey("sm2.pem");
  const Words with_sm2 = DaemonCommand({"--sm2_key=" + dir_.Path("sm2.pem")});
  // From the first start on, left out, and added again.
  int agencies = 0;
  for (const Words& command : {with_sm2, DaemonCommand(), with_sm2}) {
    StartDaemon(command);
    const bool is_second = command.size() == with_sm2.size();
    if (is_second) {
      EXPECT_EQ(daemon_->ReadLine(), "SM2 verifier key: " + vkey);
    }
    const std::string note = Checkpoint();
    ASSERT_OK_AND_ASSIGN(const ledger::ParsedNote parsed,
                         ledger::ParseNote(note));
    EXPECT_THAT(parsed.signatures, SizeIs(is_second ? 2 : 1));
    ASSERT_OK_AND_ASSIGN(const ledger::NoteVerifier ed25519,
                         ledger::NoteVerifier::Parse(verifier_key_));
    EXPECT_OK(ledger::OpenNote(note, ed25519));
    ASSERT_OK_AND_ASSIGN(const ledger::NoteKey sm2,
                         ledger::NoteKey::Parse(vkey));
    EXPECT_EQ(ledger::RequireSignedBy(parsed, sm2).ok(), is_second);
    ASSERT_THAT(RegisterAgency(MakeAgencyCode(++agencies)), Succeeded());
    EXPECT_THAT(Annals({"audit"}), Succeeded());
    EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
    EXPECT_EQ(RunDaemon({ANNALSD_PATH, "--data_dir=" + data_dir_, "--fsck"}),
              0);
  }
}

TEST_F(Sm2CheckpointTest, WhoPinsItDemandsIt) {
  const std::string vkey = MakeKey("sm2.pem");
  const std::string other = MakeKey("other.pem");
  StartDaemon(DaemonCommand({"--sm2_key=" + dir_.Path("sm2.pem")}));
  EXPECT_EQ(Annals({"trust", "add", vkey}).code, 2);
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  ASSERT_THAT(Annals({"agency", "list"}), Succeeded());
  ASSERT_THAT(Annals({"trust", "add", vkey}), Succeeded());
  EXPECT_THAT(Annals({"agency", "list"}), Succeeded());
  EXPECT_THAT(Annals({"trust", "show"}).out, HasSubstr("key " + vkey));
  // Either of two, as while keys are changed.
  ASSERT_THAT(Annals({"trust", "add", other}), Succeeded());
  EXPECT_THAT(Annals({"agency", "list"}), Succeeded());
  ASSERT_THAT(Annals({"trust", "remove", server_, vkey}), Succeeded());
  EXPECT_THAT(Annals({"agency", "list"}),
              RefusedWith(11, "LEDGER_KEY_NOT_PINNED"));
}

TEST_F(Sm2CheckpointTest, ADaemonTakesNoOtherKeyForIt) {
  ASSERT_THAT(Annals({"key", "generate", "--name", "test.local/annals", "-o",
                      dir_.Path("ed.pem")}),
              Succeeded());
  EXPECT_EQ(RunDaemon(DaemonCommand({"--sm2_key=" + dir_.Path("ed.pem")})), 2);
  EXPECT_THAT(DaemonLog(), HasSubstr("not of SM2"));
  ASSERT_THAT(Annals({"key", "generate", "--algorithm", "sm2", "--name",
                      "other/annals", "-o", dir_.Path("other.pem")}),
              Succeeded());
  EXPECT_EQ(RunDaemon(DaemonCommand({"--sm2_key=" + dir_.Path("other.pem")})),
            2);
  EXPECT_THAT(DaemonLog(), HasSubstr("other/annals"));
}

}  // namespace
}  // namespace annals
