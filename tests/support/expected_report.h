// The figures of the real reports in tests/data/expected, as reports.

#ifndef ANNALS_TESTS_SUPPORT_EXPECTED_REPORT_H_
#define ANNALS_TESTS_SUPPORT_EXPECTED_REPORT_H_

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "annals/v1/report.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"

namespace annals {

// Builds a report from the fields of one file.
class ExpectedReportReader {
 public:
  v1::Report Read(const google::protobuf::Struct& file) {
    const auto& meta = file.fields().at("meta").struct_value().fields();
    report_.set_agency_name(meta.at("agency").string_value());
    report_.set_year(static_cast<int>(meta.at("year").number_value()));
    ReadTable2(file.fields().at("table2"));
    ReadTable3(file.fields().at("table3"));
    ReadTable4(file.fields().at("table4"));
    return report_;
  }

 private:
  using Value = google::protobuf::Value;

  static bool IsNull(const Value& value) {
    return value.kind_case() == Value::kNullValue;
  }

  void Set(const std::string& id, const Value& value, double scale = 1) {
    const auto cell = report::Schema::Get().Find(id);
    ASSERT_TRUE(cell.has_value()) << id;
    if (IsNull(value)) return;
    report::SetCell(*cell, std::llround(value.number_value() * scale),
                    &report_);
  }

  void ReadTable2(const Value& table) {
    if (IsNull(table)) return;
    report_.mutable_t2()->set_edition(v1::EDITION_2021);
    for (const auto& [row, value] : table.struct_value().fields()) {
      if (row == "fees_wan_yuan") {
        Set("t2.fees.amount_wan_yuan", value, 1e6);
      } else if (value.has_struct_value()) {
        ReadRow(absl::StrCat("t2.", row), value);
      } else {
        Set(absl::StrCat("t2.", row, ".decisions"), value);
      }
    }
  }

  void ReadRow(const std::string& row, const Value& figures) {
    for (const auto& [column, value] : figures.struct_value().fields()) {
      Set(absl::StrCat(row, ".", column), value);
    }
  }

  void ReadTable3(const Value& table) {
    if (IsNull(table)) return;
    const auto& rows = table.struct_value().fields();
    report_.mutable_t3()->set_edition(rows.contains("other_unspecified")
                                          ? v1::EDITION_2019
                                          : v1::EDITION_2021);
    const auto* columns = v1::ApplicantCounts::descriptor();
    for (const auto& [row, value] : rows) {
      ASSERT_EQ(value.list_value().values_size(), columns->field_count());
      for (int i = 0; i < columns->field_count(); ++i) {
        Set(absl::StrCat("t3.", row, ".", columns->field(i)->name()),
            value.list_value().values(i));
      }
    }
  }

  void ReadTable4(const Value& table) {
    if (IsNull(table)) return;
    report_.mutable_t4()->set_edition(v1::EDITION_2021);
    for (const auto& [group, value] : table.struct_value().fields()) {
      ReadRow(absl::StrCat("t4.", group), value);
    }
  }

  v1::Report report_;
};

// The report of tests/data/expected/NAME.json: agency, year, figures, and the
// editions of the tables that are there.
inline v1::Report ExpectedReport(const std::string& name) {
  const std::string path =
      absl::StrCat(ANNALS_TEST_DATA, "/expected/", name, ".json");
  std::ifstream stream(path);
  EXPECT_TRUE(stream.good()) << path;
  std::ostringstream text;
  text << stream.rdbuf();
  google::protobuf::Struct file;
  const auto status =
      google::protobuf::util::JsonStringToMessage(text.str(), &file);
  EXPECT_TRUE(status.ok()) << path << ": " << status.ToString();
  return status.ok() ? ExpectedReportReader().Read(file) : v1::Report();
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_EXPECTED_REPORT_H_
