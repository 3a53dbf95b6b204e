#include "ledger/key_file.h"

#include <sys/stat.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The example of Go's package golang.org/x/mod/sumdb/note.
constexpr char kGoKey[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+"
    "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr char kGoVkey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

class KeyFileTest : public ::testing::Test {
 protected:
  static NamedKey MakeKey(const std::string& name, uint8_t type) {
    auto signer = Ed25519Signer::FromSeed(std::string(32, 'k'));
    EXPECT_OK(signer);
    return {name, type, *std::move(signer)};
  }

  // A file that only its owner can use.
  std::string Secret(const std::string& bytes) {
    const std::string path = dir_.Path("secret");
    WriteFile(path, bytes);
    EXPECT_EQ(chmod(path.c_str(), 0600), 0);
    return path;
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("key");
};

TEST_F(KeyFileTest, KeepsNameAndUse) {
  for (const uint8_t type : {kNoteTypeEd25519, kNoteTypeCosignature}) {
    const std::string path = absl::StrCat(path_, type);
    const NamedKey key = MakeKey("witness.example/见证", type);
    ASSERT_THAT(SaveKeyFile(key, path), IsOk());
    ASSERT_OK_AND_ASSIGN(const NamedKey loaded, LoadNamedKey(path));
    EXPECT_EQ(loaded.name, key.name);
    EXPECT_EQ(loaded.type, type);
    EXPECT_EQ(loaded.signer->public_key(), key.signer->public_key());
    // For every other program it is a PEM file.
    EXPECT_THAT(Ed25519Signer::Load(path), IsOk());
    struct stat info = {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
}

TEST_F(KeyFileTest, WithoutANameItIsBarePem) {
  ASSERT_THAT(SaveKeyFile(MakeKey("", kNoteTypeEd25519), path_), IsOk());
  EXPECT_THAT(ReadFile(path_), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  ASSERT_OK_AND_ASSIGN(const NamedKey loaded, LoadNamedKey(path_));
  EXPECT_EQ(loaded.name, "");
}

TEST_F(KeyFileTest, ReadsAndWritesTheKeyOfTheGoExample) {
  ASSERT_OK_AND_ASSIGN(const NamedKey key,
                       LoadNamedKey(Secret(absl::StrCat(kGoKey, "\n"))));
  EXPECT_THAT(VkeyOf(key), IsOkAndHolds(std::string(kGoVkey)));
  ASSERT_THAT(SaveNoteKey(key, path_), IsOk());
  EXPECT_EQ(ReadFile(path_), absl::StrCat(kGoKey, "\n"));
}

TEST_F(KeyFileTest, NeverOverwrites) {
  const NamedKey key = MakeKey("a", kNoteTypeEd25519);
  WriteFile(path_, "precious");
  const auto exists =
      StatusHasReason(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS");
  EXPECT_THAT(SaveKeyFile(key, path_), exists);
  EXPECT_THAT(SaveNoteKey(key, path_), exists);
  EXPECT_EQ(ReadFile(path_), "precious");
}

TEST_F(KeyFileTest, RefusesAFileThatOthersCanRead) {
  const std::string path = Secret(kGoKey);
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  EXPECT_THAT(LoadNamedKey(path),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "KEY_FILE_EXPOSED"));
}

TEST_F(KeyFileTest, RefusesMalformedNoteKeysAndDoesNotShowThem) {
  const std::string seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  for (const std::string& text :
       {std::string("PRIVATE+KEY+"), std::string("PRIVATE+KEY+a"),
        std::string("PRIVATE+KEY+a+00000000"),
        "PRIVATE+KEY+PeterNeumann+c74f20a4+" + seed,
        "PRIVATE+KEY+PeterNeumanN+c74f20a3+" + seed,
        "PRIVATE+KEY+PeterNeumann+c74f20a3+" + seed.substr(4),
        "PRIVATE+KEY+PeterNeumann+c74f20a3+B" + seed.substr(1)}) {
    const auto key = LoadNamedKey(Secret(text));
    EXPECT_THAT(key, StatusHasReason(absl::StatusCode::kInvalidArgument,
                                     "NOTE_KEY_MALFORMED"))
        << text;
    EXPECT_THAT(std::string(key.status().message()),
                ::testing::Not(HasSubstr("EKFALVFGyN")));
  }
}

// To open it would wait for a writer.
TEST_F(KeyFileTest, APipeIsNoKeyFile) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(LoadNamedKey(path_),
              StatusHasReason(absl::StatusCode::kDataLoss, "KEY_FILE_DAMAGED"));
}

TEST_F(KeyFileTest, RefusesOtherLinesBeforeThePem) {
  ASSERT_THAT(SaveKeyFile(MakeKey("", kNoteTypeEd25519), path_), IsOk());
  const std::string pem = ReadFile(path_);
  for (const char* header :
       {"Name: a\n", "Use: log\n", "Use: log\nName: a\n",
        "Name: a\nUse: other\n", "Name: a\nUse: log\nmore\n",
        "name: a\nuse: log\n", "comment\n"}) {
    EXPECT_THAT(LoadNamedKey(Secret(header + pem)),
                StatusHasReason(absl::StatusCode::kInvalidArgument,
                                "KEY_FILE_HEADER_INVALID"))
        << header;
  }
  EXPECT_THAT(
      LoadNamedKey(Secret("Name: a b\nUse: log\n" + pem)),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "KEY_NAME_INVALID"));
}

TEST_F(KeyFileTest, RefusesToSaveUnderANameThatNoNoteCanCarry) {
  EXPECT_FALSE(SaveKeyFile(MakeKey("a b", kNoteTypeEd25519), path_).ok());
  EXPECT_FALSE(SaveNoteKey(MakeKey("", kNoteTypeEd25519), path_).ok());
}

}  // namespace
}  // namespace annals::ledger
