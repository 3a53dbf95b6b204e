#include "service/report/field_texts.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "annals/v1/schema_options.pb.h"

namespace annals::report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string DateText(const v1::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

// Collects everything of a report that is no figure, as text.
class Flattener {
 public:
  std::map<FieldPlace, FieldText> Flatten(const v1::Report& report) {
    VisitMessage(report, "", {});
    return std::move(texts_);
  }

 private:
  void VisitMessage(const Message& message, const std::string& path,
                    const FieldPlace& place) {
    if (message.GetDescriptor() == v1::Date::descriptor()) {
      texts_[place] = {path, DateText(static_cast<const v1::Date&>(message))};
      return;
    }
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->options().HasExtension(v1::cell)) continue;
      if (path.empty() && field->number() == v1::Report::kEtagFieldNumber) {
        continue;
      }
      FieldPlace field_place = place;
      field_place.push_back(field->number());
      VisitField(
          message, field,
          path.empty() ? field->name() : absl::StrCat(path, ".", field->name()),
          field_place);
    }
  }

  void VisitField(const Message& message, const FieldDescriptor* field,
                  const std::string& path, const FieldPlace& place) {
    const Reflection* reflection = message.GetReflection();
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      texts_[place] = {path, ScalarText(message, field)};
      return;
    }
    if (!field->is_repeated()) {
      VisitMessage(reflection->GetMessage(message, field), path, place);
      return;
    }
    const bool are_notes = field->message_type() == v1::CellNote::descriptor();
    std::map<CellIndex, int> notes;
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& element =
          reflection->GetRepeatedMessage(message, field, i);
      FieldPlace element_place = place;
      if (are_notes) {
        const auto& note = static_cast<const v1::CellNote&>(element);
        if (const auto cell = Schema::Get().Find(note.cell())) {
          element_place.insert(element_place.end(), {0, *cell});
          AddNote(note, path, element_place, ++notes[*cell]);
          continue;
        }
        element_place.push_back(1);
      }
      element_place.push_back(i);
      VisitMessage(element, absl::StrCat(path, "[", i, "]"), element_place);
    }
  }

  // `number`: of the notes on that cell, from 1.
  void AddNote(const v1::CellNote& note, const std::string& path,
               FieldPlace place, int number) {
    place.push_back(number);
    texts_[place] = {
        absl::StrCat(path, "[", note.cell(), "]",
                     number == 1 ? "" : absl::StrCat("[", number, "]")),
        note.printed()};
  }

  static std::string ScalarText(const Message& message,
                                const FieldDescriptor* field) {
    const Reflection* reflection = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string text = reflection->GetString(message, field);
        return field->type() == FieldDescriptor::TYPE_BYTES
                   ? absl::BytesToHexString(text)
                   : text;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number = reflection->GetEnumValue(message, field);
        const auto* value = field->enum_type()->FindValueByNumber(number);
        return value == nullptr ? absl::StrCat(number) : value->name();
      }
      case FieldDescriptor::CPPTYPE_INT32:
        return absl::StrCat(reflection->GetInt32(message, field));
      default:
        return absl::StrCat(reflection->GetInt64(message, field));
    }
  }

  std::map<FieldPlace, FieldText> texts_;
};

}  // namespace

FieldTexts ReadFieldTexts(const v1::Report& report) {
  return Flattener().Flatten(report);
}

std::optional<CellIndex> CellOfNote(absl::string_view path) {
  const absl::string_view field =
      v1::Report::descriptor()
          ->FindFieldByNumber(v1::Report::kCellNotesFieldNumber)
          ->name();
  if (!absl::ConsumePrefix(&path, field) || !absl::ConsumePrefix(&path, "[")) {
    return std::nullopt;
  }
  return Schema::Get().Find(path.substr(0, path.find(']')));
}

}  // namespace annals::report
