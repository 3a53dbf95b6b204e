#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_state.h"
#include "client/audit/auditor.h"
#include "client/audit/export_fault.h"
#include "client/audit/export_growth.h"
#include "client/audit/export_source.h"
#include "client/audit/fault_locator.h"
#include "client/audit/index_claims.h"
#include "client/audit/newer_entries.h"
#include "client/audit/newer_tree.h"
#include "client/audit/server_damage.h"
#include "client/audit/server_source.h"
#include "client/audit/state_file.h"
#include "client/commands/arguments.h"
#include "client/commands/audit_print.h"
#include "client/commands/commands.h"
#include "client/counted.h"
#include "client/entry_stream.h"
#include "client/fetch.h"
#include "client/progress.h"
#include "client/retry.h"
#include "client/stop_signal.h"
#include "client/trust/evidence.h"
#include "client/trust/growth.h"
#include "client/trust/proved.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// How often the checkpoint of a directory is read that may be replaced.
constexpr int kCheckpointReadsMax = 4;

absl::StatusOr<bool> ServesContent(uint64_t index, Connection* connection) {
  ASSIGN_OR_RETURN(const v1::Entry entry, FetchEntry(connection, index, 0));
  return !entry.salt().empty() || !entry.content().empty();
}

struct AuditOptions {
  std::string state;
  std::string offline;
  bool without_contents = false;
};

// One audit from its options to its result.
class Audit {
 public:
  Audit(const AuditOptions& options, LedgerTrust trust, Session* session)
      : options_(options), trust_(std::move(trust)), session_(*session) {}
  ~Audit() {
    if (options_.offline.empty()) session_.connection().StopOn(nullptr);
  }

  absl::Status Run() {
    RETURN_IF_ERROR(Load());
    const absl::Status status =
        options_.offline.empty() ? RunOnline() : RunOffline();
    if (absl::IsCancelled(status)) return Interrupted();
    RETURN_IF_ERROR(status);
    passed_.hashed_bytes = audited_.bytes;
    return PrintAudit(passed_, state_, trust_.keys(), &session_);
  }

 private:
  // What an earlier audit left.
  absl::Status Load() {
    if (options_.state.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::optional<SavedAudit> saved,
                     LoadAudit(options_.state, trust_.keys()));
    if (!saved.has_value()) return absl::OkStatus();
    older_ = std::move(saved->checkpoint);
    state_ = std::move(saved->state);
    passed_.resumed_at = state_.size();
    session_.Tell(
        {absl::StrCat("从条目 ", passed_.resumed_at, " 继续上次的审计"),
         absl::StrCat("resuming the last audit at entry ",
                      passed_.resumed_at)});
    return absl::OkStatus();
  }

  absl::Status RunOnline() {
    Connection& connection = session_.connection();
    connection.StopOn(&stop_);
    RETURN_IF_ERROR(trust_.Check());
    if (older_.has_value()) {
      RETURN_IF_ERROR(
          trust_.RequireExtensionOf(older_->checkpoint, older_->note));
      RETURN_IF_ERROR(trust_.RequireCovered(state_.size()));
    }
    passed_.target = {trust_.latest().checkpoint, trust_.note()};
    passed_.read_leaf = [this](uint64_t index) {
      return ProveEntry(index, &session_, &trust_);
    };
    passed_.signer = KeyName(trust_.latest().key);
    newer_tree_.emplace(passed_.target, &stop_, &session_, &trust_);
    EntryStream stream(&connection, &stop_,
                       {state_.size(), passed_.target.checkpoint.size, true});
    ServerSource source(&stream, CheckOf(Contents::kChecked));
    audited_.prefixes.push_back({state_.size(), state_.Root()});
    absl::Status status =
        Entries(&source, nullptr, [&connection](uint64_t index) {
          return ServesContent(index, &connection);
        });
    if (IsServerDamage(status)) {
      status = DamagedEntry(state_.size(), status, passed_.target.checkpoint,
                            &connection);
    }
    if (ErrorReason(status) == "AUDIT_ROOT_MISMATCH") {
      status = LocateMismatch(passed_.target.checkpoint, audited_.prefixes,
                              status, &connection, &stop_);
    }
    RETURN_IF_ERROR(Save(status));
    return CheckIndexes();
  }

  // How each entry is checked.
  EntryCheck CheckOf(Contents contents) const {
    return {contents, passed_.target.checkpoint.origin,
            trust_.keys().agency_keys};
  }

