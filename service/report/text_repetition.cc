#include "service/report/text_repetition.h"

#include <algorithm>
#include <optional>

#include "ledger/utf8.h"

namespace annals::report {
namespace {

constexpr uint64_t kFactor = 0x9E3779B97F4A7C15;  // Odd, and well mixed.

// kFactor to the power of the run's length.
constexpr uint64_t LeavingFactor() {
  uint64_t power = 1;
  for (size_t i = 0; i < kRepeatedRunCharacters; ++i) power *= kFactor;
  return power;
}

bool IsLetter(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || (c >= 0x3400 && c <= 0x4DBF) || c >= 0x20000;
}

// Nearly all characters of a report are ideographs of three bytes, E4 to E9 and
// two more: they are read here, and the others by the general function. Broken
// bytes end a text.
void AppendLetters(absl::string_view text, std::vector<char32_t>* letters) {
  size_t i = 0;
  const auto byte = [text](size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at]));
  };
  while (i < text.size()) {
    const char32_t first = byte(i);
    if (first >= 0xE4 && first <= 0xE9 && i + 2 < text.size() &&
        (byte(i + 1) & 0xC0) == 0x80 && (byte(i + 2) & 0xC0) == 0x80) {
      const char32_t c = ((first & 0x0F) << 12) | ((byte(i + 1) & 0x3F) << 6) |
                         (byte(i + 2) & 0x3F);
      if (IsLetter(c)) letters->push_back(c);
      i += 3;
      continue;
    }
    absl::string_view rest = text.substr(i);
    const auto c = ledger::ConsumeUtf8(&rest);
    if (!c.has_value()) return;
    if (IsLetter(*c)) letters->push_back(*c);
    i = text.size() - rest.size();
  }
}

std::vector<char32_t> LettersOf(const std::vector<absl::string_view>& texts) {
  size_t bytes = 0;
  for (absl::string_view text : texts) bytes += text.size();
  std::vector<char32_t> letters;
  letters.reserve(bytes / 3 + 1);
  for (absl::string_view text : texts) AppendLetters(text, &letters);
  return letters;
}

// The hash of each run of kRepeatedRunCharacters letters, by its last letter.
class RunHash {
 public:
  // True once there are enough letters for a run.
  bool Push(const std::vector<char32_t>& letters, size_t i) {
    hash_ = (hash_ + letters[i]) * kFactor;
    if (i >= kRepeatedRunCharacters) {
      hash_ -= letters[i - kRepeatedRunCharacters] * LeavingFactor() * kFactor;
    }
    return i + 1 >= kRepeatedRunCharacters;
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

// A set of runs, by 32 bits of their hash, in a table that is never more than
// half full.
class RunSet {
 public:
  explicit RunSet(size_t count) {
    size_t size = 16;
    while (size < count * 2) size *= 2;
    slots_.resize(size);
  }

  void Insert(uint64_t hash) {
    uint32_t& slot = slots_[Find(hash)];
    slot = KeyOf(hash);
  }

  bool Contains(uint64_t hash) const { return slots_[Find(hash)] != 0; }

 private:
  static uint32_t KeyOf(uint64_t hash) {
    return static_cast<uint32_t>(hash >> 32) | 1U;
  }

  size_t Find(uint64_t hash) const {
    const uint32_t key = KeyOf(hash);
    const size_t mask = slots_.size() - 1;
    size_t i =
        static_cast<size_t>((hash ^ (hash >> 29)) * kFactor >> 20) & mask;
    while (slots_[i] != 0 && slots_[i] != key) i = (i + 1) & mask;
    return i;
  }

  std::vector<uint32_t> slots_;
};

}  // namespace

Repetition RepeatedIn(const std::vector<absl::string_view>& texts,
                      const std::vector<absl::string_view>& earlier) {
  const std::vector<char32_t> letters = LettersOf(texts);
  const std::vector<char32_t> earlier_letters = LettersOf(earlier);
  RunSet runs(earlier_letters.size());
  RunHash earlier_hash;
  for (size_t i = 0; i < earlier_letters.size(); ++i) {
    if (earlier_hash.Push(earlier_letters, i)) runs.Insert(earlier_hash.hash());
  }
  Repetition repetition;
  repetition.characters = letters.size();
  RunHash hash;
  size_t covered_to = 0;  // Letters before it are counted.
  for (size_t i = 0; i < letters.size(); ++i) {
    if (!hash.Push(letters, i) || !runs.Contains(hash.hash())) continue;
    const size_t begin = std::max(covered_to, i + 1 - kRepeatedRunCharacters);
    repetition.repeated += i + 1 - begin;
    covered_to = i + 1;
  }
  return repetition;
}

}  // namespace annals::report
