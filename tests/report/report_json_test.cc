#include "service/report/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "service/report/schema.h"
#include "tests/support/expected_report.h"
#include "tests/support/matchers.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// A report with every field set.
v1::Report FullReport() {
  v1::Report report = MakeReport(7);
  const auto& cells = Schema::Get().cells();
  for (size_t i = 0; i < cells.size(); ++i) {
    SetCell(static_cast<CellIndex>(i), static_cast<int64_t>(i), &report);
  }
  report.mutable_t2()->set_procurement_amount_unit(v1::UNIT_WAN_YUAN);
  v1::Publication* publication = report.mutable_publication();
  publication->mutable_date()->set_year(2025);
  publication->mutable_date()->set_month(1);
  publication->mutable_date()->set_day(24);
  publication->set_url("https://example.gov.cn/a?b=1&c=<2>");
  publication->set_index_number("014314799/2024-00002");
  publication->set_signer("张三");
  publication->set_source_sha256(std::string("\0\xFF\x80\x01", 4) +
                                 std::string(28, 'x'));
  v1::PrintedHeading* heading = report.add_printed_headings();
  heading->set_section(v1::SECTION_S1_OVERVIEW);
  heading->set_text("一、概述");
  report.add_printed_headings()->set_text("附件");
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t2.normative_documents.in_force");
  note->set_printed("22（其中修订16件）");
  report.set_etag("\"7-abc\"");
  return report;
}

void ExpectRoundTrip(const v1::Report& report) {
  const std::string json = ReportToJson(report);
  ASSERT_OK_AND_ASSIGN(const v1::Report read, ReportFromJson(json));
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(report, read)) << difference;
  EXPECT_EQ(ReportToJson(read), json);
}

TEST(ReportJsonTest, AFormHasItsBlanksAndReadsAsTheSameReport) {
  v1::Report report;
  report.mutable_t3()->set_edition(v1::EDITION_2019);
  report.mutable_t3()->mutable_new_received()->set_total(0);
  const std::string json = ReportFormToJson(report);
  EXPECT_THAT(json, HasSubstr("\"natural_person\": null"));
  EXPECT_THAT(json, HasSubstr("\"total\": 0"));
  EXPECT_THAT(json, HasSubstr("\"other_unspecified\""));
  EXPECT_THAT(json, HasSubstr("\"s6_other\": null"));
  EXPECT_THAT(json, HasSubstr("\"s1_4_platform\": null"));
  EXPECT_THAT(json, Not(HasSubstr("other_no_correction")));
  // Table two declares no edition: nobody knows which cells it has.
  EXPECT_THAT(json, Not(HasSubstr("licences")));
  ASSERT_OK_AND_ASSIGN(const v1::Report read, ReportFromJson(json));
  EXPECT_FALSE(read.t3().granted().has_total());
  EXPECT_EQ(read.t3().new_received().total(), 0);
  EXPECT_FALSE(read.has_s6_other());
}

TEST(ReportJsonTest, AFullFormIsTheReport) {
  const v1::Report full = FullReport();
  EXPECT_EQ(ReportFormToJson(full), ReportToJson(full));
}

TEST(ReportJsonTest, RoundTripsExactly) {
  ExpectRoundTrip(v1::Report());
  ExpectRoundTrip(FullReport());
  for (uint64_t seed = 0; seed < 20; ++seed) ExpectRoundTrip(MakeReport(seed));
  for (const char* name : {"xigong-2024", "suqian-2023", "huaian-2024"}) {
    ExpectRoundTrip(ExpectedReport(name));
  }
}

TEST(ReportJsonTest, RoundTripsBlankTextsAndOddCharacters) {
  v1::Report report;
  report.mutable_t3();
  report.mutable_s1_overview()->set_introduction("");
  report.set_s6_other("引号\" 反斜杠\\ 换行\n 制表\t </script> 𠮷 \u2028 2024");
  report.set_title("2024");
  report.mutable_t3()->mutable_granted()->set_total(0);
  ExpectRoundTrip(report);
  EXPECT_THAT(ReportToJson(report), HasSubstr("\"title\": \"2024\""));
}

