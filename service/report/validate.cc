#include "service/report/validate.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
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

ErrorText NameOfCharacter(char c) {
  switch (c) {
    case ' ':
      return {"a blank", "空格"};
    case '\t':
      return {"a tab", "制表符"};
    case '\n':
      return {"a line break", "换行符"};
    default:
      return {absl::StrCat("the character ", std::string(1, c)),
              absl::StrCat("字符 ", std::string(1, c))};
  }
}

ErrorText NeverInAddress(char c, size_t place) {
  const ErrorText name = NameOfCharacter(c);
  const std::string code = absl::StrCat(
      "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
  return {absl::StrCat("has ", name.en, " at byte ", place,
                       ", which no address has; leave it out, or write ",
                       absl::AsciiStrToUpper(code)),
          absl::StrCat("第 ", place, " 字节是", name.zh,
                       "，网页地址中不能有；请删去，或写成 ",
                       absl::AsciiStrToUpper(code))};
}

// What is wrong with an address that is no http or https, names no host, or has
// a character that ends or escapes an address where it is shown.
std::optional<ErrorText> FaultOfWebAddress(absl::string_view url) {
  absl::string_view rest = url;
  const auto consume = [&rest](absl::string_view scheme) {
    if (!absl::StartsWithIgnoreCase(rest, scheme)) return false;
    rest.remove_prefix(scheme.size());
    return true;
  };
  if (!consume("https://") && !consume("http://")) {
    return ErrorText{
        "is no address of a page; give one that begins with http:// or "
        "https://",
        "不是网页地址；请给出以 http:// 或 https:// 开头的地址"};
  }
  constexpr absl::string_view kNeverInAddress(" \t\n\"<>\\");
  if (const size_t place = url.find_first_of(kNeverInAddress);
      place != absl::string_view::npos) {
    return NeverInAddress(url[place], place);
  }
  if (!rest.empty() && rest.find_first_of("/?#:@") != 0) return std::nullopt;
  return ErrorText{
      "names no host; give the whole address, such as "
      "https://www.example.gov.cn/2024.html",
      "没有主机名；请给出完整的地址，如 https://www.example.gov.cn/2024.html"};
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
  if (const auto fault = FaultOfWebAddress(url);
      !url.empty() && fault.has_value()) {
    return FieldError(absl::StrCat(field, ".url"), "INVALID_VALUE",
                      {absl::StrCat(Quoted(url), " ", fault->en),
                       absl::StrCat(Quoted(url), " ", fault->zh)});
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
