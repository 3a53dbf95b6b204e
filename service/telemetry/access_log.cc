#include "service/telemetry/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

// Whoever follows the file need not see a line at once, and a thread that is
// woken for each would cost the calls more than their lines do.
constexpr absl::Duration kGatherTime = absl::Milliseconds(100);
constexpr mode_t kFileMode = 0640;

absl::Status OpenFailed(const std::string& path, int error) {
  const ErrorText cause = SystemErrorText(error);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "ACCESS_LOG_FAILED",
      {absl::StrCat("can't open the access log ", path, ": ", cause.en,
                    "; see that its directory exists and may be written to, or "
                    "choose another file with --access_log"),
       absl::StrCat("无法打开访问日志 ", path, "：", cause.zh,
                    "；请确认所在目录存在且可写，或用 --access_log 另选文件")});
}

absl::StatusOr<ledger::FileDescriptor> OpenFile(const std::string& path) {
  const int fd =
      path == kStandardErrorLog
          ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
          : open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
                 kFileMode);
  if (fd < 0) return OpenFailed(path, errno);
  return ledger::FileDescriptor(fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(
    const AccessLogOptions& options) {
  ASSIGN_OR_RETURN(ledger::FileDescriptor file, OpenFile(options.path));
  return std::unique_ptr<AccessLog>(new AccessLog(options, std::move(file)));
}

AccessLog::AccessLog(const AccessLogOptions& options,
                     ledger::FileDescriptor file)
    : options_(options), file_(std::move(file)), thread_([this] { Run(); }) {}

AccessLog::~AccessLog() {
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.Signal();
  }
  thread_.join();
}

void AccessLog::Add(CallRecord record) {
  MutexLock lock(&mutex_);
  if (waiting_.size() >= options_.queue_max) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(record));
  const size_t waiting = waiting_.size();
  if (waiting == 1 || waiting == options_.queue_max / 2) changed_.Signal();
}

void AccessLog::Reopen() {
  MutexLock lock(&mutex_);
  reopen_ = true;
  changed_.Signal();
}

bool AccessLog::TakeWaiting(std::vector<CallRecord>* records) {
  records->clear();
  bool reopen = false;
  bool stopped = false;
  {
    MutexLock lock(&mutex_);
    while (waiting_.empty() && !reopen_ && !stopped_) changed_.Wait(&mutex_);
    while (waiting_.size() < options_.queue_max / 2 && !reopen_ && !stopped_) {
      if (changed_.WaitFor(&mutex_, kGatherTime)) break;
    }
    records->swap(waiting_);
    reopen = std::exchange(reopen_, false);
    stopped = stopped_;
  }
  if (reopen) OpenAnew();
  return !stopped || !records->empty();
}

void AccessLog::Run() {
  std::vector<CallRecord> records;
  while (TakeWaiting(&records)) Write(records);
}

void AccessLog::OpenAnew() {
  absl::StatusOr<ledger::FileDescriptor> file = OpenFile(options_.path);
  if (file.ok()) {
    file_ = *std::move(file);
  } else {
    spdlog::error("the access log goes on in the file it had: {}",
                  std::string(file.status().message()));
  }
}

void AccessLog::Write(const std::vector<CallRecord>& records) {
  std::string lines;
  for (const CallRecord& record : records) lines += ToJsonLine(record);
  const int error = ledger::WriteAll(file_, lines);
  if (error != 0) errors_ += records.size();
  if (error != 0 && !is_failing_) {
    spdlog::error("can't write the access log {}: {}; its lines are lost",
                  options_.path, SystemErrorText(error).en);
  }
  is_failing_ = error != 0;
}

}  // namespace annals
