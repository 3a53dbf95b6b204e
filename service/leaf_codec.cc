#include "service/leaf_codec.h"

#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals {
namespace {

constexpr absl::string_view kSeparator("\0", 1);
constexpr int64_t kTimestampSecondsMin = -62135596800;  // 0001-01-01
constexpr int64_t kTimestampSecondsMax = 253402300799;  // 9999-12-31
constexpr int32_t kNanosPerSecond = 1000000000;

absl::Status Unreadable(uint64_t index, absl::string_view en,
                        absl::string_view zh) {
  absl::Status status = MakeError(
      absl::StatusCode::kDataLoss, "LEAF_UNREADABLE",
      {absl::StrCat("Entry ", index, " of the ledger can't be read: ", en,
                    ". It is damaged, or a newer version of Annals wrote it."),
       absl::StrCat("账本条目 ", index, " 无法读取：", zh,
                    "。条目已损坏，或由更新版本的 Annals 写入。")});
  AddErrorMetadata("index", absl::StrCat(index), &status);
  return status;
}

std::string RowKey(char table, absl::Span<const std::string> parts) {
  std::string key(1, table);
  for (const std::string& part : parts) absl::StrAppend(&key, kSeparator, part);
  return key;
}

std::string YearDigits(int year) { return absl::StrFormat("%04d", year); }

// The last part of the report's name: `2024` or `2024-regional`.
std::string ReportId(const report::ReportName& name) {
  const std::string full = name.ToString();
  return full.substr(full.rfind('/') + 1);
}

// The last part of a document's name.
std::string ShaOf(absl::string_view document) {
  return std::string(document.substr(document.rfind('/') + 1));
}

absl::Status AddRevisionFacts(uint64_t index, const v1::RevisionRecorded& event,
                              ledger::LeafFacts* facts) {
  const absl::StatusOr<report::ReportName> name =
      report::ParseReportName(event.report());
  if (!name.ok() || event.number() < 1) {
    return Unreadable(index, "its report or revision is no name",
                      "报告名或修订号无效");
  }
  facts->stream = event.report();
  const std::string id = ReportId(*name);
  if (!event.document().empty()) {
    facts->index_rows.push_back(
        {RowKey('D', {ShaOf(event.document()), name->agency_code, id,
                      absl::StrFormat("%010d", event.number())}),
         facts->stream});
  }
  if (event.number() > 1) return absl::OkStatus();
  facts->index_rows.push_back(
      {RowKey('R', {name->agency_code, id}), facts->stream});
  facts->index_rows.push_back(
      {RowKey('Y', {YearDigits(name->year), name->agency_code, id}),
       facts->stream});
  return absl::OkStatus();
}

// Registered or changed.
absl::Status AddAgencyFacts(uint64_t index, const v1::Agency& agency,
                            ledger::LeafFacts* facts) {
  const absl::StatusOr<report::AgencyName> name =
      report::ParseAgencyName(agency.name());
  if (!name.ok()) {
    return Unreadable(index, "its agency is no name", "机关名无效");
  }
  facts->stream = name->ToString();
  facts->index_rows = {{RowKey('A', {name->code}), facts->stream}};
  const absl::StatusOr<report::AgencyName> supervisor =
      report::ParseAgencyName(agency.supervisor());
  if (supervisor.ok()) {
    facts->index_rows.push_back(
        {RowKey('S', {supervisor->code, name->code}), facts->stream});
  }
  return absl::OkStatus();
}

absl::Status AddKeyFacts(uint64_t index, const v1::KeyChanged& event,
                         ledger::LeafFacts* facts) {
  if (event.old_vkey().empty() || event.new_vkey().empty()) {
    return Unreadable(index, "its key change names no keys",
                      "密钥更换未列出密钥");
  }
  facts->stream = std::string(kKeyStream);
  return absl::OkStatus();
}

absl::Status AddDocumentFacts(uint64_t index, const v1::DocumentRecorded& event,
                              ledger::LeafFacts* facts) {
  if (!report::ParseDocumentName(event.document()).ok()) {
    return Unreadable(index, "its document is no name", "来源文件名无效");
  }
  facts->stream = event.document();
  return absl::OkStatus();
}

absl::Status AddErasureFacts(uint64_t index, const v1::ContentErased& event,
                             ledger::LeafFacts* facts) {
  if (event.erased_index() >= index) {
    return Unreadable(index, "it erases an entry that is not before it",
                      "所删内容的条目不在其之前");
  }
  facts->stream = ErasureStream(event.erased_index());
  facts->erases = event.erased_index();
  return absl::OkStatus();
}

absl::Status AddStepFacts(uint64_t index, const v1::StepTaken& event,
                          ledger::LeafFacts* facts) {
  if (!report::ParseReportName(event.report()).ok() || event.number() < 1) {
    return Unreadable(index, "its report or revision is no name",
                      "报告名或修订号无效");
  }
  facts->stream = StepStream(event.report());
  return absl::OkStatus();
}

absl::Status AddPolicyFacts(uint64_t index, const v1::PolicySet& event,
                            ledger::LeafFacts* facts) {
  if (!report::ParseAgencyName(event.agency()).ok()) {
    return Unreadable(index, "its office is no name", "机关名无效");
  }
  facts->stream = PolicyStream(event.agency());
  facts->index_rows = {
      {RowKey('P', {absl::StrFormat("%020d", index)}), facts->stream}};
  return absl::OkStatus();
}

absl::Status AddEventFacts(uint64_t index, const v1::LedgerEntry& entry,
                           ledger::LeafFacts* facts) {
  switch (entry.event_case()) {
    case v1::LedgerEntry::kRevisionRecorded:
      return AddRevisionFacts(index, entry.revision_recorded(), facts);
    case v1::LedgerEntry::kAgencyRegistered:
      return AddAgencyFacts(index, entry.agency_registered().agency(), facts);
    case v1::LedgerEntry::kAgencyChanged:
      return AddAgencyFacts(index, entry.agency_changed().agency(), facts);
    case v1::LedgerEntry::kKeyChanged:
      return AddKeyFacts(index, entry.key_changed(), facts);
    case v1::LedgerEntry::kDocumentRecorded:
      return AddDocumentFacts(index, entry.document_recorded(), facts);
    case v1::LedgerEntry::kContentErased:
      return AddErasureFacts(index, entry.content_erased(), facts);
    case v1::LedgerEntry::kStepTaken:
      return AddStepFacts(index, entry.step_taken(), facts);
    case v1::LedgerEntry::kPolicySet:
      return AddPolicyFacts(index, entry.policy_set(), facts);
    case v1::LedgerEntry::EVENT_NOT_SET:
      break;
  }
  return Unreadable(index, "its event is unknown", "事件类型未知");
}

}  // namespace