TEST(ReportJsonTest, WritesCountsAsNumbersWhereAnyReaderKeepsThem) {
  for (int64_t value :
       {int64_t{0}, int64_t{-5}, (int64_t{1} << 53) - 1, int64_t{1} << 53,
        (int64_t{1} << 53) + 1, std::numeric_limits<int64_t>::max(),
        std::numeric_limits<int64_t>::min()}) {
    v1::Report report;
    report.mutable_t3()->mutable_granted()->set_total(value);
    const bool is_exact =
        value < (int64_t{1} << 53) && value > -(int64_t{1} << 53);
    EXPECT_THAT(ReportToJson(report),
                HasSubstr(absl::StrCat("\"total\": ", is_exact ? "" : "\"",
                                       value, is_exact ? "\n" : "\"")));
    ExpectRoundTrip(report);
  }
}

TEST(ReportJsonTest, IsTheProtobufMapping) {
  const v1::Report report = FullReport();
  v1::Report read;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(ReportToJson(report), &read)
          .ok());
  EXPECT_TRUE(MessageDifferencer::Equals(report, read));
  // And what the library writes, in either spelling, is read.
  for (bool preserve : {false, true}) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = preserve;
    std::string json;
    ASSERT_TRUE(
        google::protobuf::util::MessageToJsonString(report, &json, options)
            .ok());
    ASSERT_OK_AND_ASSIGN(const v1::Report back, ReportFromJson(json));
    EXPECT_TRUE(MessageDifferencer::Equals(report, back));
  }
}

TEST(ReportJsonTest, ReadsWhatAPersonTypes) {
  ASSERT_OK_AND_ASSIGN(
      const v1::Report report,
      ReportFromJson("\xEF\xBB\xBF{ \"year\" : 2024,\r\n\t\"t3\": "
                     "{\"granted\": {\"total\": \"12\", \"other_org\": null}, "
                     "\"edition\": 2}, \"title\": \"\\u5e74\\ud842\\udfb7\"}"));
  EXPECT_EQ(report.year(), 2024);
  EXPECT_EQ(report.t3().granted().total(), 12);
  EXPECT_FALSE(report.t3().granted().has_other_org());
  EXPECT_EQ(report.t3().edition(), v1::EDITION_2021);
  EXPECT_EQ(report.title(), "年𠮷");
}

struct BadInput {
  std::string json;
  std::string reason;
  std::string en;  // What the message must say.
};

