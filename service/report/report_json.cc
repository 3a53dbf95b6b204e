#include "service/report/report_json.h"

#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/json_util.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/json_scan.h"

namespace annals::report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
// From here on a reader that keeps numbers as doubles loses digits.
constexpr int64_t kExactInDouble = int64_t{1} << 53;

void AppendString(absl::string_view text, std::string* json) {
  json->push_back('"');
  for (char c : text) {
    switch (c) {
      case '"':
        json->append("\\\"");
        break;
      case '\\':
        json->append("\\\\");
        break;
      case '\n':
        json->append("\\n");
        break;
      case '\t':
        json->append("\\t");
        break;
      default:
        if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
          absl::StrAppendFormat(json, "\\u%04x", static_cast<uint8_t>(c));
        } else {
          json->push_back(c);
        }
    }
  }
  json->push_back('"');
}

void AppendCount(int64_t value, std::string* json) {
  const bool is_exact = value > -kExactInDouble && value < kExactInDouble;
  const char* const quote = is_exact ? "" : "\"";
  absl::StrAppend(json, quote, value, quote);
}

void AppendNewLine(int depth, std::string* json) {
  json->push_back('\n');
  json->append(static_cast<size_t>(depth) * 2, ' ');
}

void AppendMessage(const Message& message, int depth, std::string* json);

void AppendEnum(const FieldDescriptor* field, int number, std::string* json) {
  const auto* value = field->enum_type()->FindValueByNumber(number);
  if (value == nullptr) {
    absl::StrAppend(json, number);
  } else {
    AppendString(value->name(), json);
  }
}

// The value of a field; of its element `index` if it is repeated. A report
// repeats only messages.
void AppendValue(const Message& message, const FieldDescriptor* field,
                 int index, int depth, std::string* json) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      AppendMessage(field->is_repeated()
                        ? reflection->GetRepeatedMessage(message, field, index)
                        : reflection->GetMessage(message, field),
                    depth, json);
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = reflection->GetString(message, field);
      AppendString(field->type() == FieldDescriptor::TYPE_BYTES
                       ? absl::Base64Escape(text)
                       : text,
                   json);
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      AppendEnum(field, reflection->GetEnumValue(message, field), json);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(json, reflection->GetInt32(message, field));
      break;
    default:
      AppendCount(reflection->GetInt64(message, field), json);
  }
}

void AppendArray(const Message& message, const FieldDescriptor* field,
                 int depth, std::string* json) {
  json->push_back('[');
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) json->push_back(',');
    AppendNewLine(depth + 1, json);
    AppendValue(message, field, i, depth + 1, json);
  }
  AppendNewLine(depth, json);
  json->push_back(']');
}

void AppendMessage(const Message& message, int depth, std::string* json) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  json->push_back('{');
  bool is_first = true;
  for (const FieldDescriptor* field : fields) {
    if (!is_first) json->push_back(',');
    is_first = false;
    AppendNewLine(depth + 1, json);
    AppendString(field->name(), json);
    json->append(": ");
    if (field->is_repeated()) {
      AppendArray(message, field, depth + 1, json);
    } else {
      AppendValue(message, field, 0, depth + 1, json);
    }
  }
  if (!fields.empty()) AppendNewLine(depth, json);
  json->push_back('}');
}

}  // namespace

absl::StatusOr<v1::Report> ReportFromJson(absl::string_view json) {
  absl::ConsumePrefix(&json, kByteOrderMark);
  RETURN_IF_ERROR(ScanJson(json, v1::Report::descriptor()));
  v1::Report report;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &report);
  if (!status.ok()) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_JSON",
        {absl::StrCat("the report can't be read: ", status.ToString()),
         absl::StrCat("报告无法读取：", status.ToString())});
  }
  return report;
}

std::string ReportToJson(const v1::Report& report) {
  std::string json;
  AppendMessage(report, 0, &json);
  json.push_back('\n');
  return json;
}

}  // namespace annals::report
