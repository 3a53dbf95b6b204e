#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/characters.h"
#include "service/report/json_reader.h"
#include "service/report/json_message.h"

namespace annals::report {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDepthMax = 32;

const FieldDescriptor* FindField(const Descriptor* message,
                                 const std::string& key) {
  if (const FieldDescriptor* field = message->FindFieldByName(key)) {
    return field;
  }
  // The mapping's own spelling, such as "agencyName".
  for (int i = 0; i < message->field_count(); ++i) {
    if (message->field(i)->json_name() == key) return message->field(i);
  }
  return nullptr;
}

// Digits with a sign at most, as an integer that 64 or 32 bits hold.
std::optional<int64_t> ParseInteger(absl::string_view text, bool is_64_bit) {
  const absl::string_view digits =
      text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  if (digits.empty() ||
      digits.find_first_not_of("0123456789") != absl::string_view::npos) {
    return std::nullopt;
  }
  int32_t value32 = 0;
  int64_t value64 = 0;
  if (is_64_bit && absl::SimpleAtoi(text, &value64)) return value64;
  if (!is_64_bit && absl::SimpleAtoi(text, &value32)) return value32;
  return std::nullopt;
}

class MessageReader {
 public:
  explicit MessageReader(absl::string_view json) : reader_(json) {}