std::string ErasureStream(uint64_t erased_index) {
  return absl::StrCat("erasures/", erased_index);
}

std::string StepStream(absl::string_view report) {
  return absl::StrCat(report, "/steps");
}

std::string PolicyStream(absl::string_view agency) {
  return absl::StrCat(agency, "/policy");
}

std::string SettleLeaf(const ledger::LeafContext& context,
                       v1::LedgerEntry* entry) {
  entry->set_index(context.index);
  *entry->mutable_recorded_at() = ToTimestamp(context.recorded_at);
  entry->set_request_hash(ledger::HashBytes(context.request_hash));
  if (context.content_hash.has_value()) {
    entry->set_content_hash(ledger::HashBytes(*context.content_hash));
  }
  return entry->SerializeAsString();
}

std::string EncodeLeaf(v1::LedgerEntry entry,
                       const ledger::LeafContext& context) {
  return SettleLeaf(context, &entry);
}

absl::StatusOr<v1::LedgerEntry> DecodeLeaf(uint64_t index,
                                           absl::string_view leaf) {
  v1::LedgerEntry entry;
  if (leaf.size() > ledger::kLeafBytesMax ||
      !entry.ParseFromArray(leaf.data(), static_cast<int>(leaf.size()))) {
    return Unreadable(index, "it is no LedgerEntry", "不是 LedgerEntry");
  }
  if (entry.index() != index) {
    return Unreadable(index, absl::StrCat("it says it is ", entry.index()),
                      absl::StrCat("其自述序号为 ", entry.index()));
  }
  if (!IsValidTimestamp(entry.recorded_at()) ||
      entry.request_hash().size() != ledger::kHashBytes ||
      (!entry.content_hash().empty() &&
       entry.content_hash().size() != ledger::kHashBytes)) {
    return Unreadable(index, "a time or hash in it has a wrong form",
                      "其中的时间或摘要格式不对");
  }
  return entry;
}

