#include "tests/benchmark/baseline_service.h"

#include <utility>

#include "ledger/check.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace annals::benchmark {
namespace {

std::string BigEndian(uint64_t value) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = value & 0xFF;
  return bytes;
}

}  // namespace

BaselineService::BaselineService(const std::string& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ANNALS_CHECK(rocksdb::DB::Open(options, path, &db).ok());
  db_.reset(db);
  committer_ = std::thread([this] { CommitLoop(); });
}

BaselineService::~BaselineService() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  committer_.join();
}

grpc::ServerUnaryReactor* BaselineService::Null(
    grpc::CallbackServerContext* context, const NullRequest* request,
    Payload* response) {
  response->mutable_data()->assign(request->answer_bytes(), 'x');
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* BaselineService::Append(
    grpc::CallbackServerContext* context, const Payload* request,
    AppendResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::MutexLock lock(&mutex_);
  queue_.push_back({request, response, reactor});
  return reactor;
}

void BaselineService::CommitLoop() {
  while (true) {
    std::vector<Pending> group;
    {
      absl::MutexLock lock(&mutex_);
      auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopping_ || !queue_.empty();
      };
      mutex_.Await(absl::Condition(&ready));
      if (queue_.empty()) return;
      group.swap(queue_);
    }
    Commit(group);
  }
}

void BaselineService::Commit(const std::vector<Pending>& group) {
  rocksdb::WriteBatch batch;
  for (const Pending& pending : group) {
    pending.response->set_index(next_index_);
    ANNALS_CHECK(
        batch.Put(BigEndian(next_index_++), pending.request->data()).ok());
  }
  rocksdb::WriteOptions write;
  write.sync = true;
  ANNALS_CHECK(db_->Write(write, &batch).ok());
  for (const Pending& pending : group) {
    pending.reactor->Finish(grpc::Status::OK);
  }
}

}  // namespace annals::benchmark
