#include "service/report/validate.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "ledger/error.h"
#include "service/report/characters.h"
#include "service/report/days.h"
#include "service/report/report_view.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

v1::Scope Declared(v1::Scope scope) {
  return scope == v1::SCOPE_UNSPECIFIED ? v1::SCOPE_ORGAN : scope;
}

// Whether it is http or https, names a host, and has no character that ends or
// escapes an address where it is shown.
bool IsWebAddress(absl::string_view url) {
  const auto consume = [&url](absl::string_view scheme) {
    if (!absl::StartsWithIgnoreCase(url, scheme)) return false;
    url.remove_prefix(scheme.size());
    return true;
  };
  if (!consume("https://") && !consume("http://")) return false;
  constexpr absl::string_view kNeverInAddress(" \t\n\"<>\\");
  return !url.empty() && url.find_first_of("/?#:@") != 0 &&
         url.find_first_of(kNeverInAddress) == absl::string_view::npos;
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

absl::Status ValidatePublication(absl::string_view field,
                                 const v1::Publication& publication, int year) {
  const std::string& url = publication.url();
  if (!url.empty() && !IsWebAddress(url)) {
    return FieldError(
        absl::StrCat(field, ".url"), "INVALID_VALUE",
        {absl::StrCat(Quoted(url),
                      " is no address of a page; give one that begins with "
                      "http:// or https://"),
         absl::StrCat(Quoted(url),
                      " 不是网页地址；请给出以 http:// 或 https:// 开头的"
                      "地址")});
  }
  const auto day = CivilDayOf(publication.date());
  if (!publication.has_date() || !day.has_value() ||
      *day >= absl::CivilDay(year, 1, 1)) {
    return absl::OkStatus();
  }
  const std::string shown = absl::FormatCivilTime(*day);
  return FieldError(
      absl::StrCat(field, ".date"), "INVALID_VALUE",
      {absl::StrCat("is ", shown, ", before the year ", year,
                    " that is reported on; give the day of publication"),
       absl::StrCat("为 ", shown, "，早于报告年度 ", year,
                    "；请给出发布日期")});
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
