#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/life_text.h"
#include "client/render/printable.h"
#include "client/stop_signal.h"
#include "client/times.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct WatchOptions {
  uint64_t from = 0;
  uint64_t count = 0;
};

constexpr absl::Duration kConnectPoll = absl::Milliseconds(200);
constexpr absl::Duration kBackoffMax = absl::Seconds(30);

// Follows the ledger over interruptions.
class Watcher {
 public:
  Watcher(const WatchOptions& options, Session* session, LedgerTrust trust)
      : session_(*session),
        trust_(std::move(trust)),
        next_(options.from),
        left_(options.count) {}

  absl::Status Run() {
    RETURN_IF_ERROR(Connect());
    RetryPolicy backoff;
    backoff.backoff_max = kBackoffMax;
    for (int attempt = 0; !Done(); ++attempt) {
      const uint64_t before = next_;
      const absl::Status status = Follow();
      if (Done()) break;
      if (!MayResume(status)) return status;
      if (next_ > before) attempt = 0;
      const absl::Duration wait = Backoff(backoff, attempt);
      TellInterrupted(status, wait);
      stop_.Wait(wait);
    }
    return absl::OkStatus();
  }

 private:
  bool Done() const { return stop_.stopped() || (counting_ && left_ == 0); }

  absl::Status Connect() {
    Connection& connection = session_.connection();
    const absl::Time deadline =
        session_.clock()->Now() + connection.retry().budget;
    for (;;) {
      const absl::Status ready = connection.WaitUntilReady(kConnectPoll);
      if (ready.ok() || stop_.stopped()) return absl::OkStatus();
      if (session_.clock()->Now() >= deadline) return ready;
    }
  }

  // One stream, from `next_` to its end.
  absl::Status Follow() {
    RETURN_IF_ERROR(trust_.Check());
    if (!told_) TellOnlyCheckpointVerified(trust_);
    told_ = true;
    grpc::ClientContext context;
    session_.connection().Prepare(&context);
    v1::WatchEntriesRequest request;
    request.set_start_index(next_);
    auto reader =
        session_.connection().ledger()->WatchEntries(&context, request);
    stop_.SetCallback([&context] { context.TryCancel(); });
    v1::WatchEntriesResponse response;
    absl::Status status;
    while (!Done() && reader->Read(&response)) {
      status = Print(response);
      if (!status.ok()) break;
    }
    context.TryCancel();
    const grpc::Status end = reader->Finish();
    stop_.SetCallback(nullptr);
    if (!status.ok()) return status;
    return FromGrpcStatus(end, session_.connection().server());
  }

  absl::Status Print(const v1::WatchEntriesResponse& response) {
    v1::LedgerEntry entry;
    if (response.index() != next_ || !entry.ParseFromString(response.leaf()) ||
        entry.index() != next_) {
      return MakeError(absl::StatusCode::kDataLoss, "WATCH_GAP",
                       {absl::StrCat("expected entry ", next_,
                                     ", the server sent ", response.index()),
                        absl::StrCat("应收到条目 ", next_, "，服务器发来的是 ",
                                     response.index())});
    }
    ++next_;
    if (counting_) --left_;
    if (session_.json()) {
      RETURN_IF_ERROR(session_.PrintJsonLine(entry));
    } else {
      PrintLine(entry);
    }
    session_.out().flush();
    return absl::OkStatus();
  }

  void PrintLine(const v1::LedgerEntry& entry) {
    const Language language = session_.language();
    session_.out() << entry.index() << "  " << FormatMoment(entry.recorded_at())
                   << "  " << ActorText(entry.actor(), language) << "  "
                   << PrintableLine(EventText(entry).In(language)) << "  "
                   << PrintableLine(entry.reason()) << "\n";
  }

