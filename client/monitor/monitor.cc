#include "client/monitor/monitor.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/audit/fault_locator.h"
#include "client/audit/server_damage.h"
#include "client/audit/server_source.h"
#include "client/audit/state_file.h"
#include "client/counted.h"
#include "client/error_printer.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/tile_path.h"

namespace annals::client {
namespace {

// Events that wait until their entries are proved, so that memory is bounded.
constexpr size_t kPendingMax = 10'000;

absl::Status Interrupted() {
  return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                   {"interrupted by a signal", "被信号中断"});
}

// The server does not answer now, but may again. A file of ours is no server.
bool IsServerAway(const absl::Status& status) {
  return (ExitCodeFor(status) == ExitCode::kUnavailable ||
          absl::IsAborted(status)) &&
         ErrorReason(status) != "FILE_UNUSABLE";
}

bool IsOtherTree(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason == "AUDIT_ROOT_MISMATCH" || reason == "CONSISTENCY_NOT_PROVED";
}

Text MessageOf(const absl::Status& status) {
  const std::string en(status.message());
  const std::string zh = ErrorTextZh(status);
  return {zh.empty() ? en : zh, en};
}

}  // namespace

Monitor::Monitor(const MonitorOptions* options, LedgerTrust trust,
                 Session* session)
    : options_(*options), trust_(std::move(trust)), session_(*session) {
  session_.connection().StopOn(&stop_);
}

Monitor::~Monitor() { session_.connection().StopOn(nullptr); }

absl::StatusOr<ExitCode> Monitor::Run() {
  RETURN_IF_ERROR(Load());
  TellStart();
  auto outcome = Follow();
  if (!stop_.stopped()) return outcome;
  // A check that was to be whole is not.
  if (options_.once) return Interrupted();
  return ExitCode::kOk;
}

