#include <google/protobuf/struct.pb.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_state.h"
#include "client/audit/auditor.h"
#include "client/audit/export_source.h"
#include "client/audit/fault_locator.h"
#include "client/audit/index_claims.h"
#include "client/audit/newer_entries.h"
#include "client/audit/newer_erasure.h"
#include "client/audit/server_source.h"
#include "client/audit/state_file.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/entry_stream.h"
#include "client/fetch.h"
#include "client/progress.h"
#include "client/render/printable.h"
#include "client/stop_signal.h"
#include "client/trust/growth.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr size_t kErasuresShown = 20;

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
    if (session_.json()) return PrintJson();
    PrintText();
    return absl::OkStatus();
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
    resumed_at_ = state_.size();
    session_.Tell(
        {absl::StrCat("从条目 ", resumed_at_, " 继续上次的审计"),
         absl::StrCat("resuming the last audit at entry ", resumed_at_)});
    return absl::OkStatus();
  }

  absl::Status RunOnline() {
    Connection& connection = session_.connection();
    connection.StopOn(&stop_);
    RETURN_IF_ERROR(trust_.Check());
    target_ = {trust_.latest().checkpoint, trust_.note()};
    signer_ = KeyName(trust_.latest().key);
    if (older_.has_value()) {
      RETURN_IF_ERROR(
          trust_.RequireExtensionOf(older_->checkpoint, older_->note));
    }
    EntryStream stream(&connection, &stop_,
                       {state_.size(), target_.checkpoint.size, true});
    ServerSource source(&stream);
    audited_.prefixes.push_back({state_.size(), state_.Root()});
    absl::Status status =
        Entries(&source, nullptr, [&connection](uint64_t index) {
          return ServesContent(index, &connection);
        });
    if (ErrorReason(status) == "AUDIT_ROOT_MISMATCH") {
      status = LocateMismatch(target_.checkpoint, audited_.prefixes, status,
                              &connection, &stop_);
    }
    RETURN_IF_ERROR(Save(status));
    return CheckIndexes();
  }

  absl::Status CheckIndexes() {
    Connection& connection = session_.connection();
    NewerEntries newer(
        target_.checkpoint.size, [this] { return FetchNewerSize(); },
        [this](int attempt) { return WaitToRepeat(attempt); });
    Progress progress(&session_, {"核对索引", "checking the indexes"}, 0);
    IndexClaims claims(&connection, &state_, &newer,
                       [this, &progress](uint64_t done) {
                         progress.Show({done, state_.reports().size(), 0});
                         return OkUnlessStopped();
                       });
    RETURN_IF_ERROR(claims.Check());
    newer_listed_ = newer.count();
    newer_size_ = newer.size();
    return absl::OkStatus();
  }

  // Of the latest checkpoint, which extends the audited one. What a server
  // lists is there before witnesses have seen it: the ledger's own signature
  // commits it.
  absl::StatusOr<uint64_t> FetchNewerSize() {
    if (!trust_.keys().policy.has_value()) {
      RETURN_IF_ERROR(trust_.Check());
      RETURN_IF_ERROR(
          trust_.RequireExtensionOf(target_.checkpoint, target_.note));
      return trust_.latest().checkpoint.size;
    }
    Connection& connection = session_.connection();
    ASSIGN_OR_RETURN(const v1::Checkpoint latest,
                     FetchCheckpoint(&connection, false));
    ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                     OpenSignedCheckpoint(latest.note(),
                                          {trust_.keys().keys, std::nullopt}));
    std::vector<ledger::Hash> proof;
    RETURN_IF_ERROR(RequireGrowth(target_.checkpoint, opened.checkpoint,
                                  &connection, &proof));
    return opened.checkpoint.size;
  }

  absl::Status WaitToRepeat(int attempt) {
    stop_.Wait(Backoff(session_.connection().retry(), attempt));
    return OkUnlessStopped();
  }

  absl::Status OkUnlessStopped() const {
    return stop_.stopped() ? Interrupted() : absl::OkStatus();
  }

  absl::Status RunOffline() {
    ASSIGN_OR_RETURN(const std::string note,
                     ledger::ReadFileBytes(options_.offline + "/checkpoint",
                                           ledger::kNoteBytesMax));
    ASSIGN_OR_RETURN(OpenedCheckpoint opened,
                     OpenSignedCheckpoint(note, trust_.keys()));
    target_ = {std::move(opened.checkpoint), note};
    signer_ = KeyName(opened.key);
    if (older_.has_value() &&
        target_.checkpoint.size < older_->checkpoint.size) {
      return VerificationFailure(
          "LEDGER_ROLLED_BACK",
          {absl::StrCat("上次审计的账本有 ", older_->checkpoint.size,
                        " 个条目，该目录只有 ", target_.checkpoint.size, " 个"),
           absl::StrCat("the ledger had ", older_->checkpoint.size,
                        " entries at the last audit; the directory has ",
                        target_.checkpoint.size)});
    }
    if (options_.without_contents) state_.LeaveContentsOut();
    const ExportFiles files(options_.offline, target_.checkpoint);
    ExportSource source(
        &files, state_.size(),
        options_.without_contents ? Contents::kLeftOut : Contents::kChecked);
    ExportTiles tiles(&files);
    return Save(Entries(&source, &tiles, [&files](uint64_t index) {
      return files.HasContent(index);
    }));
  }

  absl::Status Entries(
      EntrySource* source, ExportTiles* tiles,
      std::function<absl::StatusOr<bool>(uint64_t index)> has_content) {
    Progress progress(&session_, {"审计条目", "auditing entries"}, resumed_at_);
    AuditRun run;
    run.checkpoint = target_.checkpoint;
    run.threads = AuditThreads();
    run.tiles = tiles;
    run.has_content = std::move(has_content);
    if (options_.offline.empty()) {
      run.is_erased_since = [this](uint64_t index,
                                   const MissingContent& missing) {
        return IsErasedSince(index, missing, target_.checkpoint.size, &session_,
                             &trust_);
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
    RETURN_IF_ERROR(SaveAudit(options_.state, target_, state_));
    if (is_cut_short) {
      session_.Tell(
          {absl::StrCat("已审计的 ", state_.size(), " 个条目记入 ",
                        options_.state, "，下次从此处继续"),
           absl::StrCat("the ", state_.size(), " entries done are kept in ",
                        options_.state, "; the next audit resumes there")});
    }
    return result;
  }

  static absl::Status Interrupted() {
    return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                     {"interrupted by a signal", "被信号中断"});
  }

  void PrintText() {
    const std::string ok = session_.Out("✓ ", Tone::kGreen);
    const auto line = [this, &ok](const Text& text) {
      session_.out() << ok << PrintableLine(session_.Pick(text)) << "\n";
    };
    const ledger::Checkpoint& checkpoint = target_.checkpoint;
    line({absl::StrCat("检查点由密钥 ", signer_, " 签名：共 ", checkpoint.size,
                       " 个条目，根哈希 ", HexOf(checkpoint.root)),
          absl::StrCat("the checkpoint is signed by the key ", signer_, ": ",
                       checkpoint.size, " entries, root hash ",
                       HexOf(checkpoint.root))});
    line({absl::StrCat(checkpoint.size - resumed_at_,
                       " 个条目逐一重新计算，根哈希一致"),
          absl::StrCat(checkpoint.size - resumed_at_,
                       " entries hashed again give this root")});
    if (resumed_at_ > 0) {
      line({absl::StrCat("此前 ", resumed_at_,
                         " 个条目由上次审计核对过，这次没有重读"),
            absl::StrCat("the ", resumed_at_,
                         " entries before were checked by the last audit and "
                         "not read again")});
    }
    line({absl::StrCat("时间严格递增；", state_.agencies().size(), " 个机关，",
                       state_.reports().size(), " 份报告，", state_.revisions(),
                       " 次修订，编号与依据均连续"),
          absl::StrCat("times strictly increase; ", state_.agencies().size(),
                       " agencies, ", state_.reports().size(), " reports, ",
                       state_.revisions(),
                       " revisions, each numbered and based on the one "
                       "before")});
    line(options_.offline.empty()
             ? ListsText()
             : Text{"目录中的哈希瓦片与条目一致",
                    "the directory's tiles are those of the entries"});
    PrintErasures();
    for (const KeyChange& change : state_.key_changes()) PrintChange(change);
    PrintLimits();
    session_.Print({"审计通过。", "Audit passed."});
  }

  Text ListsText() const {
    if (newer_listed_ == 0) {
      return {"服务器列出的机关、报告与修订和账本一致：无隐瞒，无虚构",
              "the server's lists of agencies, reports and revisions are "
              "those of the entries: none hidden, none invented"};
    }
    const uint64_t size = target_.checkpoint.size;
    return {absl::StrCat("服务器列出的机关、报告与修订，凡属前 ", size,
                         " 个条目的，和账本一致：无隐瞒，无虚构；审计开始后记录"
                         "的 ",
                         newer_listed_, " 项未作核对（在其后签名的 ",
                         newer_size_, " 个条目之内）"),
            absl::StrCat("the server's lists of agencies, reports and "
                         "revisions are, as far as the first ",
                         size,
                         " entries go, those of the entries: none hidden, "
                         "none invented; ",
                         newer_listed_,
                         " revisions or agencies recorded since this audit "
                         "began were not compared (they are among the ",
                         newer_size_, " entries signed since)")};
  }

  // Erased is not damaged: each was erased by an entry.
  void PrintErasures() {
    const auto print = [this](const Text& text) {
      session_.out() << "  " << PrintableLine(session_.Pick(text)) << "\n";
    };
    const auto& erased = state_.erased();
    if (erased.empty()) return;
    print(
        {absl::StrCat(erased.size(), " 个条目的内容已按记录删除，证明仍然成立"),
         absl::StrCat(erased.size(),
                      " contents were erased by entries on record; their "
                      "proofs hold")});
    size_t shown = 0;
    for (const auto& [index, eraser] : erased) {
      if (++shown > kErasuresShown) break;
      print({absl::StrCat("条目 ", index, "：已由条目 ", eraser, " 删除"),
             absl::StrCat("entry ", index, ": erased by entry ", eraser)});
    }
    if (erased.size() <= kErasuresShown) return;
    print({"其余见 --json", "the others: --json"});
  }

  void PrintChange(const KeyChange& change) {
    const Text text = {
        absl::StrCat("条目 ", change.index, " 更换了密钥：", change.old_vkey,
                     " → ", change.new_vkey),
        absl::StrCat("the key was changed at entry ", change.index, ": ",
                     change.old_vkey, " → ", change.new_vkey)};
    session_.out() << "  " << PrintableLine(session_.Pick(text)) << "\n";
    if (trust_.keys().Has(change.new_vkey)) return;
    session_.Tell(
        {absl::StrCat("  新密钥不在所信任的公钥中；请从可信渠道核对后 annals "
                      "trust add ",
                      PrintableLine(change.new_vkey)),
         absl::StrCat("  the new key is none that you trust; check it in a way "
                      "you trust, then annals trust add ",
                      PrintableLine(change.new_vkey))});
  }

  // What was not checked.
  void PrintLimits() {
    if (!state_.contents_checked()) {
      session_.Tell(
          {"报告内容没有全部核对（这次或此前用了 --without-contents）",
           "contents were not all checked (--without-contents, now "
           "or in an earlier audit)"});
    }
    if (state_.unknown_entries() == 0) return;
    session_.Tell(
        {absl::StrCat("有 ", state_.unknown_entries(),
                      " 个条目的类型本版本不认识，只核对了哈希与次序；"
                      "请用较新版本的 annals 再审计"),
         absl::StrCat(state_.unknown_entries(),
                      " entries are of a kind that this version does not "
                      "know; only hash and order were checked: audit again "
                      "with a newer annals")});
  }

  // As in the protobuf JSON mapping, 64-bit integers are strings.
  absl::Status PrintJson() {
    google::protobuf::Struct json;
    const auto set = [&json](const std::string& name,
                             const std::string& value) {
      (*json.mutable_fields())[name].set_string_value(value);
    };
    (*json.mutable_fields())["verified"].set_bool_value(true);
    (*json.mutable_fields())["contents_checked"].set_bool_value(
        state_.contents_checked());
    set("origin", target_.checkpoint.origin);
    set("tree_size", absl::StrCat(target_.checkpoint.size));
    set("root_hash", HexOf(target_.checkpoint.root));
    set("resumed_at", absl::StrCat(resumed_at_));
    set("agencies", absl::StrCat(state_.agencies().size()));
    set("reports", absl::StrCat(state_.reports().size()));
    set("revisions", absl::StrCat(state_.revisions()));
    set("unknown_entries", absl::StrCat(state_.unknown_entries()));
    set("newer_not_compared", absl::StrCat(newer_listed_));
    set("hashed_bytes", absl::StrCat(audited_.bytes));
    set("signed_by", signer_);
    auto* erasures = (*json.mutable_fields())["erased"].mutable_list_value();
    for (const auto& [index, eraser] : state_.erased()) {
      auto* fields =
          erasures->add_values()->mutable_struct_value()->mutable_fields();
      (*fields)["entry"].set_string_value(absl::StrCat(index));
      (*fields)["erased_by"].set_string_value(absl::StrCat(eraser));
    }
    auto* changes =
        (*json.mutable_fields())["key_changes"].mutable_list_value();
    for (const KeyChange& change : state_.key_changes()) {
      auto* fields =
          changes->add_values()->mutable_struct_value()->mutable_fields();
      (*fields)["entry"].set_string_value(absl::StrCat(change.index));
      (*fields)["old_vkey"].set_string_value(change.old_vkey);
      (*fields)["new_vkey"].set_string_value(change.new_vkey);
    }
    return session_.PrintJson(json);
  }

  // First: its signal mask must be set before gRPC starts threads.
  StopSignal stop_;
  const AuditOptions& options_;
  LedgerTrust trust_;
  Session& session_;
  // The key that signed the checkpoint that is audited.
  std::string signer_;
  // The checkpoint of the earlier audit, and of this one.
  std::optional<CheckedCheckpoint> older_;
  CheckedCheckpoint target_;
  AuditState state_;
  uint64_t resumed_at_ = 0;
  AuditedBytes audited_;
  // What the server lists from after the audited checkpoint, and the size of
  // the newer one that it is in.
  uint64_t newer_listed_ = 0;
  uint64_t newer_size_ = 0;
};

absl::StatusOr<ExitCode> RunAudit(const AuditOptions& options,
                                  Session* session) {
  if (options.without_contents && options.offline.empty()) {
    return UsageError({"--without-contents 只能与 --offline 一起使用",
                       "--without-contents goes with --offline only"});
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Required(session));
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
