// Measures Annals against the cheapest services that do as much, in one run,
// and prints ratios. Run by hand; absolute figures are of this machine and
// moment.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "client/receipt/receipt.h"
#include "ledger/check.h"
#include "tests/benchmark/audit_benchmark.h"
#include "tests/benchmark/bench.h"
#include "tests/benchmark/import_benchmark.h"
#include "tests/benchmark/ledger_fill.h"
#include "tests/benchmark/submissions.h"

ABSL_FLAG(int, in_flight, 128, "Calls in flight.");
ABSL_FLAG(uint64_t, calls, 20000, "Calls of each kind in a round.");
ABSL_FLAG(int, rounds, 3, "Rounds; the median ratio counts.");
ABSL_FLAG(uint64_t, entries, 1000000, "Entries of the large ledger.");
ABSL_FLAG(std::string, only, "",
          "Run only submit, get_report (after submit), get_entry, start, "
          "receipt, audit or import; empty for all.");
ABSL_FLAG(uint64_t, audit_entries, 20000,
          "Entries of the exported ledger that is audited.");

namespace annals::benchmark {
namespace {

LoadShape Shape() {
  return {absl::GetFlag(FLAGS_in_flight), absl::GetFlag(FLAGS_calls)};
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Print(absl::string_view name, const LoadResult& result) {
  absl::PrintF(
      "  %-9s %8.0f calls/s   %6.1f us CPU   p50 %6.2f ms   p99 %6.2f ms", name,
      result.calls_per_second(), result.cpu_microseconds_per_call(),
      absl::ToDoubleMilliseconds(result.p50),
      absl::ToDoubleMilliseconds(result.p99));
  if (result.errors > 0) {
    absl::PrintF("   %u errors: %s", result.errors, result.first_error);
  }
  absl::PrintF("\n");
  std::fflush(stdout);
}

using Round = std::function<LoadResult()>;

// Runs both in turn and prints the median ratio.
void Compare(absl::string_view title, double target, const Round& subject,
             const Round& baseline) {
  absl::PrintF("%s\n", title);
  std::vector<double> ratios;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    const LoadResult of_baseline = baseline();
    const LoadResult of_subject = subject();
    Print("baseline", of_baseline);
    Print("annals", of_subject);
    ratios.push_back(of_subject.calls_per_second() /
                     of_baseline.calls_per_second());
  }
  absl::PrintF("  ratio %.2f, median of %u (target %.2f)\n\n", Median(ratios),
               ratios.size(), target);
}

void BenchmarkSubmit(const Bench& bench, const Submissions& submissions) {
  const LoadShape shape = Shape();
  uint64_t first = 0;
  // The very bytes of the submissions: others would compress otherwise.
  std::vector<grpc::ByteBuffer> appends;
  for (uint64_t n = 0; n < shape.calls; ++n) {
    Payload payload;
    payload.set_data(ToString(submissions.request(n)));
    appends.push_back(ToBytes(payload));
  }
  Compare(
      absl::StrFormat("SubmitRevision against a bare append of the same bytes "
                      "(%u), %d in flight",
                      submissions.request(0).Length(), shape.in_flight),
      0.6,
      [&] {
        const uint64_t offset = std::exchange(first, first + shape.calls);
        return RunCalls(shape,
                        bench.Of("annals.v1.ReportService/SubmitRevision"),
                        [&submissions, offset](uint64_t n) {
                          return &submissions.request(offset + n);
                        });
      },
      [&] {
        return RunCalls(shape, bench.OfBaseline("Append"),
                        [&appends](uint64_t n) { return &appends[n]; });
      });
}

// Asks for `count` reports in turn. REQUIRES: they are recorded.
void BenchmarkGetReport(const char* which, uint64_t count, const Bench& bench,
                        const Submissions& submissions) {
  const LoadShape shape = Shape();
  std::vector<grpc::ByteBuffer> requests;
  v1::GetReportRequest request;
  for (uint64_t n = 0; n < std::min(count, shape.calls); ++n) {
    request.set_name(submissions.name(n));
    requests.push_back(ToBytes(request));
  }
  v1::Revision revision;
  grpc::ClientContext context;
  ANNALS_CHECK(v1::ReportService::NewStub(bench.channel())
                   ->GetReport(&context, request, &revision)
                   .ok());
  const auto answer_bytes = static_cast<uint32_t>(revision.ByteSizeLong());
  const auto run = [&] {
    return RunCalls(
        shape, bench.Of("annals.v1.ReportService/GetReport"),
        [&requests](uint64_t n) { return &requests[n % requests.size()]; });
  };
  run();
  Compare(absl::StrFormat("GetReport of %s against a null call that answers "
                          "as many bytes (%u), %d in flight",
                          which, answer_bytes, shape.in_flight),
          0.7, run, [&] { return RunNull(shape, bench, answer_bytes); });
}

// Of as many reports as the memory for those read lately holds, and of far
// more, so that each is read from the store.
void BenchmarkGetReports(const Bench& bench, const Submissions& submissions) {
  constexpr uint64_t kHeldInMemory = 4000;
  BenchmarkGetReport("reports read lately", kHeldInMemory, bench, submissions);
  BenchmarkGetReport("reports not read lately", Shape().calls, bench,
                     submissions);
}

void BenchmarkReports(bool get) {
  TempDir dir;
  const Bench bench(dir.Path("data"));
  const Submissions submissions(
      bench, absl::GetFlag(FLAGS_calls) * absl::GetFlag(FLAGS_rounds));
  BenchmarkSubmit(bench, submissions);
  if (get) BenchmarkGetReports(bench, submissions);
}

void BenchmarkEntries(const std::string& data_dir) {
  const uint64_t entries = absl::GetFlag(FLAGS_entries);
  const Bench bench(data_dir);
  const LoadShape shape = Shape();
  v1::GetEntryRequest request;
  request.set_index(entries / 3);
  v1::Entry entry;
  grpc::ClientContext context;
  ANNALS_CHECK(v1::LedgerService::NewStub(bench.channel())
                   ->GetEntry(&context, request, &entry)
                   .ok());
  const auto answer_bytes = static_cast<uint32_t>(entry.ByteSizeLong());
  std::mt19937_64 random(1);
  std::vector<grpc::ByteBuffer> requests;
  for (uint64_t n = 0; n < shape.calls; ++n) {
    request.set_index(random() % entries);
    requests.push_back(ToBytes(request));
  }
  Compare(
      absl::StrFormat("GetEntry with inclusion proof at %u entries against a "
                      "null call that answers as many bytes (%u), %d in flight",
                      entries, answer_bytes, shape.in_flight),
      0.5,
      [&] {
        return RunCalls(shape, bench.Of("annals.v1.LedgerService/GetEntry"),
                        [&requests](uint64_t n) { return &requests[n]; });
      },
      [&] { return RunNull(shape, bench, answer_bytes); });
}

// What a client pays to verify a receipt with its content, parsing included.
void BenchmarkReceipt(const Bench& bench, const Submissions& submissions) {
  const LoadShape shape = Shape();
  RunCalls(shape, bench.Of("annals.v1.ReportService/SubmitRevision"),
           [&submissions](uint64_t n) { return &submissions.request(n); });
  const auto key = ledger::NoteVerifier::Parse(bench.verifier_key());
  ANNALS_CHECK(key.ok());
  const client::LedgerKeys keys{{*key}, std::nullopt};
  std::vector<client::Receipt> receipts;
  const auto stub = v1::LedgerService::NewStub(bench.channel());
  for (uint64_t n = 0; n < std::min<uint64_t>(shape.calls, 500); ++n) {
    v1::GetReceiptRequest request;
    request.set_name(submissions.name(n));
    request.set_include_content(true);
    v1::Receipt receipt;
    grpc::ClientContext context;
    ANNALS_CHECK(stub->GetReceipt(&context, request, &receipt).ok());
    receipts.push_back(
        {receipt.proof(), receipt.leaf(), receipt.salt(), receipt.content()});
  }
  std::vector<double> microseconds;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t begin = std::clock();
    for (const client::Receipt& receipt : receipts) {
      ANNALS_CHECK(client::VerifyReceipt(receipt, keys).ok());
    }
    const double seconds =
        static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    microseconds.push_back(1e6 * seconds /
                           static_cast<double>(receipts.size()));
  }
  absl::PrintF(
      "Verifying a receipt (proof of %u bytes, leaf of %u, content of "
      "%u)\n  %.1f us CPU each, median of %u rounds of %u (target "
      "1000)\n\n",
      receipts[0].proof.size(), receipts[0].leaf.size(),
      receipts[0].content->size(), Median(microseconds), microseconds.size(),
      receipts.size());
}

void BenchmarkReceipts() {
  TempDir dir;
  const Bench bench(dir.Path("data"));
  const Submissions submissions(bench, absl::GetFlag(FLAGS_calls));
  BenchmarkReceipt(bench, submissions);
}

double StartMilliseconds(const std::string& data_dir) {
  DaemonOptions options;
  options.data_dir = data_dir;
  options.listen = "127.0.0.1:0";
  // The one caller is to take all that there is.
  options.server.caller = {0, 1, 0, 0};
  const absl::Time begin = absl::Now();
  auto daemon = Daemon::Start(options);
  const absl::Duration elapsed = absl::Now() - begin;
  ANNALS_CHECK(daemon.ok());
  return absl::ToDoubleMilliseconds(elapsed);
}

void BenchmarkStart(const std::string& small_dir,
                    const std::string& large_dir) {
  std::vector<double> small;
  std::vector<double> large;
  for (int round = 0; round < 7; ++round) {
    small.push_back(StartMilliseconds(small_dir));
    large.push_back(StartMilliseconds(large_dir));
  }
  absl::PrintF("Start-up of the daemon, median of 7\n");
  for (const auto& [name, times] :
       {std::pair("1,000 entries", small), std::pair("large ledger", large)}) {
    absl::PrintF("  %-14s %6.1f ms  (%.1f to %.1f)\n", name, Median(times),
                 *std::min_element(times.begin(), times.end()),
                 *std::max_element(times.begin(), times.end()));
  }
  absl::PrintF("  ratio %.2f\n", Median(large) / Median(small));
}

void BenchmarkAudit() {
  TempDir dir;
  const AuditBenchmark audit(dir.Path("export"),
                             absl::GetFlag(FLAGS_audit_entries));
  absl::PrintF(
      "Audit of an exported ledger of %u entries against plain SHA-256 of the "
      "same %.0f MB from memory on one thread\n",
      absl::GetFlag(FLAGS_audit_entries),
      static_cast<double>(audit.bytes()) / 1e6);
  std::vector<double> ratios;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    const double sha256 = audit.Sha256Speed();
    const double speed = audit.AuditSpeed();
    absl::PrintF("  SHA-256 %7.0f MB/s   audit %7.0f MB/s\n", sha256 / 1e6,
                 speed / 1e6);
    std::fflush(stdout);
    ratios.push_back(speed / sha256);
  }
  absl::PrintF("  ratio %.2f, median of %u (target %.2f)\n", Median(ratios),
               ratios.size(), 0.5);
  absl::PrintF("  annals audit of it takes %.0f MiB of memory at most\n\n",
               audit.AuditPeakMib());
}

