// The baselines, with the same callback API that Annals uses.

#ifndef ANNALS_TESTS_BENCHMARK_BASELINE_SERVICE_H_
#define ANNALS_TESTS_BENCHMARK_BASELINE_SERVICE_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "rocksdb/db.h"
#include "tests/benchmark/baseline.grpc.pb.h"

namespace annals::benchmark {

class BaselineService final : public Baseline::CallbackService {
 public:
  // Opens a new database in the directory `path`; ends the process if it can't.
  explicit BaselineService(const std::string& path);
  ~BaselineService() override;

  grpc::ServerUnaryReactor* Null(grpc::CallbackServerContext* context,
                                 const NullRequest* request,
                                 Payload* response) override;
  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context,
                                   const Payload* request,
                                   AppendResponse* response) override;

 private:
  struct Pending {
    const Payload* request = nullptr;
    AppendResponse* response = nullptr;
    grpc::ServerUnaryReactor* reactor = nullptr;
  };

  // Commits whatever is queued in one synced batch, again and again.
  void CommitLoop();
  void Commit(const std::vector<Pending>& group);

  std::unique_ptr<rocksdb::DB> db_;
  uint64_t next_index_ = 0;  // For the committer's thread.
  absl::Mutex mutex_;
  std::vector<Pending> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread committer_;
};

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_BASELINE_SERVICE_H_
