#include "service/fsck.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/published_mark.h"
#include "ledger/recovery.h"
#include "ledger/rocksdb_store.h"
#include "ledger/status_macros.h"
#include "service/data_dir.h"
#include "service/following/follower.h"
#include "service/key_change.h"
#include "service/leaf_codec.h"
#include "service/report/content_signature.h"
#include "service/report_history.h"

namespace annals {
namespace {

// The key that signed the mark: the directory's or, where a start that was to
// end a change of keys was killed before it could say so, one that the ledger
// names as its successor. The directory's if neither did.
ledger::NoteVerifier MarkVerifier(const ledger::NoteVerifier& present,
                                  ledger::PublishedMark* mark,
                                  ledger::Store* store) {
  std::vector<ledger::NoteVerifier> keys = {present};
  const auto changes = StoredKeyChanges(store);
  if (!changes.ok()) return present;
  for (const v1::KeyChanged& change : *changes) {
    if (change.old_vkey() != keys.back().ToString()) continue;
    auto next = ledger::NoteVerifier::Parse(change.new_vkey());
    if (next.ok()) keys.push_back(*std::move(next));
  }
  const auto note = mark->Read();
  if (!note.ok() || !note->has_value()) return present;
  const ledger::NoteVerifier* const signer = SignerOf(**note, keys);
  return signer == nullptr ? present : *signer;
}

// A revision's place in the history of its report.
std::optional<ledger::ChainLink> LinkOf(uint64_t index,
                                        absl::string_view leaf) {
  const auto entry = DecodeLeaf(index, leaf);
  if (!entry.ok() || !entry->has_revision_recorded()) return std::nullopt;
  const v1::RevisionRecorded& event = entry->revision_recorded();
  return ledger::ChainLink{event.report(),
                           static_cast<uint64_t>(event.number()),
                           EtagOfLeaf(leaf), event.base_etag()};
}

}  // namespace

absl::StatusOr<ledger::StoreCheckResult> CheckDataDir(
    const FsckOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DataDir> data_dir,
                   DataDir::OpenToCheck(options.data_dir));
  ledger::PublishedMarkFile mark(data_dir->mark_path());
  ledger::RocksDbOptions store_options;
  store_options.read_only = true;
  // A log torn by a power cut is no fault: the next start drops the end.
  store_options.holds_all_published = [&mark](uint64_t entries) {
    return ledger::HoldsAllPublished(entries, &mark);
  };
  ASSIGN_OR_RETURN(
      const std::unique_ptr<ledger::Store> store,
      ledger::OpenRocksDbStore(data_dir->database_path(), store_options));
  const LeafCodec codec;
  const ledger::NoteVerifier verifier =
      MarkVerifier(data_dir->verifier(), &mark, store.get());
  ledger::StoreCheckParts parts = {store.get(), &mark, &verifier, &codec,
                                   nullptr};
  // The agencies' own signatures.
  parts.check_content = [origin = data_dir->origin()](
                            uint64_t index, absl::string_view leaf,
                            absl::string_view content) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, leaf));
    return report::VerifyRecordedSignature(entry, content, origin);
  };
  parts.read_link = LinkOf;
  return ledger::CheckStore(parts, options.check);
}

void PrintResult(const ledger::StoreCheckResult& result) {
  for (const ledger::ErasedEntry& erased : result.erased) {
    const std::string index = absl::StrCat(erased.index);
    const std::string eraser = absl::StrCat(erased.erased_by);
    std::printf("entry %s: its content was erased by entry %s\n", index.c_str(),
                eraser.c_str());
    std::printf("条目 %s：内容已由条目 %s 删除\n", index.c_str(),
                eraser.c_str());
  }
  for (const ErrorText& fault : result.faults.kept()) {
    std::printf("%s\n%s\n", fault.en.c_str(), fault.zh.c_str());
  }
  const std::string entries = absl::StrCat(result.entries);
  const std::string rows = absl::StrCat(result.index_rows);
  const uint64_t count = result.faults.count();
  const std::string faults = absl::StrCat(count);
  // Of no store that was checked are there none.
  const bool indexes_checked = result.index_rows > 0;
  std::printf(
      "checked: the hash of every leaf and content, every tile, the root, the "
      "chain of each report's revisions and the signature of the published "
      "mark%s\n"
      "已检查：每个叶和内容的哈希、每个瓦片、根哈希、每份报告的修订次序、"
      "已发布标记的签名%s\n",
      indexes_checked ? ", every index row" : "",
      indexes_checked ? "、每一行索引" : "");
  if (result.unreadable > 0) {
    const std::string unreadable = absl::StrCat(result.unreadable);
    std::printf(
        "not checked: %s leaves or contents that can't be read\n"
        "未能检查：%s 个叶或内容，无法读取\n",
        unreadable.c_str(), unreadable.c_str());
  }
  std::printf("%s entries, %s index rows, %s %s\n", entries.c_str(),
              rows.c_str(), faults.c_str(), count == 1 ? "fault" : "faults");
  std::printf("%s 个条目，%s 行索引，%s 处问题\n", entries.c_str(),
              rows.c_str(), faults.c_str());
  if (!result.erased.empty()) {
    const std::string erased = absl::StrCat(result.erased.size());
    std::printf("%s erased\n%s 个条目的内容已删除\n",
                result.erased.size() == 1
                    ? "1 content was"
                    : absl::StrCat(erased, " contents were").c_str(),
                erased.c_str());
  }
}

}  // namespace annals