  Text EventText(const v1::LedgerEntry& entry) const {
    const auto* event = v1::LedgerEntry::descriptor()->FindOneofByName("event");
    const auto* field =
        entry.GetReflection()->GetOneofFieldDescriptor(entry, event);
    if (field == nullptr) return {"未知事件", "unknown event"};
    const std::string label =
        report::FieldLabel(field, v1::EDITION_UNSPECIFIED, session_.language());
    if (entry.has_revision_recorded()) {
      const v1::RevisionRecorded& revision = entry.revision_recorded();
      return {absl::StrCat(label, "  ", revision.report(), " 修订 ",
                           revision.number()),
              absl::StrCat(label, "  ", revision.report(), " revision ",
                           revision.number())};
    }
    if (entry.has_agency_registered() || entry.has_agency_changed()) {
      const v1::Agency& agency = entry.has_agency_changed()
                                     ? entry.agency_changed().agency()
                                     : entry.agency_registered().agency();
      const std::string text =
          absl::StrCat(label, "  ", agency.name(), " ", agency.display_name());
      return {text, text};
    }
    if (entry.has_key_changed()) {
      const v1::KeyChanged& change = entry.key_changed();
      const std::string text = absl::StrCat(label, "  ", change.old_vkey(),
                                            " → ", change.new_vkey());
      return {text, text};
    }
    if (entry.has_document_recorded()) {
      const v1::DocumentRecorded& event = entry.document_recorded();
      const std::string text =
          absl::StrCat(label, "  ", event.document(), " ", event.file_name());
      return {text, text};
    }
    if (entry.has_content_erased()) {
      const v1::ContentErased& event = entry.content_erased();
      return {absl::StrCat(label, "  ", event.name(), "（条目 ",
                           event.erased_index(), "）  ", event.legal_basis()),
              absl::StrCat(label, "  ", event.name(), " (entry ",
                           event.erased_index(), ")  ", event.legal_basis())};
    }
    if (entry.has_step_taken()) {
      const Text step = StepText(entry.step_taken());
      return {absl::StrCat(label, "  ", step.zh),
              absl::StrCat(label, "  ", step.en)};
    }
    if (entry.has_policy_set()) {
      const Text policy = PolicyText(entry.policy_set());
      return {absl::StrCat(label, "  ", policy.zh),
              absl::StrCat(label, "  ", policy.en)};
    }
    return {label, label};
  }

  static bool MayResume(const absl::Status& status) {
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

  void TellInterrupted(const absl::Status& status, absl::Duration wait) {
    const std::string zh = PrintableLine(ErrorTextZh(status));
    const std::string en = PrintableLine(status.message());
    session_.Tell(
        {absl::StrCat("连接中断", en.empty() ? "" : "：", zh.empty() ? en : zh,
                      "；", absl::FormatDuration(wait), " 后从条目 ", next_,
                      " 继续"),
         absl::StrCat("interrupted", en.empty() ? "" : ": ", en,
                      "; resuming at entry ", next_, " in ",
                      absl::FormatDuration(wait))});
  }

  // First: its signal mask must be set before gRPC starts threads.
  StopSignal stop_;
  Session& session_;
  LedgerTrust trust_;
  bool told_ = false;
  uint64_t next_;
  uint64_t left_;
  const bool counting_ = left_ > 0;
};

absl::StatusOr<ExitCode> RunWatch(const WatchOptions& options,
                                  Session* session) {
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::For(session));
  Watcher watcher(options, session, std::move(trust));
  RETURN_IF_ERROR(watcher.Run());
  return ExitCode::kOk;
}

}  // namespace

void AddWatchCommand(CommandLine* line) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* command = line->Add(
      &line->app(), "watch",
      {"跟踪账本：每个条目一行，中断后从下一条目继续，不漏不重\n"
       "Ctrl-C 结束。--json 时每行是一个 LedgerEntry。",
       "Follow the ledger: a line per entry; resumes after an interruption, "
       "without gaps\n"
       "Ctrl-C ends it. With --json each line is a LedgerEntry."},
      "annals watch --from 0 --count 10\n"
      "annals watch --from 128 --json");
  line->Option(command, "--from", &options->from, "INDEX",
               {"从这个条目开始（默认 0）", "The first entry (default 0)"})
      ->check(WholeNumber(line->language()));
  line->Option(command, "--count", &options->count, "N",
               {"收到几个条目后结束（默认一直跟踪）",
                "End after so many entries (default: never)"})
      ->check(Positive(line->language()));
  line->OnCall(command, [options](Session& session) {
    return RunWatch(*options, &session);
  });
}

}  // namespace annals::client
