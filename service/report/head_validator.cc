#include "service/report/head_validator.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "service/report/characters.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kSha256Bytes = 32;
// The form has some seventy headings. Each of its cells may have a remark.
constexpr int kPrintedHeadingsMax = 100;
constexpr int kCellNotesMax = 1000;

int CountMax(const FieldDescriptor* field) {
  return field->message_type() == v1::PrintedHeading::descriptor()
             ? kPrintedHeadingsMax
             : kCellNotesMax;
}

class HeadValidator {
 public:
  explicit HeadValidator(ReportFaults* faults) : faults_(*faults) {}

  void CheckMessage(const Message& message, const FieldPath& path) {
    const Reflection* reflection = message.GetReflection();
    if (!reflection->GetUnknownFields(message).empty()) {
      faults_.AddUnknownField(path);
    }
    if (message.GetDescriptor() == v1::Date::descriptor()) {
      CheckDate(static_cast<const v1::Date&>(message), path);
      return;
    }
    if (message.GetDescriptor() == v1::CellNote::descriptor()) {
      CheckCellNote(static_cast<const v1::CellNote&>(message), path);
    }
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      CheckField(message, field, {&path, field->name()});
    }
  }

 private:
  void CheckField(const Message& message, const FieldDescriptor* field,
                  const FieldPath& path) {
    const Reflection* reflection = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        CheckMessages(message, field, path);
        break;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            reflection->GetStringReference(message, field, &scratch);
        if (field->type() == FieldDescriptor::TYPE_STRING) {
          faults_.CheckText(text, path);
        } else if (text.size() != kSha256Bytes) {
          faults_.Add(
              path, "INVALID_VALUE",
              {absl::StrCat("must have 32 bytes, not ", text.size()),
               absl::StrCat("应为 32 字节，实为 ", text.size(), " 字节")});
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        CheckEnum(field, reflection->GetEnumValue(message, field), path);
        break;
      default:
        if (reflection->GetInt32(message, field) < 0) {
          faults_.Add(path, "INVALID_VALUE",
                      {"must not be negative", "不得为负数"});
        }
    }
  }

  void CheckMessages(const Message& message, const FieldDescriptor* field,
                     const FieldPath& path) {
    const Reflection* reflection = message.GetReflection();
    if (!field->is_repeated()) {
      CheckMessage(reflection->GetMessage(message, field), path);
      return;
    }
    const int count = reflection->FieldSize(message, field);
    if (const int count_max = CountMax(field); count > count_max) {
      faults_.Add(
          path, "INVALID_VALUE",
          {absl::StrCat("has ", count, " elements, of which at most ",
                        count_max, " are allowed"),
           absl::StrCat("共 ", count, " 项，最多允许 ", count_max, " 项")});
      return;
    }
    for (int i = 0; i < count; ++i) {
      CheckMessage(reflection->GetRepeatedMessage(message, field, i),
                   {path.parent, path.name, i});
    }
  }

  void CheckEnum(const FieldDescriptor* field, int value,
                 const FieldPath& path) {
    if (field->enum_type()->FindValueByNumber(value) != nullptr) return;
    faults_.Add(path, "INVALID_VALUE",
                {absl::StrCat("has the unknown value ", value),
                 absl::StrCat("的取值 ", value, " 未知")});
  }

  void CheckDate(const v1::Date& date, const FieldPath& path) {
    const absl::CivilDay day(date.year(), date.month(), date.day());
    if (date.year() >= 1 && date.year() <= 9999 && day.year() == date.year() &&
        day.month() == date.month() && day.day() == date.day()) {
      return;
    }
    const std::string shown =
        absl::StrCat(date.year(), "-", date.month(), "-", date.day());
    faults_.Add(path, "INVALID_VALUE",
                {absl::StrCat(shown, " is no day of the calendar"),
                 absl::StrCat(shown, " 不是存在的日期")});
  }

  void CheckCellNote(const v1::CellNote& note, const FieldPath& path) {
    if (Schema::Get().Find(note.cell()).has_value()) return;
    faults_.Add({&path, "cell"}, "INVALID_VALUE",
                {absl::StrCat(Quoted(note.cell()), " is no cell of the form"),
                 absl::StrCat(Quoted(note.cell()), " 不是表格中的单元格")});
  }

  ReportFaults& faults_;
};

}  // namespace

void ValidateHead(const v1::Report& head, ReportFaults* faults) {
  HeadValidator(faults).CheckMessage(head, {nullptr, "report"});
}

}  // namespace annals::report
