#include "tests/benchmark/soak_calls.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/proof.h"
#include "tests/support/agency_code.h"
#include "tests/support/report_maker.h"

namespace annals::benchmark {
namespace {

constexpr uint64_t kRevisionsPerReport = 3;
// Every other year, so that no report has one before it.
constexpr uint64_t kFirstYear = 2010;
constexpr uint64_t kYearsPerAgency = 3000;
// Between the agencies of a writer, so that no two writers have the same.
constexpr int kWritersMax = 1000;
// Made beforehand; making one costs more than submitting it.
constexpr uint64_t kReports = 16;
constexpr int kBackupsKept = 2;

std::string RequestId(std::mt19937_64* random) {
  const uint64_t high = (*random)();
  const uint64_t low = (*random)();
  return absl::StrFormat("%08x-0000-4000-8000-%012x", high & 0xffffffff,
                         low & 0xffffffffffff);
}

std::vector<ledger::Hash> ToHashes(
    const google::protobuf::RepeatedPtrField<std::string>& strings) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& bytes : strings) {
    if (bytes.size() != ledger::kHashBytes) return {};
    hashes.push_back(ledger::HashFromBytes(bytes));
  }
  return hashes;
}

// OK, or that the server's proof does not hold.
grpc::Status Proved(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {grpc::StatusCode::DATA_LOSS, std::string(status.message())};
}

}  // namespace

void RecordedReports::Add(const v1::Revision& revision) {
  MutexLock lock(&mutex_);
  if (revisions_.size() < kKept) {
    revisions_.push_back(revision);
  } else {
    revisions_[added_ % kKept] = revision;
  }
  ++added_;
}

v1::Revision RecordedReports::Pick(std::mt19937_64* random) const {
  MutexLock lock(&mutex_);
  if (revisions_.empty()) return {};
  return revisions_[(*random)() % revisions_.size()];
}

SoakWriter::SoakWriter(const Channel& channel, int number,
                       RecordedReports* recorded)
    : reports_(v1::ReportService::NewStub(channel)),
      agencies_(v1::AgencyService::NewStub(channel)),
      recorded_(recorded),
      random_(static_cast<uint64_t>(number) + 1),
      next_agency_(number) {
  for (uint64_t n = 0; n < kReports; ++n) contents_.push_back(MakeReport(n));
}

grpc::Status SoakWriter::RegisterNext() {
  code_ = MakeAgencyCode(next_agency_);
  next_agency_ += kWritersMax;
  v1::CreateAgencyRequest request;
  request.set_agency_id(code_);
  request.mutable_agency()->set_display_name("洛阳市某局");
  request.mutable_agency()->set_division_code("410303");
  request.set_reason("首次登记");
  request.set_request_id(RequestId(&random_));
  v1::Agency unused;
  grpc::ClientContext context;
  return agencies_->CreateAgency(&context, request, &unused);
}

grpc::Status SoakWriter::Write(uint64_t n) {
  if (n % (kRevisionsPerReport * kYearsPerAgency) == 0) {
    const grpc::Status registered = RegisterNext();
    if (!registered.ok()) return registered;
  }
  const bool is_first = n % kRevisionsPerReport == 0;
  const uint64_t year =
      kFirstYear + 2 * (n / kRevisionsPerReport % kYearsPerAgency);
  v1::SubmitRevisionRequest request;
  request.set_name(absl::StrCat("agencies/", code_, "/reports/", year));
  v1::Report* const report = request.mutable_report();
  *report = contents_[n % kReports];
  report->set_title(absl::StrCat("某市某局", year, "年报告"));
  report->set_year(static_cast<int>(year));
  report->mutable_period()->mutable_start()->set_year(static_cast<int>(year));
  report->mutable_period()->mutable_end()->set_year(static_cast<int>(year));
  request.set_reason(is_first ? "年度报告首次提交" : "核对后更正");
  request.set_request_id(RequestId(&random_));
  if (!is_first) {
    request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    report->set_etag(etag_);
  }
  grpc::ClientContext context;
  v1::SubmitRevisionResponse response;
  const grpc::Status status =
      reports_->SubmitRevision(&context, request, &response);
  if (!status.ok()) return status;
  etag_ = response.revision().etag();
  recorded_->Add(response.revision());
  return status;
}

SoakReader::SoakReader(const Channel& channel, uint64_t seed,
                       const RecordedReports* recorded)
    : reports_(v1::ReportService::NewStub(channel)),
      ledger_(v1::LedgerService::NewStub(channel)),
      recorded_(*recorded),
      random_(seed) {}

