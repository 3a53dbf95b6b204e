#include "service/report/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"

namespace annals::report {
namespace {

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
// Codes printed in the catalogue numbers (索引号) of real government portals.
const char* const kRealCodes[] = {"12620600MB0523338C", "11620403013912770D",
                                  "11341702486344515H"};
constexpr char kCode[] = "11341702486344515H";

TEST(AgencyCodeTest, AcceptsRealCodes) {
  for (const std::string code : kRealCodes) {
    EXPECT_OK(ValidateAgencyCode(code));
    EXPECT_EQ(AgencyCodeCheckCharacter(code.substr(0, 17)), code.back());
  }
}

TEST(AgencyCodeTest, DetectsEverySingleWrongCharacter) {
  int corruptions = 0;
  for (const std::string code : kRealCodes) {
    for (size_t i = 0; i < code.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string wrong = code;
        wrong[i] = static_cast<char>(byte);
        if (wrong == code) continue;
        ++corruptions;
        ASSERT_THAT(ValidateAgencyCode(wrong),
                    StatusHasReason(kInvalid, "INVALID_AGENCY_CODE"))
            << "position " << i << " byte " << byte;
      }
    }
  }
  EXPECT_EQ(corruptions, 3 * 18 * 255);
}

TEST(AgencyCodeTest, DetectsEverySwapOfNeighbours) {
  for (const std::string code : kRealCodes) {
    for (size_t i = 0; i + 1 < code.size(); ++i) {
      std::string wrong = code;
      std::swap(wrong[i], wrong[i + 1]);
      if (wrong == code) continue;
      EXPECT_FALSE(ValidateAgencyCode(wrong).ok()) << wrong;
    }
  }
}

TEST(AgencyCodeTest, UsesTheWholeAlphabetForTheCheckCharacter) {
  std::set<char> seen;
  for (int n = 0; n < 1000; ++n) {
    seen.insert(
        AgencyCodeCheckCharacter(absl::StrCat("11410303", 100000000 + n)));
  }
  EXPECT_EQ(seen.size(), kAlphabet.size());
}

TEST(AgencyCodeTest, RefusesAWrongOrganisationCode) {
  // The last character is made to fit the 17 before it, so only the
  // organisation code in the middle can tell.
  std::string first17 = "11341702486344516";
  const std::string code =
      absl::StrCat(first17, std::string(1, AgencyCodeCheckCharacter(first17)));
  const absl::Status status = ValidateAgencyCode(code);
  EXPECT_THAT(status, StatusHasReason(kInvalid, "INVALID_AGENCY_CODE"));
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("character 17"));
}

TEST(AgencyCodeTest, NamesTheCharacterAtFault) {
  const auto message = [](absl::string_view code) {
    return std::string(ValidateAgencyCode(code).message());
  };
  EXPECT_THAT(message("11341702486344515I"),
              ::testing::HasSubstr("character 18, \"I\""));
  EXPECT_THAT(message("1134170248634451h5"),
              ::testing::HasSubstr("character 17, \"h\""));
  EXPECT_THAT(message("113417A2486344515H"),
              ::testing::HasSubstr("character 7, \"A\""));
  EXPECT_THAT(message("11341702486344515"), ::testing::HasSubstr("not 17"));
}

TEST(DivisionCodeTest, HasSixOrNineDigits) {
  EXPECT_OK(ValidateDivisionCode("410303"));
  EXPECT_OK(ValidateDivisionCode("410303001"));
  for (const char* code : {"", "41030", "4103030", "000000", "000000000",
                           "41030A", "４１０３０３", "41 303"}) {
    EXPECT_THAT(ValidateDivisionCode(code),
                StatusHasReason(kInvalid, "INVALID_DIVISION_CODE"))
        << code;
  }
}

