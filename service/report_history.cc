#include "service/report_history.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/erasure_record.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"
#include "service/wire_format.h"

namespace annals {
namespace {

constexpr size_t kEtagBytes = 16;

std::string NameOf(const v1::RevisionRecorded& event) {
  return absl::StrCat(event.report(), "/revisions/", event.number());
}

absl::Status NoRevisionAsOf(absl::string_view report, absl::Time asked,
                            absl::Time first) {
  const std::string asked_text = report::MomentInShanghai(asked);
  const std::string first_text = report::MomentInShanghai(first);
  absl::Status status = MakeError(
      absl::StatusCode::kNotFound, "NO_REVISION_AS_OF",
      {absl::StrCat("At ", asked_text, " the ledger had no revision of ",
                    report, "; the first was recorded at ", first_text, "."),
       absl::StrCat("在 ", asked_text, " 时账本中尚无 ", report,
                    " 的修订，首次记录于 ", first_text, "。")});
  AddErrorMetadata("firstRecordedAt",
                   absl::FormatTime(first, absl::UTCTimeZone()), &status);
  return status;
}

}  // namespace

absl::Status ContentWithdrawn(const Withdrawn& withdrawn) {
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "CONTENT_WITHDRAWN",
      {absl::StrCat(withdrawn.name, " was withdrawn (ledger entry ",
                    withdrawn.by, " says by whom, when and why), so its ",
                    "content is not public any more."),
       absl::StrCat(withdrawn.name, " 已撤回（何人、何时、为何，见账本条目 ",
                    withdrawn.by, "），其内容不再公开。")});
  AddErrorMetadata("name", withdrawn.name, &status);
  AddErrorMetadata("index", absl::StrCat(withdrawn.index), &status);
  AddErrorMetadata("withdrawnBy", absl::StrCat(withdrawn.by), &status);
  return status;
}

absl::Status RevisionNotFound(absl::string_view report, int64_t number,
                              int64_t latest) {
  absl::Status status =
      MakeError(absl::StatusCode::kNotFound, "REVISION_NOT_FOUND",
                {absl::StrCat(report, " has no revision ", number,
                              "; its latest is ", latest, "."),
                 absl::StrCat(report, " 没有第 ", number, " 次修订，最新为第 ",
                              latest, " 次。")});
  AddErrorMetadata("latestRevision", absl::StrCat(latest), &status);
  return status;
}

absl::Status ContentUnreadable(const v1::LedgerEntry& entry) {
  absl::Status status = MakeError(
      absl::StatusCode::kDataLoss, "CONTENT_UNREADABLE",
      {absl::StrCat("The content of ledger entry ", entry.index(),
                    " is no RevisionContent; a newer version of Annals may "
                    "have written it."),
       absl::StrCat("账本条目 ", entry.index(),
                    " 的内容不是 RevisionContent，可能由更新版本的 Annals "
                    "写入。")});
  AddErrorMetadata("index", absl::StrCat(entry.index()), &status);
  return status;
}

absl::Status OtherRevision(const v1::LedgerEntry& entry,
                           absl::string_view report) {
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {absl::StrCat("The index names ledger entry ", entry.index(),
                    " as a revision of ", report,
                    ", and it is none or another one; start annalsd with "
                    "--rebuild_indexes."),
       absl::StrCat("索引把账本条目 ", entry.index(), " 当作 ", report,
                    " 的一次修订，但它不是，或是另一次；请用 "
                    "--rebuild_indexes 启动 annalsd。")});
}

std::string EtagOfLeaf(absl::string_view leaf) {
  const ledger::Hash hash = ledger::LeafHash(leaf);
  return absl::BytesToHexString(
      ledger::AsStringView(hash).substr(0, kEtagBytes));
}

v1::Revision MakeRevision(const v1::LedgerEntry& entry,
                          absl::string_view etag) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  v1::Revision revision;
  revision.set_name(NameOf(event));
  revision.set_number(event.number());
  revision.set_etag(std::string(etag));
  *revision.mutable_recorded_at() = entry.recorded_at();
  *revision.mutable_actor() = entry.actor();
  revision.set_reason(entry.reason());
  revision.set_reason_code(event.reason_code());
  revision.set_entry_index(entry.index());
  revision.set_rule_set_version(event.rule_set_version());
  revision.set_changed_cell_count(event.changed_cell_count());
  revision.set_changed_text_count(event.changed_text_count());
  revision.set_acknowledged_warning_count(event.acknowledged_warning_count());
  revision.set_as_published(event.as_published());
  revision.set_document(event.document());
  revision.set_error_count(event.error_count());
  revision.set_unacknowledged_warning_count(
      event.unacknowledged_warning_count());
  if (event.has_signature()) {
    *revision.mutable_signature() = event.signature();
  }
  return revision;
}

v1::Revision MakeRevision(const RecordedRevision& revision) {
  v1::Revision message = MakeRevision(revision.entry, revision.etag);
  if (revision.erasure.has_value()) {
    *message.mutable_erasure() = *revision.erasure;
  }
  if (revision.withdrawn_by.has_value()) {
    message.set_withdrawn_by(*revision.withdrawn_by);
  }
  return message;
}

v1::Revision MakeRevisionAsOf(const RecordedRevision& revision, uint64_t size) {
  v1::Revision message = MakeRevision(revision);
  if (message.erasure().entry_index() >= size) message.clear_erasure();
  return message;
}

std::string EncodeRevision(const v1::Revision& revision,
                           absl::string_view content) {
  std::string bytes;
  bytes.reserve(revision.ByteSizeLong() + content.size() + 16);
  revision.AppendToString(&bytes);
  AppendField(v1::Revision::kContentFieldNumber, content, &bytes);
  return bytes;
}

