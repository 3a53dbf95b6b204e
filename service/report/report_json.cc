#include "service/report/report_json.h"

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "ledger/status_macros.h"
#include "service/report/json_message.h"
#include "service/report/schema.h"

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

// What stands in a report's JSON although it is blank.
class Blanks {
 public:
  virtual ~Blanks() = default;
  // Whether `field` of the message that `parent` holds (null: the report) is
  // there.
  virtual bool Has(const FieldDescriptor* /*parent*/,
                   const FieldDescriptor* /*field*/) const {
    return false;
  }
};

// Those of a form to fill in.
class FormBlanks : public Blanks {
 public:
  explicit FormBlanks(const v1::Report& report) {
    for (const CellInfo& cell : Schema::Get().cells()) {
      if (!cell.In(EditionOf(report, cell.table_number))) continue;
      fields_.insert({nullptr, cell.table});
      fields_.insert({cell.table, cell.row});
      fields_.insert({cell.row, cell.figure});
    }
    for (const TextInfo& text : Schema::Get().texts()) {
      const FieldDescriptor* section = text.parent ? text.parent : text.text;
      if (!section->options().HasExtension(v1::section)) continue;
      fields_.insert({nullptr, section});
      fields_.insert({text.parent, text.text});
    }
  }

  bool Has(const FieldDescriptor* parent,
           const FieldDescriptor* field) const override {
    return fields_.contains({parent, field});
  }

 private:
  absl::flat_hash_set<std::pair<const FieldDescriptor*, const FieldDescriptor*>>
      fields_;
};

// Writes one report.
class JsonWriter {
 public:
  // `blanks` is not owned and must outlive this.
  explicit JsonWriter(const Blanks* blanks) : blanks_(*blanks) {}

  std::string Write(const v1::Report& report) {
    AppendMessage(report, nullptr, 0);
    json_.push_back('\n');
    return std::move(json_);
  }

 private:
  void AppendMessage(const Message& message, const FieldDescriptor* holder,
                     int depth);
  void AppendArray(const Message& message, const FieldDescriptor* field,
                   int depth);
  void AppendValue(const Message& message, const FieldDescriptor* field,
                   int index, int depth);
  bool IsThere(const Message& message, const FieldDescriptor* holder,
               const FieldDescriptor* field) const;

  const Blanks& blanks_;
  std::string json_;
};

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
void JsonWriter::AppendValue(const Message& message,
                             const FieldDescriptor* field, int index,
                             int depth) {
  std::string* const json = &json_;
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      AppendMessage(field->is_repeated()
                        ? reflection->GetRepeatedMessage(message, field, index)
                        : reflection->GetMessage(message, field),
                    field, depth);
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

void JsonWriter::AppendArray(const Message& message,
                             const FieldDescriptor* field, int depth) {
  std::string* const json = &json_;
  json->push_back('[');
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) json->push_back(',');
    AppendNewLine(depth + 1, json);
    AppendValue(message, field, i, depth + 1);
  }
  AppendNewLine(depth, json);
  json->push_back(']');
}

bool JsonWriter::IsThere(const Message& message, const FieldDescriptor* holder,
                         const FieldDescriptor* field) const {
  const Reflection* reflection = message.GetReflection();
  return blanks_.Has(holder, field) ||
         (field->is_repeated() ? reflection->FieldSize(message, field) > 0
                               : reflection->HasField(message, field));
}

void JsonWriter::AppendMessage(const Message& message,
                               const FieldDescriptor* holder, int depth) {
  const auto* descriptor = message.GetDescriptor();
  json_.push_back('{');
  bool is_empty = true;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (!IsThere(message, holder, field)) continue;
    if (!is_empty) json_.push_back(',');
    is_empty = false;
    AppendNewLine(depth + 1, &json_);
    AppendString(field->name(), &json_);
    json_.append(": ");
    if (field->is_repeated()) {
      AppendArray(message, field, depth + 1);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
               !message.GetReflection()->HasField(message, field)) {
      json_.append("null");
    } else {
      AppendValue(message, field, 0, depth + 1);
    }
  }
  if (!is_empty) AppendNewLine(depth, &json_);
  json_.push_back('}');
}

}  // namespace

absl::StatusOr<v1::Report> ReportFromJson(absl::string_view json) {
  absl::ConsumePrefix(&json, kByteOrderMark);
  v1::Report report;
  RETURN_IF_ERROR(MessageFromJson(json, &report));
  return report;
}

std::string ReportToJson(const v1::Report& report) {
  const Blanks none;
  return JsonWriter(&none).Write(report);
}

std::string ReportFormToJson(const v1::Report& report) {
  const FormBlanks blanks(report);
  return JsonWriter(&blanks).Write(report);
}

}  // namespace annals::report
