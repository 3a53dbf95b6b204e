// Pins, keys and what is remembered, without a server.

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/trust/evidence.h"
#include "client/trust/ledger_keys.h"
#include "client/trust/pin.h"
#include "client/trust/trust_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/recorded_ledger.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOrigin[] = "test.example/ledger";

std::string Vkey(char seed, const std::string& origin = kOrigin) {
  return VerifierOf(origin, *SignerFromSeed(seed)).ToString();
}

mode_t ModeOf(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST(PinTest, ReadsWhatItWrites) {
  const std::string text = absl::StrCat(
      "# a comment\n\nserver a:1\nkey ", Vkey('a'), "\nkey ", Vkey('b'),
      "\npolicy p.txt\nserver b:2\nkey ", Vkey('c', "other"), "\n");
  ASSERT_OK_AND_ASSIGN(const std::vector<Pin> pins, ParsePins(text, "trust"));
  ASSERT_THAT(pins, SizeIs(2));
  EXPECT_EQ(pins[0].server, "a:1");
  EXPECT_EQ(pins[0].origin(), kOrigin);
  EXPECT_THAT(pins[0].keys, SizeIs(2));
  EXPECT_EQ(pins[0].policy_file, "p.txt");
  EXPECT_EQ(pins[1].origin(), "other");
  ASSERT_OK_AND_ASSIGN(const std::vector<Pin> again,
                       ParsePins(FormatPins(pins), "trust"));
  EXPECT_EQ(FormatPins(again), FormatPins(pins));
  EXPECT_THAT(ParsePins("", "trust"), IsOkAndHolds(IsEmpty()));
}

TEST(PinTest, NamesFileAndLineOfWhatIsMalformed) {
  const std::string key = absl::StrCat("key ", Vkey('a'), "\n");
  const std::string other = absl::StrCat("key ", Vkey('a', "other"), "\n");
  struct Case {
    std::string text;
    int line;
  };
  const std::vector<Case> cases = {
      {key, 1},
      {"policy p\n", 1},
      {"server a:1\n", 1},
      {"server a:1\n" + key + "server b:1\n", 3},
      {"server a:1\n" + key + "server a:1\n" + key, 3},
      {"server a:1\n" + key + key, 3},
      {"server a:1\n" + key + other, 3},
      {"server a:1\n" + key + "policy p\npolicy q\n", 4},
      {"server a:1\n" + key + "policy ../p\n", 3},
      {"server a:1\n" + key + "policy .p\n", 3},
      {"server a:1\n" + key + "polic p\n", 3},
      {"server a:1\nkey " + Vkey('a').substr(1) + "\n", 2},
      {"server a:1\nkey\n", 2},
      {"server  a:1\n" + key, 1},
      {"server a:1 \n" + key, 1},
      {" server a:1\n" + key, 1},
      {"server a:1\r\n" + key, 1},
      {"server \xe4\xb8\xad:1\n" + key, 1},
      {"server " + std::string(201, 'a') + "\n" + key, 1},
      {std::string("server a:1\0\n", 12) + key, 1},
      {"server a:1\nkey " + Vkey('a'), 2},
      {"server a:1\n" + key + "#", 3}};
  for (const Case& one : cases) {
    const auto parsed = ParsePins(one.text, "/etc/trust");
    EXPECT_THAT(parsed, StatusHasReason(absl::StatusCode::kInvalidArgument,
                                        "TRUST_FILE_MALFORMED"))
        << one.text;
    EXPECT_THAT(std::string(parsed.status().message()),
                HasSubstr(absl::StrCat("/etc/trust, line ", one.line, ":")))
        << one.text;
  }
}

TEST(ConfigDirectoryTest, IsTheFirstThatIsSet) {
  std::map<std::string, std::string> variables;
  const auto directory = [&] {
    return DefaultConfigDirectory(
        [&](const std::string& name) { return variables[name]; });
  };
  EXPECT_EQ(directory(), "");
  variables["HOME"] = "/home/li";
  EXPECT_EQ(directory(), "/home/li/.config/annals");
  variables["XDG_CONFIG_HOME"] = "/xdg";
  EXPECT_EQ(directory(), "/xdg/annals");
  variables["ANNALS_CONFIG_DIR"] = "/own";
  EXPECT_EQ(directory(), "/own");
  EXPECT_THAT(TrustStore::Open(""),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "CONFIG_DIRECTORY_UNKNOWN"));
}

class TrustStoreTest : public ::testing::Test {
 protected:
  TrustStore Open() const {
    auto store = TrustStore::Open(path_);
    EXPECT_OK(store);
    return *std::move(store);
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("deep/config");
};

TEST_F(TrustStoreTest, AnEmptyFileIsNotNothingPinned) {
  const TrustStore store = Open();
  std::filesystem::create_directories(path_);
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  WriteFile(path_ + "/trust", "");
  EXPECT_THAT(store.ReadPins(),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "TRUST_FILE_MALFORMED"));
}

TEST_F(TrustStoreTest, MakesItsDirectoryForItsUserAlone) {
  const TrustStore store = Open();
  EXPECT_THAT(store.ReadPins(), IsOkAndHolds(IsEmpty()));
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_OK_AND_ASSIGN(const ledger::FileLock lock, store.Lock());
  ASSERT_OK_AND_ASSIGN(const auto key, ledger::NoteVerifier::Parse(Vkey('a')));
  ASSERT_OK(store.WritePins({{"a:1", {key}, ""}}));
  ASSERT_OK(store.WriteCheckpoint("a:1", "note"));
  EXPECT_EQ(ModeOf(path_), 0700u);
  EXPECT_EQ(ModeOf(path_ + "/trust"), 0600u);
  EXPECT_EQ(ModeOf(store.CheckpointPath("a:1")), 0600u);
  EXPECT_THAT(Open().ReadCheckpoint("a:1"),
              IsOkAndHolds(std::optional<std::string>("note")));
  EXPECT_THAT(Open().ReadCheckpoint("a:2"), IsOkAndHolds(std::nullopt));
  ASSERT_OK(store.RemoveFilesOf("a:1"));
  EXPECT_THAT(Open().ReadCheckpoint("a:1"), IsOkAndHolds(std::nullopt));
}

