// Reports as JSON files.

#include "service/report/report_json.h"
#include "service/report/report_view.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using annals::FuzzRequire;
  using annals::report::ReportFromJson;
  using annals::report::ReportView;
  const auto report = ReportFromJson(annals::AsText(data, size));
  if (!report.ok()) return 0;
  const auto read = ReportFromJson(annals::report::ReportToJson(*report));
  FuzzRequire(read.ok(), "what is written can be read");
  FuzzRequire(read->SerializeAsString() == report->SerializeAsString(),
              "and is the same report");
  // A form shows sections that the report may not have, blank.
  const auto form = ReportFromJson(annals::report::ReportFormToJson(*report));
  FuzzRequire(form.ok(), "a form can be read");
  const ReportView view = ReportView::Of(*report);
  const ReportView filled = ReportView::Of(*form);
  FuzzRequire(view.cells() == filled.cells(), "its figures are the same");
  const size_t texts = annals::report::Schema::Get().texts().size();
  for (size_t i = 0; i < texts; ++i) {
    FuzzRequire(view.Text(i) == filled.Text(i), "its texts are the same");
  }
  return 0;
}