absl::Status Monitor::Load() {
  if (!options_.state.empty()) {
    ASSIGN_OR_RETURN(std::optional<SavedAudit> saved,
                     LoadAudit(options_.state, trust_.keys()));
    if (saved.has_value()) {
      older_ = std::move(saved->checkpoint);
      state_ = std::move(saved->state);
      first_reported_ = state_.size();
    }
  }
  if (!options_.only_new) first_reported_ = state_.size();
  silence_.emplace(options_.silence, session_.clock()->Now());
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Monitor::Follow() {
  for (;;) {
    const absl::Status status = Advance();
    if (stop_.stopped()) return outcome_;
    if (IsAccusation(status)) return Accuse(status);
    // Files that were renewed in place count from here on.
    if (!status.ok() && session_.RenewTls()) continue;
    if (status.ok()) {
      RETURN_IF_ERROR(AfterSuccess());
    } else if (IsServerAway(status)) {
      RETURN_IF_ERROR(NoteUnreachable(status));
    } else {
      return status;
    }
    RETURN_IF_ERROR(ReportSilence());
    if (Ends()) return outcome_;
    WaitForNews();
    if (stop_.stopped()) return outcome_;
  }
}

bool Monitor::Ends() const {
  return options_.once || (options_.exit_on_event && events_ > 0);
}

// From what was verified last to the server's latest checkpoint.
absl::Status Monitor::Advance() {
  RETURN_IF_ERROR(trust_.Check());
  RETURN_IF_ERROR(RequireExtensionOfState());
  const uint64_t size = trust_.latest().checkpoint.size;
  if (!first_reported_.has_value()) first_reported_ = size;
  if (state_.size() >= size) return absl::OkStatus();
  RETURN_IF_ERROR(ReadEntries());
  idle_ = 0;
  silence_->Heard(caught_up_ ? session_.clock()->Now()
                             : std::min(session_.clock()->Now(),
                                        state_.last_recorded_at()));
  return absl::OkStatus();
}

absl::Status Monitor::RequireExtensionOfState() {
  if (!older_.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(trust_.RequireExtensionOf(older_->checkpoint, older_->note));
  older_.reset();
  // Or a ledger that has been silent since is taken for one that was heard.
  if (state_.size() > 0) {
    silence_->Heard(
        std::min(session_.clock()->Now(), state_.last_recorded_at()));
  }
  return absl::OkStatus();
}

absl::Status Monitor::ReadEntries() {
  const ledger::Checkpoint target = trust_.latest().checkpoint;
  Connection& connection = session_.connection();
  EntryStream stream(&connection, &stop_, {state_.size(), target.size, true});
  ServerSource source(
      &stream, {Contents::kChecked, target.origin, trust_.keys().agency_keys});
  if (audited_.prefixes.empty()) {
    audited_.prefixes.push_back({state_.size(), state_.Root()});
  }
  AuditRun run;
  run.checkpoint = target;
  run.threads = AuditThreads();
  run.progress = [this](const JobState&) {
    return stop_.stopped() ? Interrupted() : absl::OkStatus();
  };
  NewerTree newer({target, trust_.note()}, &stop_, &session_, &trust_);
  run.is_erased_since = [&newer](const ErasureClaim& claim) {
    return newer.IsErased(claim);
  };
  run.taken = [this](const FactsChunk& chunk) { return Take(chunk); };
  absl::Status status = AuditEntries(run, &source, &state_, &audited_);
  if (IsServerDamage(status)) {
    status = DamagedEntry(state_.size(), status, target, &connection);
  }
  if (IsOtherTree(status)) {
    status =
        LocateMismatch(target, audited_.prefixes, status, &connection, &stop_);
  }
  RETURN_IF_ERROR(status);
  return Deliver();
}

// The events of entries that are in order, but not proved yet.
absl::Status Monitor::Take(const FactsChunk& chunk) {
  absl::string_view leaves = chunk.leaves;
  for (const EntryFacts& facts : chunk.facts) {
    const auto leaf = ledger::TakeBundleEntry(&leaves);
    v1::LedgerEntry entry;
    if (facts.index < *first_reported_ || !leaf.has_value() ||
        !entry.ParseFromArray(leaf->data(), static_cast<int>(leaf->size()))) {
      continue;
    }
    auto event = EntryEvent(entry, options_.watched);
    if (event.has_value()) pending_.push_back(*std::move(event));
  }
  if (pending_.size() < kPendingMax) return absl::OkStatus();
  const ledger::Checkpoint& target = trust_.latest().checkpoint;
  RETURN_IF_ERROR(
      RequireConsistent(&session_.connection(),
                        {target.origin, state_.size(), state_.Root()}, target));
  return Deliver();
}

// REQUIRES: the entries of the state are proved.
absl::Status Monitor::Deliver() {
  for (const MonitorEvent& event : pending_) RETURN_IF_ERROR(Report(event));
  pending_.clear();
  audited_ = {};
  audited_.prefixes.push_back({state_.size(), state_.Root()});
  if (options_.state.empty()) return absl::OkStatus();
  return SaveAudit(options_.state, {trust_.latest().checkpoint, trust_.note()},
                   state_);
}

absl::Status Monitor::AfterSuccess() {
  if (!caught_up_) TellCaughtUp();
  caught_up_ = true;
  if (!unreachable_) return absl::OkStatus();
  unreachable_ = false;
  idle_ = 0;
  return Report(
      {MonitorEventKind::kReachable,
       {"服务器恢复应答，账本是此前的延续",
        "the server answers again, and its ledger extends what was verified"},
       {{"tree_size", absl::StrCat(state_.size())}}});
}

absl::Status Monitor::NoteUnreachable(const absl::Status& status) {
  if (unreachable_) return absl::OkStatus();
  unreachable_ = true;
  return Report({MonitorEventKind::kUnreachable,
                 MessageOf(status),
                 {{"reason", ErrorReason(status)}}});
}

absl::StatusOr<ExitCode> Monitor::Accuse(const absl::Status& failure) {
  const MonitorEvent event = AccusationEvent(failure);
  const absl::Status reported = Report(event);
  PrintError(failure, &session_);
  if (reported.ok() || stop_.stopped()) return ExitCodeOf(event.kind);
  if (ExitCodeFor(reported) != ExitCode::kCommandFailed) return reported;
  // What the ledger is accused of weighs more, and the next run finds it again.
  PrintError(reported, &session_);
  return ExitCodeOf(event.kind);
}

absl::Status Monitor::ReportSilence() {
  if (!silence_->TakeDue(session_.clock()->Now())) return absl::OkStatus();
  const std::string since = FormatMoment(silence_->heard());
  // Under a policy only what is witnessed counts: the ledger may go on, and the
  // witnesses be away.
  const bool witnessed = trust_.keys().policy.has_value();
  const std::string limit = absl::FormatDuration(options_.silence);
  return Report(
      {MonitorEventKind::kSilence,
       {absl::StrCat("账本自 ", since, " 起没有新的",
                     witnessed ? "、得到见证的" : "", "检查点，已超过 ", limit),
        absl::StrCat("no new ", witnessed ? "witnessed " : "",
                     "checkpoint since ", since, ", longer than ", limit)},
       {{"since", FormatMoment(silence_->heard(), absl::UTCTimeZone())},
        {"tree_size", absl::StrCat(state_.size())},
        {"reachable", unreachable_ ? "false" : "true"}}});
}

absl::Status Monitor::Report(const MonitorEvent& event) {
  ASSIGN_OR_RETURN(
      const std::string line,
      EventLine(event, {session_.options().server, trust_.keys().origin(),
                        session_.clock()->Now(), session_.language()}));
  session_.out() << line << "\n";
  session_.out().flush();
  if (!session_.out().good()) {
    return MakeError(absl::StatusCode::kInternal, "OUTPUT_NOT_WRITTEN",
                     {"can't write to standard output", "无法写到标准输出"});
  }
  ++events_;
  const ExitCode code = ExitCodeOf(event.kind);
  if (outcome_ == ExitCode::kOk || code == ExitCode::kUnexpectedRevision) {
    outcome_ = code;
  }
  return RunCommandFor(line);
}

// Whom the command is to tell must not miss an event because it failed: it ends
// the monitor before the state moves on, and the next one reports it again.
absl::Status Monitor::RunCommandFor(const std::string& line) {
  if (!options_.command.has_value()) return absl::OkStatus();
  return RunEventCommand(*options_.command, {absl::StrCat(line, "\n"), {}},
                         session_.clock(), &stop_);
}

// Until an entry is recorded, the checkpoint or a silence is due, or a signal
// comes. What brought no progress is not done again at once: a server that
// refuses the stream, or whose entries wait for their witnesses.
void Monitor::WaitForNews() {
  const bool in_time = !unreachable_ && AwaitEntry();
  if (in_time || stop_.stopped()) return;
  RetryPolicy backoff;
  backoff.backoff_max = absl::Seconds(30);
  const absl::Duration wait = Backoff(backoff, idle_++);
  stop_.Wait(std::min(wait, silence_->Due() - session_.clock()->Now()));
}

// True if the next check is due: the first entry after those that were read
// came, or the time has passed without one.
bool Monitor::AwaitEntry() {
  const absl::Time now = session_.clock()->Now();
  grpc::ClientContext context;
  session_.connection().Prepare(&context);
  context.set_deadline(std::chrono::system_clock::time_point(
      absl::ToChronoTime(std::min(now + options_.interval, silence_->Due()))));
  v1::WatchEntriesRequest request;
  request.set_start_index(state_.size());
  const CancelOnStop cancel(&stop_, &context);
  const auto reader =
      session_.connection().stubs().ledger->WatchEntries(&context, request);
  v1::WatchEntriesResponse response;
  const bool came = reader->Read(&response);
  context.TryCancel();
  const grpc::Status end = reader->Finish();
  if (!came) return end.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  // The second time nothing was read meanwhile.
  return idle_++ == 0;
}

void Monitor::TellStart() {
  const std::string ledger = PrintableLine(trust_.keys().origin());
  session_.Tell({absl::StrCat("监视账本 ", ledger, "，从条目 ", state_.size(),
                              " 开始；Ctrl-C 结束"),
                 absl::StrCat("monitoring the ledger ", ledger, " from entry ",
                              state_.size(), " on; Ctrl-C ends it")});
}

void Monitor::TellCaughtUp() {
  session_.Tell(
      {absl::StrCat("已核验 ", state_.size(), " 个条目，至服务器的最新检查点"),
       absl::StrCat(Counted(state_.size(), "entry", "entries"),
                    " verified, up to the server's latest "
                    "checkpoint")});
}

}  // namespace annals::client
