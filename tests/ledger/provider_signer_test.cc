#include "ledger/provider_signer.h"

#include <sys/stat.h>

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

class ProviderSignerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto key = Ed25519Signer::FromSeed(std::string(32, 'p'));
    ASSERT_OK(key);
    key_ = *std::move(key);
    ASSERT_OK(key_->Save(path_));
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("key.pem");
  std::unique_ptr<Ed25519Signer> key_;
};

TEST_F(ProviderSignerTest, TellsUrisFromPaths) {
  for (const char* uri : {"file:key.pem", "file:///etc/key.pem",
                          "pkcs11:object=annals;type=private", "a.b+c-d:x"}) {
    EXPECT_TRUE(IsKeyUri(uri)) << uri;
  }
  for (const char* path : {"", "key.pem", "/etc/a:b", "./a:b", "C:key", ":x",
                           "dir/file:x", "1a:b", "密钥:x"}) {
    EXPECT_FALSE(IsKeyUri(path)) << path;
  }
}

TEST_F(ProviderSignerTest, SignsWithTheKeyOfAStore) {
  for (const char* provider : {"", "default", "base"}) {
    ASSERT_OK_AND_ASSIGN(const auto signer,
                         LoadKeyByUri("file:" + path_, provider));
    EXPECT_EQ(signer->public_key(), key_->public_key());
    ASSERT_OK_AND_ASSIGN(const std::string signature, signer->Sign("message"));
    EXPECT_THAT(key_->Sign("message"), IsOkAndHolds(signature));
    EXPECT_OK(VerifyEd25519(key_->public_key(), "message", signature));
  }
}

TEST_F(ProviderSignerTest, AFileThatOthersCanReadIsRefused) {
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  for (const char* prefix : {"file:", "file://"}) {
    EXPECT_THAT(LoadKeyByUri(prefix + path_, ""),
                StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                "KEY_FILE_EXPOSED"));
  }
}

TEST_F(ProviderSignerTest, RefusesWhatIsNotThere) {
  EXPECT_THAT(LoadKeyByUri("file:" + dir_.Path("none"), ""),
              StatusHasReason(absl::StatusCode::kNotFound, "KEY_FILE_MISSING"));
  WriteFile(dir_.Path("text"), "no key");
  ASSERT_EQ(chmod(dir_.Path("text").c_str(), 0600), 0);
  for (const std::string& uri :
       {"file:" + dir_.Path("text"), std::string("nosuch:object=x;pin=123")}) {
    const auto signer = LoadKeyByUri(uri, "");
    EXPECT_THAT(signer, StatusHasReason(absl::StatusCode::kNotFound,
                                        "KEY_NOT_IN_STORE"));
    EXPECT_THAT(std::string(signer.status().message()),
                ::testing::Not(::testing::HasSubstr("123")));
  }
  EXPECT_THAT(LoadKeyByUri("file:" + path_, "no-such-provider"),
              StatusHasReason(absl::StatusCode::kUnavailable,
                              "KEY_PROVIDER_UNAVAILABLE"));
}

}  // namespace
}  // namespace annals::ledger
