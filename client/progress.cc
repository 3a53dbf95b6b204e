#include "client/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace annals::client {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(200);
constexpr double kMegabyte = 1e6;

std::string TimeLeft(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole >= 3600) {
    return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60,
                           whole % 60);
  }
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

}  // namespace

std::string WithThousands(uint64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

std::string ProgressText(const JobState& state, uint64_t done_before,
                         absl::Duration elapsed) {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-3);
  const double rate = static_cast<double>(state.done - done_before) / seconds;
  const double percent = state.total == 0
                             ? 100.0
                             : 100.0 * static_cast<double>(state.done) /
                                   static_cast<double>(state.total);
  std::string text = absl::StrFormat(
      "%3.0f %%  %s / %s  %s/s  %.1f MB/s", percent, WithThousands(state.done),
      WithThousands(state.total), WithThousands(static_cast<uint64_t>(rate)),
      static_cast<double>(state.bytes) / kMegabyte / seconds);
  if (rate > 0 && state.done < state.total) {
    absl::StrAppend(
        &text, "  ",
        TimeLeft(static_cast<double>(state.total - state.done) / rate));
  }
  return text;
}

Progress::Progress(Session* session, Text job, uint64_t done)
    : session_(*session),
      job_(std::move(job)),
      done_before_(done),
      drawn_(isatty(STDERR_FILENO) == 1),
      begin_(session->clock()->Now()),
      last_(begin_) {}

Progress::~Progress() {
  if (drawn_) session_.err() << "\r\x1b[K" << std::flush;
}

void Progress::Show(const JobState& state) {
  if (!drawn_) return;
  const absl::Time now = session_.clock()->Now();
  if (now - last_ < kInterval) return;
  last_ = now;
  session_.err() << "\r\x1b[K" << session_.Pick(job_) << " "
                 << ProgressText(state, done_before_, now - begin_)
                 << std::flush;
}

}  // namespace annals::client
