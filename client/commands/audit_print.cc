#include "client/commands/audit_print.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/counted.h"
#include "client/hex.h"
#include "client/json_text.h"
#include "client/render/printable.h"
#include "client/times.h"
#include "client/verify.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr size_t kErasuresShown = 20;

// What was erased, by which entry, and who did it, when and why.
Text ErasedText(uint64_t index, const v1::LedgerEntry& eraser) {
  const v1::ContentErased& event = eraser.content_erased();
  const std::string when = FormatMoment(eraser.recorded_at());
  return {absl::StrCat("条目 ", index, "：已由条目 ", eraser.index(), " 删除：",
                       event.name(), "，操作人 ",
                       ActorText(eraser.actor(), Language::kZh), "，", when,
                       "；理由：", eraser.reason(), "；法律依据：",
                       event.legal_basis()),
          absl::StrCat("entry ", index, ": erased by entry ", eraser.index(),
                       ": ", event.name(), ", by ",
                       ActorText(eraser.actor(), Language::kEn), " at ", when,
                       "; reason: ", eraser.reason(),
                       "; legal basis: ", event.legal_basis())};
}

class AuditPrinter {
 public:
  AuditPrinter(const PassedAudit& audit, const AuditState& state,
               const LedgerKeys& keys, Session* session)
      : audit_(audit), state_(state), keys_(keys), session_(*session) {}

  absl::Status PrintText() {
    const std::string ok = session_.Out("✓ ", Tone::kGreen);
    const auto line = [this, &ok](const Text& text) {
      session_.out() << ok << PrintableLine(session_.Pick(text)) << "\n";
    };
    const ledger::Checkpoint& checkpoint = audit_.target.checkpoint;
    line({absl::StrCat("检查点由密钥 ", audit_.signer, " 签名：共 ",
                       checkpoint.size, " 个条目，根哈希 ",
                       HexOf(checkpoint.root)),
          absl::StrCat("the checkpoint is signed by the key ", audit_.signer,
                       ": ", Counted(checkpoint.size, "entry", "entries"),
                       ", root hash ", HexOf(checkpoint.root))});
    line({absl::StrCat(checkpoint.size - audit_.resumed_at,
                       " 个条目逐一重新计算，根哈希一致"),
          absl::StrCat(
              Counted(checkpoint.size - audit_.resumed_at, "entry", "entries"),
              " hashed again: the root is this one")});
    if (audit_.resumed_at > 0) {
      line({absl::StrCat("此前 ", audit_.resumed_at,
                         " 个条目由上次审计核对过，这次没有重读"),
            absl::StrCat("checked by the last audit and not read again: the ",
                         Counted(audit_.resumed_at, "entry", "entries"),
                         " before")});
    }
    line({absl::StrCat("时间严格递增；", state_.agencies().size(), " 个机关，",
                       state_.reports().size(), " 份报告，", state_.revisions(),
                       " 次修订，编号与依据均连续"),
          absl::StrCat(
              "times strictly increase; ",
              Counted(state_.agencies().size(), "agency", "agencies"), ", ",
              Counted(state_.reports().size(), "report", "reports"), ", ",
              Counted(state_.revisions(), "revision", "revisions"),
              ", each numbered and based on the one "
              "before")});
    line(!audit_.offline
             ? ListsText()
             : Text{"目录中的哈希瓦片与条目一致",
                    "the directory's tiles are those of the entries"});
    if (audit_.extended > 0) {
      line({absl::StrCat("是此前核验过的 ", audit_.extended, " 个条目的延续"),
            absl::StrCat("it extends the ",
                         Counted(audit_.extended, "entry", "entries"),
                         " that were verified before")});
    }
    RETURN_IF_ERROR(PrintErasures());
    for (const KeyChange& change : state_.key_changes()) PrintChange(change);
    PrintLimits();
    session_.Print({"审计通过。", "Audit passed."});
    return absl::OkStatus();
  }

  Text ListsText() const {
    if (audit_.newer_listed == 0) {
      return {"服务器列出的机关、报告与修订和账本一致：无隐瞒，无虚构",
              "the server's lists of agencies, reports and revisions are "
              "those of the entries: none hidden, none invented"};
    }
    const uint64_t size = audit_.target.checkpoint.size;
    // Under a policy the audited checkpoint is the witnessed one: what is newer
    // may be older than the audit.
    const bool witnessed = keys_.policy.has_value();
    return {
        absl::StrCat("服务器列出的机关、报告与修订，凡属前 ", size,
                     " 个条目的，和账本一致：无隐瞒，无虚构；",
                     witnessed ? "尚未得到见证" : "审计开始后记录", "的 ",
                     audit_.newer_listed, " 项未作核对（在其后签名的 ",
                     audit_.newer_size, " 个条目之内）"),
        absl::StrCat("the server's lists of agencies, reports and revisions "
                     "are, as far as the first ",
                     size,
                     " entries go, those of the entries: none hidden, none "
                     "invented; ",
                     Counted(audit_.newer_listed, "revision", "revisions"),
                     " or agencies ",
                     witnessed ? "that are not witnessed yet"
                               : "recorded since this audit began",
                     " were not compared (they are among the ",
                     Counted(audit_.newer_size, "entry", "entries"),
                     " signed since)")};
  }

