#include "service/report/validate.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "annals/v1/schema_options.pb.h"
#include "ledger/error.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// More faults than a person mends in one go are not listed.
constexpr size_t kViolationsMax = 50;
constexpr size_t kSha256Bytes = 32;
// The form has some seventy headings. Each of its cells may have a remark.
constexpr int kPrintedHeadingsMax = 100;
constexpr int kCellNotesMax = 1000;

int CountMax(const FieldDescriptor* field) {
  return field->message_type() == v1::PrintedHeading::descriptor()
             ? kPrintedHeadingsMax
             : kCellNotesMax;
}

struct Fault {
  std::string field;
  absl::string_view reason;
  ErrorText text;
};

class Validator {
 public:
  explicit Validator(const ReportLimits& limits) : limits_(limits) {}

  void CheckMessage(const Message& message, const std::string& path) {
    const Reflection* reflection = message.GetReflection();
    if (!reflection->GetUnknownFields(message).empty()) {
      Add(path, "UNKNOWN_FIELD",
          {"has fields that this version does not know; use a newer program",
           "含有本版本不认识的字段，请使用新版程序"});
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
      CheckField(message, field, path);
    }
  }

  // False if the report is too large to be looked through.
  bool CheckSize(const v1::Report& report) {
    const size_t bytes = report.ByteSizeLong();
    if (bytes <= limits_.report_bytes_max) return true;
    Add("report", "TEXT_TOO_LONG",
        {absl::StrCat("has ", bytes, " bytes, of which at most ",
                      limits_.report_bytes_max, " are allowed"),
         absl::StrCat("共 ", bytes, " 字节，最多允许 ",
                      limits_.report_bytes_max, " 字节")});
    return false;
  }

  absl::Status Result() const {
    if (faults_.empty()) return absl::OkStatus();
    const Fault& first = faults_.front();
    absl::Status status =
        MakeError(absl::StatusCode::kInvalidArgument, first.reason,
                  {absl::StrCat(first.field, " ", first.text.en),
                   absl::StrCat(first.field, " ", first.text.zh)});
    for (const Fault& fault : faults_) {
      AddFieldViolation({fault.field, fault.text.en}, &status);
    }
    return status;
  }

 private:
  void CheckField(const Message& message, const FieldDescriptor* field,
                  const std::string& parent_path) {
    const Reflection* reflection = message.GetReflection();
    const auto path = [&parent_path, field] {
      return absl::StrCat(parent_path, ".", field->name());
    };
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        CheckMessages(message, field, path());
        break;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            reflection->GetStringReference(message, field, &scratch);
        if (field->type() == FieldDescriptor::TYPE_STRING) {
          CheckText(text, path);
        } else if (text.size() != kSha256Bytes) {
          Add(path(), "INVALID_VALUE",
              {absl::StrCat("must have 32 bytes, not ", text.size()),
               absl::StrCat("应为 32 字节，实为 ", text.size(), " 字节")});
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        CheckEnum(field, reflection->GetEnumValue(message, field), path);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        CheckFigure(field, reflection->GetInt64(message, field), path);
        break;
      default:
        if (reflection->GetInt32(message, field) < 0) {
          Add(path(), "INVALID_VALUE", {"must not be negative", "不得为负数"});
        }
    }
  }

  void CheckMessages(const Message& message, const FieldDescriptor* field,
                     const std::string& path) {
    const Reflection* reflection = message.GetReflection();
    if (!field->is_repeated()) {
      CheckMessage(reflection->GetMessage(message, field), path);
      return;
    }
    const int count = reflection->FieldSize(message, field);
    if (const int count_max = CountMax(field); count > count_max) {
      Add(path, "INVALID_VALUE",
          {absl::StrCat("has ", count, " elements, of which at most ",
                        count_max, " are allowed"),
           absl::StrCat("共 ", count, " 项，最多允许 ", count_max, " 项")});
      return;
    }
    for (int i = 0; i < count; ++i) {
      CheckMessage(reflection->GetRepeatedMessage(message, field, i),
                   absl::StrCat(path, "[", i, "]"));
    }
  }

  template <typename Path>
  void CheckText(absl::string_view text, const Path& path) {
    if (text.size() > limits_.text_bytes_max) {
      Add(path(), "TEXT_TOO_LONG",
          {absl::StrCat("has ", text.size(), " bytes, of which at most ",
                        limits_.text_bytes_max, " are allowed"),
           absl::StrCat("共 ", text.size(), " 字节，最多允许 ",
                        limits_.text_bytes_max, " 字节")});
      return;
    }
    const size_t printable = PrintablePrefix(text);
    if (printable == text.size()) return;
    if (const size_t valid = ValidUtf8Prefix(text); valid < text.size()) {
      Add(path(), "INVALID_UTF8",
          {absl::StrCat("is not valid UTF-8 at byte ", valid),
           absl::StrCat("第 ", valid, " 字节不是有效的 UTF-8")});
      return;
    }
    Add(path(), "INVALID_VALUE",
        {absl::StrCat("has a control character at byte ", printable,
                      "; only tab and newline are allowed"),
         absl::StrCat("第 ", printable,
                      " 字节为控制字符，只允许制表符和换行符")});
  }

