#include "service/wire_format.h"

#include <cstdint>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "service/report/wire_fields.h"

namespace annals {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;
using report::WireFields;
using report::WireKind;

bool HasField(absl::string_view message, int number) {
  WireFields fields(message);
  while (fields.Next()) {
    if (fields.number() == number) return true;
  }
  return false;
}

void Append(absl::string_view bytes, std::string* to) {
  to->append(bytes.data(), bytes.size());
}

}  // namespace

void AppendField(int number, absl::string_view value, std::string* bytes) {
  uint8_t head[16];
  uint8_t* end = CodedOutputStream::WriteTagToArray(
      WireFormatLite::MakeTag(number,
                              WireFormatLite::WIRETYPE_LENGTH_DELIMITED),
      head);
  end = CodedOutputStream::WriteVarint32ToArray(
      static_cast<uint32_t>(value.size()), end);
  bytes->append(head, end);
  Append(value, bytes);
}

bool IsWellFormed(absl::string_view message) {
  WireFields fields(message);
  while (fields.Next()) {
  }
  return !fields.is_malformed();
}

std::string MessageField(absl::string_view message, int number) {
  std::string value;
  WireFields fields(message);
  while (fields.Next()) {
    if (fields.number() == number && fields.kind() == WireKind::kBytes) {
      Append(fields.bytes(), &value);
    }
  }
  return value;
}

std::string WithoutField(std::string message, int number) {
  // Nearly always, and then nothing is copied.
  if (!HasField(message, number)) return message;
  std::string rest;
  WireFields fields(message);
  while (fields.Next()) {
    if (fields.number() != number) Append(fields.whole(), &rest);
  }
  return rest;
}

}  // namespace annals
