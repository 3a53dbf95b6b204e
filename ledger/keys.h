// The bytes of the store's keys and of the ledger's own index rows.
//
// Integers are big-endian and of fixed width, so that keys sort as their
// numbers do; a string that something follows is preceded by its length, so
// that no two keys run into each other.
//
//   entry key     u64 index
//   tile key      u8 tile level · u64 tile index
//
// The first byte of an index key names its table:
//   0x01  stream row   u32 length · stream · u64 position
//                        → u64 index · i64 recorded at, µs since 1970
//   0x02  stream head  stream → u64 length · u64 index of the last entry
//   0x03  request      u32 length · caller · request id → u64 index
//   0x04  marker       → u64 indexed entries · u32 format of the ledger's rows
//   ·
//                        u32 format of the owner's rows
//   0x05  erasure      u64 index of the entry erased → u64 index of the one
//   that
//                        erased it
//   0x10  owner row    the owner's key → the owner's value

#ifndef ANNALS_LEDGER_KEYS_H_
#define ANNALS_LEDGER_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/tree.h"

namespace annals::ledger {

void AppendU32(uint32_t value, std::string* bytes);
void AppendU64(uint64_t value, std::string* bytes);

// Take the integer off the front of `bytes`; false, and nothing taken, if they
// are too short.
bool ConsumeU32(absl::string_view* bytes, uint32_t* value);
bool ConsumeU64(absl::string_view* bytes, uint64_t* value);

// The smallest key above all that begin with `prefix`; empty if there is none.
std::string PrefixEnd(std::string prefix);

std::string EntryKey(uint64_t index);
std::string TileKey(const TileId& id);

std::string StreamRowPrefix(absl::string_view stream);
std::string StreamRowKey(absl::string_view stream, uint64_t position);
// The position in a stream row's key; nullopt if the key is too short.
std::optional<uint64_t> StreamRowPosition(absl::string_view key);
std::string StreamHeadKey(absl::string_view stream);
std::string RequestKey(absl::string_view caller, absl::string_view request_id);
std::string IndexMarkerKey();
std::string ErasureKey(uint64_t erased_index);
// The index in an erasure row's key; nullopt if the key has a wrong length.
std::optional<uint64_t> ErasedIndex(absl::string_view key);
std::string OwnerRowKey(absl::string_view key);
// The owner's part of an owner row's key. REQUIRES: `key` is such a key.
absl::string_view OwnerPart(absl::string_view key);

// The values of the ledger's own rows. The parsers return nullopt for bytes of
// another length.
struct StreamRow {
  uint64_t index = 0;
  absl::Time recorded_at;

  friend bool operator==(const StreamRow&, const StreamRow&) = default;
};

struct StreamHead {
  uint64_t length = 0;
  uint64_t last_index = 0;

  friend bool operator==(const StreamHead&, const StreamHead&) = default;
};

struct IndexMarker {
  uint64_t entries = 0;
  uint32_t ledger_format = 0;
  uint32_t owner_format = 0;

  friend bool operator==(const IndexMarker&, const IndexMarker&) = default;
};

std::string StreamRowValue(const StreamRow& row);
std::optional<StreamRow> ParseStreamRow(absl::string_view value);
std::string StreamHeadValue(const StreamHead& head);
std::optional<StreamHead> ParseStreamHead(absl::string_view value);
std::string RequestValue(uint64_t index);
std::optional<uint64_t> ParseRequestValue(absl::string_view value);
std::string ErasureValue(uint64_t index);
std::optional<uint64_t> ParseErasureValue(absl::string_view value);
std::string IndexMarkerValue(const IndexMarker& marker);
std::optional<IndexMarker> ParseIndexMarker(absl::string_view value);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_KEYS_H_
