#include "service/report/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/report/characters.h"
#include "service/report/days.h"
#include "service/report/schema.h"
#include "tests/support/matchers.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::vector<std::string> FieldsAtFault(const v1::Report& report) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation :
       FieldViolations(ValidateReport(report, ReportLimits()))) {
    fields.push_back(violation.field);
  }
  return fields;
}

void ExpectFault(const v1::Report& report, absl::string_view reason,
                 const std::string& field) {
  EXPECT_THAT(ValidateReport(report, ReportLimits()),
              StatusHasReason(kInvalid, std::string(reason)));
  EXPECT_THAT(FieldsAtFault(report), ::testing::ElementsAre(field));
}

TEST(ValidateReportTest, AcceptsWellFormedReports) {
  EXPECT_OK(ValidateReport(v1::Report(), ReportLimits()));
  for (uint64_t seed = 0; seed < 10; ++seed) {
    EXPECT_OK(ValidateReport(MakeReport(seed), ReportLimits()));
  }
}

TEST(ValidateReportTest, RefusesNegativeCountsButNotNegativeChanges) {
  for (size_t i = 0; i < Schema::Get().cells().size(); ++i) {
    const CellInfo& cell = Schema::Get().cells()[i];
    v1::Report report;
    SetCell(static_cast<CellIndex>(i), -1, &report);
    if (cell.may_be_negative) {
      EXPECT_OK(ValidateReport(report, ReportLimits()));
    } else {
      ExpectFault(report, "NEGATIVE_COUNT",
                  absl::StrCat("report.", cell.table->name(), ".",
                               cell.row->name(), ".", cell.figure->name()));
    }
  }
}

TEST(ValidateReportTest, RefusesBadTextsWhereverTheyStand) {
  for (const TextInfo& text : Schema::Get().texts()) {
    const auto set = [&text](const std::string& value) {
      v1::Report report;
      google::protobuf::Message* parent = &report;
      if (text.parent != nullptr) {
        parent = report.GetReflection()->MutableMessage(&report, text.parent);
      }
      parent->GetReflection()->SetString(parent, text.text, value);
      return report;
    };
    const std::string field = absl::StrCat("report.", text.path);
    ExpectFault(set("年\xC0\xAF"), "INVALID_UTF8", field);
    ExpectFault(set("年\xED\xA0\x80"), "INVALID_UTF8", field);
    ExpectFault(set("年\xE5\xB9"), "INVALID_UTF8", field);
    ExpectFault(set(std::string("a\0b", 3)), "INVALID_VALUE", field);
    ExpectFault(set("a\rb"), "INVALID_VALUE", field);
    ExpectFault(set("a\x7F"), "INVALID_VALUE", field);
    ExpectFault(set("a\xC2\x85"), "INVALID_VALUE", field);
    ExpectFault(set(std::string(256 * 1024 + 1, 'a')), "TEXT_TOO_LONG", field);
    EXPECT_OK(
        ValidateReport(set(std::string(256 * 1024, 'a')), ReportLimits()));
    EXPECT_OK(ValidateReport(set("一\t二\n三\xC2\xA0四"), ReportLimits()));
  }
}

TEST(ValidateReportTest, LimitsTheWholeReport) {
  v1::Report report;
  const std::string text(200 * 1024, 'a');
  for (int i = 0; i < 5; ++i) report.add_printed_headings()->set_text(text);
  EXPECT_OK(ValidateReport(report, ReportLimits()));
  report.add_printed_headings()->set_text(text);
  ExpectFault(report, "TEXT_TOO_LONG", "report");
}

