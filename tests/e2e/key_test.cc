// Keys from outside: the command, a change of the ledger's key, keys by URI.

#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "ledger/note.h"
#include "tests/e2e/witness_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kOrigin[] = "test.local/annals";

class KeyE2eTest : public WitnessFixture {
 protected:
  // Makes a key of the ledger's name and tells its verifier key.
  std::string NewLogKey(const std::string& path) {
    const Outcome made =
        Annals({"key", "generate", "--name", kOrigin, "-o", path});
    EXPECT_THAT(made, Succeeded());
    return std::string(absl::StripAsciiWhitespace(made.out));
  }

  std::vector<std::string> SignatureLines() {
    const std::vector<std::string> parts = absl::StrSplit(Checkpoint(), "\n\n");
    return absl::StrSplit(parts.back(), '\n', absl::SkipEmpty());
  }

  // The ledger's entries, a line each.
  std::string Entries(int count) {
    const Outcome watched = Annals(
        {"watch", "--from", "0", "--count", absl::StrCat(count), "--json"});
    EXPECT_THAT(watched, Succeeded());
    return watched.out;
  }

  Outcome Verify(const std::string& vkey) {
    return Annals({"verify", kReport, "--key", vkey});
  }
};

TEST_F(KeyE2eTest, AChangeOfKeysInTwoSteps) {
  StartDaemon();
  RecordReport();
  const std::string old_vkey = verifier_key_;
  const std::string new_path = dir_.Path("new.pem");
  const std::string new_vkey = NewLogKey(new_path);
  EXPECT_THAT(SignatureLines(), SizeIs(1));
  EXPECT_THAT(Verify(new_vkey), RefusedWith(8, "CHECKPOINT_NOT_SIGNED"));
  EXPECT_EQ(StopDaemon(), 0);

  // Step 1: both sign, and the ledger says so, once.
  const Words step1 =
      DaemonCommand({"--next_key=" + new_path, "--key_change_reason=例行更换"});
  StartDaemon(step1);
  EXPECT_EQ(verifier_key_, old_vkey);
  EXPECT_EQ(daemon_->ReadLine(), "next verifier key: " + new_vkey);
  EXPECT_THAT(SignatureLines(), SizeIs(2));
  EXPECT_THAT(Entries(3), AllOf(HasSubstr("\"old_vkey\":\"" + old_vkey + "\""),
                                HasSubstr("\"new_vkey\":\"" + new_vkey + "\""),
                                HasSubstr("例行更换")));
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(step1);
  EXPECT_THAT(Checkpoint(), StartsWith("test.local/annals\n3\n"));
  EXPECT_THAT(Verify(old_vkey), Succeeded());
  EXPECT_THAT(Verify(new_vkey), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);

  // Step 2: the new one alone.
  EXPECT_NE(RunDaemon(DaemonCommand({"--signing_key=" + new_path})), 0);
  EXPECT_THAT(DaemonLog(),
              AllOf(HasSubstr("--previous_vkey"), HasSubstr(old_vkey)));
  const Words step2 = DaemonCommand(
      {"--signing_key=" + new_path, "--previous_vkey=" + old_vkey});
  StartDaemon(step2);
  EXPECT_EQ(verifier_key_, new_vkey);
  EXPECT_THAT(SignatureLines(), SizeIs(1));
  EXPECT_THAT(Checkpoint(), StartsWith("test.local/annals\n3\n"));
  EXPECT_THAT(Verify(new_vkey), Succeeded());
  EXPECT_THAT(Verify(old_vkey), RefusedWith(8, "CHECKPOINT_NOT_SIGNED"));
  EXPECT_EQ(ReadFile(data_dir_ + "/verifier_key"), new_vkey + "\n");
  EXPECT_EQ(StopDaemon(), 0);
  // Killed before it named its key, it has lost nothing.
  WriteFile(data_dir_ + "/verifier_key", old_vkey + "\n");
  EXPECT_EQ(RunDaemon({ANNALSD_PATH, "--fsck", "--data_dir=" + data_dir_}), 0)
      << DaemonLog();
  StartDaemon(step2);
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_EQ(ReadFile(data_dir_ + "/verifier_key"), new_vkey + "\n");
  // The flag can stay or go; the old key alone is refused.
  StartDaemon(DaemonCommand({"--signing_key=" + new_path}));
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(step2);
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_NE(RunDaemon(DaemonCommand()), 0);
  EXPECT_THAT(DaemonLog(), HasSubstr("is not the public key"));
}

