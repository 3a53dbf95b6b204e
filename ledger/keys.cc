#include "ledger/keys.h"

#include "absl/strings/str_cat.h"
#include "ledger/check.h"

namespace annals::ledger {
namespace {

constexpr char kStreamRowTable = 0x01;
constexpr char kStreamHeadTable = 0x02;
constexpr char kRequestTable = 0x03;
constexpr char kMarkerTable = 0x04;
constexpr char kErasureTable = 0x05;
constexpr char kOwnerTable = 0x10;

void AppendWithLength(absl::string_view bytes, std::string* key) {
  AppendU32(static_cast<uint32_t>(bytes.size()), key);
  key->append(bytes.data(), bytes.size());
}

// Parses a value that is one u64 and nothing else.
std::optional<uint64_t> ParseU64(absl::string_view value) {
  uint64_t number = 0;
  if (!ConsumeU64(&value, &number) || !value.empty()) return std::nullopt;
  return number;
}

}  // namespace

void AppendU32(uint32_t value, std::string* bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes->push_back(static_cast<char>(value >> shift));
  }
}

void AppendU64(uint64_t value, std::string* bytes) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes->push_back(static_cast<char>(value >> shift));
  }
}

bool ConsumeU32(absl::string_view* bytes, uint32_t* value) {
  if (bytes->size() < sizeof(uint32_t)) return false;
  *value = 0;
  for (size_t i = 0; i < sizeof(uint32_t); ++i) {
    *value = *value << 8 | static_cast<uint8_t>((*bytes)[i]);
  }
  bytes->remove_prefix(sizeof(uint32_t));
  return true;
}

bool ConsumeU64(absl::string_view* bytes, uint64_t* value) {
  if (bytes->size() < sizeof(uint64_t)) return false;
  *value = 0;
  for (size_t i = 0; i < sizeof(uint64_t); ++i) {
    *value = *value << 8 | static_cast<uint8_t>((*bytes)[i]);
  }
  bytes->remove_prefix(sizeof(uint64_t));
  return true;
}

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

std::string EntryKey(uint64_t index) {
  std::string key;
  AppendU64(index, &key);
  return key;
}

std::string TileKey(const TileId& id) {
  std::string key(1, static_cast<char>(id.tile_level));
  AppendU64(id.tile_index, &key);
  return key;
}

std::string StreamRowPrefix(absl::string_view stream) {
  std::string key(1, kStreamRowTable);
  AppendWithLength(stream, &key);
  return key;
}

std::string StreamRowKey(absl::string_view stream, uint64_t position) {
  std::string key = StreamRowPrefix(stream);
  AppendU64(position, &key);
  return key;
}

std::optional<uint64_t> StreamRowPosition(absl::string_view key) {
  if (key.size() < sizeof(uint64_t)) return std::nullopt;
  return ParseU64(key.substr(key.size() - sizeof(uint64_t)));
}

std::string StreamHeadKey(absl::string_view stream) {
  return absl::StrCat(absl::string_view(&kStreamHeadTable, 1), stream);
}

std::string RequestKey(absl::string_view caller, absl::string_view request_id) {
  std::string key(1, kRequestTable);
  AppendWithLength(caller, &key);
  key.append(request_id.data(), request_id.size());
  return key;
}

std::string IndexMarkerKey() { return std::string(1, kMarkerTable); }

std::string ErasureKey(uint64_t erased_index) {
  std::string key(1, kErasureTable);
  AppendU64(erased_index, &key);
  return key;
}

std::optional<uint64_t> ErasedIndex(absl::string_view key) {
  if (key.empty() || key[0] != kErasureTable) return std::nullopt;
  return ParseU64(key.substr(1));
}

std::string OwnerRowKey(absl::string_view key) {
  return absl::StrCat(absl::string_view(&kOwnerTable, 1), key);
}

absl::string_view OwnerPart(absl::string_view key) {
  ANNALS_CHECK(!key.empty() && key[0] == kOwnerTable);
  return key.substr(1);
}

std::string StreamRowValue(const StreamRow& row) {
  std::string value;
  AppendU64(row.index, &value);
  AppendU64(static_cast<uint64_t>(absl::ToUnixMicros(row.recorded_at)), &value);
  return value;
}

std::optional<StreamRow> ParseStreamRow(absl::string_view value) {
  StreamRow row;
  uint64_t micros = 0;
  if (!ConsumeU64(&value, &row.index) || !ConsumeU64(&value, &micros) ||
      !value.empty()) {
    return std::nullopt;
  }
  row.recorded_at = absl::FromUnixMicros(static_cast<int64_t>(micros));
  return row;
}

std::string StreamHeadValue(const StreamHead& head) {
  std::string value;
  AppendU64(head.length, &value);
  AppendU64(head.last_index, &value);
  return value;
}

std::optional<StreamHead> ParseStreamHead(absl::string_view value) {
  StreamHead head;
  if (!ConsumeU64(&value, &head.length) ||
      !ConsumeU64(&value, &head.last_index) || !value.empty()) {
    return std::nullopt;
  }
  return head;
}

std::string RequestValue(uint64_t index) { return EntryKey(index); }

std::optional<uint64_t> ParseRequestValue(absl::string_view value) {
  return ParseU64(value);
}

std::string ErasureValue(uint64_t index) { return EntryKey(index); }

std::optional<uint64_t> ParseErasureValue(absl::string_view value) {
  return ParseU64(value);
}

std::string IndexMarkerValue(const IndexMarker& marker) {
  std::string value;
  AppendU64(marker.entries, &value);
  AppendU32(marker.ledger_format, &value);
  AppendU32(marker.owner_format, &value);
  return value;
}

std::optional<IndexMarker> ParseIndexMarker(absl::string_view value) {
  IndexMarker marker;
  if (!ConsumeU64(&value, &marker.entries) ||
      !ConsumeU32(&value, &marker.ledger_format) ||
      !ConsumeU32(&value, &marker.owner_format) || !value.empty()) {
    return std::nullopt;
  }
  return marker;
}

}  // namespace annals::ledger
