#include <google/protobuf/struct.pb.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/audit/entry_facts.h"
#include "client/audit/newer_tree.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/counted.h"
#include "client/entry_stream.h"
#include "client/erasable_name.h"
#include "client/progress.h"
#include "client/render/printable.h"
#include "client/stop_signal.h"
#include "client/trust/agency_pin.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/static_tree_writer.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct ExportOptions {
  std::string directory;
  bool without_contents = false;
  bool add_contents = false;
};

// How often a checkpoint is asked for that witnesses have yet to cosign.
constexpr int kAttemptsMax = 6;
// So many missing contents have their leaves kept, to be named.
constexpr size_t kLeavesMax = 1 << 12;

// Of the entries that were read: the erasures, the contents that are missing
// without one, and the first that breaks a pin of an agency's key.
class Erasures {
 public:
  // A content that the server does not send, because an entry erased it, as it
  // says.
  void AddMissing(const v1::WatchEntriesResponse& entry,
                  const v1::LedgerEntry& leaf) {
    const std::string& hash = leaf.content_hash();
    missing_[entry.index()] = {
        {entry.index(), entry.erased_by(),
         ErasableKeyOf(ErasableName(leaf), hash)},
        hash,
        missing_.size() < kLeavesMax ? entry.leaf() : std::string()};
  }

  void Add(const v1::ContentErased& event) {
    erased_.push_back(event.erased_index());
    const auto found = missing_.find(event.erased_index());
    if (found != missing_.end() &&
        found->second.claim.key ==
            ErasableKeyOf(event.name(), event.content_hash())) {
      missing_.erase(found);
    }
  }

  const std::vector<uint64_t>& erased() const { return erased_; }

  // Of the first entry that a pinned agency did not sign as it must have.
  void AddSigning(const absl::Status& status) {
    if (signing_.ok()) signing_ = status;
  }
  const absl::Status& signing() const { return signing_; }

  // nullopt if an entry erased each content that is missing.
  std::optional<ErasureClaim> FirstUnexplained() const {
    if (missing_.empty()) return std::nullopt;
    return missing_.begin()->second.claim;
  }

  // REQUIRES: FirstUnexplained().
  absl::Status Fault() const {
    const Missing& missing = missing_.begin()->second;
    EntryBytes bytes{missing.claim.index, missing.leaf};
    bytes.erased_by = missing.claim.eraser;
    return ContentMissing(bytes, absl::BytesToHexString(missing.content_hash));
  }

 private:
  struct Missing {
    ErasureClaim claim;
    std::string content_hash;
    std::string leaf;
  };

  std::vector<uint64_t> erased_;
  absl::Status signing_;
  std::map<uint64_t, Missing> missing_;
};

bool IsMissing(const v1::WatchEntriesResponse& entry,
               const v1::LedgerEntry& leaf) {
  return entry.has_erased_by() && entry.salt().empty() &&
         entry.content().empty() && !leaf.content_hash().empty() &&
         !ErasableName(leaf).empty();
}

// Writes an entry, or the content of one that is there, after checking its
// content. The leaf itself is checked with
// all others, by the root.
absl::Status WriteEntry(const v1::WatchEntriesResponse& entry,
                        bool with_content, absl::Span<const AgencyPin> pins,
                        ledger::StaticTreeWriter* writer, Erasures* erasures) {
  ledger::StaticEntry written{entry.leaf()};
  ledger::Salt salt;
  v1::LedgerEntry leaf;
  // Without contents, what a leaf is that can't be read shows in the root.
  if (!leaf.ParseFromString(entry.leaf()) && with_content) {
    return AuditFault("AUDIT_LEAF_UNREADABLE", entry.index(), entry.leaf(),
                      {"叶", "leaf"}, "LedgerEntry",
                      absl::StrCat(entry.leaf().size(), " bytes"));
  }
  if (leaf.has_content_erased()) erasures->Add(leaf.content_erased());
  erasures->AddSigning(RequirePinnedAgencyKey(leaf, pins));
  if (with_content && IsMissing(entry, leaf)) {
    erasures->AddMissing(entry, leaf);
  } else if (with_content) {
    EntryBytes bytes{entry.index(), entry.leaf()};
    if (!entry.salt().empty() || !entry.content().empty()) {
      bytes.salt = entry.salt();
      bytes.content = entry.content();
    }
    RETURN_IF_ERROR(CheckContentHash(bytes, leaf));
    if (bytes.salt.has_value()) {
      salt = ledger::HashFromBytes(*bytes.salt);
      written.salt = &salt;
      written.content = bytes.content;
    }
  }
  return entry.index() < writer->size()
             ? writer->AddContent(entry.index(), written)
             : writer->Append(written);
}

absl::Status PrintResult(const ExportOptions& options, uint64_t before,
                         const ledger::Checkpoint& checkpoint,
                         Session* session) {
  if (!session->json()) {
    session->Print(
        {absl::StrCat("已导出到 ", PrintableLine(options.directory), "：共 ",
                      checkpoint.size, " 个条目，本次新增 ",
                      checkpoint.size - before, " 个，根哈希 ",
                      HexOf(checkpoint.root)),
         absl::StrCat("Exported to ", PrintableLine(options.directory), ": ",
                      Counted(checkpoint.size, "entry", "entries"), ", ",
                      checkpoint.size - before, " of them new, root hash ",
                      HexOf(checkpoint.root))});
    return absl::OkStatus();
  }
  google::protobuf::Struct json;
  const auto set = [&json](const std::string& name, const std::string& value) {
    (*json.mutable_fields())[name].set_string_value(value);
  };
  set("directory", options.directory);
  set("origin", checkpoint.origin);
  set("tree_size", absl::StrCat(checkpoint.size));
  set("new_entries", absl::StrCat(checkpoint.size - before));
  set("root_hash", HexOf(checkpoint.root));
  return session->PrintJson(json);
}