TEST(ReportJsonTest, NamesThePlaceOfEachFault) {
  const BadInput inputs[] = {
      {"", "INVALID_JSON", "line 1, column 1"},
      {"  \n", "INVALID_JSON", "line 2, column 1"},
      {"[]", "INVALID_JSON", "must be a JSON object"},
      {"{", "INVALID_JSON", "ends too early"},
      {"{\"year\": 2024", "INVALID_JSON", "expected ',' or '}'"},
      {"{\"year\": 2024,}", "INVALID_JSON", "line 1, column 15"},
      {"{\"year\" 2024}", "INVALID_JSON", "expected ':'"},
      {"{year: 2024}", "INVALID_JSON", "double quotes"},
      {"{'year': 2024}", "INVALID_JSON", "double quotes"},
      {"{\"year\": 2024} x", "INVALID_JSON", "something follows"},
      {std::string("{\"year\": 2024}\0", 15), "INVALID_JSON",
       "something follows"},
      {"{\"year\": 02024}", "INVALID_JSON", "expected a value"},
      {"{\"year\": }", "INVALID_JSON", "expected a value"},
      {"{\"year\": 1, \"year\": 2}", "INVALID_JSON", "given twice"},
      {"{\"agency_name\": \"a\", \"agencyName\": \"b\"}", "INVALID_JSON",
       "given twice"},
      {"{\"title\": \"a\nb\"}", "INVALID_JSON", "line break"},
      {"{\"title\": \"\\x\"}", "INVALID_JSON", "unknown escape"},
      {"{\"title\": \"\\u12\"}", "INVALID_JSON", "four hex digits"},
      {"{\"title\": \"\\u12", "INVALID_JSON", "four hex digits"},
      {"{\"title\": \"abc", "INVALID_JSON", "not closed"},
      {"{\"title\": \"\\ud800\"}", "INVALID_UTF8", "surrogate"},
      {"{\"title\": \"年\xFF\"}", "INVALID_UTF8", "byte 14"},
      {"{\n \"titel\": \"a\"}", "UNKNOWN_FIELD",
       "line 2, column 2: field \"titel\""},
      {"{\"t3\": {\n\"granted\": {\n  \"totl\": 1}}}", "UNKNOWN_FIELD",
       "line 3, column 3: field \"t3.granted.totl\""},
      {"{\"cell_notes\": [{}, {\"text\": \"\"}]}", "UNKNOWN_FIELD",
       "\"cell_notes[1].text\""},
      {"{\"t3\": {\"granted\": {\"total\": 9223372036854775808}}}",
       "COUNT_OUT_OF_RANGE", "\"t3.granted.total\""},
      {"{\"t3\": {\"granted\": {\"total\": \"-9223372036854775809\"}}}",
       "COUNT_OUT_OF_RANGE", "\"t3.granted.total\""},
      {"{\"t3\": {\"granted\": {\"total\": 1.5}}}", "COUNT_OUT_OF_RANGE",
       "\"1.5\" is not a whole number"},
      {"{\"t3\": {\"granted\": {\"total\": 1e3}}}", "COUNT_OUT_OF_RANGE",
       "1e3"},
      {"{\"t3\": {\"granted\": {\"total\": \"12 \"}}}", "COUNT_OUT_OF_RANGE",
       "t3.granted.total"},
      {"{\"year\": 2147483648}", "COUNT_OUT_OF_RANGE", "\"year\""},
      {"{\"year\": true}", "INVALID_VALUE", "\"year\""},
      {"{\"title\": 5}", "INVALID_VALUE", "\"title\""},
      {"{\"t3\": []}", "INVALID_VALUE", "\"t3\": must be an object"},
      {"{\"t3\": {\"edition\": \"EDITION_2020\"}}", "INVALID_VALUE",
       "EDITION_2019, EDITION_2021"},
      {"{\"t3\": {\"edition\": 7}}", "INVALID_VALUE", "t3.edition"},
      {"{\"cell_notes\": {}}", "INVALID_VALUE", "must be an array"},
      {"{\"publication\": {\"source_sha256\": \"?\"}}", "INVALID_VALUE",
       "Base64"},
  };
  for (const BadInput& input : inputs) {
    const absl::Status status = ReportFromJson(input.json).status();
    EXPECT_THAT(status, StatusHasReason(kInvalid, input.reason)) << input.json;
    EXPECT_THAT(std::string(status.message()), HasSubstr(input.en))
        << input.json;
    EXPECT_THAT(ErrorTextZh(status), HasSubstr("行")) << input.json;
  }
}

TEST(ReportJsonTest, RefusesDeepNesting) {
  std::string json = "{\"cell_notes\":";
  for (int i = 0; i < 100000; ++i) json += "[";
  EXPECT_THAT(ReportFromJson(json).status(),
              StatusHasReason(kInvalid, "INVALID_VALUE"));
  json = "{\"t3\":";
  for (int i = 0; i < 100000; ++i) json += "{\"granted\":";
  EXPECT_FALSE(ReportFromJson(json).ok());
}

TEST(ReportJsonTest, RefusesEveryTruncation) {
  const std::string json = ReportToJson(FullReport());
  // The final line break may go; any other loss is noticed.
  for (size_t size = 0; size + 1 < json.size(); size += 7) {
    EXPECT_FALSE(ReportFromJson(json.substr(0, size)).ok()) << size;
  }
}

TEST(ReportJsonTest, NeverAcceptsAByteThatIsNoUtf8) {
  const std::string json = ReportToJson(FullReport());
  for (size_t i = 0; i < json.size(); i += 13) {
    std::string broken = json;
    broken[i] = '\xFE';
    EXPECT_THAT(ReportFromJson(broken).status(),
                StatusHasReason(kInvalid, "INVALID_UTF8"));
  }
}

// What protobuf's own reader makes of a text, ours makes of it too: of our
// texts and of protobuf's, which write names and large numbers otherwise.
TEST(ReportJsonTest, ReadsWhatProtobufReads) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const v1::Report report = seed == 0 ? FullReport() : MakeReport(seed);
    std::string theirs;
    ASSERT_TRUE(
        google::protobuf::util::MessageToJsonString(report, &theirs).ok());
    for (const std::string& json : {ReportToJson(report), theirs}) {
      v1::Report expected;
      ASSERT_TRUE(
          google::protobuf::util::JsonStringToMessage(json, &expected).ok());
      ASSERT_OK_AND_ASSIGN(const v1::Report read, ReportFromJson(json));
      EXPECT_EQ(read.SerializeAsString(), expected.SerializeAsString());
    }
  }
}

}  // namespace
}  // namespace annals::report
