#include "client/import/isolated.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>

namespace annals::client {
namespace {

// The first byte of the output of a work that finished.
constexpr char kFinishedMark = 'F';
// What a child exits with that ran out of memory, as no library does.
constexpr int kOutOfMemoryExit = 86;
// A child that does nothing is given up after so many times its CPU seconds.
constexpr int kWallSecondsPerCpuSecond = 4;

// Sanitizers map terabytes.
#if defined(ANNALS_SANITIZED)
constexpr bool kMemoryCanBeLimited = false;
#else
constexpr bool kMemoryCanBeLimited = true;
#endif

void SetLimit(int resource, rlim_t soft, rlim_t hard) {
  const rlimit limit = {soft, hard};
  setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

rlim_t MappedBytes() {
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
    if (std::fscanf(file, "%ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<rlim_t>(pages) *
         static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

bool WriteAll(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += static_cast<size_t>(written);
  }
  return true;
}

// C libraries, and C++ ones where nothing may be thrown, abort for want of
// memory, or use what they did not get. The last failure that the system told
// of is then that one. A signal for another reason ends the child as it would.
void EndForWantOfMemory(int number) {
  if (errno == ENOMEM) _exit(kOutOfMemoryExit);
  signal(number, SIG_DFL);
  raise(number);
}

[[noreturn]] void RunChild(const std::function<std::string()>& work,
                           const ImportLimits& limits, int fd) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGBUS}) {
    signal(number, SIG_DFL);
  }
  for (int number : {SIGSEGV, SIGABRT}) signal(number, EndForWantOfMemory);
  SetLimit(RLIMIT_CORE, 0, 0);
  // Beyond the soft limit the signal says why; beyond the hard one it is KILL.
  const auto seconds = static_cast<rlim_t>(limits.parse_seconds);
  SetLimit(RLIMIT_CPU, seconds, seconds + 1);
  if (kMemoryCanBeLimited) {
    const rlim_t bytes = MappedBytes() + limits.parse_bytes;
    SetLimit(RLIMIT_AS, bytes, bytes);
  }
  // Libraries complain about broken files as they like.
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  errno = 0;
  int code = 1;
  try {
    code = WriteAll(fd, kFinishedMark + work()) ? 0 : 1;
  } catch (const std::bad_alloc&) {
    code = kOutOfMemoryExit;
  } catch (const std::exception&) {
    code = 1;
  }
  _exit(code);
}

int64_t WallMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// False if the time is over before the end of the output.
bool ReadUntilEnd(int fd, int64_t deadline, size_t bytes_max,
                  std::string* output) {
  char buffer[1 << 14];
  while (true) {
    const int64_t left = deadline - WallMilliseconds();
    if (left <= 0) return false;
    pollfd event = {fd, POLLIN, 0};
    const int ready = poll(&event, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    if (output->size() <= bytes_max) {
      output->append(buffer, static_cast<size_t>(got));
    }
  }
}

IsolatedEnd EndOf(int status) {
  if (WIFEXITED(status)) {
    switch (WEXITSTATUS(status)) {
      case 0:
        return IsolatedEnd::kFinished;
      case kOutOfMemoryExit:
        return IsolatedEnd::kOutOfMemory;
      default:
        return IsolatedEnd::kDied;
    }
  }
  const bool out_of_time = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
  return out_of_time ? IsolatedEnd::kOutOfTime : IsolatedEnd::kDied;
}

}  // namespace

IsolatedResult RunIsolated(const std::function<std::string()>& work,
                           const ImportLimits& limits,
                           size_t output_bytes_max) {
  IsolatedResult result;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return result;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    RunChild(work, limits, ends[1]);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return result;
  }
  const int64_t deadline = WallMilliseconds() + int64_t{limits.parse_seconds} *
                                                    kWallSecondsPerCpuSecond *
                                                    1000;
  const bool in_time =
      ReadUntilEnd(ends[0], deadline, output_bytes_max, &result.output);
  close(ends[0]);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.end = in_time ? EndOf(status) : IsolatedEnd::kOutOfTime;
  if (result.end != IsolatedEnd::kFinished || result.output.empty() ||
      result.output[0] != kFinishedMark) {
    result.output.clear();
    if (result.end == IsolatedEnd::kFinished) result.end = IsolatedEnd::kDied;
    return result;
  }
  result.output.erase(0, 1);
  result.output.resize(std::min(result.output.size(), output_bytes_max));
  return result;
}

}  // namespace annals::client