  absl::Status CheckIndexes() {
    Connection& connection = session_.connection();
    NewerEntries newer(
        passed_.target.checkpoint.size,
        [this] { return newer_tree_->FetchSize(); },
        [this](int attempt) { return newer_tree_->Wait(attempt); });
    Progress progress(&session_, {"核对索引", "checking the indexes"}, 0);
    IndexClaims claims(
        &connection, &state_, &newer,
        [this](const ErasureClaim& claim) {
          return newer_tree_->IsErased(claim);
        },
        [this, &progress](uint64_t done) {
          progress.Show({done, state_.reports().size(), 0});
          return OkUnlessStopped();
        });
    RETURN_IF_ERROR(claims.Check());
    passed_.newer_listed = newer.count();
    passed_.newer_size = newer.size();
    return absl::OkStatus();
  }

  absl::Status OkUnlessStopped() const {
    return stop_.stopped() ? Interrupted() : absl::OkStatus();
  }

  absl::Status ReadCheckpoint() {
    ASSIGN_OR_RETURN(const std::string note,
                     ledger::ReadFileBytes(options_.offline + "/checkpoint",
                                           ledger::kNoteBytesMax));
    ASSIGN_OR_RETURN(OpenedCheckpoint opened,
                     OpenSignedCheckpoint(note, trust_.keys()));
    passed_.target = {std::move(opened.checkpoint), note};
    passed_.signer = KeyName(opened.key);
    return absl::OkStatus();
  }

  // Whoever keeps the directory up to date removes an erased content before he
  // replaces the checkpoint: true if a later one is there, which may tell of
  // the erasure.
  absl::StatusOr<bool> AwaitLaterCheckpoint() {
    const uint64_t size = passed_.target.checkpoint.size;
    for (int attempt = 0; attempt < kCheckpointReadsMax; ++attempt) {
      stop_.Wait(Backoff(RetryPolicy(), attempt));
      RETURN_IF_ERROR(OkUnlessStopped());
      RETURN_IF_ERROR(ReadCheckpoint());
      if (passed_.target.checkpoint.size > size) return true;
    }
    return false;
  }

  absl::Status RunOffline() {
    RETURN_IF_ERROR(ReadCheckpoint());
    if (older_.has_value() &&
        passed_.target.checkpoint.size < older_->checkpoint.size) {
      return VerificationFailure(
          "LEDGER_ROLLED_BACK",
          {absl::StrCat("上次审计的账本有 ", older_->checkpoint.size,
                        " 个条目，该目录只有 ", passed_.target.checkpoint.size,
                        " 个"),
           absl::StrCat("the ledger had ",
                        Counted(older_->checkpoint.size, "entry", "entries"),
                        " at the last audit; the directory has ",
                        passed_.target.checkpoint.size)});
    }
    if (options_.without_contents) state_.LeaveContentsOut();
    passed_.offline = true;
    passed_.read_leaf = [this](uint64_t index) {
      return ReadProvedLeaf(
          index, ExportFiles(options_.offline, passed_.target.checkpoint));
    };
    for (;;) {
      const absl::Status status = OfflineEntries();
      if (ErrorReason(status) != "AUDIT_CONTENT_MISSING") return Save(status);
      ASSIGN_OR_RETURN(const bool is_newer, AwaitLaterCheckpoint());
      if (!is_newer) return Save(status);
    }
  }

  // From what was audited already to the checkpoint.
  absl::Status OfflineEntries() {
    const ExportFiles files(options_.offline, passed_.target.checkpoint);
    ExportSource source(
        &files, state_.size(),
        CheckOf(options_.without_contents ? Contents::kLeftOut
                                          : Contents::kChecked));
    ExportTiles tiles(&files);
    // First: a fork would be taken for disorder. What damaged tiles do not tell
    // is asked again when they are known to be whole.
    if (absl::Status fork = RequireExtension(files); IsTrustFailure(fork)) {
      return fork;
    }
    const absl::Status status =
        Entries(&source, &tiles,
                [&files](uint64_t index) { return files.HasContent(index); });
    // What looks like the fault may only follow from a hash that was forged
    // together with its leaf.
    if (IsVerificationFailure(status)) {
      RETURN_IF_ERROR(RequireSignedHashes(files));
    }
    RETURN_IF_ERROR(status);
    return RequireExtension(files);
  }

  // The directory's ledger must extend what was verified before, as far as it
  // is as long.
  absl::Status RequireExtension(const ExportFiles& files) {
    ASSIGN_OR_RETURN(
        const VerifiedBefore before,
        RequireNoFork(files, passed_.target.note, older_, &session_));
    passed_.verified_before = before.size;
    passed_.extended = before.extended;
    return absl::OkStatus();
  }

