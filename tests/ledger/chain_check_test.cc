#include "ledger/chain_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;

class ChainCheckTest : public ::testing::Test {
 protected:
  // What is wrong with the next link; empty if nothing is.
  std::string Add(const ChainLink& link) {
    const auto fault = check_.Add(next_++, link);
    if (!fault.has_value()) return "";
    EXPECT_THAT(fault->zh, HasSubstr("条目 "));
    return fault->en;
  }

  ChainCheck check_;
  uint64_t next_ = 0;
};

TEST_F(ChainCheckTest, WholeChainsPassSideBySide) {
  EXPECT_EQ(Add({"a", 1, "a1", ""}), "");
  EXPECT_EQ(Add({"b", 1, "b1", ""}), "");
  EXPECT_EQ(Add({"a", 2, "a2", "a1"}), "");
  EXPECT_EQ(Add({"b", 2, "b2", "b1"}), "");
  EXPECT_EQ(Add({"a", 3, "a3", "a2"}), "");
}

TEST_F(ChainCheckTest, WhatIsBrokenIsNamed) {
  EXPECT_EQ(Add({"a", 1, "a1", ""}), "");
  EXPECT_THAT(Add({"a", 3, "a3", "a1"}),
              HasSubstr("entry 1: it is number 3 of a, where number 2 is due"));
  // Once: what follows is compared with what is there.
  EXPECT_EQ(Add({"a", 4, "a4", "a3"}), "");
  EXPECT_THAT(Add({"a", 4, "x", "a4"}), HasSubstr("where number 5 is due"));
  EXPECT_THAT(Add({"a", 5, "a5", "a4"}),
              HasSubstr("number 5 of a is based on a4, the one before is x"));
  EXPECT_THAT(Add({"a", 6, "a6", ""}), HasSubstr("is based on -"));
  EXPECT_THAT(Add({"b", 1, "b1", "a6"}), HasSubstr("the one before is -"));
}

}  // namespace
}  // namespace annals::ledger