absl::Status RequireContent(const RecordedRevision& revision) {
  if (revision.erasure.has_value()) return ContentErased(*revision.erasure);
  if (!revision.withdrawn_by.has_value()) return absl::OkStatus();
  return ContentWithdrawn({NameOf(revision.entry.revision_recorded()),
                           revision.entry.index(), *revision.withdrawn_by});
}

absl::StatusOr<v1::RevisionContent> DecodeContent(
    const RecordedRevision& revision) {
  RETURN_IF_ERROR(RequireContent(revision));
  v1::RevisionContent content;
  if (!content.ParseFromString(revision.content)) {
    return ContentUnreadable(revision.entry);
  }
  return content;
}

absl::StatusOr<uint64_t> ReportHistory::Length(absl::string_view report) const {
  return ledger_->LengthOf(report);
}

absl::StatusOr<ledger::StreamEntry> ReportHistory::ReadPosition(
    absl::string_view report, uint64_t position) const {
  ASSIGN_OR_RETURN(
      const std::vector<ledger::StreamEntry> entries,
      ledger_->ReadStream({std::string(report), position, position + 1}));
  if (!entries.empty()) return entries.front();
  ASSIGN_OR_RETURN(const uint64_t length, Length(report));
  if (length == 0) return ReportNotFound(report);
  return RevisionNotFound(report, static_cast<int64_t>(position) + 1,
                          static_cast<int64_t>(length));
}

absl::StatusOr<RecordedRevision> ReportHistory::Read(
    absl::string_view report, int64_t number, WithContent with_content) const {
  ASSIGN_OR_RETURN(const ledger::StreamEntry place,
                   ReadPosition(report, static_cast<uint64_t>(number - 1)));
  return ReadAt({report, number, place.index}, with_content);
}

absl::StatusOr<RecordedRevision> ReportHistory::ReadAt(
    const Place& place, WithContent with_content) const {
  ASSIGN_OR_RETURN(
      ledger::LedgerEntryBytes bytes,
      ledger_->ReadEntry(place.index, with_content == WithContent::kYes));
  RecordedRevision revision;
  ASSIGN_OR_RETURN(revision.entry, DecodeLeaf(place.index, bytes.leaf));
  const v1::RevisionRecorded& event = revision.entry.revision_recorded();
  if (event.report() != place.report || event.number() != place.number) {
    return OtherRevision(revision.entry, place.report);
  }
  revision.etag = EtagOfLeaf(bytes.leaf);
  if (bytes.content.has_value()) {
    revision.content = std::move(bytes.content->content);
  }
  if (bytes.erased_by.has_value()) {
    ASSIGN_OR_RETURN(revision.erasure, ReadErasure(*bytes.erased_by, ledger_));
  }
  return revision;
}

absl::StatusOr<std::optional<RecordedRevision>> ReportHistory::FindLatest(
    absl::string_view report, WithContent with_content) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEnd(report));
  if (!end.has_value()) return std::nullopt;
  return ReadAt({report, static_cast<int64_t>(end->length), end->last_index},
                with_content);
}

absl::StatusOr<uint64_t> ReportHistory::LengthAsOf(absl::string_view report,
                                                   uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(report, size));
  return end.has_value() ? end->length : 0;
}

absl::StatusOr<std::optional<RecordedRevision>> ReportHistory::FindLatestAsOf(
    absl::string_view report, uint64_t size, WithContent with_content) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(report, size));
  if (!end.has_value()) return std::nullopt;
  return ReadAt({report, static_cast<int64_t>(end->length), end->last_index},
                with_content);
}

absl::StatusOr<RecordedRevision> ReportHistory::ReadLatest(
    absl::string_view report, WithContent with_content) const {
  ASSIGN_OR_RETURN(std::optional<RecordedRevision> latest,
                   FindLatest(report, with_content));
  if (!latest.has_value()) return ReportNotFound(report);
  return *std::move(latest);
}

absl::StatusOr<int64_t> ReportHistory::NumberAsOf(absl::string_view report,
                                                  absl::Time time) const {
  ASSIGN_OR_RETURN(const uint64_t length, Length(report));
  if (length == 0) return ReportNotFound(report);
  // Times rise along a stream. Invariant: what is before `low` is not later
  // than `time`, what is at or after `high` is later.
  uint64_t low = 0;
  uint64_t high = length;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const ledger::StreamEntry entry,
                     ReadPosition(report, middle));
    if (entry.recorded_at <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low > 0) return static_cast<int64_t>(low);
  ASSIGN_OR_RETURN(const ledger::StreamEntry first, ReadPosition(report, 0));
  return NoRevisionAsOf(report, time, first.recorded_at);
}

absl::Status ReportNotFoundAsOf(absl::string_view report) {
  return MakeError(
      absl::StatusCode::kNotFound, "REPORT_NOT_FOUND",
      {absl::StrCat("In the state asked for the ledger has no report ", report,
                    " that you may see; check agency, year and scope, or ask "
                    "for a later state."),
       absl::StrCat("在所查询的状态下，账本中没有您可见的报告 ", report,
                    "；请核对机关、年度与口径，或查询更晚的状态。")});
}

absl::Status ReportNotFound(absl::string_view report) {
  return MakeError(
      absl::StatusCode::kNotFound, "REPORT_NOT_FOUND",
      {absl::StrCat("The ledger has no report ", report,
                    " that you may see; check agency, year and scope, or "
                    "submit it first."),
       absl::StrCat("账本中没有您可见的报告 ", report,
                    "；请核对机关、年度与口径，或先提交。")});
}

}  // namespace annals
