#include "client/audit/wire_check.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace annals::client {
namespace {

constexpr uint32_t kVarint = 0;
constexpr uint32_t kFixed64 = 1;
constexpr uint32_t kDelimited = 2;
constexpr uint32_t kStartGroup = 3;
constexpr uint32_t kFixed32 = 5;
constexpr size_t kTagBytesMax = 5;
constexpr size_t kVarintBytesMax = 10;
// As protobuf's parser.
constexpr int kDepthMax = 100;
constexpr uint64_t kLengthMax = 0x7FFFFFFF;

std::optional<uint64_t> TakeVarint(absl::string_view* bytes, size_t bytes_max) {
  uint64_t value = 0;
  const size_t limit = std::min(bytes->size(), bytes_max);
  for (size_t i = 0; i < limit; ++i) {
    const auto byte = static_cast<uint8_t>((*bytes)[i]);
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      bytes->remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

bool Skip(absl::string_view* bytes, uint64_t count) {
  if (count > bytes->size()) return false;
  bytes->remove_prefix(count);
  return true;
}

struct Tag {
  uint32_t number = 0;
  uint32_t wire_type = 0;
};

std::optional<Tag> TakeTag(absl::string_view* bytes) {
  const auto read = TakeVarint(bytes, kTagBytesMax);
  if (!read.has_value()) return std::nullopt;
  // As protobuf's parser, which lets the bits above the 32nd go.
  const auto tag = static_cast<uint32_t>(*read);
  if (tag >> 3 == 0) return std::nullopt;
  return Tag{tag >> 3, tag & 7};
}

bool SkipGroup(uint32_t number, absl::string_view* bytes, int depth);

bool SkipValue(const Tag& tag, absl::string_view* bytes, int depth) {
  switch (tag.wire_type) {
    case kVarint:
      return TakeVarint(bytes, kVarintBytesMax).has_value();
    case kFixed64:
      return Skip(bytes, 8);
    case kFixed32:
      return Skip(bytes, 4);
    case kDelimited: {
      const auto length = TakeVarint(bytes, kTagBytesMax);
      return length.has_value() && *length <= kLengthMax &&
             Skip(bytes, *length);
    }
    case kStartGroup:
      return SkipGroup(tag.number, bytes, depth + 1);
    default:
      return false;
  }
}

bool SkipGroup(uint32_t number, absl::string_view* bytes, int depth) {
  constexpr uint32_t kEndGroup = 4;
  if (depth > kDepthMax) return false;
  while (!bytes->empty()) {
    const std::optional<Tag> tag = TakeTag(bytes);
    if (!tag.has_value()) return false;
    if (tag->wire_type == kEndGroup) return tag->number == number;
    if (!SkipValue(*tag, bytes, depth)) return false;
  }
  return false;
}

// The bytes of the character that begins with `lead`; 0 if none does.
size_t CharacterBytes(uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if ((lead & 0xF0) == 0xE0) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The second byte's bounds shut out overlong forms, surrogates, and what lies
// above U+10FFFF (Unicode 15, table 3-7).
bool IsSecondByte(uint8_t lead, uint8_t byte) {
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return byte >= low && byte <= high;
}

// A lead byte after which any two following bytes make a character: U+1000 to
// U+CFFF and U+E000 to U+FFFF, which is nearly all Chinese and its punctuation.
bool IsPlainLead(uint8_t lead) {
  return lead >= 0xE1 && lead <= 0xEF && lead != 0xED;
}

bool IsPlainThreeBytes(const uint8_t* bytes) {
  return IsPlainLead(bytes[0]) && (bytes[1] & 0xC0) == 0x80 &&
         (bytes[2] & 0xC0) == 0x80;
}

// Passes over pairs of such characters, six bytes in one look at eight.
const uint8_t* AfterPlainPairs(const uint8_t* at, const uint8_t* end) {
  if constexpr (std::endian::native != std::endian::little) return at;
  constexpr uint64_t kFollowing = 0x0000C0C000C0C000;
  constexpr uint64_t kFollowingSet = 0x0000808000808000;
  while (end - at >= 8) {
    uint64_t bytes;
    std::memcpy(&bytes, at, sizeof(bytes));
    if ((bytes & kFollowing) != kFollowingSet || !IsPlainLead(at[0]) ||
        !IsPlainLead(at[3])) {
      break;
    }
    at += 6;
  }
  return at;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = at + text.size();
  while (at < end) {
    at = AfterPlainPairs(at, end);
    while (end - at >= 3 && IsPlainThreeBytes(at)) at += 3;
    if (at == end) break;
    if (*at < 0x80) {
      ++at;
      continue;
    }
    const size_t count = CharacterBytes(*at);
    if (count == 0 || static_cast<size_t>(end - at) < count ||
        !IsSecondByte(at[0], at[1])) {
      return false;
    }
    for (size_t i = 2; i < count; ++i) {
      if ((at[i] & 0xC0) != 0x80) return false;
    }
    at += count;
  }
  return true;
}

std::optional<WireField> TakeWireField(absl::string_view* message) {
  const std::optional<Tag> tag = TakeTag(message);
  if (!tag.has_value()) return std::nullopt;
  WireField field{tag->number, tag->wire_type};
  if (tag->wire_type == kVarint) {
    const auto value = TakeVarint(message, kVarintBytesMax);
    if (!value.has_value()) return std::nullopt;
    field.varint = *value;
    return field;
  }
  if (tag->wire_type != kDelimited) {
    if (!SkipValue(*tag, message, 0)) return std::nullopt;
    return field;
  }
  const auto length = TakeVarint(message, kTagBytesMax);
  if (!length.has_value() || *length > message->size()) return std::nullopt;
  field.bytes = message->substr(0, *length);
  message->remove_prefix(*length);
  return field;
}

struct WireCheck::Table {
  std::vector<Field> fields;  // By number.
};

WireCheck::WireCheck(const google::protobuf::Descriptor* type)
    : root_(TableOf(type)) {}

WireCheck::~WireCheck() = default;

const WireCheck::Table* WireCheck::TableOf(
    const google::protobuf::Descriptor* type) {
  using google::protobuf::FieldDescriptor;
  std::unique_ptr<Table>& table = tables_[type];
  if (table != nullptr) return table.get();
  table = std::make_unique<Table>();
  Table* const made = table.get();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const auto number = static_cast<size_t>(field->number());
    if (made->fields.size() <= number) made->fields.resize(number + 1);
    Field entry{Kind::kAny, nullptr};
    switch (field->type()) {
      case FieldDescriptor::TYPE_STRING:
        entry.kind = Kind::kText;
        break;
      case FieldDescriptor::TYPE_MESSAGE:
        entry = {Kind::kMessage, TableOf(field->message_type())};
        break;
      case FieldDescriptor::TYPE_BYTES:
        break;
      default:
        if (field->is_packable()) entry.kind = Kind::kPackedVarints;
    }
    made->fields[number] = entry;
  }
  return made;
}

namespace {

// The end of the varint at `at`; null if it is malformed. Its value is not
// needed.
inline const uint8_t* AfterVarint(const uint8_t* at, const uint8_t* end) {
  const uint8_t* const limit =
      end - at > static_cast<ptrdiff_t>(kVarintBytesMax) ? at + kVarintBytesMax
                                                         : end;
  while (at < limit) {
    if (*at++ < 0x80) return at;
  }
  return nullptr;
}

// Reads a varint of at most 5 bytes, nearly always of one.
inline const uint8_t* ReadShortVarint(const uint8_t* at, const uint8_t* end,
                                      uint64_t* value) {
  if (at < end && *at < 0x80) {
    *value = *at;
    return at + 1;
  }
  absl::string_view rest(reinterpret_cast<const char*>(at),
                         static_cast<size_t>(end - at));
  const std::optional<uint64_t> read = TakeVarint(&rest, kTagBytesMax);
  if (!read.has_value()) return nullptr;
  *value = *read;
  return end - rest.size();
}

}  // namespace

bool WireCheck::IsMessage(absl::string_view bytes) const {
  const auto* begin = reinterpret_cast<const uint8_t*>(bytes.data());
  return Check(*root_, begin, begin + bytes.size(), 0);
}

bool WireCheck::Check(const Table& table, const uint8_t* at, const uint8_t* end,
                      int depth) {
  if (depth > kDepthMax) return false;
  while (at < end) {
    uint64_t read = 0;
    at = ReadShortVarint(at, end, &read);
    // As protobuf's parser, which lets the bits above the 32nd go.
    const auto tag = static_cast<uint32_t>(read);
    if (at == nullptr || tag >> 3 == 0) return false;
    // A field of another wire type than its own is an unknown one to protobuf.
    switch (tag & 7) {
      case kVarint:
        at = AfterVarint(at, end);
        break;
      case kDelimited: {
        uint64_t length = 0;
        at = ReadShortVarint(at, end, &length);
        if (at == nullptr || length > static_cast<uint64_t>(end - at) ||
            length > kLengthMax) {
          return false;
        }
        if (tag >> 3 < table.fields.size() &&
            !CheckField(table.fields[tag >> 3], at, at + length, depth)) {
          return false;
        }
        at += length;
        break;
      }
      default:
        at = AfterOther(tag, at, end);
    }
    if (at == nullptr) return false;
  }
  return true;
}

// Fixed widths and groups, which no message of ours has.
const uint8_t* WireCheck::AfterOther(uint32_t tag, const uint8_t* at,
                                     const uint8_t* end) {
  absl::string_view rest(reinterpret_cast<const char*>(at),
                         static_cast<size_t>(end - at));
  return SkipValue({tag >> 3, tag & 7}, &rest, 0) ? end - rest.size() : nullptr;
}

bool WireCheck::CheckField(const Field& field, const uint8_t* begin,
                           const uint8_t* end, int depth) {
  switch (field.kind) {
    case Kind::kUnknown:
    case Kind::kAny:
      return true;
    case Kind::kText:
      return IsValidUtf8(absl::string_view(reinterpret_cast<const char*>(begin),
                                           static_cast<size_t>(end - begin)));
    case Kind::kMessage:
      return Check(*field.message, begin, end, depth + 1);
    case Kind::kPackedVarints:
      while (begin != nullptr && begin < end) begin = AfterVarint(begin, end);
      return begin != nullptr;
  }
  return false;
}

}  // namespace annals::client
