#include "client/render/word_diff.h"

#include <chrono>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

DiffPiece Equal(const std::string& text) { return {DiffKind::kEqual, text}; }
DiffPiece Gone(const std::string& text) { return {DiffKind::kDeleted, text}; }
DiffPiece New(const std::string& text) { return {DiffKind::kInserted, text}; }

std::string Without(DiffKind kind, const std::vector<DiffPiece>& pieces) {
  std::string text;
  for (const DiffPiece& piece : pieces) {
    if (piece.kind != kind) text += piece.text;
  }
  return text;
}

// What every difference must be, whatever the texts.
std::vector<DiffPiece> Checked(const std::string& older,
                               const std::string& newer) {
  std::vector<DiffPiece> pieces = DiffTexts(older, newer);
  EXPECT_EQ(Without(DiffKind::kInserted, pieces), older);
  EXPECT_EQ(Without(DiffKind::kDeleted, pieces), newer);
  for (size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_FALSE(pieces[i].text.empty());
    if (i == 0) continue;
    EXPECT_NE(pieces[i].kind, pieces[i - 1].kind);
    EXPECT_FALSE(pieces[i].kind == DiffKind::kDeleted &&
                 pieces[i - 1].kind == DiffKind::kInserted);
  }
  return pieces;
}

TEST(WordDiffTest, AFigureChangesWhole) {
  EXPECT_THAT(
      Checked("全年受理申请35件。", "全年受理申请36件。"),
      ElementsAre(Equal("全年受理申请"), Gone("35"), New("36"), Equal("件。")));
  EXPECT_THAT(Checked("收费1,592.37万元", "收费1,592.38万元"),
              ElementsAre(Equal("收费"), Gone("1,592.37"), New("1,592.38"),
                          Equal("万元")));
}

TEST(WordDiffTest, CharactersThatCameAreMarkedAlone) {
  EXPECT_THAT(Checked("加强政务公开", "持续加强政务公开工作"),
              ElementsAre(New("持续"), Equal("加强政务公开"), New("工作")));
}

TEST(WordDiffTest, ACoincidenceBetweenTwoChangesIsNoAnchor) {
  EXPECT_THAT(
      Checked("我们完善了制度的执行情况。", "我们健全了机制的落实情况。"),
      ElementsAre(Equal("我们"), Gone("完善了制度的执行"),
                  New("健全了机制的落实"), Equal("情况。")));
}

TEST(WordDiffTest, TextsThatAreEqualOrEmpty) {
  EXPECT_THAT(Checked("", ""), IsEmpty());
  EXPECT_THAT(Checked("同", "同"), ElementsAre(Equal("同")));
  EXPECT_THAT(Checked("", "新"), ElementsAre(New("新")));
  EXPECT_THAT(Checked("旧", ""), ElementsAre(Gone("旧")));
}

TEST(WordDiffTest, SentencesThatMovedAreFound) {
  const auto pieces = Checked("甲一。乙二。丙三。", "乙二。丙三。甲一。");
  EXPECT_THAT(pieces, ElementsAre(Gone("甲一。"), Equal("乙二。丙三。"),
                                  New("甲一。")));
}

TEST(WordDiffTest, BytesThatAreNoTextAreKept) {
  Checked("\xff\xfe一", "一\xff");
  Checked("e\u0301a", "e\u0300a");
}

// A text over a small alphabet, so that words repeat; bounded in length.
std::string RandomText(std::mt19937* random, size_t length) {
  static const char* const kWords[] = {"公", "开", "的", "。", "35", "12.5",
                                       "\n", "a",  "ab", "；", "申", "请"};
  std::string text;
  for (size_t i = 0; i < length; ++i) text += kWords[(*random)() % 12];
  return text;
}

TEST(WordDiffTest, AppliedToTheOldTextItGivesTheNew) {
  std::mt19937 random(20241125);
  for (int i = 0; i < 3000; ++i) {
    Checked(RandomText(&random, random() % 40),
            RandomText(&random, random() % 40));
  }
}

// The number of words that any difference must change (Levenshtein without
// substitution), by the textbook's table.
size_t LeastChanges(const std::u32string& a, const std::u32string& b) {
  std::vector<std::vector<size_t>> least(a.size() + 1,
                                         std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        least[i][j] = i + j;
      } else if (a[i - 1] == b[j - 1]) {
        least[i][j] = least[i - 1][j - 1];
      } else {
        least[i][j] = 1 + std::min(least[i - 1][j], least[i][j - 1]);
      }
    }
  }
  return least[a.size()][b.size()];
}

TEST(WordDiffTest, ShortTextsChangeNoMoreThanTheyMust) {
  // One word goes and one comes; if one word stands between them, it may be
  // taken for a coincidence, and then goes and comes as well.
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::u32string older;
    for (int j = 0; j < 30; ++j) older.push_back(U'一' + random() % 200);
    std::u32string newer = older;
    newer.erase(random() % newer.size(), 1);
    newer.insert(random() % newer.size(), 1, U'龥');
    const auto utf8 = [](const std::u32string& text) {
      std::string bytes;
      for (const char32_t c : text) {
        bytes.push_back(static_cast<char>(0xE0 | (c >> 12)));
        bytes.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
        bytes.push_back(static_cast<char>(0x80 | (c & 0x3F)));
      }
      return bytes;
    };
    size_t changed = 0;
    for (const DiffPiece& piece : Checked(utf8(older), utf8(newer))) {
      if (piece.kind != DiffKind::kEqual) changed += piece.text.size() / 3;
    }
    EXPECT_GE(changed, LeastChanges(older, newer));
    EXPECT_LE(changed, LeastChanges(older, newer) + 2);
  }
}

// 256 KB that have nothing, or nearly everything, in common. The limit is wide:
// a search without bounds would take minutes.
TEST(WordDiffTest, LongTextsTakeBoundedTime) {
  std::mt19937 random(1);
  const auto characters = [&](size_t count, char32_t first) {
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      const char32_t c = first + random() % 500;
      text.push_back(static_cast<char>(0xE0 | (c >> 12)));
      text.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
      text.push_back(static_cast<char>(0x80 | (c & 0x3F)));
    }
    return text;
  };
  const std::string a = characters(87000, U'一');
  const auto start = std::chrono::steady_clock::now();
  Checked(a, characters(87000, U'一'));
  Checked(a, characters(87000, U'丁'));
  const auto few = Checked(a, a.substr(0, 99999) + "新" + a.substr(99999));
  EXPECT_EQ(few.size(), 3u);
  const std::string sentences = RandomText(&random, 100000);
  Checked(sentences, RandomText(&random, 100000));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace annals::client
