// The cells and texts of a report, read from the schema by reflection once per
// process. Whatever names, labels, compares or fills cells goes through here.
// Thread-safe: everything is constant after the first use.

#ifndef ANNALS_SERVICE_REPORT_SCHEMA_H_
#define ANNALS_SERVICE_REPORT_SCHEMA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "service/report/language.h"

namespace annals::report {

// The place of a cell in Schema::cells().
using CellIndex = int;

// A cell of the form, of either edition.
struct CellInfo {
  // The id of FORM.md and of the API: "t3.denied_state_secret.natural_person".
  std::string id;
  // The fields from the report down to the figure.
  const google::protobuf::FieldDescriptor* table = nullptr;   // Report.t3
  const google::protobuf::FieldDescriptor* row = nullptr;     // Table3.…
  const google::protobuf::FieldDescriptor* figure = nullptr;  // optional int64
  int table_number = 0;                                       // 2, 3 or 4.
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  bool may_be_negative = false;
  bool in_2019 = false;
  bool in_2021 = false;

  // Whether it counts what there is at a moment, such as documents in force,
  // and not what was done in the year.
  bool is_stock = false;

  bool In(v1::Edition edition) const {
    return edition == v1::EDITION_2019 ? in_2019
                                       : edition == v1::EDITION_2021 && in_2021;
  }
};

// A text of the report: its title, its name, and the prose.
struct TextInfo {
  std::string path;  // "s1_overview.s1_2_on_request"
  const google::protobuf::FieldDescriptor* parent = nullptr;  // Or null.
  const google::protobuf::FieldDescriptor* text = nullptr;
};

class Schema {
 public:
  static const Schema& Get();

  // All cells in the order of the form: table, row, column.
  const std::vector<CellInfo>& cells() const { return cells_; }
  // All texts in the order of the form.
  const std::vector<TextInfo>& texts() const { return texts_; }

  // The cell with this id.
  std::optional<CellIndex> Find(absl::string_view id) const;

  // The official wording of the cell in an edition: heads, row and column, such
  // as "三、本年度办理结果 （三）不予公开 1.属于国家秘密 · 自然人".
  // EDITION_UNSPECIFIED takes the wording of 2021, or of the only edition that
  // has the cell.
  std::string CellLabel(CellIndex cell, v1::Edition edition,
                        Language language) const;

  // The official wording of a text, such as "一、总体情况 · 依申请公开", or of
  // any other field path of the report. What has no label stands as its name.
  std::string TextLabel(absl::string_view path, Language language) const;

 private:
  Schema();
  std::vector<CellInfo> cells_;
  std::vector<TextInfo> texts_;
  absl::flat_hash_map<std::string, CellIndex> by_id_;
};

// The label of a field for an edition (EDITION_UNSPECIFIED: 2021, else the only
// one); empty if the field has none. A field that holds a section has the
// section's label.
std::string FieldLabel(const google::protobuf::FieldDescriptor* field,
                       v1::Edition edition, Language language);

// The label of an enum value, such as a Head, a Section or a Severity.
std::string EnumLabel(const google::protobuf::EnumValueDescriptor* value,
                      Language language);

template <typename Enum>
std::string EnumLabel(Enum value, Language language) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return descriptor == nullptr ? std::string()
                               : EnumLabel(descriptor, language);
}

// The figures of a report, by CellIndex; absent is a blank.
using Cells = std::vector<std::optional<int64_t>>;

Cells ReadCells(const v1::Report& report);

// Sets or, with nullopt, clears a figure.
void SetCell(CellIndex cell, std::optional<int64_t> value, v1::Report* report);

// The edition that the report declares for the cell's table.
v1::Edition EditionOf(const v1::Report& report, int table_number);

// A text of the report, as long as the report lives; null if there is none.
const std::string* FindText(const v1::Report& report, const TextInfo& text);

// A figure as the form prints it: a count as digits; 分 as 万元 or 元 with up
// to six or two decimals and no trailing zeros: 592372449 分 is "592.372449".
std::string FormatFigure(int64_t value, const CellInfo& cell,
                         const v1::Report& report);

// The same for a cell whose printed unit is known.
std::string FormatFen(int64_t fen, v1::Unit unit);

// The 分 of a printed decimal in 万元 (UNIT_WAN_YUAN) or 元. INVALID_ARGUMENT
// if it is no decimal, is finer than 1 分, or overflows.
absl::StatusOr<int64_t> ParseFen(absl::string_view decimal, v1::Unit unit);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_SCHEMA_H_
