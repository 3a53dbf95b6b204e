#include "service/request.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/unknown_field_set.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"
#include "service/report/validate.h"

namespace annals {
namespace {

constexpr size_t kUuidCharacters = 36;
constexpr int kFirstYear = 2008;  // Of the first 条例.
constexpr int kLastYear = 9998;

bool IsUuid(absl::string_view text) {
  if (text.size() != kUuidCharacters) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !absl::ascii_isxdigit(text[i])) return false;
  }
  return true;
}

bool IsRefusedControl(char32_t c) {
  return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F);
}

}  // namespace

absl::StatusOr<std::string> NormalizeRequestId(absl::string_view request_id) {
  if (IsUuid(request_id)) return absl::AsciiStrToLower(request_id);
  return InvalidField(
      "INVALID_REQUEST_ID", "request_id",
      "must be a UUID of 36 characters, new for each request and the same in "
      "each repetition of it, such as 123e4567-e89b-12d3-a456-426614174000",
      "须为 36 个字符的 UUID：每个请求用新的，重试时不变，例如 "
      "123e4567-e89b-12d3-a456-426614174000");
}

ledger::Hash RequestDigest(absl::string_view method,
                           const google::protobuf::Message& request,
                           absl::string_view attachment) {
  std::string bytes =
      absl::StrCat(method, absl::string_view("\0", 1),
                   ledger::AsStringView(ledger::Sha256(attachment)));
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  return ledger::Sha256(bytes);
}

absl::Status MalformedRequest(absl::string_view message_type) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
      {absl::StrCat("The request is no message ", message_type,
                    ", or a text in it is not UTF-8; make it from the "
                    "published schema."),
       absl::StrCat(
           "请求不是 ", message_type,
           " 消息，或其中的文字不是 UTF-8；请按公布的接口定义生成。")});
}

absl::Status RequireKnownFields(absl::string_view field,
                                const google::protobuf::Message& message) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  if (unknown.empty()) return absl::OkStatus();
  const int number = unknown.field(0).number();
  return InvalidField(
      "UNKNOWN_FIELD", field,
      absl::StrCat("has the field number ", number,
                   ", which this version of Annals does not know; update the "
                   "server, or leave the field out"),
      absl::StrCat("含有本版本不认识的字段编号 ", number,
                   "；请升级服务端，或去掉该字段"));
}

absl::Status RequireReportYear(int year) {
  if (year >= kFirstYear && year <= kLastYear) return absl::OkStatus();
  return InvalidField(
      "INVALID_VALUE", "year",
      absl::StrCat("is ", year, "; give the year reported on, from ",
                   kFirstYear, " on"),
      absl::StrCat("为 ", year, "；请给出报告年度，自 ", kFirstYear, " 起"));
}

absl::Status ValidateStatement(absl::string_view field, absl::string_view text,
                               size_t characters_max) {
  RETURN_IF_ERROR(report::ValidateText(field, text, characters_max));
  while (!text.empty()) {
    const std::optional<char32_t> c = ledger::ConsumeUtf8(&text);
    if (!c.has_value() || IsRefusedControl(*c)) {
      return InvalidField("INVALID_VALUE", field, "has a control character",
                          "含有控制字符");
    }
    if (report::IsBidiControl(*c)) {
      return InvalidField("INVALID_VALUE", field,
                          "has a character that changes the order in which "
                          "others are shown",
                          "含有改变文字显示顺序的字符");
    }
  }
  return absl::OkStatus();
}

absl::Status InvalidField(absl::string_view reason, absl::string_view field,
                          absl::string_view en, absl::string_view zh) {
  absl::Status status =
      MakeError(absl::StatusCode::kInvalidArgument, reason,
                {absl::StrCat("The field ", field, " ", en, "."),
                 absl::StrCat("字段 ", field, " ", zh, "。")});
  AddFieldViolation({std::string(field), std::string(en)}, &status);
  return status;
}

}  // namespace annals
