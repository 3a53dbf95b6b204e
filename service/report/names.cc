#include "service/report/names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/characters.h"

namespace annals::report {
namespace {

// GB 32100-2015, 5.2: digits and capital letters without I, O, S, V and Z.
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr int kCodeModulus = 31;
constexpr size_t kCodeLength = 18;
// Where the division code of the registering authority and the organisation
// code stand.
constexpr size_t kDivisionBegin = 2;
constexpr size_t kOrganisationBegin = 8;
constexpr size_t kOrganisationLength = 9;
// GB 11714-1997, 3.3.
constexpr std::array<int, 8> kOrganisationWeights = {3, 7, 9, 10, 5, 8, 4, 2};

constexpr absl::string_view kDocuments = "documents/";
constexpr size_t kSha256HexLength = 64;

constexpr int kYearMin = 2008;
constexpr int kYearMax = 9999;

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsAllDigits(absl::string_view text) {
  for (char c : text) {
    if (!IsDigit(c)) return false;
  }
  return !text.empty();
}

absl::Status InvalidCode(absl::string_view code, absl::string_view en,
                         absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_AGENCY_CODE",
      {absl::StrCat("the unified social credit code ", Quoted(code), " ", en),
       absl::StrCat("统一社会信用代码 ", Quoted(code), " ", zh)});
}

absl::Status InvalidCharacter(absl::string_view code, size_t index,
                              absl::string_view en, absl::string_view zh) {
  const std::string shown = Quoted(code.substr(index, 1));
  return InvalidCode(
      code,
      absl::StrCat("is wrong in character ", index + 1, ", ", shown, ": ", en),
      absl::StrCat("第 ", index + 1, " 位 ", shown, " 有误：", zh));
}

// The value of a character of an organisation code: 0 to 9, then A = 10.
int OrganisationValue(char c) { return IsDigit(c) ? c - '0' : c - 'A' + 10; }

char OrganisationCheckCharacter(absl::string_view first8) {
  int sum = 0;
  for (size_t i = 0; i < kOrganisationWeights.size(); ++i) {
    sum += OrganisationValue(first8[i]) * kOrganisationWeights[i];
  }
  const int check = 11 - sum % 11;
  if (check == 10) return 'X';
  return check == 11 ? '0' : static_cast<char>('0' + check);
}

absl::Status InvalidName(absl::string_view name, absl::string_view form) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_RESOURCE_NAME",
      {absl::StrCat("the name ", Quoted(name), " is not of the form ", form),
       absl::StrCat("资源名 ", Quoted(name), " 不符合格式 ", form)});
}

constexpr char kAgencyForm[] = "agencies/{code}";
constexpr char kReportForm[] =
    "agencies/{code}/reports/{year}[-regional], 2008 ≤ year ≤ 9999";
constexpr char kRevisionForm[] =
    "agencies/{code}/reports/{year}/revisions/{number}";

using Segments = std::vector<absl::string_view>;

Segments Split(absl::string_view name) { return absl::StrSplit(name, '/'); }

bool ParseYearAndScope(absl::string_view segment, ReportName* report) {
  report->scope = absl::ConsumeSuffix(&segment, "-regional")
                      ? v1::SCOPE_REGIONAL
                      : v1::SCOPE_ORGAN;
  return segment.size() == 4 && IsAllDigits(segment) &&
         absl::SimpleAtoi(segment, &report->year) && report->year >= kYearMin &&
         report->year <= kYearMax;
}

// The report that the first four segments name.
absl::StatusOr<ReportName> ReportOfSegments(const Segments& segments,
                                            absl::string_view name,
                                            absl::string_view form) {
  ReportName report;
  if (segments[0] != "agencies" || segments[2] != "reports" ||
      !ParseYearAndScope(segments[3], &report)) {
    return InvalidName(name, form);
  }
  RETURN_IF_ERROR(ValidateAgencyCode(segments[1]));
  report.agency_code = std::string(segments[1]);
  return report;
}

}  // namespace

char AgencyCodeCheckCharacter(absl::string_view first17) {
  ANNALS_CHECK(first17.size() == kCodeLength - 1);
  int sum = 0;
  int weight = 1;
  for (char c : first17) {
    const size_t value = kAlphabet.find(c);
    ANNALS_CHECK(value != absl::string_view::npos);
    sum += static_cast<int>(value) * weight;
    weight = weight * 3 % kCodeModulus;
  }
  return kAlphabet[(kCodeModulus - sum % kCodeModulus) % kCodeModulus];
}

