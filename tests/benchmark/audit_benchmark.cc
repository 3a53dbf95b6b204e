#include "tests/benchmark/audit_benchmark.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/audit/auditor.h"
#include "client/audit/export_source.h"
#include "ledger/check.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/signer.h"
#include "ledger/static_tree_writer.h"
#include "service/report/timestamp.h"
#include "tests/benchmark/process_use.h"
#include "tests/support/agency_code.h"
#include "tests/support/process.h"
#include "tests/support/report_maker.h"

namespace annals::benchmark {
namespace {

constexpr char kOrigin[] = "benchmark.local/annals";
constexpr uint64_t kContents = 200;
constexpr int kFirstYear = 2010;

ledger::Salt SaltOf(uint64_t n) {
  return ledger::Sha256(absl::StrCat("salt ", n));
}

// The year of the content of entry `n`.
int YearOf(uint64_t n) { return kFirstYear + static_cast<int>(n % kContents); }

v1::LedgerEntry Envelope(uint64_t index) {
  v1::LedgerEntry entry;
  entry.set_index(index);
  *entry.mutable_recorded_at() = report::ToTimestamp(
      absl::FromUnixSeconds(1'700'000'000) + absl::Milliseconds(index));
  entry.mutable_actor()->set_subject("local:benchmark");
  entry.mutable_actor()->set_assurance(v1::ASSURANCE_SELF_DECLARED);
  entry.set_reason("年度报告首次提交");
  entry.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012x", index));
  entry.set_request_hash(std::string(ledger::kHashBytes, 'r'));
  return entry;
}

// Agencies by turns with their reports: one agency, then a report of every
// year, then the next.
std::string MakeLeaf(uint64_t index, const std::string* content) {
  v1::LedgerEntry entry = Envelope(index);
  const std::string agency = absl::StrCat(
      "agencies/", MakeAgencyCode(static_cast<int>(index / (kContents + 1))));
  if (content == nullptr) {
    entry.mutable_agency_registered()->mutable_agency()->set_name(agency);
    return entry.SerializeAsString();
  }
  entry.set_content_hash(
      ledger::HashBytes(ledger::ContentHash(SaltOf(index), *content)));
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_report(
      absl::StrCat(agency, "/reports/", YearOf(index % (kContents + 1) - 1)));
  event->set_number(1);
  event->set_rule_set_version("2026-11");
  return entry.SerializeAsString();
}

}  // namespace

AuditBenchmark::AuditBenchmark(std::string directory, uint64_t entries)
    : directory_(std::move(directory)), entries_(entries) {
  for (uint64_t n = 0; n < kContents; ++n) {
    v1::RevisionContent content;
    *content.mutable_report() = MakeReport(n, YearOf(n));
    contents_.push_back(content.SerializeAsString());
  }
  auto signer = ledger::Ed25519Signer::FromSeed(std::string(32, 'b'));
  ANNALS_CHECK(signer.ok());
  auto key = ledger::NoteVerifier::Create(kOrigin, (*signer)->public_key());
  ANNALS_CHECK(key.ok());
  key_ = key->ToString();
  auto writer = ledger::StaticTreeWriter::Open(directory_, {*key});
  ANNALS_CHECK(writer.ok());
  for (uint64_t index = 0; index < entries_; ++index) {
    const uint64_t turn = index % (kContents + 1);
    const std::string* content = turn == 0 ? nullptr : &contents_[turn - 1];
    leaves_.push_back(MakeLeaf(index, content));
    const ledger::Salt salt = SaltOf(index);
    ledger::StaticEntry entry{leaves_.back()};
    bytes_ += leaves_.back().size();
    if (content != nullptr) {
      entry.salt = &salt;
      entry.content = *content;
      bytes_ += ledger::kSaltBytes + content->size();
    }
    ANNALS_CHECK((*writer)->Append(entry).ok());
  }
  auto note = ledger::SignNote(
      ledger::CheckpointText({kOrigin, entries_, (*writer)->Root()}), *key,
      signer->get());
  ANNALS_CHECK(note.ok());
  ANNALS_CHECK((*writer)->Publish(*note).ok());
}

double AuditBenchmark::AuditSpeed() const {
  auto key = ledger::NoteVerifier::Parse(key_);
  ANNALS_CHECK(key.ok());
  std::ifstream in(directory_ + "/checkpoint");
  const std::string note(std::istreambuf_iterator<char>(in), {});
  const absl::Time begin = absl::Now();
  auto checkpoint = ledger::OpenCheckpoint(note, *key);
  ANNALS_CHECK(checkpoint.ok());
  const client::ExportFiles files(directory_, *checkpoint);
  client::ExportSource source(&files, 0, {client::Contents::kChecked, "", {}});
  client::ExportTiles tiles(&files);
  client::AuditState state;
  client::AuditedBytes audited;
  client::AuditRun run;
  run.checkpoint = *checkpoint;
  run.threads = client::AuditThreads();
  run.tiles = &tiles;
  run.progress = [](const client::JobState&) { return absl::OkStatus(); };
  const absl::Status status =
      client::AuditEntries(run, &source, &state, &audited);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (!status.ok()) absl::PrintF("%s\n", status.ToString());
  ANNALS_CHECK(status.ok() && audited.bytes == bytes_);
  return static_cast<double>(bytes_) / seconds;
}

double AuditBenchmark::AuditPeakMib() const {
  Process audit(ProcessOptions{
      {ANNALS_PATH, "audit", "--offline", directory_, "--key", key_},
      {"LANG=C.UTF-8", "ANNALS_CONFIG_DIR=" + directory_ + ".config"},
      "/dev/null",
      "/dev/null"});
  // What wait4 tells would include this process as it was when it made the
  // other.
  std::atomic<bool> has_ended = false;
  double peak = 0;
  std::thread sampler([&, pid = audit.pid()] {
    while (!has_ended) {
      peak = std::max(peak, UseOf(pid).peak_mib);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  const int code = audit.Wait();
  has_ended = true;
  sampler.join();
  ANNALS_CHECK(code == 0);
  return peak;
}

double AuditBenchmark::Sha256Speed() const {
  const absl::Time begin = absl::Now();
  for (uint64_t index = 0; index < entries_; ++index) {
    const uint64_t turn = index % (kContents + 1);
    ledger::Sha256(leaves_[index]);
    if (turn > 0) ledger::ContentHash({}, contents_[turn - 1]);
  }
  return static_cast<double>(bytes_) /
         absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace annals::benchmark
