#include "client/render/report_table.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "annals/v1/schema_options.pb.h"
#include "client/render/printable.h"
#include "client/render/table_layout.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;
using report::FieldLabel;

constexpr size_t kProseWidth = 96;

struct Page {
  const v1::Report& report;
  Language language;
  AmbiguousWidth ambiguous;
  std::string text;

  void Line(absl::string_view line) { absl::StrAppend(&text, line, "\n"); }
};

void AppendProse(absl::string_view prose, size_t indent, Page* page) {
  for (const std::string& line :
       Wrap(PrintableText(prose), kProseWidth, page->ambiguous)) {
    page->Line(line.empty() ? ""
                            : absl::StrCat(std::string(indent, ' '), line));
  }
}

const Text& Blank() {
  static const auto* const blank = new Text{"（空白）", "(blank)"};
  return *blank;
}

void AppendOverview(const FieldDescriptor* section, Page* page) {
  bool any = false;
  for (const report::TextInfo& text : report::Schema::Get().texts()) {
    if (text.parent != section) continue;
    const std::string* prose = report::FindText(page->report, text);
    if (prose == nullptr) continue;
    any = true;
    page->Line(absl::StrCat(
        "  ", FieldLabel(text.text, v1::EDITION_UNSPECIFIED, page->language)));
    AppendProse(*prose, 4, page);
  }
  if (!any) page->Line(absl::StrCat("  ", Blank().In(page->language)));
}

void AppendText(const FieldDescriptor* section, Page* page) {
  const auto* reflection = page->report.GetReflection();
  if (!reflection->HasField(page->report, section)) {
    page->Line(absl::StrCat("  ", Blank().In(page->language)));
    return;
  }
  AppendProse(reflection->GetString(page->report, section), 2, page);
}

// What cells print besides their figures.
void AppendNotes(const FieldDescriptor* table, Page* page) {
  const report::Schema& schema = report::Schema::Get();
  for (const v1::CellNote& note : page->report.cell_notes()) {
    const auto cell = schema.Find(note.cell());
    if (!cell.has_value() || schema.cells()[*cell].table != table) continue;
    const std::string label = schema.CellLabel(
        *cell,
        report::EditionOf(page->report, schema.cells()[*cell].table_number),
        page->language);
    const std::string printed = PrintableLine(note.printed());
    page->Line(Text{absl::StrCat("  * 原文印作“", printed, "”：", label),
                    absl::StrCat("  * printed \"", printed, "\": ", label)}
                   .In(page->language));
  }
}

void AppendTable(const FieldDescriptor* table, Page* page) {
  const int number = table->options().GetExtension(v1::section);
  const v1::Edition edition = report::EditionOf(page->report, number);
  const std::string edition_label =
      edition == v1::EDITION_UNSPECIFIED
          ? Text{"格式版本未声明", "edition not declared"}.In(page->language)
          : report::EnumLabel(edition, page->language);
  page->Line(Text{absl::StrCat("（", edition_label, "）"),
                  absl::StrCat("(", edition_label, ")")}
                 .In(page->language));
  absl::StrAppend(&page->text, RenderTable(page->report, number, page->language,
                                           page->ambiguous));
  AppendNotes(table, page);
}

std::string Day(const v1::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

// What the report says of itself and where it was made public.
void AppendFacts(Page* page) {
  const v1::Report& report = page->report;
  const auto fact = [page](absl::string_view field, absl::string_view value) {
    if (value.empty()) return;
    page->Line(absl::StrCat(
        report::Schema::Get().TextLabel(field, page->language),
        page->language == Language::kZh ? "：" : ": ", PrintableLine(value)));
  };
  fact("agency_name", report.agency_name());
  fact("year", absl::StrCat(report.year()));
  const v1::Scope scope = report.scope() == v1::SCOPE_REGIONAL
                              ? v1::SCOPE_REGIONAL
                              : v1::SCOPE_ORGAN;
  fact("scope", report::EnumLabel(scope, page->language));
  if (report.has_period()) {
    fact("period", absl::StrCat(Day(report.period().start()), " – ",
                                Day(report.period().end())));
  }
  const v1::Publication& publication = report.publication();
  if (publication.has_date()) fact("publication.date", Day(publication.date()));
  fact("publication.url", publication.url());
  fact("publication.index_number", publication.index_number());
  fact("publication.signer", publication.signer());
}

}  // namespace

std::string RenderReport(const v1::Report& report, Language language,
                         AmbiguousWidth ambiguous) {
  Page page{report, language, ambiguous, {}};
  page.Line(absl::StripTrailingAsciiWhitespace(Pad(
      PrintableLine(report.title()), kProseWidth, Align::kCenter, ambiguous)));
  page.Line("");
  AppendFacts(&page);
  if (report.has_preface()) {
    page.Line("");
    AppendProse(report.preface(), 2, &page);
  }
  for (const FieldDescriptor* section : SectionFields()) {
    page.Line("");
    page.Line(FieldLabel(section, v1::EDITION_UNSPECIFIED, language));
    if (section->type() == FieldDescriptor::TYPE_STRING) {
      AppendText(section, &page);
    } else if (section->message_type() == v1::Overview::descriptor()) {
      AppendOverview(section, &page);
    } else {
      AppendTable(section, &page);
    }
  }
  return page.text;
}

}  // namespace annals::client
