#include "ledger/published_mark.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::AnyOf;
using ::testing::Optional;

constexpr size_t kSlotBytes = 4096;

class PublishedMarkTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::optional<std::string>> ReadAnew() {
    return PublishedMarkFile(path_).Read();
  }

  // Writes the notes "note 1" to "note `count`".
  void WriteNotes(int count) {
    PublishedMarkFile mark(path_);
    for (int i = 1; i <= count; ++i) {
      ASSERT_OK(mark.Write(absl::StrCat("note ", i)));
    }
  }

  // Flips a bit in the slot that holds `note`.
  void DamageSlotOf(const std::string& note) {
    std::string bytes = ReadFile(path_);
    const size_t at = bytes.find(note);
    ASSERT_NE(at, std::string::npos);
    bytes[at] ^= 0x01;
    WriteFile(path_, bytes);
  }

  TempDir directory_;
  const std::string path_ = directory_.Path("published");
};

TEST_F(PublishedMarkTest, IsEmptyBeforeTheFirstWrite) {
  EXPECT_THAT(ReadAnew(), IsOkAndHolds(std::nullopt));
}

TEST_F(PublishedMarkTest, HoldsWhatWasWrittenLast) {
  for (int i = 1; i <= 5; ++i) {
    // Each time opened anew, so that the sequence is read from the file.
    PublishedMarkFile mark(path_);
    const std::string note = absl::StrCat("note ", i);
    ASSERT_OK(mark.Write(note));
    EXPECT_THAT(mark.Read(), IsOkAndHolds(Optional(note)));
    EXPECT_THAT(ReadAnew(), IsOkAndHolds(Optional(note)));
    EXPECT_EQ(ReadFile(path_).size(), 2 * kSlotBytes);
  }
}

TEST_F(PublishedMarkTest, TheFileHasTheDocumentedBytes) {
  WriteNotes(2);
  const std::string bytes = ReadFile(path_);
  const std::string slot = bytes.substr(0, kSlotBytes);
  EXPECT_EQ(slot.substr(0, 8), "ANNALSM1");
  EXPECT_EQ(slot.substr(8, 8), std::string("\0\0\0\0\0\0\0\2", 8));
  EXPECT_EQ(slot.substr(16, 4), std::string("\0\0\0\6", 4));
  EXPECT_EQ(slot.substr(20, 6), "note 2");
  EXPECT_EQ(slot.substr(26, kSlotBytes - 26 - 32),
            std::string(kSlotBytes - 26 - 32, '\0'));
  EXPECT_EQ(slot.substr(kSlotBytes - 32),
            HashBytes(Sha256(slot.substr(0, kSlotBytes - 32))));
}

TEST_F(PublishedMarkTest, ATornSlotLeavesTheOtherOne) {
  for (int count : {2, 3}) {
    WriteNotes(count);
    DamageSlotOf(absl::StrCat("note ", count));
    EXPECT_THAT(ReadAnew(),
                IsOkAndHolds(Optional(absl::StrCat("note ", count - 1))));
    // The next write replaces the torn slot, not the good one.
    PublishedMarkFile mark(path_);
    ASSERT_OK(mark.Write("after"));
    EXPECT_THAT(ReadFile(path_),
                ::testing::HasSubstr(absl::StrCat("note ", count - 1)));
    EXPECT_THAT(ReadAnew(), IsOkAndHolds(Optional(std::string("after"))));
    ASSERT_TRUE(std::filesystem::remove(path_));
  }
}

TEST_F(PublishedMarkTest, TellsOfADamagedSlotBesideTheOneRead) {
  const auto damaged =
      StatusHasReason(absl::StatusCode::kDataLoss, "MARK_DAMAGED");
  for (int count : {2, 3}) {
    for (int slot : {count - 1, count}) {
      WriteNotes(count);
      DamageSlotOf(absl::StrCat("note ", slot));
      PublishedMarkFile mark(path_);
      EXPECT_OK(mark.Read());
      EXPECT_THAT(mark.OtherSlot(), damaged) << count << " " << slot;
      EXPECT_THAT(std::string(mark.OtherSlot().message()),
                  ::testing::HasSubstr(path_));
      // The next write heals it.
      ASSERT_OK(mark.Write("after"));
      EXPECT_OK(mark.OtherSlot());
      PublishedMarkFile healed(path_);
      EXPECT_OK(healed.Read());
      EXPECT_OK(healed.OtherSlot());
      ASSERT_TRUE(std::filesystem::remove(path_));
    }
  }
}

