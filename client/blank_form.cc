#include "client/blank_form.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "annals/v1/schema_options.pb.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;

constexpr absl::string_view kCarriedIn = "t3.carried_over_in.";
constexpr absl::string_view kCarriedOut = "t3.carried_over_out.";

void SetDay(int year, int month, int day, v1::Date* date) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

}  // namespace

v1::Report BlankForm(const report::ReportName& name,
                     absl::string_view agency_name) {
  v1::Report form;
  form.set_title(
      absl::StrCat(agency_name, name.year, "年政府信息公开工作年度报告"));
  form.set_year(name.year);
  form.set_scope(name.scope);
  form.set_agency_name(std::string(agency_name));
  SetDay(name.year, 1, 1, form.mutable_period()->mutable_start());
  SetDay(name.year, 12, 31, form.mutable_period()->mutable_end());
  v1::Overview* overview = form.mutable_s1_overview();
  for (const report::TextInfo& text : report::Schema::Get().texts()) {
    // The introduction has no heading of its own to stand under.
    if (text.parent == nullptr || text.text->number() == 1) continue;
    overview->GetReflection()->SetString(overview, text.text, "");
  }
  const v1::Edition edition = EditionForYear(name.year);
  form.mutable_t2()->set_edition(edition);
  form.mutable_t3()->set_edition(edition);
  form.mutable_t4()->set_edition(edition);
  form.set_s5_problems("");
  form.set_s6_other("");
  return form;
}

int CarryOver(const v1::Report& last_year, v1::Report* form) {
  const report::Schema& schema = report::Schema::Get();
  const report::Cells cells = report::ReadCells(last_year);
  int count = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::string_view column = schema.cells()[i].id;
    if (!absl::ConsumePrefix(&column, kCarriedOut)) continue;
    if (!cells[i].has_value()) continue;
    const auto carried = schema.Find(absl::StrCat(kCarriedIn, column));
    if (!carried.has_value()) continue;
    report::SetCell(*carried, cells[i], form);
    ++count;
  }
  return count;
}

}  // namespace annals::client