TEST_F(TrustStoreTest, KeepsTheFilesOfServersApart) {
  const TrustStore store = Open();
  EXPECT_NE(store.CheckpointPath("a/b"), store.CheckpointPath("a%2Fb"));
  EXPECT_EQ(
      std::filesystem::path(store.CheckpointPath("../../x")).parent_path(),
      path_);
}

TEST_F(TrustStoreTest, RefusesADirectoryThatOthersCanWriteInto) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  ASSERT_EQ(chmod(path_.c_str(), 0770), 0);
  EXPECT_THAT(TrustStore::Open(path_),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "DIRECTORY_NOT_PRIVATE"));
  ASSERT_EQ(chmod(path_.c_str(), 0755), 0);
  EXPECT_OK(TrustStore::Open(path_));
}

TEST_F(TrustStoreTest, APolicyMustBeThereAndWhole) {
  const TrustStore store = Open();
  ASSERT_OK_AND_ASSIGN(const auto key, ledger::NoteVerifier::Parse(Vkey('a')));
  Pin pin{"a:1", {key}, "policy-a.txt"};
  EXPECT_THAT(store.KeysOf(pin), StatusHasReason(absl::StatusCode::kNotFound,
                                                 "POLICY_FILE_MISSING"));
  ASSERT_OK_AND_ASSIGN(const ledger::FileLock lock, store.Lock());
  ASSERT_OK_AND_ASSIGN(pin.policy_file,
                       store.WritePolicy("a:1", "quorum none\nnonsense\n"));
  const auto malformed = store.KeysOf(pin);
  EXPECT_THAT(malformed, StatusHasReason(absl::StatusCode::kInvalidArgument,
                                         "POLICY_FILE_MALFORMED"));
  EXPECT_THAT(std::string(malformed.status().message()),
              HasSubstr(pin.policy_file));
  ASSERT_OK(store.WritePolicy("a:1", "quorum none\n"));
  ASSERT_OK_AND_ASSIGN(const LedgerKeys keys, store.KeysOf(pin));
  EXPECT_TRUE(keys.policy.has_value());
}

TEST_F(TrustStoreTest, EvidenceDoesNotFillTheDisk) {
  const TrustStore store = Open();
  for (size_t i = 0; i < kEvidenceFilesMax; ++i) {
    ASSERT_OK(store.KeepEvidence(absl::StrCat(i), "text"));
  }
  EXPECT_THAT(store.KeepEvidence("one more", "text"),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "EVIDENCE_DIRECTORY_FULL"));
  EXPECT_OK(store.KeepEvidence("0", "text"));
}

TEST_F(TrustStoreTest, EvidenceIsNeverOverwritten) {
  const TrustStore store = Open();
  ASSERT_OK_AND_ASSIGN(const std::string first,
                       store.KeepEvidence("aa", "first"));
  ASSERT_OK_AND_ASSIGN(const std::string again,
                       store.KeepEvidence("aa", "second"));
  EXPECT_EQ(again, first);
  EXPECT_EQ(ReadFile(first), "first");
}

TEST_F(TrustStoreTest, AccusationsTellOneFromAnother) {
  const TrustStore store = Open();
  Accusation accusation{kForkedReason,
                        {"分叉", "forked"},
                        "a:1",
                        absl::UnixEpoch(),
                        "old\n",
                        "new\n",
                        {}};
  EXPECT_THAT(Accuse(accusation, &store),
              StatusHasReason(absl::StatusCode::kDataLoss, kForkedReason));
  accusation.when = absl::FromUnixSeconds(9);
  EXPECT_TRUE(IsTrustFailure(Accuse(accusation, &store)));
  accusation.shown = "newer\n";
  EXPECT_TRUE(IsTrustFailure(Accuse(accusation, &store)));
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(path_)) {
    files += absl::StartsWith(file.path().filename().string(), "evidence-");
  }
  EXPECT_EQ(files, 2);
  EXPECT_THAT(std::string(Accuse(accusation, nullptr).message()),
              HasSubstr("newer\n"));
}

TEST(LedgerKeysTest, OnePinnedSignatureIsEnoughAndNoneMayBeFalse) {
  RecordedLedger ledger(kOrigin, 'a');
  ledger.AddAgency("x");
  const std::string note = ledger.Note();
  RecordedLedger other(kOrigin, 'b');
  LedgerKeys keys{{other.key(), ledger.key()}, {}};
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                       OpenCheckpoint(note, keys));
  EXPECT_EQ(opened.key.key_id(), ledger.key().key_id());
  EXPECT_THAT(
      OpenCheckpoint(note, {{other.key()}, {}}),
      StatusHasReason(absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED_BY_KEY"));
  // A second signature, by the other key, of another text.
  other.AddAgency("y");
  ASSERT_OK_AND_ASSIGN(const auto parsed, ledger::ParseNote(other.Note()));
  ASSERT_OK_AND_ASSIGN(const std::string both,
                       ledger::AddSignatures(note, parsed.signatures));
  EXPECT_OK(OpenCheckpoint(both, {{ledger.key()}, {}}));
  EXPECT_THAT(OpenCheckpoint(both, keys),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace annals::client