absl::Status WriteEntries(const EntryRange& range, const LedgerTrust& trust,
                          StopSignal* stop, ledger::StaticTreeWriter* writer,
                          Session* session, Erasures* erasures) {
  EntryStream stream(&session->connection(), stop, range);
  Progress progress(session, {"导出条目", "exporting entries"}, range.begin);
  uint64_t bytes = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const auto entry, stream.Next());
    if (!entry.has_value()) return absl::OkStatus();
    RETURN_IF_ERROR(WriteEntry(*entry, range.include_content,
                               trust.keys().agency_keys, writer, erasures));
    bytes += entry->leaf().size() + entry->content().size();
    progress.Show({entry->index() + 1, range.end, bytes});
  }
}

// A content was erased while the ledger was read: the export must go on up to a
// checkpoint that has the entry which did it, or nobody could tell it from
// damage. Fetches that checkpoint.
absl::Status FetchCheckpointWith(const Erasures& erasures, StopSignal* stop,
                                 Session* session, LedgerTrust* trust) {
  const ErasureClaim claim = *erasures.FirstUnexplained();
  NewerTree newer({trust->latest().checkpoint, trust->note()}, stop, session,
                  trust);
  ASSIGN_OR_RETURN(const bool is_erased, newer.IsErased(claim));
  if (!is_erased) return erasures.Fault();
  for (int attempt = 0;; ++attempt) {
    const absl::Status covered = trust->Covering(*claim.eraser).status();
    if (ErrorReason(covered) != kNotWitnessedYetReason ||
        attempt == kAttemptsMax) {
      return covered;
    }
    RETURN_IF_ERROR(newer.Wait(attempt));
  }
}

absl::StatusOr<ExitCode> RunExport(const ExportOptions& options,
                                   Session* session) {
  // First: its signal mask must be set before gRPC starts threads.
  StopSignal stop;
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Required(session));
  ASSIGN_OR_RETURN(
      const auto writer,
      ledger::StaticTreeWriter::Open(options.directory, trust.keys().keys));
  RETURN_IF_ERROR(trust.Check());
  const uint64_t before = writer->published().size;
  if (before > 0) {
    RETURN_IF_ERROR(trust.RequireExtensionOf(writer->published(),
                                             writer->published_note()));
    RETURN_IF_ERROR(trust.RequireCovered(before));
  }
  Erasures erasures;
  uint64_t begin = options.add_contents ? 0 : before;
  for (;;) {
    const uint64_t end = trust.latest().checkpoint.size;
    RETURN_IF_ERROR(WriteEntries({begin, end, !options.without_contents}, trust,
                                 &stop, writer.get(), session, &erasures));
    if (!erasures.FirstUnexplained().has_value()) break;
    RETURN_IF_ERROR(FetchCheckpointWith(erasures, &stop, session, &trust));
    begin = end;
  }
  // Only what entries erased that are proved to be the ledger's; and before
  // they are published, so that a run that is cut short does it again.
  const ledger::Checkpoint& target = trust.latest().checkpoint;
  if (writer->size() == target.size && writer->Root() == target.root) {
    for (const uint64_t index : erasures.erased()) {
      RETURN_IF_ERROR(writer->RemoveContent(index));
    }
  }
  RETURN_IF_ERROR(writer->Publish(trust.note()));
  RETURN_IF_ERROR(PrintResult(options, before, target, session));
  // The copy is whole, also of what speaks against the ledger.
  RETURN_IF_ERROR(erasures.signing());
  return ExitCode::kOk;
}

}  // namespace

void AddExportCommand(CommandLine* line) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = line->Add(
      &line->app(), "export",
      {"把账本导出为静态文件（C2SP tlog-tiles），任何 Web 服务器都能发布\n"
       "再次运行只补上新条目。写入检查点之前先验签并重算根哈希。新条目中若有未"
       "由"
       "所固定的机关公钥（annals trust "
       "agency）签名的，导出照常完成，再以退出码 8 "
       "指明第一条。",
       "Export the ledger as static files (C2SP tlog-tiles) that any web "
       "server can serve\n"
       "Run again, it adds what is new. Checks signature and root before it "
       "writes a checkpoint. If a new entry is not signed by a key that is "
       "pinned for its agency (annals trust agency), the export is completed, "
       "and the first such entry named with exit code 8."},
      "annals export /srv/www/ledger\n"
      "annals export /srv/www/ledger --key verifier_key");
  line->Option(command, "DIR", &options->directory, "DIR",
               {"目录，不存在则创建", "The directory; made if there is none"})
      ->Required();
  line->Flag(command, "--without-contents", &options->without_contents,
             {"不导出报告内容", "Leave the contents out"});
  line->Flag(command, "--add-contents", &options->add_contents,
             {"补上以前导出时略去的内容，并核对已有的内容（从头读取账本）",
              "Add the contents that an earlier export left out, and compare "
              "those that are there (reads the ledger from the beginning)"})
      ->Excludes(line->Find(command, "--without-contents"));
  line->OnCall(command, [options](Session& session) {
    return RunExport(*options, &session);
  });
}

}  // namespace annals::client
