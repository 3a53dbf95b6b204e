#include "service/report/validate.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/report/characters.h"
#include "service/report/report_view.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

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
  return ReportView::Read(report.SerializeAsString(), limits).status();
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
