#include "service/system_limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"

namespace annals {
namespace {

// The libraries take some 40 before anybody connects or a table is open.
constexpr rlim_t kDescriptorsMin = 256;
// More are of no use: connections and open tables have limits of their own.
constexpr rlim_t kDescriptorsUseful = 65536;
// Threads' stacks and heaps; most of it is never touched.
constexpr uint64_t kAddressSpaceMin = uint64_t{2} << 30;

int g_uncaught_exit_code = 1;

absl::Status TooLow(absl::string_view name, absl::string_view what_en,
                    absl::string_view what_zh, uint64_t granted,
                    uint64_t needed) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SYSTEM_LIMIT_TOO_LOW",
      {absl::StrCat("The system grants this process ", granted, " ", what_en,
                    ", fewer than the ", needed, " that it needs. Raise ", name,
                    "."),
       absl::StrCat("系统只给本进程 ", granted, " ", what_zh, "，少于所需的 ",
                    needed, "。请调高 ", name, "。")});
}

[[noreturn]] void SayAndExit() {
  const char* what = "an unknown exception";
  try {
    const std::exception_ptr thrown = std::current_exception();
    if (thrown != nullptr) std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    what = exception.what();
  } catch (...) {
  }
  std::fprintf(stderr,
               "annalsd: it can't go on: %s; if memory or threads ran out, "
               "raise the limit (MemoryMax, TasksMax, ulimit), or lower "
               "--block_cache_bytes. Nothing that was acknowledged is lost.\n"
               "annalsd：无法继续：%s；若内存或线程不足，请调高上限"
               "（MemoryMax、TasksMax、ulimit），或调低 --block_cache_bytes。"
               "已确认的内容没有丢失。\n",
               what, what);
  _exit(g_uncaught_exit_code);
}

}  // namespace

absl::Status RequireSystemLimits(uint64_t cache_bytes) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    const rlim_t wanted = std::min(limit.rlim_max, kDescriptorsUseful);
    if (limit.rlim_cur < wanted) {
      limit.rlim_cur = wanted;
      setrlimit(RLIMIT_NOFILE, &limit);
      getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < kDescriptorsMin) {
      return TooLow("LimitNOFILE (ulimit -n)", "file descriptors",
                    "个文件描述符", limit.rlim_cur, kDescriptorsMin);
    }
  }
  const uint64_t needed = kAddressSpaceMin + cache_bytes;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur < needed) {
    return TooLow("LimitAS (ulimit -v)", "bytes of address space",
                  "字节地址空间", limit.rlim_cur, needed);
  }
  return absl::OkStatus();
}

void ExitOnUncaught(int exit_code) {
  g_uncaught_exit_code = exit_code;
  std::set_terminate(SayAndExit);
}

}  // namespace annals
