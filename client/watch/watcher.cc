#include "client/watch/watcher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/trust/agency_pin.h"
#include "client/verify.h"
#include "client/watch/entry_text.h"
#include "client/watch/wanted.h"
#include "client/watch/watch_state.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr absl::Duration kConnectPoll = absl::Milliseconds(200);
constexpr absl::Duration kBackoffMax = absl::Seconds(30);
// Between two looks whether an entry is witnessed.
constexpr absl::Duration kWitnessPoll = absl::Seconds(1);
// Heartbeats that may be missing before the connection is taken for dead.
constexpr int kMissingHeartbeatsMax = 3;

absl::Status WatchGap(const std::string& expected, const std::string& sent) {
  return MakeError(
      absl::StatusCode::kDataLoss, "WATCH_GAP",
      {absl::StrCat("expected ", expected, ", the server sent ", sent),
       absl::StrCat("应收到 ", expected, "，服务器发来的是 ", sent)});
}

absl::Status StateOfOtherWatch(const std::string& path, const Text& how) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "STATE_FILE_FOREIGN",
                   {absl::StrCat("the state ", path, " is of ", how.en,
                                 "; name another file with --state"),
                    absl::StrCat("状态文件 ", path, " 属于", how.zh,
                                 "；请用 --state 另指定文件")});
}

// What came of the command, and for which entry.
absl::Status AtEntry(uint64_t index, const absl::Status& status) {
  return MakeError(status.code(), ErrorReason(status),
                   {absl::StrCat("entry ", index, ": ", status.message()),
                    absl::StrCat("条目 ", index, "：", ErrorTextZh(status))});
}

bool MayResume(const absl::Status& status) {
  if (ExitCodeFor(status) == ExitCode::kCommandFailed) return false;
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return true;
    default:
      return false;
  }
}

// A sentence, to go on after it.
std::string WithoutStop(std::string sentence) {
  absl::string_view rest = sentence;
  if (!absl::ConsumeSuffix(&rest, ".")) absl::ConsumeSuffix(&rest, "。");
  return std::string(rest);
}

absl::Duration SilenceMax(const v1::WatchEntriesRequest& request,
                          const Connection& connection) {
  if (request.heartbeat_seconds() == 0) return absl::InfiniteDuration();
  return kMissingHeartbeatsMax * absl::Seconds(request.heartbeat_seconds()) +
         connection.retry().budget;
}

}  // namespace

Watcher::Watcher(const WatchOptions* options, LedgerTrust trust,
                 Session* session)
    : options_(*options),
      is_filtered_(IsFiltered(options->request)),
      session_(*session),
      trust_(std::move(trust)),
      watchdog_(SilenceMax(options->request, session->connection())),
      next_(options->request.start_index()) {
  session_.connection().StopOn(&stop_);
}

Watcher::~Watcher() { session_.connection().StopOn(nullptr); }

bool Watcher::IsDone() const {
  return stop_.stopped() ||
         (options_.count != 0 && delivered_ == options_.count);
}

absl::Status Watcher::Run() {
  RETURN_IF_ERROR(LoadState());
  RETURN_IF_ERROR(Connect());
  RetryPolicy backoff;
  backoff.backoff_max = kBackoffMax;
  const absl::Time deadline =
      session_.clock()->Now() + session_.connection().retry().budget;
  for (int attempt = 0; !IsDone(); ++attempt) {
    const uint64_t before = next_;
    absl::Duration retry_delay;
    const absl::Status status = Follow(&retry_delay);
    if (IsDone()) break;
    // Files that were renewed in place count from here on.
    const bool renewed = session_.RenewTls();
    const bool resumes =
        MayResume(status) || (renewed && absl::IsUnauthenticated(status));
    if (!resumes || IsRefused(status, attempt, deadline)) return status;
    if (next_ > before) attempt = 0;
    const absl::Duration wait =
        std::max(Backoff(backoff, attempt), retry_delay);
    TellInterrupted(status, wait);
    stop_.Wait(wait);
  }
  return absl::OkStatus();
}

// Too many streams of one caller do not become fewer by waiting, unless another
// watch of theirs ends; one that has begun may hope for that.
bool Watcher::IsRefused(const absl::Status& status, int attempt,
                        absl::Time deadline) const {
  return !received_ && ErrorReason(status) == "TOO_MANY_CALLER_STREAMS" &&
         (attempt + 1 >= session_.connection().retry().attempts_max ||
          session_.clock()->Now() >= deadline);
}

