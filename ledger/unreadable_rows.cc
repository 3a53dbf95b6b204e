#include "ledger/unreadable_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace annals::ledger {
namespace {

// Such as `3, 7–9`.
std::string RangesText(const std::vector<uint64_t>& indexes) {
  std::string text;
  for (size_t i = 0; i < indexes.size();) {
    size_t end = i + 1;
    while (end < indexes.size() && indexes[end] == indexes[end - 1] + 1) ++end;
    absl::StrAppend(&text, text.empty() ? "" : ", ", indexes[i]);
    if (end - i > 1) absl::StrAppend(&text, "–", indexes[end - 1]);
    i = end;
  }
  return text;
}

}  // namespace

ErrorText UnreadableText(absl::string_view en, absl::string_view zh,
                         const absl::Status& cause) {
  return {absl::StrCat(en, ": ", cause.message()),
          absl::StrCat(zh, "：", ErrorTextZh(cause))};
}

void UnreadableRows::Add(uint64_t index, const absl::Status& cause) {
  OfCause& rows = by_cause_[std::string(cause.message())];
  rows.cause = cause;
  rows.indexes.push_back(index);
}

void UnreadableRows::AddAll(const UnreadableRows& later) {
  for (const auto& [message, rows] : later.by_cause_) {
    for (const uint64_t index : rows.indexes) Add(index, rows.cause);
  }
}

uint64_t UnreadableRows::count() const { return indexes().size(); }

bool UnreadableRows::Has(uint64_t index) const {
  return std::any_of(
      by_cause_.begin(), by_cause_.end(), [index](const auto& of_cause) {
        const std::vector<uint64_t>& indexes = of_cause.second.indexes;
        return std::binary_search(indexes.begin(), indexes.end(), index);
      });
}

std::vector<uint64_t> UnreadableRows::indexes() const {
  std::vector<uint64_t> all;
  for (const auto& [message, rows] : by_cause_) {
    all.insert(all.end(), rows.indexes.begin(), rows.indexes.end());
  }
  return all;
}

std::vector<ErrorText> UnreadableRows::Faults(absl::string_view one,
                                              absl::string_view many,
                                              absl::string_view zh) const {
  std::vector<ErrorText> faults;
  for (const auto& [message, rows] : by_cause_) {
    const std::string where = RangesText(rows.indexes);
    faults.push_back(UnreadableText(
        rows.indexes.size() == 1
            ? absl::StrCat("entry ", where, ": its ", one, " can't be read")
            : absl::StrCat("entries ", where, ": their ", many,
                           " can't be read"),
        absl::StrCat("条目 ", where, "：", zh, "无法读取"), rows.cause));
  }
  return faults;
}

}  // namespace annals::ledger