TEST(ValidateReportTest, LooksNoFurtherIntoAReportThatIsTooLarge) {
  v1::Report report;
  for (int i = 0; i < 600'000; ++i) report.add_printed_headings();
  report.set_title("\xFF");
  ExpectFault(report, "TEXT_TOO_LONG", "report");
}

TEST(ValidateReportTest, LimitsWhatIsRepeated) {
  v1::Report headings;
  for (int i = 0; i < 100; ++i) headings.add_printed_headings();
  EXPECT_OK(ValidateReport(headings, ReportLimits()));
  headings.add_printed_headings();
  ExpectFault(headings, "INVALID_VALUE", "report.printed_headings");
  v1::Report notes;
  for (int i = 0; i < 1000; ++i) {
    notes.add_cell_notes()->set_cell("t3.granted.total");
  }
  EXPECT_OK(ValidateReport(notes, ReportLimits()));
  notes.add_cell_notes()->set_cell("t3.granted.total");
  ExpectFault(notes, "INVALID_VALUE", "report.cell_notes");
}

TEST(ValidateReportTest, RefusesUnknownFieldsAtAnyDepth) {
  v1::Report report;
  report.GetReflection()->MutableUnknownFields(&report)->AddVarint(999, 1);
  ExpectFault(report, "UNKNOWN_FIELD", "report");
  v1::Report deep;
  auto* row = deep.mutable_t3()->mutable_granted();
  row->GetReflection()->MutableUnknownFields(row)->AddVarint(99, 1);
  ExpectFault(deep, "UNKNOWN_FIELD", "report.t3.granted");
}

TEST(ValidateReportTest, RefusesUnknownEnumValues) {
  v1::Report report;
  report.mutable_t3()->set_edition(static_cast<v1::Edition>(7));
  ExpectFault(report, "INVALID_VALUE", "report.t3.edition");
}

TEST(ValidateReportTest, RefusesDatesThatDoNotExist) {
  struct Day {
    int year, month, day;
    bool exists;
  };
  for (const Day& d :
       {Day{2024, 2, 29, true}, Day{2023, 2, 29, false},
        Day{2024, 12, 31, true}, Day{2024, 13, 1, false},
        Day{2024, 0, 1, false}, Day{2024, 4, 31, false}, Day{0, 1, 1, false},
        Day{10000, 1, 1, false}, Day{2024, 1, -1, false},
        Day{2000, 2, 29, true}, Day{1900, 2, 29, false}}) {
    v1::Report report;
    v1::Date* date = report.mutable_period()->mutable_end();
    date->set_year(d.year);
    date->set_month(d.month);
    date->set_day(d.day);
    if (d.exists) {
      EXPECT_OK(ValidateReport(report, ReportLimits()));
    } else {
      ExpectFault(report, "INVALID_VALUE", "report.period.end");
    }
  }
}

TEST(ValidateReportTest, RefusesFiguresOutOfRange) {
  v1::Report report;
  auto* row = report.mutable_t3()->mutable_granted();
  row->set_total(kFigureMagnitudeMax);
  EXPECT_OK(ValidateReport(report, ReportLimits()));
  row->set_total(kFigureMagnitudeMax + 1);
  ExpectFault(report, "COUNT_OUT_OF_RANGE", "report.t3.granted.total");
  row->set_total(std::numeric_limits<int64_t>::min());
  ExpectFault(report, "COUNT_OUT_OF_RANGE", "report.t3.granted.total");
}

TEST(ValidateReportTest, RefusesOtherImpossibleValues) {
  v1::Report report;
  report.mutable_publication()->set_source_sha256("short");
  ExpectFault(report, "INVALID_VALUE", "report.publication.source_sha256");
  v1::Report note;
  note.add_cell_notes()->set_cell("t3.granted.everyone");
  ExpectFault(note, "INVALID_VALUE", "report.cell_notes[0].cell");
  v1::Report year;
  year.set_year(-1);
  ExpectFault(year, "INVALID_VALUE", "report.year");
}

TEST(ValidateReportTest, ListsEveryFaultAndTheReasonOfTheFirst) {
  v1::Report report;
  report.set_title("\xFF");
  report.mutable_t3()->mutable_granted()->set_total(-1);
  report.mutable_t4()->mutable_reconsideration()->set_pending(-2);
  EXPECT_THAT(ValidateReport(report, ReportLimits()),
              StatusHasReason(kInvalid, "INVALID_UTF8"));
  EXPECT_THAT(FieldsAtFault(report),
              ::testing::ElementsAre("report.title", "report.t3.granted.total",
                                     "report.t4.reconsideration.pending"));
}

TEST(ValidateIdentityTest, ComparesYearAndScope) {
  const ReportName name = {"11341702486344515H", 2024, v1::SCOPE_REGIONAL};
  v1::Report report;
  report.set_year(2024);
  EXPECT_THAT(ValidateIdentity(report, name),
              StatusHasReason(kInvalid, "SCOPE_MISMATCH"));
  report.set_scope(v1::SCOPE_REGIONAL);
  EXPECT_OK(ValidateIdentity(report, name));
  report.set_year(2023);
  EXPECT_THAT(ValidateIdentity(report, name),
              StatusHasReason(kInvalid, "YEAR_MISMATCH"));
  // An undeclared scope is the organ itself.
  report.set_year(2024);
  report.clear_scope();
  EXPECT_OK(
      ValidateIdentity(report, {"11341702486344515H", 2024, v1::SCOPE_ORGAN}));
}

TEST(ValidatePublicationTest, AnAddressIsOneOfTheWeb) {
  v1::Publication publication;
  EXPECT_OK(ValidatePublication("publication", publication, 2024));
  for (const char* url :
       {"http://a.gov.cn", "https://a.gov.cn/b?c=1&d=2#e", "HTTPS://A.GOV.CN/",
        "http://政务.example/公开/1.html", "http://127.0.0.1:80/"}) {
    publication.set_url(url);
    EXPECT_OK(ValidatePublication("publication", publication, 2024)) << url;
  }
  for (const char* url :
       {"javascript:alert(1)", "data:text/html,x", "ftp://a.gov.cn/",
        "www.a.gov.cn", "//a.gov.cn", "http://", "https:///a", "http://?a",
        " https://a.gov.cn", "https://a.gov.cn/ b", "https://a\"b",
        "https:a.gov.cn"}) {
    publication.set_url(url);
    const absl::Status refused =
        ValidatePublication("report.publication", publication, 2024);
    EXPECT_THAT(refused, StatusHasReason(kInvalid, "INVALID_VALUE")) << url;
    ASSERT_EQ(FieldViolations(refused).size(), 1u);
    EXPECT_EQ(FieldViolations(refused)[0].field, "report.publication.url");
  }
}

TEST(ValidatePublicationTest, SaysWhatIsWrongWithAnAddress) {
  const struct {
    const char* url;
    const char* en;
    const char* zh;
  } cases[] = {
      {"www.a.gov.cn", "begins with http://", "以 http:// 或 https:// 开头"},
      {"https://a.gov.cn/ b", "has a blank at byte 17,", "第 17 字节是空格，"},
      {"https://a\"b", "has the character \" at byte 9, which", "写成 %22"},
      {"http://a/\t", "has a tab at byte 9, which no", "写成 %09"},
      {"https:///a", "names no host", "没有主机名"},
      {"http://", "names no host", "没有主机名"},
  };
  v1::Publication publication;
  for (const auto& c : cases) {
    publication.set_url(c.url);
    const absl::Status refused =
        ValidatePublication("report.publication", publication, 2024);
    EXPECT_THAT(refused.message(), HasSubstr(c.en));
    EXPECT_THAT(ErrorTextZh(refused), HasSubstr(c.zh));
  }
}

TEST(ValidatePublicationTest, NothingIsPublishedBeforeItsYear) {
  v1::Publication publication;
  *publication.mutable_date() = DateOf(absl::CivilDay(2024, 1, 1));
  EXPECT_OK(ValidatePublication("publication", publication, 2024));
  *publication.mutable_date() = DateOf(absl::CivilDay(2023, 12, 31));
  const absl::Status refused =
      ValidatePublication("publication", publication, 2024);
  EXPECT_THAT(refused, StatusHasReason(kInvalid, "INVALID_VALUE"));
  ASSERT_EQ(FieldViolations(refused).size(), 1u);
  EXPECT_EQ(FieldViolations(refused)[0].field, "publication.date");
}

TEST(ValidateTextTest, CountsCharactersNotBytes) {
  EXPECT_OK(ValidateText("reason", "数字录入有误", 6));
  EXPECT_THAT(ValidateText("reason", "数字录入有误。", 6),
              StatusHasReason(kInvalid, "TEXT_TOO_LONG"));
  EXPECT_THAT(ValidateText("reason", "", 6),
              StatusHasReason(kInvalid, "MISSING_FIELD"));
  EXPECT_THAT(ValidateText("reason", " \n\u3000", 6),
              StatusHasReason(kInvalid, "MISSING_FIELD"));
  EXPECT_THAT(ValidateText("reason", "a\xFF", 6),
              StatusHasReason(kInvalid, "INVALID_UTF8"));
}

TEST(FindWordTest, FindsTheFirstAsFindDoes) {
  const std::string text = "主动公开政府信息，不予公开的政府信息";
  for (const absl::string_view word :
       {"主", "政府信息", "不予公开", "息", "信息，", "没有",
        "，不予公开的政府信息x"}) {
    EXPECT_EQ(FindWord(text, word), absl::string_view(text).find(word)) << word;
    EXPECT_EQ(FindWord("", word), absl::string_view::npos);
    EXPECT_EQ(FindWord(word, word), 0);
  }
}

TEST(ValidateTextTest, WhatIsInvisibleIsBlank) {
  for (const char* blank :
       {"\u00AD", "\u1680", "\u180E", "\u2000", "\u200B", "\u200F", "\u2028",
        "\u202F", "\u205F", "\u2060", "\u2064", "\u2066", "\u2069", "\u2800",
        "\u3000", "\u3164", "\uFEFF", "\u00A0", "\u200B \u2800\n"}) {
    EXPECT_THAT(ValidateText("reason", blank, 6),
                StatusHasReason(kInvalid, "MISSING_FIELD"))
        << blank;
  }
  for (const char* seen : {"\u200B一", "\u2010", "\u2030", "\u2070", "\u3001",
                           "\u2801", "\u00AE"}) {
    EXPECT_OK(ValidateText("reason", seen, 6)) << seen;
  }
}

}  // namespace
}  // namespace annals::report
