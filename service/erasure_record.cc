#include "service/erasure_record.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"
#include "service/report/schema.h"

namespace annals {
namespace {

// So that what follows it in an error's text is not cut off.
constexpr size_t kQuotedBytesMax = 180;

std::string Quoted(absl::string_view text) {
  absl::string_view rest = text;
  while (!rest.empty() && text.size() - rest.size() < kQuotedBytesMax) {
    if (!ledger::ConsumeUtf8(&rest).has_value()) break;
  }
  return absl::StrCat(text.substr(0, text.size() - rest.size()),
                      rest.empty() ? "" : "…");
}

absl::Status NoErasure(uint64_t index) {
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {absl::StrCat("The index names ledger entry ", index,
                    " as an erasure, and it is none; start annalsd with "
                    "--rebuild_indexes."),
       absl::StrCat("索引把账本条目 ", index,
                    " 当作内容删除，但它不是；请用 --rebuild_indexes 启动 "
                    "annalsd。")});
}

}  // namespace

absl::StatusOr<v1::Erasure> ReadErasure(uint64_t index,
                                        ledger::Ledger* ledger) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, ReadDecodedLeaf(index, ledger));
  if (!entry.has_content_erased()) return NoErasure(index);
  const v1::ContentErased& event = entry.content_erased();
  v1::Erasure erasure;
  *erasure.mutable_recorded_at() = entry.recorded_at();
  *erasure.mutable_actor() = entry.actor();
  erasure.set_reason(entry.reason());
  erasure.set_legal_basis(event.legal_basis());
  erasure.set_entry_index(index);
  erasure.set_name(event.name());
  erasure.set_erased_index(event.erased_index());
  return erasure;
}

namespace {

// The actor, and how far the identity can be relied on.
std::string ActorText(const v1::Actor& actor, report::Language language) {
  const std::string assurance = report::EnumLabel(actor.assurance(), language);
  if (assurance.empty()) return actor.subject();
  return language == report::Language::kZh
             ? absl::StrCat(actor.subject(), "（", assurance, "）")
             : absl::StrCat(actor.subject(), " (", assurance, ")");
}

}  // namespace

absl::Status ContentErased(const v1::Erasure& erasure) {
  const absl::Time recorded_at = FromTimestamp(erasure.recorded_at());
  const std::string at = report::MomentInShanghai(recorded_at);
  const std::string& who = erasure.actor().subject();
  const std::string reason = Quoted(erasure.reason());
  const std::string basis = Quoted(erasure.legal_basis());
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "CONTENT_ERASED",
      {absl::StrCat("The content of ", erasure.name(), " was erased by ",
                    ActorText(erasure.actor(), report::Language::kEn), " at ",
                    at, " (ledger entry ", erasure.entry_index(),
                    "). Reason: ", reason, ". Legal basis: ", basis, "."),
       absl::StrCat(erasure.name(), " 的内容已由 ",
                    ActorText(erasure.actor(), report::Language::kZh), " 于 ",
                    at, " 删除（账本条目 ", erasure.entry_index(), "）。理由：",
                    reason, "。法律依据：", basis, "。")});
  AddErrorMetadata("name", erasure.name(), &status);
  AddErrorMetadata("erasedIndex", absl::StrCat(erasure.erased_index()),
                   &status);
  AddErrorMetadata("entryIndex", absl::StrCat(erasure.entry_index()), &status);
  AddErrorMetadata("actor", who, &status);
  AddErrorMetadata(
      "recordedAt",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", recorded_at, absl::UTCTimeZone()),
      &status);
  return status;
}

}  // namespace annals
