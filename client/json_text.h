// JSON of what is no message of the schema.

#ifndef ANNALS_CLIENT_JSON_TEXT_H_
#define ANNALS_CLIENT_JSON_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/struct.pb.h"

namespace annals::client {

// An object. As in the protobuf JSON mapping, 64-bit integers are strings.
class JsonObject {
 public:
  void Add(absl::string_view name, absl::string_view value);
  void Add(absl::string_view name, const std::vector<std::string>& values);
  void AddNumber(absl::string_view name, int value);
  void AddFlag(absl::string_view name, bool value);
  void AddObjects(absl::string_view name, std::vector<JsonObject> objects);
  // What is JSON already, such as a message of the schema.
  void AddJson(absl::string_view name, std::string json);

  // INTERNAL (JSON_NOT_WRITTEN) if a text is not UTF-8.
  absl::StatusOr<std::string> Line() const;      // One line, without newline.
  absl::StatusOr<std::string> Indented() const;  // With a newline at its end.

 private:
  struct NamedValue {
    std::string name;
    google::protobuf::Value value;
    // Of a list of objects, instead of the value.
    bool is_list;
    std::vector<JsonObject> objects;
    // If not empty, instead of the value.
    std::string json;
  };

  google::protobuf::Value& Field(absl::string_view name);
  static absl::StatusOr<std::string> ValueText(const NamedValue& field);
  absl::StatusOr<std::string> Text(absl::string_view separator) const;

  // In the order in which they were added.
  std::vector<NamedValue> fields_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_JSON_TEXT_H_
