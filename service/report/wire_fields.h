// The fields of a protobuf message as they stand in its bytes, for what must
// read or keep them without making the message: what was received is what is
// hashed and kept.

#ifndef ANNALS_SERVICE_REPORT_WIRE_FIELDS_H_
#define ANNALS_SERVICE_REPORT_WIRE_FIELDS_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace annals::report {

// The kinds of fields that the schema has.
enum class WireKind { kVarint, kBytes, kOther };

// Gives the fields one by one:
//   WireFields fields(bytes);
//   while (fields.Next()) …
//   if (fields.is_malformed()) …
// Groups, which no schema of ours has, count as malformed.
class WireFields {
 public:
  // The bytes must outlive it.
  explicit WireFields(absl::string_view message)
      : begin_(message.data()),
        next_(message.data()),
        end_(message.data() + message.size()) {}

  // Goes on to the next field; false at the end, or if the rest is no field.
  bool Next();
  bool is_malformed() const { return is_malformed_; }

  int number() const { return number_; }
  WireKind kind() const { return kind_; }
  // Of kVarint.
  uint64_t varint() const { return varint_; }
  // Of kBytes: a string, or a message of its own. Empty of other kinds.
  absl::string_view bytes() const { return bytes_; }
  // The whole field, its tag included.
  absl::string_view whole() const {
    return {begin_, static_cast<size_t>(next_ - begin_)};
  }

 private:
  bool ReadVarint(uint64_t* value);
  bool ReadValue(uint32_t wire_type);
  bool Skip(uint64_t size);

  const char* begin_;  // Of the field.
  const char* next_;
  const char* const end_;
  int number_ = 0;
  WireKind kind_ = WireKind::kOther;
  uint64_t varint_ = 0;
  absl::string_view bytes_;
  bool is_malformed_ = false;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_WIRE_FIELDS_H_
