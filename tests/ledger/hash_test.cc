#include "ledger/hash.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/rfc6962_vectors.h"

namespace annals::ledger {
namespace {

std::string Hex(const Hash& hash) {
  return absl::BytesToHexString(AsStringView(hash));
}

Salt CountingSalt() {
  Salt salt;
  for (size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<uint8_t>(i);
  return salt;
}

// FIPS 180-2, appendix B, and the empty string.
TEST(HashTest, Sha256GivesThePublishedDigests) {
  EXPECT_EQ(Hex(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(HashTest, LeafHashesAreThePublishedOnes) {
  const Rfc6962Vectors vectors = LoadRfc6962Vectors();
  ASSERT_EQ(vectors.leaves.size(), 8u);
  for (size_t i = 0; i < vectors.leaves.size(); ++i) {
    EXPECT_EQ(LeafHash(vectors.leaves[i]), vectors.leaf_hashes[i]) << i;
  }
}

TEST(HashTest, NodeHashIsThePublishedRootOfTwoLeaves) {
  const Rfc6962Vectors vectors = LoadRfc6962Vectors();
  ASSERT_EQ(vectors.leaf_hashes.size(), 8u);
  EXPECT_EQ(NodeHash(vectors.leaf_hashes[0], vectors.leaf_hashes[1]),
            vectors.roots.at(2));
}

TEST(HashTest, EmptyRootIsThePublishedOne) {
  EXPECT_EQ(EmptyRoot(), LoadRfc6962Vectors().roots[0]);
}

// The constants were computed with Python's hashlib.
TEST(HashTest, ContentHashIsSaltedAndPrefixed) {
  EXPECT_EQ(Hex(ContentHash(CountingSalt(), "政府信息公开")),
            "033ae5e024063a65e32096d053084a257c95b773fdeb3616bade3002bff291fd");
}

TEST(HashTest, RequestHashIsSaltedAndPrefixed) {
  EXPECT_EQ(Hex(RequestHash(CountingSalt(), Sha256("request"))),
            "5f560c259df4bbb5a7924ebd8e63748b2d8b9ad8d8bca2f52022f9de41c5f93e");
}

TEST(HashTest, TheDomainsAreSeparate) {
  const Hash zero = {};
  const std::string bytes(64, '\0');
  const std::set<Hash> hashes = {
      Sha256(bytes), LeafHash(bytes), NodeHash(zero, zero),
      ContentHash(zero, bytes.substr(32)), RequestHash(zero, zero)};
  EXPECT_EQ(hashes.size(), 5u);
}

TEST(HashTest, EveryByteOfSaltAndContentCounts) {
  const Salt salt = CountingSalt();
  const std::string content = "figures";
  std::set<Hash> hashes = {ContentHash(salt, content)};
  for (size_t i = 0; i < salt.size(); ++i) {
    Salt other = salt;
    other[i] ^= 1;
    hashes.insert(ContentHash(other, content));
  }
  for (size_t i = 0; i < content.size(); ++i) {
    std::string other = content;
    other[i] ^= 1;
    hashes.insert(ContentHash(salt, other));
  }
  EXPECT_EQ(hashes.size(), 1 + salt.size() + content.size());
}

TEST(HashTest, ThreadsDoNotDisturbEachOther) {
  constexpr int kThreads = 4;
  constexpr int kHashes = 2000;
  std::vector<std::vector<Hash>> results(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([t, &results] {
      for (int i = 0; i < kHashes; ++i) {
        results[t].push_back(LeafHash(absl::StrCat(i)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kHashes; ++i) {
    const Hash expected = Sha256(absl::StrCat(std::string(1, '\0'), i));
    for (int t = 0; t < kThreads; ++t) ASSERT_EQ(results[t][i], expected);
  }
}

TEST(HashTest, BytesGoThereAndBack) {
  const Hash hash = Sha256("abc");
  EXPECT_EQ(HashBytes(hash).size(), kHashBytes);
  EXPECT_EQ(HashFromBytes(HashBytes(hash)), hash);
  EXPECT_EQ(HashFromBytes(AsStringView(hash)), hash);
}

TEST(HashDeathTest, BytesOfAnotherLengthAreNoHash) {
  EXPECT_DEATH(HashFromBytes("short"), "broken invariant");
}

}  // namespace
}  // namespace annals::ledger