TEST_F(KeyE2eTest, AuditAndExportGoOnAcrossAChangeOfKeys) {
  StartDaemon();
  RecordReport();
  const std::string old_vkey = verifier_key_;
  const std::string new_path = dir_.Path("new.pem");
  const std::string new_vkey = NewLogKey(new_path);
  const std::string state = dir_.Path("state");
  const std::string exported = dir_.Path("export");
  ASSERT_THAT(Annals({"audit", "--state", state}), Succeeded());
  ASSERT_THAT(Annals({"export", exported}), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(DaemonCommand({"--next_key=" + new_path}));
  // During the overlap with either key.
  for (const std::string& key : {old_vkey, new_vkey}) {
    const Outcome audit = Annals({"audit", "--key", key});
    EXPECT_THAT(audit, Succeeded());
    EXPECT_THAT(audit.out, HasSubstr(absl::StrCat(
                               "the key was changed at entry 2: ", old_vkey,
                               " → ", new_vkey)));
    EXPECT_THAT(audit.out, Not(HasSubstr("not checked")));
  }
  EXPECT_THAT(Annals({"audit"}).err, HasSubstr("trust add " + new_vkey));
  // With both pinned, from the state and the directory of the old key on, to
  // what the new one alone signed.
  ASSERT_THAT(Annals({"trust", "add", old_vkey}), Succeeded());
  ASSERT_THAT(Annals({"trust", "add", new_vkey}), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + data_dir_,
               "--origin=test.local/annals", "--listen=" + server_,
               "--signing_key=" + new_path, "--previous_vkey=" + old_vkey});
  // Or the environment's key would replace the pins.
  verifier_key_.clear();
  const Outcome json = Annals({"audit", "--state", state, "--json"});
  EXPECT_THAT(json, Succeeded());
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"resumed_at\": \"2\""),
                              HasSubstr("\"entry\": \"2\"")));
  EXPECT_THAT(Annals({"export", exported}), Succeeded());
  EXPECT_THAT(Annals({"audit", "--offline", exported}), Succeeded());
  EXPECT_THAT(Annals({"audit", "--key", old_vkey}),
              RefusedWith(8, "CHECKPOINT_NOT_SIGNED"));
}

TEST_F(KeyE2eTest, AFalseChangeOfKeysIsNotRecorded) {
  StartDaemon();
  const std::string old_vkey = verifier_key_;
  ASSERT_EQ(StopDaemon(), 0);
  const std::string new_path = dir_.Path("new.pem");
  const std::string new_vkey = NewLogKey(new_path);
  const std::string other_vkey = NewLogKey(dir_.Path("other.pem"));
  const Words changed = DaemonCommand(
      {"--signing_key=" + new_path, "--previous_vkey=" + old_vkey});
  StartDaemon(changed);
  ASSERT_EQ(StopDaemon(), 0);
  // A key that never signed this ledger.
  EXPECT_NE(RunDaemon(DaemonCommand({"--signing_key=" + new_path,
                                     "--previous_vkey=" + other_vkey})),
            0);
  EXPECT_THAT(DaemonLog(), HasSubstr("is not the one that signed before"));
  // A way back to the one that was replaced. Nothing was signed with it.
  const std::string mark = ReadFile(data_dir_ + "/published_checkpoint");
  EXPECT_NE(RunDaemon(DaemonCommand({"--previous_vkey=" + new_vkey})), 0);
  EXPECT_THAT(DaemonLog(), HasSubstr("was replaced before"));
  EXPECT_NE(
      RunDaemon(DaemonCommand({"--signing_key=" + new_path,
                               "--next_key=" + data_dir_ + "/signing_key.pem",
                               "--key_change_reason=x"})),
      0);
  EXPECT_THAT(DaemonLog(), HasSubstr("was replaced before"));
  EXPECT_EQ(ReadFile(data_dir_ + "/published_checkpoint"), mark);
  StartDaemon(DaemonCommand({"--signing_key=" + new_path}));
  EXPECT_EQ(StopDaemon(), 0);
  // The change itself may be named again, and is recorded once.
  StartDaemon(changed);
  EXPECT_THAT(Annals({"checkpoint"}).out, HasSubstr("\n1\n"));
}

