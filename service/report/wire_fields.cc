#include "service/report/wire_fields.h"

#include <limits>

namespace annals::report {
namespace {

// https://protobuf.dev/programming-guides/encoding: a tag is a varint of
// number << 3 | wire type.
constexpr int kWireTypeBits = 3;
constexpr uint32_t kWireTypeMask = 7;
constexpr uint32_t kVarintType = 0;
constexpr uint32_t kFixed64Type = 1;
constexpr uint32_t kBytesType = 2;
constexpr uint32_t kFixed32Type = 5;
constexpr int kVarintBytesMax = 10;

}  // namespace

bool WireFields::Next() {
  begin_ = next_;
  if (next_ == end_) return false;
  uint64_t tag = 0;
  is_malformed_ = !ReadVarint(&tag) ||
                  tag > std::numeric_limits<uint32_t>::max() ||
                  (tag >> kWireTypeBits) == 0 ||
                  !ReadValue(static_cast<uint32_t>(tag) & kWireTypeMask);
  number_ = static_cast<int>(tag >> kWireTypeBits);
  return !is_malformed_;
}

bool WireFields::ReadValue(uint32_t wire_type) {
  // Nobody takes the field before for this one.
  bytes_ = {};
  switch (wire_type) {
    case kVarintType:
      kind_ = WireKind::kVarint;
      return ReadVarint(&varint_);
    case kBytesType: {
      kind_ = WireKind::kBytes;
      uint64_t size = 0;
      if (!ReadVarint(&size)) return false;
      const char* const bytes = next_;
      if (!Skip(size)) return false;
      bytes_ = {bytes, static_cast<size_t>(size)};
      return true;
    }
    case kFixed64Type:
      kind_ = WireKind::kOther;
      return Skip(sizeof(uint64_t));
    case kFixed32Type:
      kind_ = WireKind::kOther;
      return Skip(sizeof(uint32_t));
    default:
      return false;
  }
}

bool WireFields::Skip(uint64_t size) {
  if (size > static_cast<uint64_t>(end_ - next_)) return false;
  next_ += size;
  return true;
}

bool WireFields::ReadVarint(uint64_t* value) {
  uint64_t result = 0;
  for (int i = 0; i < kVarintBytesMax && next_ != end_; ++i) {
    const auto byte = static_cast<uint8_t>(*next_++);
    result |= uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

}  // namespace annals::report