TEST(NameTest, WritesAndReadsEachForm) {
  ASSERT_OK_AND_ASSIGN(const AgencyName agency,
                       ParseAgencyName(absl::StrCat("agencies/", kCode)));
  EXPECT_EQ(agency.code, kCode);
  for (v1::Scope scope : {v1::SCOPE_ORGAN, v1::SCOPE_REGIONAL}) {
    for (int year : {2008, 2024, 9999}) {
      const ReportName name = {kCode, year, scope};
      ASSERT_OK_AND_ASSIGN(const ReportName read,
                           ParseReportName(name.ToString()));
      EXPECT_EQ(read.agency_code, kCode);
      EXPECT_EQ(read.year, year);
      EXPECT_EQ(read.scope, scope);
      const RevisionName revision = {name, 2147483647};
      ASSERT_OK_AND_ASSIGN(const RevisionName read_revision,
                           ParseRevisionName(revision.ToString()));
      EXPECT_EQ(read_revision.number, 2147483647);
      EXPECT_EQ(read_revision.ToString(), revision.ToString());
    }
  }
  EXPECT_EQ(ReportName({kCode, 2024, v1::SCOPE_REGIONAL}).ToString(),
            "agencies/11341702486344515H/reports/2024-regional");
}

TEST(NameTest, KnowsTheYearBefore) {
  const ReportName name = {kCode, 2024, v1::SCOPE_REGIONAL};
  EXPECT_EQ(name.Previous().ToString(),
            "agencies/11341702486344515H/reports/2023-regional");
}

TEST(NameTest, RefusesOtherForms) {
  const std::string agency = absl::StrCat("agencies/", kCode);
  const std::string report = absl::StrCat(agency, "/reports/2024");
  for (const std::string& name :
       {std::string(), std::string("agencies"), std::string("/"),
        absl::StrCat("/", agency), absl::StrCat(agency, "/"),
        absl::StrCat("agency/", kCode)}) {
    EXPECT_THAT(ParseAgencyName(name),
                StatusHasReason(kInvalid, "INVALID_RESOURCE_NAME"))
        << name;
  }
  for (const std::string& name :
       {agency, absl::StrCat(report, "/"), absl::StrCat(agency, "/reports/"),
        absl::StrCat(agency, "/reports/2007"),
        absl::StrCat(agency, "/reports/10000"),
        absl::StrCat(agency, "/reports/02024"),
        absl::StrCat(agency, "/reports/2024-organ"),
        absl::StrCat(agency, "/reports/2024-regional-regional"),
        absl::StrCat(agency, "/reports/+202"),
        absl::StrCat(agency, "/report/2024")}) {
    EXPECT_THAT(ParseReportName(name),
                StatusHasReason(kInvalid, "INVALID_RESOURCE_NAME"))
        << name;
  }
  for (const char* number : {"", "0", "01", "-1", "1.0", "x", "2147483648",
                             "99999999999999999999"}) {
    EXPECT_THAT(ParseRevisionName(absl::StrCat(report, "/revisions/", number)),
                StatusHasReason(kInvalid, "INVALID_RESOURCE_NAME"))
        << number;
  }
}

TEST(NameTest, RefusesAWrongAgencyCode) {
  EXPECT_THAT(ParseAgencyName("agencies/11341702486344515G"),
              StatusHasReason(kInvalid, "INVALID_AGENCY_CODE"));
  EXPECT_THAT(ParseReportName("agencies/11341702486344515G/reports/2024"),
              StatusHasReason(kInvalid, "INVALID_AGENCY_CODE"));
  EXPECT_THAT(
      ParseRevisionName("agencies/11341702486344515G/reports/2024/revisions/1"),
      StatusHasReason(kInvalid, "INVALID_AGENCY_CODE"));
}

TEST(NameTest, KeepsMessagesValidWhateverIsPutIn) {
  const absl::Status status =
      ParseAgencyName(absl::StrCat("agencies/\xFF\x80", std::string(500, 'a')))
          .status();
  EXPECT_LT(status.message().size(), 800u);
  EXPECT_EQ(status.message().find('\xFF'), absl::string_view::npos);
}

}  // namespace
}  // namespace annals::report