TEST_F(KeyE2eTest, AReceiptOfTheOldKeyStaysValid) {
  StartDaemon();
  RecordReport();
  const std::string old_vkey = verifier_key_;
  const std::string old_note = Checkpoint();
  EXPECT_EQ(StopDaemon(), 0);
  const std::string new_path = dir_.Path("new.pem");
  NewLogKey(new_path);
  // Without an overlap, as when the old key is lost: the entry is made too.
  StartDaemon(DaemonCommand(
      {"--signing_key=" + new_path, "--previous_vkey=" + old_vkey}));
  EXPECT_THAT(Entries(3), HasSubstr("\"old_vkey\":\"" + old_vkey + "\""));
  const auto old_key = ledger::NoteVerifier::Parse(old_vkey);
  ASSERT_THAT(old_key, IsOk());
  EXPECT_THAT(ledger::OpenNote(old_note, *old_key), IsOk());
  // And what the new key signs extends it.
  grpc::ClientContext context;
  v1::GetConsistencyProofRequest request;
  request.set_old_size(2);
  v1::ConsistencyProof proof;
  EXPECT_THAT(ledger_->GetConsistencyProof(&context, request, &proof), RpcOk());
  EXPECT_EQ(proof.new_size(), 3u);
}

TEST_F(KeyE2eTest, WitnessesFollowAChangeOfKeys) {
  MakeLedger();
  const std::string old_vkey = verifier_key_;
  const std::string new_path = dir_.Path("new.pem");
  const std::string new_vkey = NewLogKey(new_path);
  WitnessProcess w1 = NewWitness("w1");
  StartWitness(&w1, "127.0.0.1:0", {"--log", new_vkey});
  const std::string path =
      WritePolicy("policy", absl::StrCat("log ", old_vkey, "\nlog ", new_vkey,
                                         "\n", PolicyLine(w1), "quorum w1\n"));
  StartDaemon(WithPolicy(path));
  RecordReport();
  WaitUntilWitnessed(2);
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(WithPolicy(path, {"--next_key=" + new_path}));
  WaitUntilWitnessed(3);
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(WithPolicy(
      path, {"--signing_key=" + new_path, "--previous_vkey=" + old_vkey}));
  ASSERT_THAT(RegisterAgency("11320300014051234A"), Not(Succeeded()));
  EXPECT_THAT(Annals({"verify", kReport, "--policy", path}), Succeeded());
}

// The old key must still do after a start that was refused.
TEST_F(KeyE2eTest, ARefusedPolicyChangesNothing) {
  MakeLedger();
  const std::string old_vkey = verifier_key_;
  const std::string new_path = dir_.Path("new.pem");
  NewLogKey(new_path);
  const WitnessProcess w1 = NewWitness("w1");
  const std::string policy = WritePolicy(
      "policy", absl::StrCat("log ", old_vkey, "\nwitness w1 ", w1.vkey,
                             " http://127.0.0.1:1\nquorum w1\n"));
  StartDaemon(WithPolicy(policy, {"--next_key=" + new_path}));
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_NE(RunDaemon(WithPolicy(policy, {"--signing_key=" + new_path,
                                          "--previous_vkey=" + old_vkey})),
            0);
  EXPECT_THAT(DaemonLog(), HasSubstr("not this ledger's key"));
  EXPECT_EQ(ReadFile(data_dir_ + "/verifier_key"), old_vkey + "\n");
  StartDaemon(WithPolicy(policy, {"--next_key=" + new_path}));
  EXPECT_EQ(verifier_key_, old_vkey);
}