grpc::Status SoakReader::Read(uint64_t n) {
  const v1::Revision revision = recorded_.Pick(&random_);
  if (revision.name().empty()) return ReadGrowth();
  switch (n % 8) {
    case 0:
      return ReadGrowth();
    case 1:
    case 2:
      return ReadHistory(revision);
    case 3:
    case 4:
      return ReadEntry(revision);
    default:
      return ReadReport(revision);
  }
}

grpc::Status SoakReader::ReadReport(const v1::Revision& revision) {
  v1::GetReportRequest request;
  request.set_name(revision.name());
  grpc::ClientContext context;
  v1::Revision answer;
  const grpc::Status status = reports_->GetReport(&context, request, &answer);
  if (!status.ok() || answer.etag() == revision.etag()) return status;
  return {grpc::StatusCode::DATA_LOSS, "another revision than was asked for"};
}

grpc::Status SoakReader::ReadHistory(const v1::Revision& revision) {
  v1::ListRevisionsRequest request;
  request.set_parent(
      revision.name().substr(0, revision.name().find("/revisions/")));
  grpc::ClientContext context;
  v1::ListRevisionsResponse answer;
  return reports_->ListRevisions(&context, request, &answer);
}

grpc::Status SoakReader::ReadEntry(const v1::Revision& revision) {
  v1::GetEntryRequest request;
  request.set_index(revision.entry_index());
  request.set_include_content(true);
  grpc::ClientContext context;
  v1::Entry entry;
  const grpc::Status status = ledger_->GetEntry(&context, request, &entry);
  if (!status.ok()) return status;
  return Proved(ledger::VerifyInclusion(
      {entry.index(), entry.proof().tree_size()},
      ledger::LeafHash(entry.leaf()), ToHashes(entry.proof().hashes()),
      ledger::HashFromBytes(entry.checkpoint().root_hash())));
}

grpc::Status SoakReader::ReadGrowth() {
  v1::Checkpoint checkpoint;
  grpc::ClientContext context;
  grpc::Status status = ledger_->GetCheckpoint(&context, {}, &checkpoint);
  if (!status.ok()) return status;
  const ledger::Hash root = ledger::HashFromBytes(checkpoint.root_hash());
  if (size_ > 0) {
    v1::GetConsistencyProofRequest request;
    request.set_old_size(size_);
    request.set_new_size(checkpoint.tree_size());
    v1::ConsistencyProof proof;
    grpc::ClientContext proof_context;
    status = ledger_->GetConsistencyProof(&proof_context, request, &proof);
    if (!status.ok()) return status;
    status =
        Proved(ledger::VerifyConsistency({size_, checkpoint.tree_size()}, root_,
                                         root, ToHashes(proof.hashes())));
  }
  size_ = checkpoint.tree_size();
  root_ = root;
  return status;
}

SoakWatcher::SoakWatcher(const Channel& channel)
    : stub_(v1::LedgerService::NewStub(channel)), thread_([this] { Run(); }) {}

void SoakWatcher::Reconnect() {
  MutexLock lock(&mutex_);
  if (stream_ != nullptr) stream_->TryCancel();
}

void SoakWatcher::Stop() {
  if (is_stopped_.exchange(true)) return;
  Reconnect();
  thread_.join();
}

void SoakWatcher::Run() {
  while (!is_stopped_) {
    grpc::ClientContext context;
    {
      MutexLock lock(&mutex_);
      stream_ = &context;
    }
    // If it was stopped before it could be seen.
    if (!is_stopped_) Follow(&context);
    MutexLock lock(&mutex_);
    stream_ = nullptr;
  }
}

void SoakWatcher::Follow(grpc::ClientContext* context) {
  v1::WatchEntriesRequest request;
  request.set_start_index(next_index_);
  request.set_include_content(true);
  const auto stream = stub_->WatchEntries(context, request);
  v1::WatchEntriesResponse entry;
  while (stream->Read(&entry)) {
    if (entry.index() != next_index_) ++out_of_turn_;
    next_index_ = entry.index() + 1;
  }
  stream->Finish();
}

grpc::Status BackUp(v1::BackupService::Stub* stub, std::mt19937_64* random) {
  v1::CreateBackupRequest creation;
  creation.set_request_id(RequestId(random));
  v1::Backup backup;
  grpc::ClientContext create_context;
  grpc::Status status = stub->CreateBackup(&create_context, creation, &backup);
  if (!status.ok()) return status;
  v1::VerifyBackupRequest verification;
  verification.set_name(backup.name());
  grpc::ClientContext verify_context;
  status = stub->VerifyBackup(&verify_context, verification, &backup);
  if (!status.ok()) return status;
  v1::PruneBackupsRequest pruning;
  pruning.set_keep(kBackupsKept);
  v1::PruneBackupsResponse pruned;
  grpc::ClientContext prune_context;
  return stub->PruneBackups(&prune_context, pruning, &pruned);
}

}  // namespace annals::benchmark
