#include "service/console.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {

void PrintRefusal(const absl::Status& status) {
  const std::string reason(ErrorReason(status));
  std::fprintf(stderr, "annalsd: %s (reason %s)\n",
               std::string(status.message()).c_str(), reason.c_str());
  const std::string zh = ErrorTextZh(status);
  if (!zh.empty()) std::fprintf(stderr, "annalsd: %s\n", zh.c_str());
}

void ShowProgress(uint64_t done, uint64_t total) {
  if (isatty(STDERR_FILENO) != 1) return;
  std::fprintf(stderr, "\r%s / %s", absl::StrCat(done).c_str(),
               absl::StrCat(total).c_str());
  if (done == total) std::fprintf(stderr, "\n");
}

}  // namespace annals