  // Erased is not damaged: each was erased by an entry.
  absl::Status PrintErasures() {
    const auto print = [this](const Text& text) {
      session_.out() << "  " << PrintableLine(session_.Pick(text)) << "\n";
    };
    const auto& erased = state_.erased();
    if (erased.empty()) return absl::OkStatus();
    print(
        {absl::StrCat(erased.size(), " 个条目的内容已按记录删除，证明仍然成立"),
         absl::StrCat("erased by entries on record: ",
                      Counted(erased.size(), "content", "contents"),
                      "; the proofs hold")});
    size_t shown = 0;
    for (const auto& [index, eraser] : erased) {
      if (++shown > kErasuresShown) break;
      ASSIGN_OR_RETURN(const v1::LedgerEntry entry, audit_.read_leaf(eraser));
      print(ErasedText(index, entry));
    }
    if (erased.size() > kErasuresShown) {
      print({"其余见 --json", "the others: --json"});
    }
    return absl::OkStatus();
  }

  void PrintChange(const KeyChange& change) {
    const Text text = {
        absl::StrCat("条目 ", change.index, " 更换了密钥：", change.old_vkey,
                     " → ", change.new_vkey),
        absl::StrCat("the key was changed at entry ", change.index, ": ",
                     change.old_vkey, " → ", change.new_vkey)};
    session_.out() << "  " << PrintableLine(session_.Pick(text)) << "\n";
    if (keys_.Has(change.new_vkey)) return;
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
    if (audit_.verified_before > audit_.target.checkpoint.size) {
      session_.Tell(
          {absl::StrCat("该目录比此前核验过的旧：它有 ",
                        audit_.target.checkpoint.size, " 个条目，此前核验过 ",
                        audit_.verified_before,
                        " 个；二者是否同一历史，离线无从核对"),
           absl::StrCat(
               "the directory is older than what was verified before: "
               "it has ",
               Counted(audit_.target.checkpoint.size, "entry", "entries"),
               ", and ", audit_.verified_before,
               " were verified; whether they are one history can't be "
               "checked offline")});
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

  absl::Status PrintJson() {
    JsonObject json;
    const auto set = [&json](const std::string& name,
                             const std::string& value) {
      json.Add(name, value);
    };
    json.AddFlag("verified", true);
    json.AddFlag("contents_checked", state_.contents_checked());
    set("origin", audit_.target.checkpoint.origin);
    set("tree_size", absl::StrCat(audit_.target.checkpoint.size));
    set("root_hash", HexOf(audit_.target.checkpoint.root));
    set("resumed_at", absl::StrCat(audit_.resumed_at));
    set("agencies", absl::StrCat(state_.agencies().size()));
    set("reports", absl::StrCat(state_.reports().size()));
    set("revisions", absl::StrCat(state_.revisions()));
    set("unknown_entries", absl::StrCat(state_.unknown_entries()));
    set("newer_not_compared", absl::StrCat(audit_.newer_listed));
    set("hashed_bytes", absl::StrCat(audit_.hashed_bytes));
    set("signed_by", audit_.signer);
    if (audit_.offline) {
      set("extends", absl::StrCat(audit_.extended));
      set("verified_before", absl::StrCat(audit_.verified_before));
    }
    std::vector<JsonObject> erased;
    for (const auto& [index, eraser] : state_.erased()) {
      JsonObject& fields = erased.emplace_back();
      fields.Add("entry", absl::StrCat(index));
      fields.Add("erased_by", absl::StrCat(eraser));
    }
    json.AddObjects("erased", std::move(erased));
    std::vector<JsonObject> changes;
    for (const KeyChange& change : state_.key_changes()) {
      JsonObject& fields = changes.emplace_back();
      fields.Add("entry", absl::StrCat(change.index));
      fields.Add("old_vkey", change.old_vkey);
      fields.Add("new_vkey", change.new_vkey);
    }
    json.AddObjects("key_changes", std::move(changes));
    ASSIGN_OR_RETURN(const std::string text, json.Indented());
    session_.out() << text;
    return absl::OkStatus();
  }

 private:
  const PassedAudit& audit_;
  const AuditState& state_;
  const LedgerKeys& keys_;
  Session& session_;
};

}  // namespace

absl::Status PrintAudit(const PassedAudit& audit, const AuditState& state,
                        const LedgerKeys& keys, Session* session) {
  AuditPrinter printer(audit, state, keys, session);
  return session->json() ? printer.PrintJson() : printer.PrintText();
}

}  // namespace annals::client