absl::Status Watcher::LoadState() {
  if (options_.state.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(lock_, ledger::FileLock::TryAcquire(
                              absl::StrCat(options_.state, ".lock")));
  ASSIGN_OR_RETURN(const std::optional<WatchState> saved,
                   LoadWatchState(options_.state));
  if (!saved.has_value()) return absl::OkStatus();
  if (saved->filter != FilterText(options_.request)) {
    return StateOfOtherWatch(
        options_.state, {absl::StrCat("另一种筛选（", saved->filter, "）"),
                         absl::StrCat("other filters (", saved->filter, ")")});
  }
  next_ = saved->next_index;
  if (saved->note.empty() || !trust_.verifies()) return absl::OkStatus();
  const auto opened =
      OpenCheckpoint(saved->note, {trust_.keys().keys, std::nullopt});
  if (!opened.ok()) {
    return StateOfOtherWatch(options_.state,
                             {"另一账本或另一公钥", "another ledger or key"});
  }
  older_ = CheckedCheckpoint{opened->checkpoint, saved->note};
  return absl::OkStatus();
}

absl::Status Watcher::Connect() {
  Connection& connection = session_.connection();
  const absl::Time deadline =
      session_.clock()->Now() + connection.retry().budget;
  for (;;) {
    const absl::Status ready = connection.WaitUntilReady(kConnectPoll);
    if (ready.ok() || stop_.stopped()) return absl::OkStatus();
    if (session_.clock()->Now() >= deadline) return ready;
  }
}

absl::Status Watcher::CheckTrust() {
  RETURN_IF_ERROR(trust_.Check());
  if (!trust_.verifies()) return absl::OkStatus();
  if (older_.has_value()) {
    RETURN_IF_ERROR(
        trust_.RequireExtensionOf(older_->checkpoint, older_->note));
    older_.reset();
  }
  if (!told_) TellBegin();
  told_ = true;
  return absl::OkStatus();
}

// One stream, from `next_` to its end.
absl::Status Watcher::Follow(absl::Duration* retry_delay) {
  RETURN_IF_ERROR(CheckTrust());
  grpc::ClientContext context;
  session_.connection().Prepare(&context);
  v1::WatchEntriesRequest request = options_.request;
  request.set_start_index(next_);
  const CancelOnStop cancel(&stop_, &context);
  const auto reader =
      session_.connection().stubs().ledger->WatchEntries(&context, request);
  absl::Status status;
  bool is_read = true;
  while (status.ok() && !IsDone()) {
    v1::WatchEntriesResponse response;
    watchdog_.Begin(&context);
    is_read = reader->Read(&response);
    watchdog_.End();
    if (!is_read) break;
    received_ = true;
    status = Take(response);
  }
  // A stream that ended has a status of its own.
  if (is_read) context.TryCancel();
  const grpc::Status end = reader->Finish();
  watchdog_.TakeCancelled();
  if (!status.ok()) return status;
  const Attempt attempt = FromGrpcAttempt(end, session_.connection().server());
  *retry_delay = attempt.retry_delay.value_or(absl::ZeroDuration());
  return attempt.status;
}

absl::Status Watcher::Take(const v1::WatchEntriesResponse& response) {
  if (response.published_only() && !published_only_) {
    published_only_ = true;
    is_filtered_ = true;
    session_.Tell(
        {"服务器只发送已公开的内容：关于从未生效的修订的条目（如有）不予发送；"
         "某一修订日后生效时，会发来使其生效的办理环节",
         "the server sends what is published: entries about revisions that "
         "never took effect, if there are any, are left out; when one takes "
         "effect, the step by which it does is sent"});
  }
  if (response.has_heartbeat()) return TakeHeartbeat(response.heartbeat());
  const uint64_t index = response.index();
  const bool is_in_order = is_filtered_ ? index >= next_ : index == next_;
  v1::LedgerEntry entry;
  if (!is_in_order || !entry.ParseFromString(response.leaf()) ||
      entry.index() != index) {
    return WatchGap(absl::StrCat(is_filtered_ ? "≥ " : "", next_),
                    absl::StrCat(index));
  }
  RETURN_IF_ERROR(RequireWanted(entry, options_.request));
  RETURN_IF_ERROR(Prove(index, response.leaf()));
  if (trust_.verifies()) {
    RETURN_IF_ERROR(RequirePinnedAgencyKey(entry, trust_.keys().agency_keys));
  }
  RETURN_IF_ERROR(Deliver(entry));
  ++delivered_;
  return Advance(index + 1);
}

// Its checkpoint must cover what it says was looked at. That nothing of it was
// wanted is the server's word.
absl::Status Watcher::TakeHeartbeat(const v1::Heartbeat& heartbeat) {
  uint64_t size = heartbeat.checkpoint().tree_size();
  if (trust_.verifies()) {
    ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                     OpenSignedCheckpoint(heartbeat.checkpoint().note(),
                                          {trust_.keys().keys, std::nullopt}));
    size = opened.checkpoint.size;
    if (size > trust_.latest().checkpoint.size) {
      RETURN_IF_ERROR(trust_.Check());
    }
  }
  const uint64_t next = heartbeat.next_index();
  const bool is_in_order = is_filtered_ ? next >= next_ : next == next_;
  if (!is_in_order || next > std::max(size, next_)) {
    return WatchGap(absl::StrCat(next_, is_filtered_ ? " … " : "",
                                 is_filtered_ ? absl::StrCat(size) : ""),
                    absl::StrCat(next));
  }
  return next == next_ ? absl::OkStatus() : Advance(next);
}

