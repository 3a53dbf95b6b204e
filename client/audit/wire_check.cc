#include "client/audit/wire_check.h"

#include <algorithm>
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
  const auto tag = TakeVarint(bytes, kTagBytesMax);
  if (!tag.has_value() || *tag > 0xFFFFFFFF || *tag >> 3 == 0) {
    return std::nullopt;
  }
  return Tag{static_cast<uint32_t>(*tag >> 3), static_cast<uint32_t>(*tag & 7)};
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

// Nearly all Chinese characters: U+1000 to U+CFFF.
bool IsPlainThreeBytes(const uint8_t* bytes) {
  return bytes[0] >= 0xE1 && bytes[0] <= 0xEC && (bytes[1] & 0xC0) == 0x80 &&
         (bytes[2] & 0xC0) == 0x80;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = at + text.size();
  while (at < end) {
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

bool WireCheck::IsMessage(absl::string_view bytes) const {
  return Check(*root_, bytes, 0);
}

bool WireCheck::Check(const Table& table, absl::string_view bytes, int depth) {
  if (depth > kDepthMax) return false;
  while (!bytes.empty()) {
    const std::optional<WireField> field = TakeWireField(&bytes);
    if (!field.has_value()) return false;
    // A field of another wire type than its own is an unknown one to protobuf.
    if (field->wire_type != kDelimited ||
        field->number >= table.fields.size()) {
      continue;
    }
    if (!CheckField(table.fields[field->number], field->bytes, depth)) {
      return false;
    }
  }
  return true;
}

bool WireCheck::CheckField(const Field& field, absl::string_view bytes,
                           int depth) {
  switch (field.kind) {
    case Kind::kUnknown:
    case Kind::kAny:
      return true;
    case Kind::kText:
      return IsValidUtf8(bytes);
    case Kind::kMessage:
      return Check(*field.message, bytes, depth + 1);
    case Kind::kPackedVarints:
      while (!bytes.empty()) {
        if (!TakeVarint(&bytes, kVarintBytesMax).has_value()) return false;
      }
      return true;
  }
  return false;
}

}  // namespace annals::client
