#include "service/flag_range.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {

absl::Status CheckRanges(const std::vector<FlagRange>& ranges) {
  for (const FlagRange& range : ranges) {
    if (range.value >= range.min && range.value <= range.max) continue;
    return MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
        {absl::StrCat("--", range.flag, " is ", range.value,
                      "; it must be from ", range.min, " to ", range.max, "."),
         absl::StrCat("--", range.flag, " 为 ", range.value, "，须在 ",
                      range.min, " 到 ", range.max, " 之间。")});
  }
  return absl::OkStatus();
}

}  // namespace annals
