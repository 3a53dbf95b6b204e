#include "client/json_text.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {

google::protobuf::Value& JsonObject::Field(absl::string_view name) {
  fields_.push_back({std::string(name), {}, false, {}, {}});
  return fields_.back().value;
}

void JsonObject::Add(absl::string_view name, absl::string_view value) {
  Field(name).set_string_value(std::string(value));
}

void JsonObject::Add(absl::string_view name,
                     const std::vector<std::string>& values) {
  auto* list = Field(name).mutable_list_value();
  for (const std::string& value : values) {
    list->add_values()->set_string_value(value);
  }
}

void JsonObject::AddNumber(absl::string_view name, int value) {
  Field(name).set_number_value(value);
}

void JsonObject::AddFlag(absl::string_view name, bool value) {
  Field(name).set_bool_value(value);
}

void JsonObject::AddObjects(absl::string_view name,
                            std::vector<JsonObject> objects) {
  fields_.push_back({std::string(name), {}, true, std::move(objects), {}});
}

void JsonObject::AddJson(absl::string_view name, std::string json) {
  fields_.push_back({std::string(name), {}, false, {}, std::move(json)});
}

absl::StatusOr<std::string> JsonObject::ValueText(const NamedValue& field) {
  if (field.is_list) {
    std::vector<std::string> lines;
    for (const JsonObject& object : field.objects) {
      ASSIGN_OR_RETURN(lines.emplace_back(), object.Line());
    }
    return absl::StrCat("[", absl::StrJoin(lines, ","), "]");
  }
  if (!field.json.empty()) return field.json;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(field.value, &json);
  if (status.ok()) return json;
  return MakeError(
      absl::StatusCode::kInternal, "JSON_NOT_WRITTEN",
      {absl::StrCat("can't write ", field.name,
                    " as JSON: ", status.ToString()),
       absl::StrCat("无法把 ", field.name, " 写成 JSON：", status.ToString())});
}

absl::StatusOr<std::string> JsonObject::Text(
    absl::string_view separator) const {
  std::string text;
  for (const NamedValue& field : fields_) {
    ASSIGN_OR_RETURN(const std::string json, ValueText(field));
    absl::StrAppend(&text, text.empty() ? "" : ",", separator, "\"", field.name,
                    "\": ", json);
  }
  return text;
}

absl::StatusOr<std::string> JsonObject::Line() const {
  ASSIGN_OR_RETURN(const std::string text, Text(""));
  return absl::StrCat("{", text, "}");
}

absl::StatusOr<std::string> JsonObject::Indented() const {
  ASSIGN_OR_RETURN(const std::string text, Text("\n "));
  return absl::StrCat("{", text, "\n}\n");
}

}  // namespace annals::client
