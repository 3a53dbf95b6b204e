#include "ledger/key_pair.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "openssl/evp.h"
#include "tests/support/matchers.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::Not;
using ::testing::SizeIs;

const auto kFalse =
    StatusHasReason(absl::StatusCode::kDataLoss, "SIGNATURE_FALSE");

// The example of GM/T 0003.5-2012 and GB/T 32918.5-2017, annex A.2.
constexpr char kPublishedKey[] =
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
constexpr char kPublishedMessage[] = "message digest";
constexpr char kPublishedR[] =
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3";
constexpr char kPublishedS[] =
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

PublicKey PublishedKey() {
  return {KeyAlgorithm::kSm2, absl::HexStringToBytes(kPublishedKey),
          std::string(kSm2DefaultId)};
}

// The DER of r and s, both of which need a leading zero.
std::string PublishedSignature() {
  return absl::HexStringToBytes(
      absl::StrCat("3046022100", kPublishedR, "022100", kPublishedS));
}

TEST(KeyPairTest, VerifiesThePublishedSm2Example) {
  const PublicKey key = PublishedKey();
  const std::string signature = PublishedSignature();
  EXPECT_OK(ValidatePublicKey(key));
  EXPECT_OK(VerifySignature(key, kPublishedMessage, signature));
  EXPECT_THAT(VerifySignature(key, "message digesT", signature), kFalse);
  EXPECT_THAT(VerifySignature(key, "", signature), kFalse);
  PublicKey other_id = key;
  other_id.sm2_id = "ALICE123@YAHOO.COM";
  EXPECT_THAT(VerifySignature(other_id, kPublishedMessage, signature), kFalse);
}

TEST(KeyPairTest, NoOtherBytesAreTheSignature) {
  const PublicKey key = PublishedKey();
  const std::string signature = PublishedSignature();
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string flipped = signature;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_THAT(VerifySignature(key, kPublishedMessage, flipped), kFalse) << i;
    EXPECT_THAT(VerifySignature(key, kPublishedMessage, signature.substr(0, i)),
                kFalse)
        << i;
  }
  EXPECT_THAT(
      VerifySignature(key, kPublishedMessage, absl::StrCat(signature, "x")),
      kFalse);
  // The same numbers with a superfluous zero, or as 64 plain bytes.
  EXPECT_THAT(
      VerifySignature(key, kPublishedMessage,
                      absl::HexStringToBytes(absl::StrCat(
                          "304702220000", kPublishedR, "022100", kPublishedS))),
      kFalse);
  EXPECT_THAT(VerifySignature(key, kPublishedMessage,
                              absl::HexStringToBytes(
                                  absl::StrCat(kPublishedR, kPublishedS))),
              kFalse);
}

