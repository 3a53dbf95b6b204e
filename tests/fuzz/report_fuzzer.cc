// Reports as bytes: what our own reader accepts must be what protobuf reads.

#include "service/report/report_view.h"
#include "service/report/validate.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using annals::FuzzRequire;
  using annals::report::ReportView;
  const annals::report::ReportLimits limits;
  const auto view = ReportView::Read(annals::AsText(data, size), limits);
  if (!view.ok()) return 0;
  annals::v1::Report report;
  FuzzRequire(report.ParseFromArray(data, static_cast<int>(size)),
              "protobuf reads what is accepted");
  FuzzRequire(annals::report::ValidateReport(report, limits).ok(),
              "what is accepted is well formed");
  const ReportView of_message = ReportView::Of(report);
  FuzzRequire(view->cells() == of_message.cells(), "the figures are the same");
  FuzzRequire(
      view->head().SerializeAsString() == of_message.head().SerializeAsString(),
      "the head is the same");
  const size_t texts = annals::report::Schema::Get().texts().size();
  for (size_t i = 0; i < texts; ++i) {
    FuzzRequire(view->Text(i) == of_message.Text(i), "the texts are the same");
  }
  return 0;
}
