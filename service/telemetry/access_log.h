// The access log: a line of JSON for each finished call, written by a thread of
// its own, so that no call ever waits for a disk.

#ifndef ANNALS_SERVICE_TELEMETRY_ACCESS_LOG_H_
#define ANNALS_SERVICE_TELEMETRY_ACCESS_LOG_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/file_descriptor.h"
#include "ledger/mutex.h"
#include "service/telemetry/call_record.h"

namespace annals {

inline constexpr char kStandardErrorLog[] = "-";

struct AccessLogOptions {
  // The file, appended to, created with mode 0640; or kStandardErrorLog.
  std::string path;
  // Records that wait to be written; more are dropped, and counted.
  size_t queue_max = 16384;
};

// Thread-safe.
class AccessLog {
 public:
  // UNAVAILABLE or another code with reason ACCESS_LOG_FAILED if the file can't
  // be opened.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(
      const AccessLogOptions& options);

  // Writes what waits.
  ~AccessLog();

  // Does not block; the line stands in the file some 100 ms later.
  void Add(CallRecord record);

  // Opens the file anew, so that a program that rotates logs may have moved it.
  // If it can't be opened, the old one is written on, and the daemon's log says
  // so.
  void Reopen();

  // Records that did not fit, and those whose line could not be written.
  uint64_t dropped() const { return dropped_; }
  uint64_t errors() const { return errors_; }

 private:
  AccessLog(const AccessLogOptions& options, ledger::FileDescriptor file);

  void Run();
  // What waits, once enough does or some time has gone by. False at the end.
  bool TakeWaiting(std::vector<CallRecord>* records);
  void OpenAnew();
  void Write(const std::vector<CallRecord>& records);

  const AccessLogOptions options_;
  std::atomic<uint64_t> dropped_ = 0;
  std::atomic<uint64_t> errors_ = 0;
  Mutex mutex_;
  CondVar changed_;
  std::vector<CallRecord> waiting_ ABSL_GUARDED_BY(mutex_);
  bool reopen_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  ledger::FileDescriptor file_;  // Of the writing thread.
  bool is_failing_ = false;      // Likewise.
  std::thread thread_;           // Last: it uses the others.
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_ACCESS_LOG_H_