absl::Status ValidateAgencyCode(absl::string_view code) {
  if (code.size() != kCodeLength) {
    return InvalidCode(
        code, absl::StrCat("must have 18 characters, not ", code.size()),
        absl::StrCat("应为 18 位，实为 ", code.size(), " 位"));
  }
  for (size_t i = 0; i < code.size(); ++i) {
    if (kAlphabet.find(code[i]) == absl::string_view::npos) {
      return InvalidCharacter(
          code, i, "only digits and capital letters without I, O, S, V, Z",
          "只能用数字和大写字母，且不含 I、O、S、V、Z");
    }
    if (i >= kDivisionBegin && i < kOrganisationBegin && !IsDigit(code[i])) {
      return InvalidCharacter(code, i,
                              "characters 3 to 8 are a division code of digits",
                              "第 3 至 8 位为登记机关行政区划代码，只能是数字");
    }
  }
  const absl::string_view organisation =
      code.substr(kOrganisationBegin, kOrganisationLength);
  if (OrganisationCheckCharacter(organisation) != organisation.back()) {
    return InvalidCharacter(
        code, kOrganisationBegin + kOrganisationLength - 1,
        "the check character of the organisation code (9 to 17) does not fit; "
        "compare the code with the certificate",
        "组织机构代码（第 9 至 17 位）校验不通过，请与证书核对");
  }
  if (AgencyCodeCheckCharacter(code.substr(0, kCodeLength - 1)) !=
      code.back()) {
    return InvalidCharacter(
        code, kCodeLength - 1,
        "the check character does not fit; compare the code with the "
        "certificate",
        "校验码不符，请与证书核对");
  }
  return absl::OkStatus();
}

absl::Status ValidateDivisionCode(absl::string_view code) {
  const bool has_length = code.size() == 6 || code.size() == 9;
  if (has_length && IsAllDigits(code) &&
      code.find_first_not_of('0') != absl::string_view::npos) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_DIVISION_CODE",
      {absl::StrCat("the division code ", Quoted(code),
                    " must be 6 digits (GB/T 2260) or 9 digits (GB/T 10114)"),
       absl::StrCat("行政区划代码 ", Quoted(code),
                    " 应为 6 位数字（GB/T 2260）或 9 位数字（GB/T 10114）")});
}

std::string AgencyName::ToString() const {
  return absl::StrCat("agencies/", code);
}

std::string ReportName::ToString() const {
  return absl::StrCat("agencies/", agency_code, "/reports/", year,
                      scope == v1::SCOPE_REGIONAL ? "-regional" : "");
}

ReportName ReportName::Previous() const {
  ReportName previous = *this;
  --previous.year;
  return previous;
}

std::string RevisionName::ToString() const {
  return absl::StrCat(report.ToString(), "/revisions/", number);
}

absl::StatusOr<AgencyName> ParseAgencyName(absl::string_view name) {
  const Segments segments = Split(name);
  if (segments.size() != 2 || segments[0] != "agencies") {
    return InvalidName(name, kAgencyForm);
  }
  RETURN_IF_ERROR(ValidateAgencyCode(segments[1]));
  return AgencyName{std::string(segments[1])};
}

absl::StatusOr<ReportName> ParseReportName(absl::string_view name) {
  const Segments segments = Split(name);
  if (segments.size() != 4) return InvalidName(name, kReportForm);
  return ReportOfSegments(segments, name, kReportForm);
}

absl::StatusOr<RevisionName> ParseRevisionName(absl::string_view name) {
  const Segments segments = Split(name);
  if (segments.size() != 6 || segments[4] != "revisions") {
    return InvalidName(name, kRevisionForm);
  }
  RevisionName revision;
  // A number has one spelling, so that a revision has one name.
  if (!IsAllDigits(segments[5]) || segments[5][0] == '0' ||
      !absl::SimpleAtoi(segments[5], &revision.number)) {
    return InvalidName(name, kRevisionForm);
  }
  ASSIGN_OR_RETURN(revision.report,
                   ReportOfSegments(segments, name, kRevisionForm));
  return revision;
}

std::string DocumentName::ToString() const {
  return absl::StrCat(kDocuments, sha256);
}

absl::StatusOr<DocumentName> ParseDocumentName(absl::string_view name) {
  absl::string_view sha256 = name;
  const bool is_document = absl::ConsumePrefix(&sha256, kDocuments);
  const bool is_hex = std::all_of(sha256.begin(), sha256.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'f');
  });
  if (!is_document || sha256.size() != kSha256HexLength || !is_hex) {
    return InvalidName(name, "documents/{sha256}");
  }
  return DocumentName{std::string(sha256)};
}

}  // namespace annals::report