void Run() {
  const std::string only = absl::GetFlag(FLAGS_only);
  const auto wanted = [&only](absl::string_view name) {
    return only.empty() || only == name;
  };
  if (wanted("submit") || wanted("get_report")) {
    BenchmarkReports(wanted("get_report"));
  }
  if (wanted("receipt")) BenchmarkReceipts();
  if (wanted("audit")) BenchmarkAudit();
  if (wanted("import")) BenchmarkImport();
  if (!wanted("get_entry") && !wanted("start")) return;
  TempDir dir;
  const absl::Time begin = absl::Now();
  FillLedger(dir.Path("large"), absl::GetFlag(FLAGS_entries));
  absl::PrintF("Filled a ledger with %u entries in %s\n\n",
               absl::GetFlag(FLAGS_entries),
               absl::FormatDuration(absl::Now() - begin));
  if (wanted("get_entry")) BenchmarkEntries(dir.Path("large"));
  if (!wanted("start")) return;
  FillLedger(dir.Path("small"), 1000);
  BenchmarkStart(dir.Path("small"), dir.Path("large"));
}

}  // namespace
}  // namespace annals::benchmark

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Measures Annals against bare services in one run and prints ratios.");
  absl::ParseCommandLine(argc, argv);
  // As annalsd.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  annals::benchmark::Run();
  return 0;
}
