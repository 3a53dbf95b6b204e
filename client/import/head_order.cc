#include "client/import/head_order.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "client/import/header_check.h"
#include "client/import/normalise.h"

namespace annals::client {
namespace {

// A word of a head as one letter, and where it is printed.
struct Token {
  char letter = 0;
  size_t line = 0;
  int column = 0;
  bool in_columns = false;  // Its line is laid out in columns.
  bool ends_line = false;   // Other cells stand before it, none after.
};

struct Word {
  char letter;
  std::u32string text;
  // The word is another one after this character.
  char32_t not_after = 0;
  // It must begin a cell.
  bool at_start = false;
};

void AppendTokens(const Line& line, size_t index, const Atom& atom,
                  const std::vector<Word>& words, std::vector<Token>* tokens) {
  const std::u32string core = CoreOf(atom.text);
  const bool in_columns = !line.delimited && line.atoms.size() > 1;
  for (size_t at = 0; at < core.size(); ++at) {
    for (const Word& word : words) {
      if (core.compare(at, word.text.size(), word.text) != 0) continue;
      if (at > 0 && (word.at_start || core[at - 1] == word.not_after)) continue;
      const auto share = static_cast<int>(
          at * static_cast<size_t>(std::max(atom.end - atom.begin, 0)) /
          core.size());
      const int column =
          line.delimited ? static_cast<int>(at) : atom.begin + share;
      const bool ends_line =
          line.atoms.size() > 1 && core.size() == at + word.text.size() &&
          std::none_of(line.atoms.begin(), line.atoms.end(),
                       [&atom](const Atom& other) {
                         return &other > &atom && other.kind == AtomKind::kText;
                       });
      tokens->push_back({word.letter, index, column, in_columns, ends_line});
      break;
    }
  }
}

std::vector<Token> FindTokens(const std::vector<Line>& lines, LineRange head,
                              const std::vector<Word>& words) {
  std::vector<Token> tokens;
  for (size_t i = head.begin; i < head.end; ++i) {
    if (lines[i].decoration) continue;
    for (const Atom& atom : lines[i].atoms) {
      if (atom.kind != AtomKind::kText || atom.text.size() > 400) continue;
      AppendTokens(lines[i], i, atom, words, &tokens);
    }
  }
  return tokens;
}

bool IsSubsequence(const std::string& part, const std::string& whole) {
  size_t at = 0;
  for (char letter : whole) {
    if (at < part.size() && part[at] == letter) ++at;
  }
  return at == part.size();
}

// The letters of the columns.
constexpr absl::string_view kApplicants = "NCRPLOT";

// F is 法人或其他组织, which stands over the kinds C to O.
const std::vector<Word>& ApplicantWords() {
  static const auto* words = new std::vector<Word>{
      {'N', U"自然"},        {'F', U"法人", 0, true}, {'C', U"商业"},
      {'R', U"科研"},        {'P', U"社会"},          {'L', U"法律"},
      {'O', U"其他", U'或'}, {'T', U"总计"},          {'T', U"合计"}};
  return *words;
}

// The last print of O, which as a piece of F may stand above, and the first one
// of each other word.
std::vector<Token> OnePrintEach(const std::vector<Token>& tokens) {
  std::map<char, Token> kept;
  for (const Token& token : tokens) {
    const auto [known, is_new] = kept.emplace(token.letter, token);
    if (!is_new && token.letter == 'O') known->second = token;
  }
  std::vector<Token> result;
  for (const Token& token : tokens) {
    const Token& one = kept.at(token.letter);
    if (one.line == token.line && one.column == token.column) {
      result.push_back(token);
    }
  }
  return result;
}

std::string Letters(const std::vector<Token>& tokens) {
  std::string letters;
  for (const Token& token : tokens) {
    if (letters.find(token.letter) == std::string::npos) {
      letters.push_back(token.letter);
    }
  }
  return letters;
}

bool HasAllApplicants(const std::vector<Token>& tokens) {
  const std::string letters = Letters(tokens);
  return std::all_of(kApplicants.begin(), kApplicants.end(), [&](char letter) {
    return letters.find(letter) != std::string::npos;
  });
}

// A total at the end of a line that names no other column, as in a head that
// has 申请人情况 and 总计 on its first line, is the last column.
void DropTotalOnOwnLine(std::vector<Token>* tokens) {
  const auto total =
      std::find_if(tokens->begin(), tokens->end(),
                   [](const Token& token) { return token.letter == 'T'; });
  if (total == tokens->end() || !total->ends_line) return;
  const auto on_line = std::count_if(
      tokens->begin(), tokens->end(),
      [&total](const Token& token) { return token.line == total->line; });
  if (on_line == 1) tokens->erase(total);
}

// 法人或其他组织 again after 总计: the total is not the last column.
bool OrganisationsAfterTotal(const std::vector<Token>& tokens) {
  bool total = false;
  for (const Token& token : tokens) {
    total = total || token.letter == 'T';
    if (total && token.letter == 'F') return true;
  }
  return false;
}

const std::vector<Word>& OutcomeWords() {
  static const auto* words =
      new std::vector<Word>{{'1', U"维持"}, {'2', U"纠正"}, {'3', U"其他"},
                            {'4', U"尚未"}, {'5', U"总计"}, {'5', U"合计"}};
  return *words;
}

// The letters of the outcomes, 1 to 5, and again for each time that they are
// named.
bool AreCycles(const std::string& letters) {
  for (size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] != "12345"[i % 5]) return false;
  }
  return !letters.empty() && letters.size() % 5 == 0;
}