// The checkpoint checked last, or a newer one. With a policy an entry is shown
// once it is witnessed.
absl::StatusOr<ledger::Checkpoint> Watcher::WitnessedCovering(uint64_t index) {
  for (;;) {
    auto covering = trust_.Covering(index);
    if (ErrorReason(covering.status()) != kNotWitnessedYetReason ||
        stop_.stopped()) {
      return covering;
    }
    stop_.Wait(kWitnessPoll);
  }
}

absl::Status Watcher::Prove(uint64_t index, const std::string& leaf) {
  if (!trust_.verifies()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   WitnessedCovering(index));
  v1::GetInclusionProofRequest request;
  request.set_index(index);
  request.set_tree_size(checkpoint.size);
  Connection& connection = session_.connection();
  ASSIGN_OR_RETURN(
      const v1::InclusionProof proof,
      connection.Call(connection.stubs().ledger,
                      &v1::LedgerService::Stub::GetInclusionProof, request));
  return VerifyInclusionOf(
      proof, {{"存在性证明", "inclusion proof"}, index, ledger::LeafHash(leaf)},
      checkpoint);
}

absl::Status Watcher::Deliver(const v1::LedgerEntry& entry) {
  ASSIGN_OR_RETURN(const std::string json, JsonLineOf(entry));
  if (options_.command.has_value()) {
    const absl::Status run = RunEventCommand(
        *options_.command, {absl::StrCat(json, "\n"), EntryVariables(entry)},
        session_.clock(), &stop_);
    if (!run.ok()) return AtEntry(entry.index(), run);
  }
  session_.out() << (session_.json() ? json
                                     : EntryLine(entry, session_.language()))
                 << "\n";
  session_.out().flush();
  if (session_.out().good()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInternal, "OUTPUT_NOT_WRITTEN",
                   {"can't write to standard output", "无法写到标准输出"});
}

// A command has effects that a lost state would repeat, so the state is synced;
// without one a state that is a little old costs lines that are printed twice.
absl::Status Watcher::Advance(uint64_t next) {
  next_ = next;
  if (options_.state.empty()) return absl::OkStatus();
  return SaveWatchState(
      options_.state, {FilterText(options_.request), next_, trust_.note()},
      options_.command.has_value() ? ledger::Durability::kSynced
                                   : ledger::Durability::kLeftToTheSystem);
}

void Watcher::TellBegin() {
  trust_.TellVerified(
      {absl::StrCat("检查点；以下每个条目都先核验其存在性证明",
                    is_filtered_ ? "。没有遗漏符合条件的条目，是服务器的说法"
                                 : "；除非服务器说明只发送已公开的内容，"
                                   "缺少条目必被发现"),
       absl::StrCat("the checkpoint; each entry below is proved before it is "
                    "shown",
                    is_filtered_ ? "; that none that fits the filters is left "
                                   "out is the server's word"
                                 : "; unless the server says that it sends "
                                   "what is published only, one that is left "
                                   "out is noticed")});
}

void Watcher::TellInterrupted(const absl::Status& status, absl::Duration wait) {
  const std::string zh = WithoutStop(PrintableLine(ErrorTextZh(status)));
  const std::string en = WithoutStop(PrintableLine(status.message()));
  session_.Tell(
      {absl::StrCat("连接中断", en.empty() ? "" : "：", zh.empty() ? en : zh,
                    "；", absl::FormatDuration(wait), " 后从条目 ", next_,
                    " 继续"),
       absl::StrCat("interrupted", en.empty() ? "" : ": ", en,
                    "; resuming at entry ", next_, " in ",
                    absl::FormatDuration(wait))});
}

}  // namespace annals::client
