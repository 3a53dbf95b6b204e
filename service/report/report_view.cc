#include "service/report/report_view.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "ledger/check.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"
#include "service/report/head_validator.h"
#include "service/report/wire_fields.h"

namespace annals::report {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int kNone = -1;

// How a field of the report or of a message in it is read. Plans are made of
// the schema once.
struct FieldPlan {
  enum class Kind {
    kHead,    // As part of the head.
    kTable,   // A table: rows, and what else is part of the head.
    kRow,     // A row: figures.
    kFigure,  // A cell.
    kTexts,   // A section of several texts.
    kProse,   // A text.
    kName,    // A text that is part of the head.
  };
  const FieldDescriptor* field = nullptr;  // Null for an unknown number.
  Kind kind = Kind::kHead;
  int place = kNone;  // Of a cell or a text in the schema.
  bool may_be_negative = false;
  std::vector<FieldPlan> fields;  // By number.

  const FieldPlan* Find(int number) const {
    const auto i = static_cast<size_t>(number);
    if (i >= fields.size() || fields[i].field == nullptr) return nullptr;
    return &fields[i];
  }
};

class PlanMaker {
 public:
  FieldPlan Make() {
    FieldPlan report;
    ForEachField(v1::Report::descriptor(), &report,
                 [this](const FieldDescriptor* field, FieldPlan* plan) {
                   MakeTopField(field, plan);
                 });
    return report;
  }

 private:
  template <typename MakeField>
  static void ForEachField(const Descriptor* message, FieldPlan* parent,
                           const MakeField& make_field) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      const auto number = static_cast<size_t>(field->number());
      if (parent->fields.size() <= number) parent->fields.resize(number + 1);
      parent->fields[number].field = field;
      make_field(field, &parent->fields[number]);
    }
  }

  void MakeTopField(const FieldDescriptor* field, FieldPlan* plan) {
    plan->place = TextPlace(nullptr, field);
    if (plan->place != kNone) {
      plan->kind = field->has_presence() ? FieldPlan::Kind::kProse
                                         : FieldPlan::Kind::kName;
      return;
    }
    if (field->message_type() == nullptr || field->is_repeated()) return;
    ForEachField(
        field->message_type(), plan,
        [this, field, plan](const FieldDescriptor* inner, FieldPlan* made) {
          made->place = TextPlace(field, inner);
          if (made->place != kNone) {
            made->kind = FieldPlan::Kind::kProse;
            plan->kind = FieldPlan::Kind::kTexts;
          } else if (CellPlace(field, inner, nullptr) != kNone) {
            MakeRow(field, inner, made);
            plan->kind = FieldPlan::Kind::kTable;
          }
        });
  }

  void MakeRow(const FieldDescriptor* table, const FieldDescriptor* row,
               FieldPlan* plan) {
    plan->kind = FieldPlan::Kind::kRow;
    ForEachField(
        row->message_type(), plan,
        [this, table, row](const FieldDescriptor* figure, FieldPlan* made) {
          made->kind = FieldPlan::Kind::kFigure;
          made->place = CellPlace(table, row, figure);
          // A row has nothing but cells.
          ANNALS_CHECK(made->place != kNone);
          made->may_be_negative =
              cells_[static_cast<size_t>(made->place)].may_be_negative;
        });
  }

  int TextPlace(const FieldDescriptor* parent,
                const FieldDescriptor* text) const {
    for (size_t i = 0; i < texts_.size(); ++i) {
      if (texts_[i].parent == parent && texts_[i].text == text) {
        return static_cast<int>(i);
      }
    }
    return kNone;
  }

  // Of any cell of the row if `figure` is null.
  int CellPlace(const FieldDescriptor* table, const FieldDescriptor* row,
                const FieldDescriptor* figure) const {
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i].table == table && cells_[i].row == row &&
          (figure == nullptr || cells_[i].figure == figure)) {
        return static_cast<int>(i);
      }
    }
    return kNone;
  }

  const std::vector<TextInfo>& texts_ = Schema::Get().texts();
  const std::vector<CellInfo>& cells_ = Schema::Get().cells();
};

const FieldPlan& Plan() {
  static const FieldPlan plan = PlanMaker().Make();
  return plan;
}

void Append(absl::string_view bytes, std::string* to) {
  to->append(bytes.data(), bytes.size());
}