TEST_F(PublishedMarkTest, AnEmptySlotIsWholeOnlyBesideTheFirstNote) {
  WriteNotes(1);
  PublishedMarkFile first(path_);
  EXPECT_OK(first.Read());
  EXPECT_OK(first.OtherSlot());
  // Zeros in place of the second note, or of its predecessor, are damage.
  ASSERT_TRUE(std::filesystem::remove(path_));
  WriteNotes(3);
  const std::string bytes = ReadFile(path_);
  const std::string zeros(kSlotBytes, '\0');
  for (const std::string& damaged : {zeros + bytes.substr(kSlotBytes),
                                     bytes.substr(0, kSlotBytes) + zeros}) {
    WriteFile(path_, damaged);
    PublishedMarkFile mark(path_);
    EXPECT_OK(mark.Read());
    EXPECT_THAT(mark.OtherSlot(),
                StatusHasReason(absl::StatusCode::kDataLoss, "MARK_DAMAGED"));
  }
}

TEST_F(PublishedMarkTest, EveryTornPrefixOfAWriteGivesOldOrNew) {
  WriteNotes(3);
  const std::string before = ReadFile(path_);
  {
    PublishedMarkFile mark(path_);
    ASSERT_OK(mark.Write("note 4"));
  }
  const std::string after = ReadFile(path_);
  for (size_t cut = 0; cut <= before.size(); cut += 13) {
    WriteFile(path_, after.substr(0, cut) + before.substr(cut));
    EXPECT_THAT(ReadAnew(), IsOkAndHolds(Optional(AnyOf(
                                std::string("note 3"), std::string("note 4")))))
        << cut;
  }
}

TEST_F(PublishedMarkTest, AReplacedNoteStandsInBothSlots) {
  for (int count : {0, 1, 2, 3}) {
    WriteNotes(count);
    PublishedMarkFile mark(path_);
    ASSERT_OK(mark.Replace("again"));
    EXPECT_OK(mark.OtherSlot());
    PublishedMarkFile anew(path_);
    EXPECT_THAT(anew.Read(), IsOkAndHolds(Optional(std::string("again"))));
    EXPECT_OK(anew.OtherSlot());
    const std::string bytes = ReadFile(path_);
    EXPECT_NE(bytes.find("again"), bytes.rfind("again"));
    // It goes on from there, in the file that took the place of the old one.
    for (const std::string note : {"next", "last"}) {
      ASSERT_OK(mark.Write(note));
      EXPECT_THAT(ReadAnew(), IsOkAndHolds(Optional(note)));
    }
    ASSERT_TRUE(std::filesystem::remove(path_));
  }
}

TEST_F(PublishedMarkTest, TwoBadSlotsAreDamageAndStayUntouched) {
  WriteNotes(2);
  DamageSlotOf("note 1");
  DamageSlotOf("note 2");
  const std::string bytes = ReadFile(path_);
  const auto damaged =
      StatusHasReason(absl::StatusCode::kDataLoss, "MARK_DAMAGED");
  EXPECT_THAT(ReadAnew(), damaged);
  EXPECT_THAT(PublishedMarkFile(path_).Write("note 3"), damaged);
  EXPECT_EQ(ReadFile(path_), bytes);
}

TEST_F(PublishedMarkTest, AShortFileIsDamaged) {
  WriteNotes(1);
  const std::string bytes = ReadFile(path_);
  for (size_t size :
       {size_t{0}, size_t{1}, kSlotBytes - 1, kSlotBytes, 2 * kSlotBytes - 1}) {
    WriteFile(path_, bytes.substr(0, size));
    EXPECT_THAT(ReadAnew(),
                StatusHasReason(absl::StatusCode::kDataLoss, "MARK_DAMAGED"))
        << size;
  }
}

TEST_F(PublishedMarkTest, ANoteMustFitIntoASlot) {
  PublishedMarkFile mark(path_);
  const size_t max = kSlotBytes - 20 - 32;
  EXPECT_THAT(mark.Write(std::string(max + 1, 'n')),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "MARK_NOTE_TOO_LARGE"));
  EXPECT_THAT(ReadAnew(), IsOkAndHolds(std::nullopt));
  EXPECT_OK(mark.Write(std::string(max, 'n')));
  EXPECT_THAT(ReadAnew(), IsOkAndHolds(Optional(std::string(max, 'n'))));
}

TEST_F(PublishedMarkTest, AMissingDirectoryIsAnError) {
  PublishedMarkFile mark(directory_.Path("none/published"));
  EXPECT_THAT(
      mark.Write("note"),
      StatusHasReason(absl::StatusCode::kUnavailable, "MARK_FILE_ERROR"));
}

}  // namespace
}  // namespace annals::ledger