  template <typename Path>
  void CheckEnum(const FieldDescriptor* field, int value, const Path& path) {
    if (field->enum_type()->FindValueByNumber(value) != nullptr) return;
    Add(path(), "INVALID_VALUE",
        {absl::StrCat("has the unknown value ", value),
         absl::StrCat("的取值 ", value, " 未知")});
  }

  void CheckDate(const v1::Date& date, const std::string& path) {
    const absl::CivilDay day(date.year(), date.month(), date.day());
    if (date.year() >= 1 && date.year() <= 9999 && day.year() == date.year() &&
        day.month() == date.month() && day.day() == date.day()) {
      return;
    }
    const std::string shown =
        absl::StrCat(date.year(), "-", date.month(), "-", date.day());
    Add(path, "INVALID_VALUE",
        {absl::StrCat(shown, " is no day of the calendar"),
         absl::StrCat(shown, " 不是存在的日期")});
  }

  void CheckCellNote(const v1::CellNote& note, const std::string& path) {
    if (Schema::Get().Find(note.cell()).has_value()) return;
    Add(absl::StrCat(path, ".cell"), "INVALID_VALUE",
        {absl::StrCat(Quoted(note.cell()), " is no cell of the form"),
         absl::StrCat(Quoted(note.cell()), " 不是表格中的单元格")});
  }

  template <typename Path>
  void CheckFigure(const FieldDescriptor* field, int64_t value,
                   const Path& path) {
    if (value > kFigureMagnitudeMax || value < -kFigureMagnitudeMax) {
      Add(path(), "COUNT_OUT_OF_RANGE",
          {absl::StrCat("is ", value, "; no figure is beyond ",
                        kFigureMagnitudeMax),
           absl::StrCat("为 ", value, "，超出 ", kFigureMagnitudeMax,
                        " 的上限")});
    } else if (value < 0 &&
               !field->options().GetExtension(v1::cell).may_be_negative()) {
      Add(path(), "NEGATIVE_COUNT",
          {absl::StrCat("is ", value, "; it must not be negative"),
           absl::StrCat("为 ", value, "，不得为负数")});
    }
  }

  void Add(std::string field, absl::string_view reason, ErrorText text) {
    if (faults_.size() >= kViolationsMax) return;
    faults_.push_back({std::move(field), reason, std::move(text)});
  }

  const ReportLimits& limits_;
  std::vector<Fault> faults_;
};

v1::Scope Declared(v1::Scope scope) {
  return scope == v1::SCOPE_UNSPECIFIED ? v1::SCOPE_ORGAN : scope;
}

absl::Status FieldError(absl::string_view field, absl::string_view reason,
                        ErrorText text) {
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, reason,
      {absl::StrCat(field, " ", text.en), absl::StrCat(field, " ", text.zh)});
  AddFieldViolation({std::string(field), text.en}, &status);
  return status;
}

}  // namespace

absl::Status ValidateReport(const v1::Report& report,
                            const ReportLimits& limits) {
  Validator validator(limits);
  if (validator.CheckSize(report)) validator.CheckMessage(report, "report");
  return validator.Result();
}

absl::Status ValidateIdentity(const v1::Report& report,
                              const ReportName& name) {
  if (report.year() != name.year) {
    return FieldError(
        "report.year", "YEAR_MISMATCH",
        {absl::StrCat("is ", report.year(), ", but the report is named ",
                      name.ToString()),
         absl::StrCat("为 ", report.year(), "，与资源名 ", name.ToString(),
                      " 不符")});
  }
  if (Declared(report.scope()) != Declared(name.scope)) {
    const v1::Scope scope = Declared(report.scope());
    return FieldError(
        "report.scope", "SCOPE_MISMATCH",
        {absl::StrCat("is ", EnumLabel(scope, Language::kEn),
                      ", but the report is named ", name.ToString()),
         absl::StrCat("为“", EnumLabel(scope, Language::kZh), "”，与资源名 ",
                      name.ToString(), " 不符")});
  }
  return absl::OkStatus();
}

absl::Status ValidateText(absl::string_view field, absl::string_view text,
                          size_t characters_max) {
  if (const size_t valid = ValidUtf8Prefix(text); valid < text.size()) {
    return FieldError(field, "INVALID_UTF8",
                      {absl::StrCat("is not valid UTF-8 at byte ", valid),
                       absl::StrCat("第 ", valid, " 字节不是有效的 UTF-8")});
  }
  if (IsBlank(text)) {
    return FieldError(field, "MISSING_FIELD",
                      {"must not be empty", "不能为空"});
  }
  if (const size_t count = CharacterCount(text); count > characters_max) {
    return FieldError(
        field, "TEXT_TOO_LONG",
        {absl::StrCat("has ", count, " characters, of which at most ",
                      characters_max, " are allowed"),
         absl::StrCat("共 ", count, " 字，最多 ", characters_max, " 字")});
  }
  return absl::OkStatus();
}

}  // namespace annals::report