  absl::Status Entries(
      EntrySource* source, ExportTiles* tiles,
      std::function<absl::StatusOr<bool>(uint64_t index)> has_content) {
    Progress progress(&session_, {"审计条目", "auditing entries"},
                      passed_.resumed_at);
    AuditRun run;
    run.checkpoint = passed_.target.checkpoint;
    run.threads = AuditThreads();
    run.tiles = tiles;
    run.resumed_at = passed_.resumed_at;
    run.has_content = std::move(has_content);
    if (newer_tree_.has_value()) {
      run.is_erased_since = [this](const ErasureClaim& claim) {
        return newer_tree_->IsErased(claim);
      };
    }
    run.progress = [this, &progress](const JobState& state) {
      progress.Show(state);
      return OkUnlessStopped();
    };
    return AuditEntries(run, source, &state_, &audited_);
  }

  // Keeps what is done, unless it is at fault.
  absl::Status Save(const absl::Status& result) {
    const bool is_cut_short = absl::IsCancelled(result) ||
                              absl::IsUnavailable(result) ||
                              absl::IsDeadlineExceeded(result);
    if (options_.state.empty() || (!result.ok() && !is_cut_short)) {
      return result;
    }
    RETURN_IF_ERROR(SaveAudit(options_.state, passed_.target, state_));
    if (is_cut_short) {
      session_.Tell(
          {absl::StrCat("已审计的 ", state_.size(), " 个条目记入 ",
                        options_.state, "，下次从此处继续"),
           absl::StrCat("the ", Counted(state_.size(), "entry", "entries"),
                        " done are kept in ", options_.state,
                        "; the next audit resumes there")});
    }
    return result;
  }

  static absl::Status Interrupted() {
    return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                     {"interrupted by a signal", "被信号中断"});
  }

  // First: its signal mask must be set before gRPC starts threads.
  StopSignal stop_;
  const AuditOptions& options_;
  LedgerTrust trust_;
  Session& session_;
  // The checkpoint of the earlier audit.
  std::optional<CheckedCheckpoint> older_;
  PassedAudit passed_;
  AuditState state_;
  // Of an audit that asks a server.
  std::optional<NewerTree> newer_tree_;
  AuditedBytes audited_;
};

absl::StatusOr<ExitCode> RunAudit(const AuditOptions& options,
                                  Session* session) {
  if (options.without_contents && options.offline.empty()) {
    return UsageError({"--without-contents 只能与 --offline 一起使用",
                       "--without-contents goes with --offline only"});
  }
  ASSIGN_OR_RETURN(LedgerTrust trust,
                   options.offline.empty()
                       ? LedgerTrust::Required(session)
                       : LedgerTrust::RequiredOffline(session));
  Audit audit(options, std::move(trust), session);
  RETURN_IF_ERROR(audit.Run());
  return ExitCode::kOk;
}

}  // namespace

void AddAuditCommand(CommandLine* line) {
  auto options = std::make_shared<AuditOptions>();
  CLI::App* command = line->Add(
      &line->app(), "audit",
      {"审计整个账本：逐条重算哈希并重建树，核对次序与服务器的全部列表\n"
       "除所固定的公钥（annals trust add）或 --key 外，不相信服务器的任何说法。"
       "发现改动时指明条目、报告、修订以及应有和实有的哈希，退出码 8。",
       "Audit the whole ledger: hash every entry again, rebuild the tree, "
       "check the order and all that the server lists\n"
       "Trusts the pinned keys (annals trust add), or --key, and nothing that "
       "the server says. On tampering it names the entry, the report, the "
       "revision, and the hash expected and found, and ends with exit code "
       "8."},
      "annals audit\n"
      "annals audit --key verifier_key\n"
      "annals audit --key verifier_key --state audit.state\n"
      "annals audit --offline exported/ --key verifier_key");
  line->Option(command, "--state", &options->state, "FILE",
               {"审计进度文件：下次只读新条目，并证明账本只是增长；其内容"
                "会被采信，请勿让他人写入",
                "Where the audit leaves off: the next one proves that the "
                "ledger only grew, and reads the new entries only. It is "
                "believed: let nobody else write it"});
  line->Option(command, "--offline", &options->offline, "DIR",
               {"审计导出的目录（annals export 或 annalsd --publish_dir），"
                "不连接服务器",
                "Audit an exported directory (annals export, or annalsd "
                "--publish_dir) without a server"});
  line->Flag(command, "--without-contents", &options->without_contents,
             {"目录不含报告内容时，只审计条目",
              "Audit only the entries, of a directory without contents"});
  line->OnCall(command, [options](Session& session) {
    return RunAudit(*options, &session);
  });
}

}  // namespace annals::client
