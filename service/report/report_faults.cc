#include "service/report/report_faults.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "service/report/characters.h"

namespace annals::report {
namespace {

// More faults than a person mends in one go are not listed.
constexpr size_t kViolationsMax = 50;

}  // namespace

std::string FieldPath::ToString() const {
  std::string text =
      parent == nullptr ? std::string() : absl::StrCat(parent->ToString(), ".");
  text.append(name.data(), name.size());
  if (index >= 0) absl::StrAppend(&text, "[", index, "]");
  return text;
}

void ReportFaults::Add(const FieldPath& path, absl::string_view reason,
                       ErrorText text) {
  if (faults_.size() >= kViolationsMax) return;
  faults_.push_back({path.ToString(), reason, std::move(text)});
}

void ReportFaults::CheckText(absl::string_view text, const FieldPath& path) {
  if (text.size() > limits_.text_bytes_max) {
    Add(path, "TEXT_TOO_LONG",
        {absl::StrCat("has ", text.size(), " bytes, of which at most ",
                      limits_.text_bytes_max, " are allowed"),
         absl::StrCat("共 ", text.size(), " 字节，最多允许 ",
                      limits_.text_bytes_max, " 字节")});
    return;
  }
  const size_t printable = PrintablePrefix(text);
  if (printable == text.size()) return;
  if (const size_t valid = ValidUtf8Prefix(text); valid < text.size()) {
    Add(path, "INVALID_UTF8",
        {absl::StrCat("is not valid UTF-8 at byte ", valid),
         absl::StrCat("第 ", valid, " 字节不是有效的 UTF-8")});
    return;
  }
  Add(path, "INVALID_VALUE",
      {absl::StrCat("has a control character at byte ", printable,
                    "; only tab and newline are allowed"),
       absl::StrCat("第 ", printable,
                    " 字节为控制字符，只允许制表符和换行符")});
}

void ReportFaults::CheckFigure(int64_t value, bool may_be_negative,
                               const FieldPath& path) {
  if (value > kFigureMagnitudeMax || value < -kFigureMagnitudeMax) {
    Add(path, "COUNT_OUT_OF_RANGE",
        {absl::StrCat("is ", value, "; no figure is beyond ",
                      kFigureMagnitudeMax),
         absl::StrCat("为 ", value, "，超出 ", kFigureMagnitudeMax,
                      " 的上限")});
  } else if (value < 0 && !may_be_negative) {
    Add(path, "NEGATIVE_COUNT",
        {absl::StrCat("is ", value, "; it must not be negative"),
         absl::StrCat("为 ", value, "，不得为负数")});
  }
}

void ReportFaults::AddUnknownField(const FieldPath& path) {
  Add(path, "UNKNOWN_FIELD",
      {"has fields that this version does not know; use a newer program",
       "含有本版本不认识的字段，请使用新版程序"});
}

absl::Status ReportFaults::Result() const {
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

}  // namespace annals::report
