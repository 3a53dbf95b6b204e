// The calls of a soak: reports submitted, corrected and read with their proofs,
// entries watched, backups made.

#ifndef ANNALS_TESTS_BENCHMARK_SOAK_CALLS_H_
#define ANNALS_TESTS_BENCHMARK_SOAK_CALLS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/backup_service.grpc.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "ledger/hash.h"
#include "ledger/mutex.h"

namespace annals::benchmark {

using Channel = std::shared_ptr<grpc::Channel>;

// What writers have recorded, for readers to ask for.
class RecordedReports {
 public:
  void Add(const v1::Revision& revision);
  // One of them; nothing as long as there is none.
  v1::Revision Pick(std::mt19937_64* random) const;

 private:
  static constexpr size_t kKept = 10000;

  mutable Mutex mutex_;
  // The latest ones, without content.
  std::vector<v1::Revision> revisions_ ABSL_GUARDED_BY(mutex_);
  uint64_t added_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Registers agencies, submits their reports, year by year, and corrects each
// twice.
class SoakWriter {
 public:
  // `recorded` is not owned.
  SoakWriter(const Channel& channel, int number, RecordedReports* recorded);

  grpc::Status Write(uint64_t n);

 private:
  grpc::Status RegisterNext();

  const std::unique_ptr<v1::ReportService::Stub> reports_;
  const std::unique_ptr<v1::AgencyService::Stub> agencies_;
  RecordedReports* const recorded_;
  std::mt19937_64 random_;
  std::vector<v1::Report> contents_;
  int next_agency_;
  std::string code_;
  std::string etag_;
};

// Reads a report, its history, an entry with its proof, or how the ledger grew.
class SoakReader {
 public:
  SoakReader(const Channel& channel, uint64_t seed,
             const RecordedReports* recorded);

  grpc::Status Read(uint64_t n);

 private:
  grpc::Status ReadReport(const v1::Revision& revision);
  grpc::Status ReadHistory(const v1::Revision& revision);
  grpc::Status ReadEntry(const v1::Revision& revision);
  grpc::Status ReadGrowth();

  const std::unique_ptr<v1::ReportService::Stub> reports_;
  const std::unique_ptr<v1::LedgerService::Stub> ledger_;
  const RecordedReports& recorded_;
  std::mt19937_64 random_;
  // Of the checkpoint read last; 0 before the first.
  uint64_t size_ = 0;
  ledger::Hash root_ = {};
};

// Watches all entries from the first on, and goes on where it was when it is
// told to connect anew.
class SoakWatcher {
 public:
  explicit SoakWatcher(const Channel& channel);
  ~SoakWatcher() { Stop(); }

  // Ends the stream; another one is begun at once.
  void Reconnect();
  void Stop();

  uint64_t next_index() const { return next_index_; }
  // Entries that came out of turn.
  uint64_t out_of_turn() const { return out_of_turn_; }

 private:
  void Run();
  void Follow(grpc::ClientContext* context);

  const std::unique_ptr<v1::LedgerService::Stub> stub_;
  std::atomic<uint64_t> next_index_ = 0;
  std::atomic<uint64_t> out_of_turn_ = 0;
  std::atomic<bool> is_stopped_ = false;
  Mutex mutex_;
  grpc::ClientContext* stream_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

// Makes a backup, verifies it and deletes those before the last few.
grpc::Status BackUp(v1::BackupService::Stub* stub, std::mt19937_64* random);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_SOAK_CALLS_H_
