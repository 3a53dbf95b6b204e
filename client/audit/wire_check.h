// Whether bytes are a message of a type, without making the message.
//
// An audit reads millions of contents and needs nothing of them but that they
// can be read. Parsing one costs three times as much as hashing it; this costs
// less than the hash. It gives the verdict that protobuf's parser gives: the
// same bytes are accepted (encoding: protobuf.dev/programming-guides/encoding).

#ifndef ANNALS_CLIENT_AUDIT_WIRE_CHECK_H_
#define ANNALS_CLIENT_AUDIT_WIRE_CHECK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace annals::client {

// Whether the bytes are UTF-8 without surrogates or overlong forms.
bool IsValidUtf8(absl::string_view text);

// A field as it stands in the bytes of a message.
struct WireField {
  uint32_t number = 0;
  uint32_t wire_type = 0;
  // The value of a varint; the bytes of a length-delimited field.
  uint64_t varint = 0;
  absl::string_view bytes;
};

// Takes the next field off `message`; nullopt if it is malformed. Groups are
// taken whole. REQUIRES: `message` is not empty.
std::optional<WireField> TakeWireField(absl::string_view* message);

// Thread-safe.
class WireCheck {
 public:
  explicit WireCheck(const google::protobuf::Descriptor* type);
  ~WireCheck();

  bool IsMessage(absl::string_view bytes) const;

 private:
  struct Table;
  // What may stand in a field.
  enum class Kind : uint8_t { kUnknown, kAny, kText, kMessage, kPackedVarints };
  struct Field {
    Kind kind = Kind::kUnknown;
    const Table* message = nullptr;
  };

  const Table* TableOf(const google::protobuf::Descriptor* type);
  static bool Check(const Table& table, const uint8_t* at, const uint8_t* end,
                    int depth);
  static bool CheckField(const Field& field, const uint8_t* begin,
                         const uint8_t* end, int depth);
  static const uint8_t* AfterOther(uint32_t tag, const uint8_t* at,
                                   const uint8_t* end);

  std::map<const google::protobuf::Descriptor*, std::unique_ptr<Table>> tables_;
  const Table* root_ = nullptr;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_WIRE_CHECK_H_