// Appends the message field `number` with `bytes`.
void AppendMessage(int number, absl::string_view bytes, std::string* to) {
  google::protobuf::io::StringOutputStream stream(to);
  google::protobuf::io::CodedOutputStream coded(&stream);
  constexpr uint32_t kBytesType = 2;
  coded.WriteVarint32(static_cast<uint32_t>(number) << 3 | kBytesType);
  coded.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  coded.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

// Reads a report in one pass; what is wrong goes to the faults.
class ReportReader {
 public:
  // Neither is owned.
  ReportReader(ReportView* view, ReportFaults* faults)
      : view_(view), faults_(faults) {
    view_->cells_.resize(Schema::Get().cells().size());
    view_->prose_.resize(Schema::Get().texts().size());
  }

  void Read(absl::string_view bytes) {
    const FieldPath path{nullptr, "report"};
    WireFields fields(bytes);
    while (fields.Next()) ReadTopField(fields, path);
    if (fields.is_malformed() || !view_->head_.ParseFromString(head_bytes_)) {
      AddMalformed(path);
      return;
    }
    ValidateHead(view_->head_, faults_);
  }

 private:
  void ReadTopField(const WireFields& fields, const FieldPath& report) {
    const FieldPlan* plan = Plan().Find(fields.number());
    // What is unknown, or of another type, is the head's to find out.
    if (plan == nullptr || fields.kind() != WireKind::kBytes) {
      return Append(fields.whole(), &head_bytes_);
    }
    const FieldPath path{&report, plan->field->name()};
    switch (plan->kind) {
      case FieldPlan::Kind::kTable:
      case FieldPlan::Kind::kTexts:
        ReadSection(fields.bytes(), *plan, path);
        break;
      case FieldPlan::Kind::kProse:
        ReadProse(fields.bytes(), *plan, path);
        break;
      case FieldPlan::Kind::kName:
        // With a text that is not UTF-8 the head could not be read at all.
        if (ledger::IsValidUtf8(fields.bytes())) {
          Append(fields.whole(), &head_bytes_);
        } else {
          faults_->CheckText(fields.bytes(), path);
        }
        break;
      default:
        Append(fields.whole(), &head_bytes_);
    }
  }

  void ReadSection(absl::string_view bytes, const FieldPlan& section,
                   const FieldPath& path) {
    std::string head;
    WireFields fields(bytes);
    while (fields.Next()) {
      const FieldPlan* plan = section.Find(fields.number());
      if (plan == nullptr || fields.kind() != WireKind::kBytes) {
        Append(fields.whole(), &head);
      } else if (plan->kind == FieldPlan::Kind::kRow) {
        ReadRow(fields.bytes(), *plan, {&path, plan->field->name()});
      } else if (plan->kind == FieldPlan::Kind::kProse) {
        ReadProse(fields.bytes(), *plan, {&path, plan->field->name()});
      } else {
        Append(fields.whole(), &head);
      }
    }
    if (fields.is_malformed()) AddMalformed(path);
    // Even if empty: that the section is there counts.
    AppendMessage(section.field->number(), head, &head_bytes_);
  }

  void ReadRow(absl::string_view bytes, const FieldPlan& row,
               const FieldPath& path) {
    WireFields fields(bytes);
    bool has_unknown = false;
    while (fields.Next()) {
      const FieldPlan* plan = row.Find(fields.number());
      if (plan == nullptr || fields.kind() != WireKind::kVarint) {
        has_unknown = true;
        continue;
      }
      const auto value = static_cast<int64_t>(fields.varint());
      view_->cells_[static_cast<size_t>(plan->place)] = value;
      faults_->CheckFigure(value, plan->may_be_negative,
                           {&path, plan->field->name()});
    }
    if (has_unknown) faults_->AddUnknownField(path);
    if (fields.is_malformed()) AddMalformed(path);
  }

  void ReadProse(absl::string_view text, const FieldPlan& plan,
                 const FieldPath& path) {
    faults_->CheckText(text, path);
    view_->prose_[static_cast<size_t>(plan.place)] = text;
  }

  void AddMalformed(const FieldPath& path) {
    faults_->Add(path, "MALFORMED_REPORT",
                 {"is no message of the published schema, or has a text that "
                  "is not UTF-8",
                  "不是公布的接口定义中的消息，或含有不是 UTF-8 的文字"});
  }

  ReportView* const view_;
  ReportFaults* const faults_;
  std::string head_bytes_;
};

absl::StatusOr<ReportView> ReportView::Read(absl::string_view bytes,
                                            const ReportLimits& limits) {
  ReportFaults faults(limits);
  ReportView view;
  if (bytes.size() > limits.report_bytes_max) {
    faults.Add({nullptr, "report"}, "TEXT_TOO_LONG",
               {absl::StrCat("has ", bytes.size(), " bytes, of which at most ",
                             limits.report_bytes_max, " are allowed"),
                absl::StrCat("共 ", bytes.size(), " 字节，最多允许 ",
                             limits.report_bytes_max, " 字节")});
  } else {
    ReportReader(&view, &faults).Read(bytes);
  }
  RETURN_IF_ERROR(faults.Result());
  return view;
}

ReportView ReportView::Of(const v1::Report& report) {
  ReportView view;
  view.owned_bytes_ =
      std::make_shared<const std::string>(report.SerializeAsString());
  const ReportLimits limits;
  ReportFaults faults(limits);
  ReportReader(&view, &faults).Read(*view.owned_bytes_);
  return view;
}

std::optional<absl::string_view> ReportView::Text(size_t place) const {
  if (prose_[place].has_value()) return prose_[place];
  const std::string* text = FindText(head_, Schema::Get().texts()[place]);
  if (text == nullptr) return std::nullopt;
  return absl::string_view(*text);
}

}  // namespace annals::report
