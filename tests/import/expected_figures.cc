#include "tests/import/expected_figures.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr double kFenPerWanYuan = 1000000;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

void Put(const std::string& id, const Value& value, Figures* figures) {
  if (value.kind_case() != Value::kNumberValue) return;
  (*figures)[id] = std::llround(value.number_value());
}

const Struct& Member(const Struct& object, const std::string& name) {
  static const Struct kEmpty;
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? kEmpty : found->second.struct_value();
}

void ReadTable2(const Struct& table, Figures* figures) {
  for (const auto& [row, value] : table.fields()) {
    if (value.kind_case() == Value::kStructValue) {
      for (const auto& [column, figure] : value.struct_value().fields()) {
        Put(absl::StrCat("t2.", row, ".", column), figure, figures);
      }
    } else if (row == "fees_wan_yuan") {
      (*figures)["t2.fees.amount_wan_yuan"] =
          std::llround(value.number_value() * kFenPerWanYuan);
    } else {
      Put(absl::StrCat("t2.", row, ".decisions"), value, figures);
    }
  }
}

void ReadTable3(const Struct& table, Figures* figures) {
  const char* const kColumns[] = {"natural_person",
                                  "commercial_enterprise",
                                  "research_institution",
                                  "public_welfare_org",
                                  "legal_service_org",
                                  "other_org",
                                  "total"};
  for (const auto& [row, value] : table.fields()) {
    for (int column = 0; column < value.list_value().values_size(); ++column) {
      Put(absl::StrCat("t3.", row, ".", kColumns[column]),
          value.list_value().values(column), figures);
    }
  }
}

}  // namespace

std::string SampleFile(const std::string& name) {
  return ReadFile(absl::StrCat(ANNALS_TEST_DATA, "/", name));
}

std::string SampleText(const std::string& name) {
  return SampleFile(absl::StrCat(name, ".txt"));
}

Figures ExpectedFigures(const std::string& name) {
  Struct json;
  EXPECT_TRUE(
      google::protobuf::util::JsonStringToMessage(
          ReadFile(absl::StrCat(ANNALS_TEST_DATA, "/expected/", name, ".json")),
          &json)
          .ok())
      << name;
  Figures figures;
  ReadTable2(Member(json, "table2"), &figures);
  ReadTable3(Member(json, "table3"), &figures);
  for (const auto& [row, value] : Member(json, "table4").fields()) {
    for (const auto& [column, figure] : value.struct_value().fields()) {
      Put(absl::StrCat("t4.", row, ".", column), figure, &figures);
    }
  }
  // A one-row （六） is given as its three rows, all of them zero in the
  // samples.
  const char* const kParts[] = {"other_no_correction", "other_fee_unpaid",
                                "other_other"};
  Figures one_row;
  for (const char* part : kParts) {
    const std::string prefix = absl::StrCat("t3.", part, ".");
    for (const auto& [id, value] : figures) {
      if (id.compare(0, prefix.size(), prefix) != 0) continue;
      one_row[absl::StrCat("t3.other_unspecified.",
                           id.substr(prefix.size()))] += value;
    }
  }
  figures.insert(one_row.begin(), one_row.end());
  return figures;
}

std::vector<std::string> WrongAndUnmarked(const ImportResult& result,
                                          const Figures& truth) {
  std::vector<std::string> wrong;
  for (const CellReading& reading : result.cells) {
    if (reading.certainty != Certainty::kCertain) continue;
    const std::string& id = report::Schema::Get().cells()[reading.cell].id;
    const auto expected = truth.find(id);
    if (reading.value.has_value() && expected != truth.end() &&
        *reading.value == expected->second) {
      continue;
    }
    wrong.push_back(absl::StrCat(
        id, ": read ",
        reading.value.has_value() ? absl::StrCat(*reading.value) : "blank",
        " on line ", reading.line, ", is ",
        expected == truth.end() ? "blank" : absl::StrCat(expected->second)));
  }
  return wrong;
}

std::vector<std::string> NotCertain(const ImportResult& result) {
  std::vector<std::string> cells;
  for (const CellReading& reading : result.cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    cells.push_back(absl::StrCat(report::Schema::Get().cells()[reading.cell].id,
                                 ": '", reading.printed, "' ",
                                 reading.reason.en));
  }
  return cells;
}

}  // namespace annals::client
