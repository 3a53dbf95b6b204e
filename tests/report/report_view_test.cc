// A ReportView must read from bytes what protobuf reads from them.

#include "service/report/report_view.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "service/report/validate.h"
#include "tests/support/expected_report.h"
#include "tests/support/matchers.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using google::protobuf::util::MessageDifferencer;

// What of `report` is in no cell and no prose, its tables emptied.
v1::Report HeadOf(const v1::Report& report) {
  v1::Report head = report;
  for (size_t i = 0; i < Schema::Get().cells().size(); ++i) {
    const CellInfo& cell = Schema::Get().cells()[i];
    const auto* reflection = head.GetReflection();
    if (!reflection->HasField(head, cell.table)) continue;
    auto* table = reflection->MutableMessage(&head, cell.table);
    table->GetReflection()->ClearField(table, cell.row);
  }
  if (head.has_s1_overview()) head.mutable_s1_overview()->Clear();
  head.clear_preface();
  head.clear_s5_problems();
  head.clear_s6_other();
  return head;
}

void ExpectSame(const ReportView& view, const v1::Report& report) {
  EXPECT_EQ(view.cells(), ReadCells(report));
  const std::vector<TextInfo>& texts = Schema::Get().texts();
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string* text = FindText(report, texts[i]);
    EXPECT_EQ(view.Text(i).has_value(), text != nullptr) << texts[i].path;
    if (text != nullptr) {
      EXPECT_EQ(view.Text(i), *text) << texts[i].path;
    }
  }
  EXPECT_TRUE(MessageDifferencer::Equals(view.head(), HeadOf(report)))
      << view.head().ShortDebugString();
}

TEST(ReportViewTest, ReadsWhatProtobufReads) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    v1::Report report = MakeReport(seed);
    report.set_etag("0123456789abcdef0123456789abcdef");
    report.set_preface("前言");
    const std::string bytes = report.SerializeAsString();
    ASSERT_OK_AND_ASSIGN(const ReportView view,
                         ReportView::Read(bytes, ReportLimits()));
    ExpectSame(view, report);
  }
}

TEST(ReportViewTest, ReadsRealReports) {
  for (const char* name :
       {"xigong-2024", "hongze-2023", "shanghai-kewei-2024"}) {
    const v1::Report report = ExpectedReport(name);
    ExpectSame(ReportView::Of(report), report);
  }
}

TEST(ReportViewTest, MergesARepeatedFieldAsProtobufDoes) {
  v1::Report first = MakeReport(1);
  v1::Report second;
  second.set_title("又一标题");
  second.mutable_s1_overview()->set_s1_4_platform("又一段");
  second.mutable_t3()->mutable_granted()->set_natural_person(77);
  second.mutable_t3()->set_edition(v1::EDITION_2019);
  second.add_printed_headings()->set_text("一、总体情况");
  const std::string bytes =
      first.SerializeAsString() + second.SerializeAsString();
  ASSERT_OK_AND_ASSIGN(const ReportView view,
                       ReportView::Read(bytes, ReportLimits()));
  v1::Report merged = first;
  merged.MergeFrom(second);
  ExpectSame(view, merged);
}

TEST(ReportViewTest, KeepsThatAnEmptySectionIsThere) {
  v1::Report report;
  report.mutable_t2();
  report.mutable_s1_overview();
  const ReportView view = ReportView::Of(report);
  EXPECT_TRUE(view.head().has_t2());
  EXPECT_TRUE(view.head().has_s1_overview());
  EXPECT_FALSE(view.head().has_t3());
}

// Changes some bytes: flips, cuts, repeats.
std::string Mutate(std::string bytes, std::mt19937_64* random) {
  const auto below = [random](size_t n) { return (*random)() % n; };
  for (size_t changes = 1 + below(2); changes > 0 && !bytes.empty();
       --changes) {
    const size_t at = below(bytes.size());
    switch (below(4)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 1:
        bytes.erase(at, 1 + below(4));
        break;
      case 2:
        bytes.insert(at, 1, static_cast<char>(below(256)));
        break;
      default:
        bytes += bytes.substr(at, below(40));
    }
  }
  return bytes;
}

// Small, so that a change hits structure more often than prose.
std::vector<std::string> SmallReports() {
  std::vector<std::string> reports;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    v1::Report report = MakeReport(seed);
    report.clear_s1_overview();
    report.clear_s5_problems();
    reports.push_back(report.SerializeAsString());
  }
  return reports;
}

TEST(ReportViewTest, AcceptsNothingThatProtobufReadsOtherwise) {
  const std::vector<std::string> reports = SmallReports();
  std::mt19937_64 random(20240131);
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 100000 && !HasFailure(); ++i) {
    const std::string bytes =
        Mutate(reports[random() % reports.size()], &random);
    const absl::StatusOr<ReportView> view =
        ReportView::Read(bytes, ReportLimits());
    if (!view.ok()) {
      ++refused;
      continue;
    }
    ++accepted;
    v1::Report parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes)) << i;
    ASSERT_OK(ValidateReport(parsed, ReportLimits())) << i;
    ExpectSame(*view, parsed);
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(ReportViewTest, RefusesBytesThatAreNoReport) {
  const std::vector<std::string> malformed = {
      "\xFF",                // A tag that does not end.
      std::string(1, '\0'),  // Field number 0.
      "\x0A\x05"
      "ab",                    // A title longer than the bytes.
      "\x0B",                  // A group.
      "\x5A\x02\x0A\x7F",      // Prose longer than its section.
      "\x62\x03\x12\x01\x08",  // A figure without a value.
      "\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",  // 11 bytes.
  };
  for (const std::string& bytes : malformed) {
    EXPECT_THAT(
        ReportView::Read(bytes, ReportLimits()),
        StatusHasReason(absl::StatusCode::kInvalidArgument, "MALFORMED_REPORT"))
        << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace annals::report
