#include "service/report/schema.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "annals/v1/schema_options.pb.h"
#include "ledger/check.h"
#include "service/report/field_texts.h"

namespace annals::report {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Between what names a row and what names a column.
constexpr char kRowColumnSeparator[] = " · ";
// Between the heads of a column and the column.
constexpr char kColumnHeadSeparator[] = "·";

bool HasEdition(const v1::Label& label, v1::Edition edition) {
  return label.editions().empty() ||
         std::find(label.editions().begin(), label.editions().end(), edition) !=
             label.editions().end();
}

const v1::Label* LabelFor(const FieldDescriptor* field, v1::Edition edition) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(v1::label); ++i) {
    const v1::Label& label = options.GetExtension(v1::label, i);
    if (HasEdition(label, edition)) return &label;
  }
  return nullptr;
}

// The label for the edition, or that of the only edition that has the field.
const v1::Label* AnyLabelFor(const FieldDescriptor* field,
                             v1::Edition edition) {
  for (v1::Edition candidate : {edition, v1::EDITION_2021, v1::EDITION_2019}) {
    if (const v1::Label* label = LabelFor(field, candidate)) return label;
  }
  return nullptr;
}

std::string Wording(const v1::Label* label, Language language) {
  if (label == nullptr) return std::string();
  return language == Language::kZh ? label->zh() : label->en();
}

v1::Section SectionOf(const FieldDescriptor* field) {
  return field->options().GetExtension(v1::section);
}

bool IsCell(const FieldDescriptor* field) {
  return field->options().HasExtension(v1::cell);
}

bool IsStock(const std::string& figure) {
  return figure == "in_force" || figure == "public_total" ||
         figure == "items_prev_year" || figure == "items_delta";
}

CellInfo MakeCell(const FieldDescriptor* table, const FieldDescriptor* row,
                  const FieldDescriptor* figure) {
  const v1::CellOptions& options = figure->options().GetExtension(v1::cell);
  CellInfo cell;
  cell.id = absl::StrCat(table->name(), ".", row->name(), ".",
                         options.id().empty() ? figure->name() : options.id());
  cell.table = table;
  cell.row = row;
  cell.figure = figure;
  cell.table_number = SectionOf(table);
  cell.unit = options.unit();
  cell.may_be_negative = options.may_be_negative();
  cell.is_stock = IsStock(figure->name());
  cell.in_2019 = LabelFor(row, v1::EDITION_2019) != nullptr &&
                 LabelFor(figure, v1::EDITION_2019) != nullptr;
  cell.in_2021 = LabelFor(row, v1::EDITION_2021) != nullptr &&
                 LabelFor(figure, v1::EDITION_2021) != nullptr;
  return cell;
}

void AppendTable(const FieldDescriptor* table, std::vector<CellInfo>* cells) {
  const Descriptor* rows = table->message_type();
  for (int r = 0; r < rows->field_count(); ++r) {
    const FieldDescriptor* row = rows->field(r);
    if (row->message_type() == nullptr) continue;
    for (int c = 0; c < row->message_type()->field_count(); ++c) {
      const FieldDescriptor* figure = row->message_type()->field(c);
      if (IsCell(figure)) cells->push_back(MakeCell(table, row, figure));
    }
  }
}

void AppendText(const FieldDescriptor* parent, const FieldDescriptor* text,
                std::vector<TextInfo>* texts) {
  if (text->type() != FieldDescriptor::TYPE_STRING || text->is_repeated()) {
    return;
  }
  const std::string path =
      parent == nullptr ? text->name()
                        : absl::StrCat(parent->name(), ".", text->name());
  texts->push_back({path, parent, text});
}

std::string HeadLabels(const FieldDescriptor* field, v1::Head omitted,
                       absl::string_view separator, Language language) {
  std::string labels;
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(v1::heads); ++i) {
    const v1::Head head = options.GetExtension(v1::heads, i);
    if (head == omitted) continue;
    absl::StrAppend(&labels, EnumLabel(head, language), separator);
  }
  return labels;
}

const Reflection* ReflectionOf(const Descriptor* type) {
  return google::protobuf::MessageFactory::generated_factory()
      ->GetPrototype(type)
      ->GetReflection();
}

// The cells of a row, from `begin` up to, not including, `end`, and how to get
// there: to ask each message for its reflection costs more than to read it.
struct RowPlan {
  const FieldDescriptor* table = nullptr;
  const FieldDescriptor* row = nullptr;
  const Reflection* table_reflection = nullptr;
  const Reflection* row_reflection = nullptr;
  size_t begin = 0;
  size_t end = 0;
};

std::vector<RowPlan> MakeRowPlans() {
  std::vector<RowPlan> plans;
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  for (size_t i = 0; i < infos.size(); ++i) {
    const CellInfo& cell = infos[i];
    if (plans.empty() || plans.back().row != cell.row ||
        plans.back().table != cell.table) {
      plans.push_back({cell.table, cell.row,
                       ReflectionOf(cell.table->message_type()),
                       ReflectionOf(cell.row->message_type()), i, i});
    }
    plans.back().end = i + 1;
  }
  return plans;
}

const std::vector<RowPlan>& RowPlans() {
  static const std::vector<RowPlan> plans = MakeRowPlans();
  return plans;
}

// Null if the report has no such row.
const Message* RowOf(const v1::Report& report, const RowPlan& plan) {
  static const Reflection* const reflection = report.GetReflection();
  if (!reflection->HasField(report, plan.table)) return nullptr;
  const Message& table = reflection->GetMessage(report, plan.table);
  if (!plan.table_reflection->HasField(table, plan.row)) return nullptr;
  return &plan.table_reflection->GetMessage(table, plan.row);
}

}  // namespace

