// A line on a terminal that says how far a long job is and how fast.

#ifndef ANNALS_CLIENT_PROGRESS_H_
#define ANNALS_CLIENT_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "client/session.h"
#include "client/text.h"

namespace annals::client {

// How far a job is.
struct JobState {
  uint64_t done = 0;
  uint64_t total = 0;
  uint64_t bytes = 0;
};

// `  42 %  420,000 / 1,000,000  12,345/s  98.7 MB/s  0:47`: without the job's
// name; the last is the time that is left.
std::string ProgressText(const JobState& state, uint64_t done_before,
                         absl::Duration elapsed);

// Draws nothing unless standard error is a terminal. Not thread-safe.
class Progress {
 public:
  // Not owned: the session, which must outlive this. `done` was done before.
  Progress(Session* session, Text job, uint64_t done);
  // Removes the line.
  ~Progress();

  // Draws it again, at most a few times a second.
  void Show(const JobState& state);

 private:
  Session& session_;
  const Text job_;
  const uint64_t done_before_;
  const bool drawn_;
  const absl::Time begin_;
  absl::Time last_;
};

// 1234567 as `1,234,567`.
std::string WithThousands(uint64_t number);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_PROGRESS_H_