TEST_F(KeyE2eTest, TheDaemonTakesAKeyByUri) {
  const std::string path = dir_.Path("key.pem");
  const std::string vkey = NewLogKey(path);
  StartDaemon(DaemonCommand(
      {"--signing_key=file:" + path, "--openssl_provider=default"}));
  EXPECT_EQ(verifier_key_, vkey);
  RecordReport();
  EXPECT_THAT(Verify(vkey), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  // As a path it is the same key.
  StartDaemon(DaemonCommand({"--signing_key=" + path}));
  EXPECT_EQ(verifier_key_, vkey);
}

TEST_F(KeyE2eTest, TheDaemonRefusesKeysThatCannotBe) {
  MakeLedger();
  const std::string present = data_dir_ + "/signing_key.pem";
  const std::string other = dir_.Path("other.pem");
  ASSERT_THAT(
      Annals({"key", "generate", "--name", "other.example", "-o", other}),
      Succeeded());
  const std::string witness = NewWitness("w").key_path;
  const std::string open = dir_.Path("open.pem");
  NewLogKey(open);
  ASSERT_EQ(chmod(open.c_str(), 0640), 0);
  const Words cases[] = {
      {"--next_key=" + other, "is made for other.example"},
      {"--next_key=" + witness, "is made for witness.example/w"},
      {"--next_key=" + open, "chmod 600"},
      {"--next_key=" + present, "needs two keys of one origin"},
      {"--next_key=" + dir_.Path("none"), "there is no key file"},
      {"--signing_key=pkcs11:object=x", "no Ed25519 private key"},
      {"--previous_vkey=nonsense", "verifier key is malformed"},
      {"--previous_vkey=" + verifier_key_, "needs two keys of one origin"}};
  for (const Words& words : cases) {
    EXPECT_NE(RunDaemon(DaemonCommand({words[0]})), 0) << words[0];
    EXPECT_THAT(DaemonLog(), HasSubstr(words[1])) << words[0];
  }
}

TEST_F(KeyE2eTest, TheCommandMakesShowsAndConverts) {
  const std::string pem = dir_.Path("w.pem");
  const Outcome made = Annals({"key", "generate", "--witness", "--name",
                               "witness.example/见证", "-o", pem});
  ASSERT_THAT(made, Succeeded());
  struct stat info = {};
  ASSERT_EQ(stat(pem.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(Annals({"key", "show", pem}).out, made.out);
  EXPECT_THAT(Annals({"key", "show", pem, "--json"}).out,
              AllOf(HasSubstr("\"use\": \"witness\""),
                    HasSubstr("witness.example/见证")));
  EXPECT_THAT(Annals({"key", "generate", "--name", "x", "-o", pem}),
              RefusedWith(10, "KEY_FILE_EXISTS"));
  // There and back by both other forms.
  const std::string note = dir_.Path("w.note");
  ASSERT_THAT(Annals({"key", "convert", pem, "--to", "note", "-o", note}),
              Succeeded());
  EXPECT_THAT(ReadFile(note), StartsWith("PRIVATE+KEY+witness.example/见证+"));
  const std::string bare = dir_.Path("bare.pem");
  ASSERT_THAT(Annals({"key", "convert", note, "--to", "pem", "-o", bare}),
              Succeeded());
  EXPECT_THAT(ReadFile(bare), StartsWith("-----BEGIN PRIVATE KEY-----"));
  const Outcome nameless = Annals({"key", "show", bare, "--lang", "en"});
  EXPECT_EQ(nameless.code, 2);
  EXPECT_THAT(nameless.err, HasSubstr("give it with --name"));
  const std::string back = dir_.Path("back.pem");
  ASSERT_THAT(Annals({"key", "convert", bare, "--to", "key", "--witness",
                      "--name", "witness.example/见证", "-o", back}),
              Succeeded());
  EXPECT_EQ(ReadFile(back), ReadFile(pem));
  ASSERT_EQ(chmod(pem.c_str(), 0644), 0);
  EXPECT_THAT(Annals({"key", "show", pem}), RefusedWith(6, "KEY_FILE_EXPOSED"));
  // A public key is no secret.
  const std::string vkey = dir_.Path("vkey");
  WriteFile(vkey, made.out);
  const Outcome is_public = Annals({"key", "show", vkey, "--lang", "en"});
  EXPECT_EQ(is_public.code, 2);
  EXPECT_THAT(is_public.err, HasSubstr("holds a public key"));
  // The private key itself is never printed.
  EXPECT_THAT(Annals({"key", "show", note}).out, Not(HasSubstr("PRIVATE")));
}

}  // namespace
}  // namespace annals