// Outcomes are named from the first to the last, as far as the letters tell.
bool MayBeCycles(const std::string& letters) {
  std::map<char, int> printed;
  int most = 0;
  int returns = 0;
  for (size_t i = 0; i < letters.size(); ++i) {
    most = std::max(most, ++printed[letters[i]]);
    if (i > 0 && letters[i] < letters[i - 1]) ++returns;
  }
  return returns < std::max(most, 1);
}

// Whether a line of the head has all of an outcome's name.
bool HasWholeName(const std::vector<Line>& lines, LineRange head) {
  for (size_t i = head.begin; i < head.end; ++i) {
    const std::u32string core = TextCore(lines, {i, i + 1});
    for (const char32_t* name : {U"结果维持", U"结果纠正", U"尚未审结"}) {
      if (core.find(name) != std::u32string::npos) return true;
    }
  }
  return false;
}

}  // namespace

bool ApplicantsInOrder(const std::vector<Line>& lines, LineRange head) {
  std::vector<Token> all = FindTokens(lines, head, ApplicantWords());
  std::vector<Token> tokens = OnePrintEach(all);
  if (!HasAllApplicants(tokens)) return false;
  const bool in_columns =
      std::any_of(tokens.begin(), tokens.end(),
                  [](const Token& token) { return token.in_columns; });
  if (!in_columns) {
    DropTotalOnOwnLine(&tokens);
    DropTotalOnOwnLine(&all);
    const std::string letters = Letters(tokens);
    return !OrganisationsAfterTotal(all) &&
           (IsSubsequence(letters, "NFTCRPLO") ||
            IsSubsequence(letters, "NFCRPLOT"));
  }
  tokens.erase(
      std::remove_if(tokens.begin(), tokens.end(),
                     [](const Token& token) { return token.letter == 'F'; }),
      tokens.end());
  std::stable_sort(
      tokens.begin(), tokens.end(),
      [](const Token& a, const Token& b) { return a.column < b.column; });
  return Letters(tokens) == kApplicants;
}

bool OutcomesInOrder(const std::vector<Line>& lines, LineRange head) {
  std::vector<Token> tokens = FindTokens(lines, head, OutcomeWords());
  const bool in_columns =
      std::any_of(tokens.begin(), tokens.end(),
                  [](const Token& token) { return token.in_columns; });
  if (in_columns) {
    std::stable_sort(
        tokens.begin(), tokens.end(),
        [](const Token& a, const Token& b) { return a.column < b.column; });
  }
  std::map<size_t, std::string> by_line;
  std::string all;
  for (const Token& token : tokens) {
    by_line[token.line].push_back(token.letter);
    // A name that spans two lines may be printed on both.
    const bool again = in_columns && !all.empty() && all.back() == token.letter;
    if (!again) all.push_back(token.letter);
  }
  if (AreCycles(all)) return true;
  // Columns of a print that lost its layout can be told no better.
  return !in_columns && !HasWholeName(lines, head) &&
         std::all_of(by_line.begin(), by_line.end(),
                     [](const auto& line) { return MayBeCycles(line.second); });
}

}  // namespace annals::client