Schema::Schema() {
  const Descriptor* report = v1::Report::descriptor();
  for (int i = 0; i < report->field_count(); ++i) {
    const FieldDescriptor* field = report->field(i);
    const bool is_section = SectionOf(field) != v1::SECTION_UNSPECIFIED;
    if (is_section && field->message_type() != nullptr) {
      AppendTable(field, &cells_);
      for (int j = 0; j < field->message_type()->field_count(); ++j) {
        AppendText(field, field->message_type()->field(j), &texts_);
      }
    } else if (is_section || field->options().ExtensionSize(v1::label) > 0) {
      AppendText(nullptr, field, &texts_);
    }
  }
  for (size_t i = 0; i < cells_.size(); ++i) {
    by_id_[cells_[i].id] = static_cast<CellIndex>(i);
  }
}

const Schema& Schema::Get() {
  static const Schema schema;
  return schema;
}

std::optional<CellIndex> Schema::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

std::string Schema::CellLabel(CellIndex cell, v1::Edition edition,
                              Language language) const {
  const CellInfo& info = cells_[cell];
  return absl::StrCat(HeadLabels(info.row, v1::HEAD_UNSPECIFIED, " ", language),
                      Wording(AnyLabelFor(info.row, edition), language),
                      kRowColumnSeparator,
                      HeadLabels(info.figure, v1::HEAD_APPLICANTS,
                                 kColumnHeadSeparator, language),
                      Wording(AnyLabelFor(info.figure, edition), language));
}

std::string Schema::TextLabel(absl::string_view path, Language language) const {
  if (const auto cell = CellOfNote(path)) {
    return absl::StrCat(TextLabel(path.substr(0, path.find('[')), language),
                        kRowColumnSeparator,
                        CellLabel(*cell, v1::EDITION_UNSPECIFIED, language));
  }
  std::vector<std::string> labels;
  const Descriptor* parent = v1::Report::descriptor();
  for (absl::string_view segment : absl::StrSplit(path, '.')) {
    const std::string name(segment.substr(0, segment.find('[')));
    const FieldDescriptor* field =
        parent == nullptr ? nullptr : parent->FindFieldByName(name);
    if (field == nullptr) return std::string(path);
    const std::string label =
        FieldLabel(field, v1::EDITION_UNSPECIFIED, language);
    labels.push_back(label.empty() ? name : label);
    parent = field->message_type();
  }
  return absl::StrJoin(labels, kRowColumnSeparator);
}

std::string FieldLabel(const FieldDescriptor* field, v1::Edition edition,
                       Language language) {
  if (SectionOf(field) != v1::SECTION_UNSPECIFIED) {
    return EnumLabel(SectionOf(field), language);
  }
  return Wording(edition == v1::EDITION_UNSPECIFIED
                     ? AnyLabelFor(field, v1::EDITION_2021)
                     : LabelFor(field, edition),
                 language);
}

std::string EnumLabel(const google::protobuf::EnumValueDescriptor* value,
                      Language language) {
  return Wording(&value->options().GetExtension(v1::enum_label), language);
}

Cells ReadCells(const v1::Report& report) {
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  Cells cells(infos.size());
  for (const RowPlan& plan : RowPlans()) {
    const Message* row = RowOf(report, plan);
    if (row == nullptr) continue;
    for (size_t i = plan.begin; i < plan.end; ++i) {
      const FieldDescriptor* figure = infos[i].figure;
      if (plan.row_reflection->HasField(*row, figure)) {
        cells[i] = plan.row_reflection->GetInt64(*row, figure);
      }
    }
  }
  return cells;
}

void SetCell(CellIndex cell, std::optional<int64_t> value, v1::Report* report) {
  const CellInfo& info = Schema::Get().cells()[cell];
  const Reflection* reflection = report->GetReflection();
  // To clear a figure makes no table and no row.
  if (!value.has_value() && !ReadCells(*report)[cell].has_value()) return;
  Message* table = reflection->MutableMessage(report, info.table);
  Message* row = table->GetReflection()->MutableMessage(table, info.row);
  if (value.has_value()) {
    row->GetReflection()->SetInt64(row, info.figure, *value);
  } else {
    row->GetReflection()->ClearField(row, info.figure);
  }
}

v1::Edition EditionOf(const v1::Report& report, int table_number) {
  switch (table_number) {
    case v1::SECTION_S2_PROACTIVE:
      return report.t2().edition();
    case v1::SECTION_S3_REQUESTS:
      return report.t3().edition();
    case v1::SECTION_S4_DISPUTES:
      return report.t4().edition();
    default:
      return v1::EDITION_UNSPECIFIED;
  }
}

const std::string* FindText(const v1::Report& report, const TextInfo& text) {
  static const Reflection* const of_report = report.GetReflection();
  const Message* parent = &report;
  const Reflection* reflection = of_report;
  if (text.parent != nullptr) {
    if (!of_report->HasField(report, text.parent)) return nullptr;
    parent = &of_report->GetMessage(report, text.parent);
    reflection = parent->GetReflection();
  }
  if (!reflection->HasField(*parent, text.text)) return nullptr;
  std::string scratch;
  const std::string& value =
      reflection->GetStringReference(*parent, text.text, &scratch);
  // Only a representation other than std::string, of which the schema has none,
  // is copied out.
  ANNALS_CHECK(&value != &scratch);
  return &value;
}

}  // namespace annals::report
