// A leaf for the ledger's own tests:
//   u64 index · u64 recorded at, µs · 32 bytes request hash ·
//   u32 0 or 32 · content hash · three times u32 length and bytes: stream,
//   caller, request id
// It gives one index row of its own: caller · u64 index → stream. A stream
// `erase-{N}` says that it erases the content of entry N.

#ifndef ANNALS_TESTS_SUPPORT_SIMPLE_LEAF_H_
#define ANNALS_TESTS_SUPPORT_SIMPLE_LEAF_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/keys.h"
#include "ledger/ledger.h"

namespace annals::ledger {

inline void AppendSimpleString(absl::string_view text, std::string* leaf) {
  AppendU32(static_cast<uint32_t>(text.size()), leaf);
  absl::StrAppend(leaf, text);
}

inline bool ConsumeSimpleString(absl::string_view* leaf, std::string* text) {
  uint32_t size = 0;
  if (!ConsumeU32(leaf, &size) || leaf->size() < size) return false;
  *text = std::string(leaf->substr(0, size));
  leaf->remove_prefix(size);
  return true;
}

inline std::string MakeSimpleLeaf(const LeafContext& context,
                                  absl::string_view stream,
                                  absl::string_view caller,
                                  absl::string_view request_id) {
  std::string leaf;
  AppendU64(context.index, &leaf);
  AppendU64(static_cast<uint64_t>(absl::ToUnixMicros(context.recorded_at)),
            &leaf);
  absl::StrAppend(&leaf, AsStringView(context.request_hash));
  AppendSimpleString(context.content_hash.has_value()
                         ? AsStringView(*context.content_hash)
                         : absl::string_view(),
                     &leaf);
  AppendSimpleString(stream, &leaf);
  AppendSimpleString(caller, &leaf);
  AppendSimpleString(request_id, &leaf);
  return leaf;
}

class SimpleLeafDecoder : public LeafDecoder {
 public:
  explicit SimpleLeafDecoder(uint32_t index_format = 1)
      : index_format_(index_format) {}

  absl::StatusOr<LeafFacts> Decode(uint64_t index,
                                   absl::string_view leaf) const override {
    LeafFacts facts;
    uint64_t read_index = 0;
    uint64_t micros = 0;
    std::string content_hash;
    if (!ConsumeU64(&leaf, &read_index) || read_index != index ||
        !ConsumeU64(&leaf, &micros) || leaf.size() < kHashBytes) {
      return Unreadable(index);
    }
    facts.recorded_at = absl::FromUnixMicros(static_cast<int64_t>(micros));
    facts.request_hash = HashFromBytes(leaf.substr(0, kHashBytes));
    leaf.remove_prefix(kHashBytes);
    if (!ConsumeSimpleString(&leaf, &content_hash) ||
        !ConsumeSimpleString(&leaf, &facts.stream) ||
        !ConsumeSimpleString(&leaf, &facts.caller) ||
        !ConsumeSimpleString(&leaf, &facts.request_id) || !leaf.empty()) {
      return Unreadable(index);
    }
    if (content_hash.size() == kHashBytes) {
      facts.content_hash = HashFromBytes(content_hash);
    }
    absl::string_view erased = facts.stream;
    uint64_t erased_index = 0;
    if (absl::ConsumePrefix(&erased, "erase-") &&
        absl::SimpleAtoi(erased, &erased_index)) {
      facts.erases = erased_index;
    }
    facts.index_rows = {
        {absl::StrCat(facts.caller, EntryKey(index)), facts.stream}};
    return facts;
  }

  uint32_t index_format() const override { return index_format_; }

 private:
  static absl::Status Unreadable(uint64_t index) {
    return absl::DataLossError(absl::StrCat("entry ", index, " is no leaf"));
  }

  const uint32_t index_format_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_SIMPLE_LEAF_H_