absl::StatusOr<v1::LedgerEntry> ReadDecodedLeaf(uint64_t index,
                                                ledger::Ledger* ledger) {
  ASSIGN_OR_RETURN(const std::string leaf, ledger->ReadLeaf(index));
  return DecodeLeaf(index, leaf);
}

absl::StatusOr<ledger::LeafFacts> LeafCodec::Decode(
    uint64_t index, absl::string_view leaf) const {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, leaf));
  ledger::LeafFacts facts;
  facts.recorded_at = FromTimestamp(entry.recorded_at());
  facts.caller = entry.actor().subject();
  facts.request_id = entry.request_id();
  facts.request_hash = ledger::HashFromBytes(entry.request_hash());
  if (!entry.content_hash().empty()) {
    facts.content_hash = ledger::HashFromBytes(entry.content_hash());
  }
  RETURN_IF_ERROR(AddEventFacts(index, entry, &facts));
  return facts;
}

std::string AgencyRowPrefix() { return RowKey('A', {""}); }

std::string SupervisedRowPrefix(absl::string_view supervisor_code) {
  return RowKey('S', {std::string(supervisor_code), ""});
}

std::string SupervisedRowPrefix() { return RowKey('S', {""}); }

std::string SupervisedRowPrefixOf(absl::string_view key) {
  return std::string(key.substr(0, key.rfind(kSeparator) + 1));
}

std::string ReportRowPrefix() { return RowKey('R', {""}); }

std::string ReportRowPrefix(absl::string_view agency_code) {
  return RowKey('R', {std::string(agency_code), ""});
}

std::string ReportRowPrefix(absl::string_view agency_code, int year) {
  return RowKey('R', {std::string(agency_code), YearDigits(year)});
}

std::string YearRowPrefix(int year) {
  return RowKey('Y', {YearDigits(year), ""});
}

std::string DocumentRowPrefix(absl::string_view document) {
  return RowKey('D', {ShaOf(document), ""});
}

absl::StatusOr<int64_t> NumberOfDocumentRow(absl::string_view key) {
  int64_t number = 0;
  if (absl::SimpleAtoi(key.substr(key.rfind(kSeparator) + 1), &number)) {
    return number;
  }
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {"An index row of a source document names no revision; start annalsd "
       "with --rebuild_indexes.",
       "来源文件的一个索引行没有指明修订；请用 --rebuild_indexes 启动 "
       "annalsd。"});
}

std::string PolicyRowPrefix() { return RowKey('P', {""}); }

absl::StatusOr<uint64_t> EntryOfPolicyRow(absl::string_view key) {
  uint64_t index = 0;
  if (absl::SimpleAtoi(key.substr(key.rfind(kSeparator) + 1), &index)) {
    return index;
  }
  return MakeError(absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
                   {"An index row of a policy names no entry; start annalsd "
                    "with --rebuild_indexes.",
                    "规程的一个索引行没有指明条目；请用 --rebuild_indexes 启动 "
                    "annalsd。"});
}

bool IsValidTimestamp(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= kTimestampSecondsMin &&
         timestamp.seconds() <= kTimestampSecondsMax &&
         timestamp.nanos() >= 0 && timestamp.nanos() < kNanosPerSecond;
}

}  // namespace annals