// GB/T 32905-2016, annex A: the hash that SM2 signs.
TEST(KeyPairTest, Sm3GivesThePublishedExample) {
  uint8_t digest[32];
  size_t size = 0;
  ASSERT_EQ(EVP_Q_digest(nullptr, "SM3", nullptr, "abc", 3, digest, &size), 1);
  EXPECT_EQ(absl::BytesToHexString(
                absl::string_view(reinterpret_cast<const char*>(digest), size)),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

TEST(KeyPairTest, RefusesBytesThatAreNoKey) {
  const auto kInvalid =
      StatusHasReason(absl::StatusCode::kInvalidArgument, "PUBLIC_KEY_INVALID");
  PublicKey off_curve = PublishedKey();
  off_curve.bytes.back() = static_cast<char>(off_curve.bytes.back() ^ 1);
  PublicKey compressed = PublishedKey();
  compressed.bytes = "\x03" + compressed.bytes.substr(1, 32);
  PublicKey of_no_one = PublishedKey();
  of_no_one.sm2_id.clear();
  for (const PublicKey& key :
       {off_curve, compressed, of_no_one,
        PublicKey{KeyAlgorithm::kSm2, "", "x"},
        PublicKey{KeyAlgorithm::kSm2, std::string(65, '\0'), "x"},
        PublicKey{KeyAlgorithm::kEd25519, std::string(31, 'k'), ""}}) {
    EXPECT_THAT(ValidatePublicKey(key), kInvalid);
    EXPECT_THAT(VerifySignature(key, "m", PublishedSignature()), kInvalid);
  }
}

class KeyPairFileTest : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  static int Openssl(const Words& arguments) {
    Words command = {"/usr/bin/openssl"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Process({command, {}, "/dev/null"}).Wait();
  }

  // What `openssl pkeyutl` is told of a signature over file `message`.
  Words PkeyutlOptions(const std::string& id) const {
    Words words = {"-rawin", "-in", dir_.Path("message")};
    if (GetParam() == KeyAlgorithm::kSm2) {
      for (const char* word : {"-digest", "sm3", "-pkeyopt"}) {
        words.push_back(word);
      }
      words.push_back("distid:" + id);
    }
    return words;
  }

  int OpensslVerifies(const std::string& id) const {
    Words words = {"pkeyutl",
                   "-verify",
                   "-pubin",
                   "-inkey",
                   dir_.Path("public.pem"),
                   "-sigfile",
                   dir_.Path("signature")};
    for (const std::string& word : PkeyutlOptions(id)) words.push_back(word);
    return Openssl(words);
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("key.pem");
};

TEST_P(KeyPairFileTest, KeepsItsKeyInAFileThatOthersRead) {
  ASSERT_OK_AND_ASSIGN(const auto pair, KeyPair::Generate(GetParam()));
  ASSERT_OK(pair->Save(path_, "Name: n\n"));
  std::string preamble;
  ASSERT_OK_AND_ASSIGN(const auto loaded, KeyPair::Load(path_, &preamble));
  EXPECT_EQ(preamble, "Name: n\n");
  EXPECT_EQ(loaded->public_key(), pair->public_key());
  ASSERT_OK_AND_ASSIGN(const auto by_uri,
                       KeyPair::LoadByUri("file:" + path_, ""));
  EXPECT_EQ(by_uri->public_key(), pair->public_key());
  ASSERT_OK_AND_ASSIGN(const std::string signature, by_uri->Sign("message"));
  EXPECT_OK(VerifySignature(pair->public_key(), "message", signature));
  EXPECT_THAT(VerifySignature(pair->public_key(), "massage", signature),
              kFalse);
  EXPECT_EQ(Openssl({"pkey", "-in", path_, "-noout"}), 0);
  EXPECT_THAT(
      pair->Save(path_, ""),
      StatusHasReason(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS"));
}

TEST_P(KeyPairFileTest, OpensslVerifiesWhatItSigns) {
  ASSERT_OK_AND_ASSIGN(const auto pair, KeyPair::Generate(GetParam()));
  const std::string id = "agencies/CODE";
  pair->set_sm2_id(id);
  ASSERT_OK(pair->Save(path_, ""));
  WriteFile(dir_.Path("message"), "what is signed\n");
  ASSERT_OK_AND_ASSIGN(const std::string signature,
                       pair->Sign("what is signed\n"));
  WriteFile(dir_.Path("signature"), signature);
  ASSERT_EQ(Openssl({"pkey", "-in", path_, "-pubout", "-out",
                     dir_.Path("public.pem")}),
            0);
  EXPECT_EQ(OpensslVerifies(id), 0);
  WriteFile(dir_.Path("message"), "what is not signed\n");
  EXPECT_NE(OpensslVerifies(id), 0);
}

TEST_P(KeyPairFileTest, VerifiesWhatOpensslSigns) {
  ASSERT_EQ(Openssl({"genpkey", "-algorithm",
                     GetParam() == KeyAlgorithm::kSm2 ? "SM2" : "ED25519",
                     "-out", path_}),
            0);
  WriteFile(dir_.Path("message"), "what is signed\n");
  Words words = {"pkeyutl", "-sign", "-inkey",
                 path_,     "-out",  dir_.Path("signature")};
  for (const std::string& word : PkeyutlOptions(std::string(kSm2DefaultId))) {
    words.push_back(word);
  }
  ASSERT_EQ(Openssl(words), 0);
  ASSERT_OK_AND_ASSIGN(const auto pair, KeyPair::Load(path_));
  EXPECT_OK(VerifySignature(pair->public_key(), "what is signed\n",
                            ReadFile(dir_.Path("signature"))));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, KeyPairFileTest,
                         ::testing::Values(KeyAlgorithm::kEd25519,
                                           KeyAlgorithm::kSm2),
                         [](const auto& info) {
                           return std::string(KeyAlgorithmName(info.param));
                         });

TEST(KeyPairTest, RefusesAKeyOfAnotherKind) {
  TempDir dir;
  const std::string path = dir.Path("p256.pem");
  ASSERT_EQ(Process({{"/usr/bin/openssl", "genpkey", "-algorithm", "EC",
                      "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path},
                     {},
                     "/dev/null"})
                .Wait(),
            0);
  EXPECT_THAT(KeyPair::Load(path),
              StatusHasReason(absl::StatusCode::kDataLoss, "KEY_FILE_DAMAGED"));
  EXPECT_THAT(KeyPair::LoadByUri("file:" + path, ""),
              StatusHasReason(absl::StatusCode::kNotFound, "KEY_NOT_IN_STORE"));
}

}  // namespace
}  // namespace annals::ledger
