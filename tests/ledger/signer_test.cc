#include "ledger/signer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::ledger {
namespace {

using ::testing::Not;

const auto kFalseSignature =
    StatusHasReason(absl::StatusCode::kDataLoss, "SIGNATURE_FALSE");

struct Rfc8032Vector {
  const char* name;
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032, 7.1.
constexpr Rfc8032Vector kRfc8032Vectors[] = {
    {"TEST 1",
     "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215"
     "90a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"TEST 2",
     "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e4"
     "3e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"TEST 3",
     "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b53"
     "8d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"TEST SHA(abc)",
     "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a"
     "274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9"
     "ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

// The key of TEST 1, as `openssl pkey` writes it.
constexpr char kTest1Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
// The same bytes as a key of X25519, which can't sign.
constexpr char kX25519Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kPublicPem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";
// The key of TEST 1 under the password "secret".
constexpr char kEncryptedPem[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhPpLr2RaFGqQICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEByPat8Y8083Xco2sFMNOHQEQH5M\n"
    "qsC01nz6DUchVxG+ytiCtKSjFXtVwIOgRwvaOxiq7YIcoZjtfvp3LfbAmt5XW4+R\n"
    "U1aqVOgjC8PDmj20c+I=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

std::string Bytes(const char* hex) { return absl::HexStringToBytes(hex); }

Ed25519PublicKey PublicKey(const char* hex) {
  const std::string bytes = Bytes(hex);
  Ed25519PublicKey key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

// Has a directory of its own.
class KeyFileTest : public ::testing::Test {
 protected:
  KeyFileTest() {
    std::string name = ::testing::TempDir() + "annals-key-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~KeyFileTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::string Path(const std::string& name) const {
    return absl::StrCat(directory_, "/", name);
  }

  std::string Write(const std::string& content, mode_t mode = 0600) const {
    const std::string path = Path("written.pem");
    std::ofstream(path, std::ios::trunc) << content;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  static std::string Read(const std::string& path) {
    std::stringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
  }

  static mode_t Mode(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(stat(path.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

 private:
  std::string directory_;
};

TEST(SignerTest, GivesTheKeysAndSignaturesOfTheRfc) {
  for (const Rfc8032Vector& vector : kRfc8032Vectors) {
    SCOPED_TRACE(vector.name);
    ASSERT_OK_AND_ASSIGN(const auto signer,
                         Ed25519Signer::FromSeed(Bytes(vector.seed)));
    EXPECT_EQ(signer->public_key(), PublicKey(vector.public_key));
    EXPECT_THAT(signer->Sign(Bytes(vector.message)),
                IsOkAndHolds(Bytes(vector.signature)));
    EXPECT_OK(VerifyEd25519(PublicKey(vector.public_key), Bytes(vector.message),
                            Bytes(vector.signature)));
  }
}

TEST(SignerTest, RefusesASeedOfAnotherLength) {
  for (size_t length : {0u, 31u, 33u, 64u}) {
    EXPECT_THAT(Ed25519Signer::FromSeed(std::string(length, 'x')),
                StatusHasReason(absl::StatusCode::kInvalidArgument,
                                "SEED_LENGTH_WRONG"));
  }
}

TEST(SignerTest, GeneratedKeysDifferAndSign) {
  ASSERT_OK_AND_ASSIGN(const auto one, Ed25519Signer::Generate());
  ASSERT_OK_AND_ASSIGN(const auto two, Ed25519Signer::Generate());
  EXPECT_NE(one->public_key(), two->public_key());
  ASSERT_OK_AND_ASSIGN(const std::string signature, one->Sign("entry"));
  EXPECT_OK(VerifyEd25519(one->public_key(), "entry", signature));
  EXPECT_THAT(VerifyEd25519(two->public_key(), "entry", signature),
              kFalseSignature);
}

TEST(SignerTest, ThreadsSignWithOneKey) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Ed25519Signer::Generate());
  std::vector<std::string> signatures(4);
  std::vector<std::thread> threads;
  for (std::string& signature : signatures) {
    threads.emplace_back([&signature, &signer] {
      for (int i = 0; i < 50; ++i) {
        const auto result = signer->Sign("entry");
        if (result.ok()) signature = *result;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& signature : signatures) {
    EXPECT_OK(VerifyEd25519(signer->public_key(), "entry", signature));
  }
}

TEST(VerifyEd25519Test, EveryBitOfASignatureCounts) {
  const Rfc8032Vector& vector = kRfc8032Vectors[2];
  std::string signature = Bytes(vector.signature);
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    signature[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    EXPECT_THAT(VerifyEd25519(PublicKey(vector.public_key),
                              Bytes(vector.message), signature),
                kFalseSignature)
        << bit;
    signature[bit / 8] ^= static_cast<char>(1 << (bit % 8));
  }
}

TEST(VerifyEd25519Test, AnotherMessageKeyOrLengthIsFalse) {
  const Rfc8032Vector& vector = kRfc8032Vectors[1];
  const Ed25519PublicKey key = PublicKey(vector.public_key);
  const std::string signature = Bytes(vector.signature);
  EXPECT_THAT(VerifyEd25519(key, "s", signature), kFalseSignature);
  EXPECT_THAT(VerifyEd25519(key, "", signature), kFalseSignature);
  EXPECT_THAT(
      VerifyEd25519(PublicKey(kRfc8032Vectors[0].public_key), "r", signature),
      kFalseSignature);
  EXPECT_THAT(VerifyEd25519(key, "r", signature.substr(1)), kFalseSignature);
  EXPECT_THAT(VerifyEd25519(key, "r", signature + "x"), kFalseSignature);
  EXPECT_THAT(VerifyEd25519(key, "r", ""), kFalseSignature);
}

// RFC 8032, 5.1.7: S must be below the order of the group, so that there is no
// second signature of the same message. Here S + L.
TEST(VerifyEd25519Test, TheSecondFormOfAScalarIsFalse) {
  const Ed25519PublicKey key = PublicKey(kRfc8032Vectors[1].public_key);
  std::string signature = Bytes(kRfc8032Vectors[1].signature);
  const std::string order =
      Bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  int carry = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const int sum = static_cast<uint8_t>(signature[32 + i]) +
                    static_cast<uint8_t>(order[i]) + carry;
    signature[32 + i] = static_cast<char>(sum);
    carry = sum >> 8;
  }
  ASSERT_EQ(carry, 0);
  EXPECT_THAT(VerifyEd25519(key, "r", signature), kFalseSignature);
}

TEST_F(KeyFileTest, LoadsTheKeyThatOpensslWrote) {
  for (mode_t mode : {0600, 0400}) {
    ASSERT_OK_AND_ASSIGN(const auto signer,
                         Ed25519Signer::Load(Write(kTest1Pem, mode)));
    EXPECT_EQ(signer->public_key(), PublicKey(kRfc8032Vectors[0].public_key));
    EXPECT_THAT(signer->Sign(""),
                IsOkAndHolds(Bytes(kRfc8032Vectors[0].signature)));
    ASSERT_EQ(unlink(Path("written.pem").c_str()), 0);
  }
}

TEST_F(KeyFileTest, SavesWhatOpensslWouldWrite) {
  ASSERT_OK_AND_ASSIGN(const auto signer,
                       Ed25519Signer::FromSeed(Bytes(kRfc8032Vectors[0].seed)));
  ASSERT_OK(signer->Save(Path("key.pem")));
  EXPECT_EQ(Read(Path("key.pem")), kTest1Pem);
}

TEST_F(KeyFileTest, SavedKeysLoadAgain) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Ed25519Signer::Generate());
  ASSERT_OK(signer->Save(Path("key.pem")));
  ASSERT_OK_AND_ASSIGN(const auto loaded, Ed25519Signer::Load(Path("key.pem")));
  EXPECT_EQ(loaded->public_key(), signer->public_key());
}

TEST_F(KeyFileTest, OnlyTheOwnerCanUseASavedKeyWhateverTheUmask) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Ed25519Signer::Generate());
  const mode_t umask_before = umask(0);
  const absl::Status open = signer->Save(Path("open.pem"));
  umask(0777);
  const absl::Status closed = signer->Save(Path("closed.pem"));
  umask(umask_before);
  ASSERT_OK(open);
  ASSERT_OK(closed);
  EXPECT_EQ(Mode(Path("open.pem")), 0600u);
  EXPECT_EQ(Mode(Path("closed.pem")), 0600u);
}

TEST_F(KeyFileTest, NeverOverwritesAKey) {
  const std::string path = Write(kTest1Pem);
  ASSERT_OK_AND_ASSIGN(const auto signer, Ed25519Signer::Generate());
  EXPECT_THAT(
      signer->Save(path),
      StatusHasReason(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS"));
  EXPECT_EQ(Read(path), kTest1Pem);
}

TEST_F(KeyFileTest, DoesNotFollowALinkWhenSaving) {
  const std::string link = Path("link.pem");
  ASSERT_EQ(symlink(Path("elsewhere.pem").c_str(), link.c_str()), 0);
  ASSERT_OK_AND_ASSIGN(const auto signer, Ed25519Signer::Generate());
  EXPECT_THAT(signer->Save(link), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_FALSE(std::filesystem::exists(Path("elsewhere.pem")));
}

TEST_F(KeyFileTest, SavingIntoNoDirectoryNamesThePath) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Ed25519Signer::Generate());
  const absl::Status status = signer->Save(Path("no/key.pem"));
  EXPECT_THAT(status, StatusHasReason(absl::StatusCode::kNotFound,
                                      "KEY_FILE_IO_FAILED"));
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr(Path("no/key.pem")));
}

TEST_F(KeyFileTest, AMissingFileIsNotFound) {
  EXPECT_THAT(Ed25519Signer::Load(Path("none.pem")),
              StatusHasReason(absl::StatusCode::kNotFound, "KEY_FILE_MISSING"));
}

TEST_F(KeyFileTest, RefusesAKeyThatOthersCanReachByAnyBit) {
  for (mode_t bit : {0040, 0020, 0010, 0004, 0002, 0001}) {
    EXPECT_THAT(Ed25519Signer::Load(Write(kTest1Pem, 0600 | bit)),
                StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                "KEY_FILE_EXPOSED"))
        << std::oct << bit;
  }
}

TEST_F(KeyFileTest, WhatIsNoPlainEd25519KeyIsDamage) {
  const std::string pem = kTest1Pem;
  const std::string contents[] = {"",
                                  "garbage\n",
                                  std::string(64, '\0'),
                                  pem.substr(0, pem.size() / 2),
                                  kX25519Pem,
                                  kPublicPem,
                                  kEncryptedPem,
                                  pem + std::string(1 << 20, ' ')};
  for (const std::string& content : contents) {
    EXPECT_THAT(
        Ed25519Signer::Load(Write(content)),
        StatusHasReason(absl::StatusCode::kDataLoss, "KEY_FILE_DAMAGED"))
        << content.substr(0, 200);
  }
}

TEST_F(KeyFileTest, ADirectoryIsNoKey) {
  EXPECT_THAT(Ed25519Signer::Load(Path("")), Not(IsOk()));
}

}  // namespace
}  // namespace annals::ledger
