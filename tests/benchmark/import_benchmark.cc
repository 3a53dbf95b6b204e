#include "tests/benchmark/import_benchmark.h"

#include <sys/resource.h>

#include <string>

#include "absl/strings/str_format.h"
#include "client/import/importer.h"
#include "ledger/check.h"
#include "service/report/check.h"
#include "tests/import/form_document.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::benchmark {
namespace {

constexpr int kReports = 40;

double CpuMilliseconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
             1e3 +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
             1e3;
}

double AllCpuMilliseconds() {
  return CpuMilliseconds(RUSAGE_SELF) + CpuMilliseconds(RUSAGE_CHILDREN);
}

void Measure(const char* name, const std::string& file, double target) {
  const double before = AllCpuMilliseconds();
  for (int i = 0; i < kReports; ++i) {
    const auto imported = client::ImportFile(file);
    ANNALS_CHECK(imported.ok());
    const v1::CheckResult check =
        report::CheckReport(imported->report, report::CheckContext());
    ANNALS_CHECK(check.findings_size() > 0);
  }
  absl::PrintF("  %-14s %7d bytes  %7.2f ms CPU  (target %.0f)\n", name,
               file.size(), (AllCpuMilliseconds() - before) / kReports, target);
}

}  // namespace

void BenchmarkImport() {
  absl::PrintF("import and check one report\n");
  const auto document =
      client::OfficialDocument(client::RandomFigures(1, client::TextStyle()));
  client::HtmlStyle spans;
  spans.split_spans = spans.layout_table = true;
  Measure("text", client::SampleText("huaian-2024"), 20);
  Measure("html", client::HtmlOf(document), 20);
  Measure("html of Word", client::HtmlOf(document, spans), 20);
  Measure("docx", client::DocxOf(document), 200);
  Measure("xlsx", client::XlsxOf(document), 200);
  Measure("pdf", client::SampleFile("huaian-2024.pdf"), 200);
  absl::PrintF("\n");
}

}  // namespace annals::benchmark
