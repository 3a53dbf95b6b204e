#include "client/watch/watch_state.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr absl::string_view kFirstLine = "annals-watch 1";
constexpr absl::string_view kFilter = "filter ";
constexpr absl::string_view kNext = "next ";
constexpr size_t kBytesMax = size_t{1} << 20;

absl::Status Damaged(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATE_FILE_DAMAGED",
      {absl::StrCat(path,
                    " is no state of annals watch, or damaged. Name another "
                    "file with --state and say where to begin with --from, or "
                    "remove it"),
       absl::StrCat(path,
                    " 不是 annals watch 的状态文件，或已损坏。请用 --state "
                    "另指定文件并用 --from 给出起点，或将其删除")});
}

}  // namespace

absl::StatusOr<std::optional<WatchState>> LoadWatchState(
    const std::string& path) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                   ledger::ReadFileIfAny(path, kBytesMax));
  if (!bytes.has_value()) return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(*bytes, absl::MaxSplits("\n\n", 1));
  const std::vector<absl::string_view> lines =
      absl::StrSplit(parts.first, '\n');
  WatchState state;
  if (lines.size() != 3 || lines[0] != kFirstLine) return Damaged(path);
  absl::string_view filter = lines[1];
  absl::string_view next = lines[2];
  if (!absl::ConsumePrefix(&filter, kFilter) ||
      !absl::ConsumePrefix(&next, kNext) ||
      !absl::SimpleAtoi(next, &state.next_index)) {
    return Damaged(path);
  }
  state.filter = std::string(filter);
  state.note = std::string(parts.second);
  return state;
}

absl::Status SaveWatchState(const std::string& path, const WatchState& state,
                            ledger::Durability durability) {
  const std::string head = absl::StrCat(kFirstLine, "\n", kFilter, state.filter,
                                        "\n", kNext, state.next_index, "\n\n");
  return ledger::ReplaceFile(path, {head, state.note}, ledger::kOwnerFileMode,
                             durability);
}

}  // namespace annals::client
