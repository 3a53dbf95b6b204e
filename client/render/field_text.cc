#include "client/render/field_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/render/printable.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

// What stands behind the label of a paragraph: its place, or that it is gone.
std::string PlaceText(absl::string_view place, Language language) {
  if (absl::ConsumePrefix(&place, "-")) {
    return Text{absl::StrCat("（已删段落 ", place, "）"),
                absl::StrCat(" (removed paragraph ", place, ")")}
        .In(language);
  }
  return Text{absl::StrCat("（第 ", place, " 段）"),
              absl::StrCat(" (paragraph ", place, ")")}
      .In(language);
}

}  // namespace

std::string FigureText(const std::string& cell, std::optional<int64_t> value,
                       Language language) {
  if (!value.has_value()) return Text{"空白", "blank"}.In(language);
  const report::Schema& schema = report::Schema::Get();
  const auto index = schema.Find(cell);
  if (!index.has_value()) return absl::StrCat(*value);
  return report::FormatFigure(*value, schema.cells()[*index],
                              v1::Report::default_instance());
}

std::string FieldLabelText(const std::string& field, Language language) {
  const report::Schema& schema = report::Schema::Get();
  const auto index = schema.Find(field);
  if (index.has_value()) {
    return schema.CellLabel(*index, v1::EDITION_UNSPECIFIED, language);
  }
  const size_t mark = field.find('#');
  const std::string path = field.substr(0, mark);
  std::string label = PrintableLine(schema.TextLabel(path, language));
  if (mark == std::string::npos) return label;
  return absl::StrCat(
      label, PlaceText(PrintableLine(field.substr(mark + 1)), language));
}

std::string ExactLabelText(const std::string& cell, Language language) {
  const std::string label = FieldLabelText(cell, language);
  const report::Schema& schema = report::Schema::Get();
  const auto index = schema.Find(cell);
  if (!index.has_value()) return label;
  if (schema.cells()[*index].unit == v1::UNIT_UNSPECIFIED) return label;
  // The printed unit, where the official label says one.
  const std::string bare = absl::StrReplaceAll(
      label, {{"（单位：万元）", ""}, {" (10,000 yuan)", ""}});
  return absl::StrCat(bare, Text{"（单位：分）", " (0.01 yuan)"}.In(language));
}

std::string TextValueText(const std::string& field, const std::string& value,
                          Language language) {
  const google::protobuf::Descriptor* parent = v1::Report::descriptor();
  const google::protobuf::FieldDescriptor* found = nullptr;
  for (const absl::string_view segment : absl::StrSplit(field, '.')) {
    if (parent == nullptr) return value;
    found = parent->FindFieldByName(
        std::string(segment.substr(0, segment.find('['))));
    if (found == nullptr) return value;
    parent = found->message_type();
  }
  const google::protobuf::EnumDescriptor* const names = found->enum_type();
  const auto* const name =
      names == nullptr ? nullptr : names->FindValueByName(value);
  const std::string label =
      name == nullptr ? std::string() : report::EnumLabel(name, language);
  return label.empty() ? value : label;
}

}  // namespace annals::client
