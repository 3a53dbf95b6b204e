#include "client/audit/newer_entries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/verify.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr int kAttemptsMax = 4;

absl::Status NotSigned(const std::string& resource, uint64_t index,
                       uint64_t size) {
  return VerificationFailure(
      "AUDIT_INDEX",
      {absl::StrCat(resource, "：服务器称其在条目 ", index,
                    "，但账本之后签名的检查点只有 ", size, " 个条目：虚构"),
       absl::StrCat(resource, ": the server says it is entry ", index,
                    ", but the checkpoint signed since has only ",
                    Counted(size, "entry", "entries"), ": invented")});
}

absl::Status OfTwo(const std::string& resource, uint64_t index) {
  return VerificationFailure(
      "AUDIT_INDEX", {absl::StrCat(resource, "：服务器称其在条目 ", index,
                                   "，又称另一项在同一条目"),
                      absl::StrCat(resource, ": the server says it is entry ",
                                   index, ", and says so of another as well")});
}

}  // namespace

absl::Status NewerEntries::Add(const std::string& resource, uint64_t index) {
  RETURN_IF_ERROR(RequireSize(resource, index));
  const NameKey key = KeyOf(resource);
  const auto [known, is_new] = resources_.emplace(index, key);
  return known->second == key ? absl::OkStatus() : OfTwo(resource, index);
}

absl::Status NewerEntries::RequireSize(const std::string& resource,
                                       uint64_t index) {
  for (int attempt = 0; index >= size_; ++attempt) {
    if (attempt > 0) RETURN_IF_ERROR(wait_(attempt - 1));
    ASSIGN_OR_RETURN(const uint64_t size, fetch_size_());
    size_ = std::max(size_, size);
    if (index >= size_ && attempt + 1 >= kAttemptsMax) {
      return NotSigned(resource, index, size_);
    }
  }
  return absl::OkStatus();
}

}  // namespace annals::client