  absl::Status ReadDocument(Message* message) {
    if (reader_.Peek() != '{') {
      return reader_.SyntaxError("a report must be a JSON object: expected '{'",
                                 "报告应为 JSON 对象：此处应为“{”");
    }
    RETURN_IF_ERROR(ReadMessage(message, "", 1));
    if (!reader_.AtEnd()) {
      return reader_.SyntaxError("something follows the end of the report",
                                 "报告结束后还有内容");
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadMessage(Message* message, const std::string& path,
                           int depth) {
    if (depth > kDepthMax) {
      return reader_.SyntaxError("nested deeper than 32 levels",
                                 "嵌套超过 32 层");
    }
    if (reader_.Peek() != '{') return TypeError(path, "an object", "对象");
    RETURN_IF_ERROR(reader_.Expect('{'));
    if (reader_.Consume('}')) return absl::OkStatus();
    std::set<const FieldDescriptor*> seen;
    do {
      RETURN_IF_ERROR(ReadMember(message, path, depth, &seen));
    } while (reader_.Consume(','));
    return CloseWith('}');
  }

  absl::Status ReadMember(Message* message, const std::string& path, int depth,
                          std::set<const FieldDescriptor*>* seen) {
    reader_.Peek();
    const size_t begin = reader_.offset();
    ASSIGN_OR_RETURN(const std::string key, reader_.ReadString());
    const std::string member_path =
        path.empty() ? key : absl::StrCat(path, ".", key);
    const FieldDescriptor* field = FindField(message->GetDescriptor(), key);
    if (field == nullptr) {
      return FieldError(begin, "UNKNOWN_FIELD", member_path,
                        "there is no such field in a report; correct its name "
                        "or leave it out",
                        "报告中没有这个字段，请改正名称或删去");
    }
    if (!seen->insert(field).second) {
      return FieldError(begin, "INVALID_JSON", member_path,
                        "the field is given twice; keep one",
                        "字段重复，请只保留一个");
    }
    RETURN_IF_ERROR(reader_.Expect(':'));
    if (reader_.Peek() == 'n') return reader_.ReadWord().status();
    return field->is_repeated()
               ? ReadArray(field, member_path, depth + 1, message)
               : ReadValue(field, member_path, depth + 1, message);
  }

  absl::Status ReadArray(const FieldDescriptor* field, const std::string& path,
                         int depth, Message* message) {
    if (reader_.Peek() != '[') return TypeError(path, "an array", "数组");
    RETURN_IF_ERROR(reader_.Expect('['));
    if (reader_.Consume(']')) return absl::OkStatus();
    int index = 0;
    do {
      RETURN_IF_ERROR(
          ReadMessage(message->GetReflection()->AddMessage(message, field),
                      absl::StrCat(path, "[", index++, "]"), depth + 1));
    } while (reader_.Consume(','));
    return CloseWith(']');
  }

  absl::Status CloseWith(char bracket) {
    if (reader_.Consume(bracket)) return absl::OkStatus();
    const std::string shown(1, bracket);
    return reader_.SyntaxError(absl::StrCat("expected ',' or '", shown, "'"),
                               absl::StrCat("此处应为“,”或“", shown, "”"));
  }

  absl::Status ReadValue(const FieldDescriptor* field, const std::string& path,
                         int depth, Message* message) {
    const auto* reflection = message->GetReflection();
    switch (field->type()) {
      case FieldDescriptor::TYPE_MESSAGE:
        return ReadMessage(reflection->MutableMessage(message, field), path,
                           depth);
      case FieldDescriptor::TYPE_STRING: {
        ASSIGN_OR_RETURN(std::string text, ReadText(path));
        reflection->SetString(message, field, std::move(text));
        return absl::OkStatus();
      }
      case FieldDescriptor::TYPE_BYTES: {
        ASSIGN_OR_RETURN(std::string bytes, ReadBytes(path));
        reflection->SetString(message, field, std::move(bytes));
        return absl::OkStatus();
      }
      case FieldDescriptor::TYPE_ENUM: {
        ASSIGN_OR_RETURN(const int value, ReadEnum(field->enum_type(), path));
        reflection->SetEnumValue(message, field, value);
        return absl::OkStatus();
      }
      default:
        return ReadInteger(field, path, message);
    }
  }

  absl::StatusOr<std::string> ReadText(const std::string& path) {
    if (reader_.Peek() != '"') {
      return TypeError(path, "a string in double quotes", "双引号括起的字符串");
    }
    return reader_.ReadString();
  }

  absl::StatusOr<std::string> ReadBytes(const std::string& path) {
    const size_t begin = reader_.offset();
    ASSIGN_OR_RETURN(const std::string text, ReadText(path));
    std::string bytes;
    if (absl::Base64Unescape(text, &bytes) ||
        absl::WebSafeBase64Unescape(text, &bytes)) {
      return bytes;
    }
    return FieldError(begin, "INVALID_VALUE", path, "must be Base64",
                      "应为 Base64 编码");
  }

  absl::StatusOr<int> ReadEnum(const EnumDescriptor* type,
                               const std::string& path) {
    const bool is_name = reader_.Peek() == '"';
    const size_t begin = reader_.offset();
    if (is_name) {
      ASSIGN_OR_RETURN(const std::string name, reader_.ReadString());
      const auto* value = type->FindValueByName(name);
      if (value != nullptr) return value->number();
    } else {
      ASSIGN_OR_RETURN(const absl::string_view number, reader_.ReadNumber());
      const std::optional<int64_t> value = ParseInteger(number, false);
      if (value.has_value() &&
          type->FindValueByNumber(static_cast<int>(*value)) != nullptr) {
        return static_cast<int>(*value);
      }
    }
    std::string names;
    for (int i = 0; i < type->value_count(); ++i) {
      absl::StrAppend(&names, i == 0 ? "" : ", ", type->value(i)->name());
    }
    return FieldError(begin, "INVALID_VALUE", path,
                      absl::StrCat("must be one of ", names),
                      absl::StrCat("应为下列之一：", names));
  }

  // A number, or (as the mapping has it for 64 bits) its digits as a string.
  absl::Status ReadInteger(const FieldDescriptor* field,
                           const std::string& path, Message* message) {
    const bool is_64_bit = field->type() == FieldDescriptor::TYPE_INT64;
    const char next = reader_.Peek();
    const size_t begin = reader_.offset();
    std::string text;
    if (next == '"') {
      ASSIGN_OR_RETURN(text, reader_.ReadString());
    } else if (next == '{' || next == '[' || next == 't' || next == 'f') {
      return TypeError(path, "a whole number", "整数");
    } else {
      ASSIGN_OR_RETURN(const absl::string_view number, reader_.ReadNumber());
      text = std::string(number);
    }
    const std::optional<int64_t> value = ParseInteger(text, is_64_bit);
    if (value.has_value()) {
      const auto* reflection = message->GetReflection();
      if (is_64_bit) {
        reflection->SetInt64(message, field, *value);
      } else {
        reflection->SetInt32(message, field, static_cast<int32_t>(*value));
      }
      return absl::OkStatus();
    }
    const char* const bits = is_64_bit ? "64" : "32";
    return FieldError(
        begin, "COUNT_OUT_OF_RANGE", path,
        absl::StrCat(Quoted(text), " is not a whole number of at most ", bits,
                     " bits, written in digits"),
        absl::StrCat(Quoted(text), " 不是用数字书写的 ", bits,
                     " 位以内的整数"));
  }

  absl::Status TypeError(const std::string& path, absl::string_view en,
                         absl::string_view zh) {
    const char next = reader_.Peek();
    if (next == '\0' || absl::string_view("{[\"-0123456789tfn").find(next) ==
                            absl::string_view::npos) {
      return reader_.SyntaxError("expected a value", "此处应为一个值");
    }
    return FieldError(reader_.offset(), "INVALID_VALUE", path,
                      absl::StrCat("must be ", en), absl::StrCat("应为", zh));
  }

  absl::Status FieldError(size_t offset, absl::string_view reason,
                          const std::string& path, absl::string_view en,
                          absl::string_view zh) const {
    const std::string shown = Quoted(path);
    absl::Status status =
        reader_.ErrorAt(offset, reason,
                        {absl::StrCat("field ", shown, ": ", en),
                         absl::StrCat("字段 ", shown, "：", zh)});
    AddFieldViolation({absl::StrCat("report.", path), std::string(en)},
                      &status);
    return status;
  }

  JsonReader reader_;
};

}  // namespace

absl::Status MessageFromJson(absl::string_view json, Message* message) {
  const size_t valid = ValidUtf8Prefix(json);
  if (valid == json.size()) return MessageReader(json).ReadDocument(message);
  size_t line = 1;
  for (char c : json.substr(0, valid)) line += c == '\n' ? 1 : 0;
  absl::Status status =
      MakeError(absl::StatusCode::kInvalidArgument, "INVALID_UTF8",
                {absl::StrCat("not valid UTF-8 at byte ", valid, " (line ",
                              line, "); save the file as UTF-8"),
                 absl::StrCat("第 ", valid, " 字节（第 ", line,
                              " 行）不是有效的 UTF-8，请将文件另存为 UTF-8")});
  AddErrorMetadata("byteOffset", absl::StrCat(valid), &status);
  return status;
}

}  // namespace annals::report
