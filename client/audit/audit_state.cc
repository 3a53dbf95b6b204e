#include "client/audit/audit_state.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/times.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status OutOfOrder(const EntryFacts& facts, absl::string_view leaf,
                        const Text& what, const FaultValue& expected,
                        const FaultValue& actual) {
  return AuditFault("AUDIT_ORDER", facts.index, leaf, what, expected, actual);
}

// About 1 KB each.
constexpr size_t kMissingMax = 1 << 15;

std::string Moment(absl::Time time) {
  return FormatMoment(time, absl::UTCTimeZone());
}

}  // namespace

ledger::Hash ChainDigest(const ledger::Hash& chain,
                         const ledger::Hash& answer_digest) {
  return ledger::Sha256(absl::StrCat(ledger::AsStringView(chain),
                                     ledger::AsStringView(answer_digest)));
}

const uint32_t* AuditState::FindReport(const NameKey& report) const {
  const auto found = places_.find(report);
  return found == places_.end() ? nullptr : &found->second;
}

absl::Status AuditState::ApplyFacts(const EntryFacts& facts,
                                    absl::string_view leaf) {
  if (facts.index != size()) {
    return OutOfOrder(facts, leaf, {"条目序号", "index"}, absl::StrCat(size()),
                      absl::StrCat(facts.index));
  }
  if (facts.recorded_at <= last_recorded_at_) {
    return OutOfOrder(facts, leaf, {"记录时间", "time of recording"},
                      absl::StrCat("> ", Moment(last_recorded_at_)),
                      Moment(facts.recorded_at));
  }
  if (!requests_.insert(facts.request).second) {
    return OutOfOrder(facts, leaf,
                      {"操作人的请求号", "request id of this actor"},
                      Text{"此前未用过", "not used before"},
                      Text{"此前已用过", "used before"});
  }
  for (const auto& required :
       {facts.required_agency, facts.required_successor}) {
    if (!required.has_value() || agencies_.contains(*required)) continue;
    return OutOfOrder(facts, leaf,
                      {"机关、主管机关或承接机关的登记",
                       "registration of its agency, supervisor or successor"},
                      Text{"在之前的条目中", "in an earlier entry"}, "-");
  }
  if (facts.required_document.has_value() &&
      !documents_.contains(*facts.required_document)) {
    return OutOfOrder(facts, leaf, {"来源文件", "source document"},
                      Text{"在之前的条目中", "in an earlier entry"}, "-");
  }
  switch (facts.kind) {
    case EventKind::kRevision:
      RETURN_IF_ERROR(ApplyRevision(facts, leaf));
      break;
    case EventKind::kAgency:
      RETURN_IF_ERROR(ApplyAgency(facts, leaf));
      break;
    case EventKind::kAgencyChange:
      RETURN_IF_ERROR(ApplyAgencyChange(facts, leaf));
      break;
    case EventKind::kKeyChange:
      key_changes_.push_back(*facts.key_change);
      break;
    case EventKind::kDocument:
      RETURN_IF_ERROR(ApplyDocument(facts, leaf));
      break;
    case EventKind::kErasure:
      RETURN_IF_ERROR(ApplyErasure(facts, leaf));
      break;
    case EventKind::kUnknown:
      ++unknown_entries_;
  }
  RETURN_IF_ERROR(NoteMissing(facts));
  last_recorded_at_ = facts.recorded_at;
  return absl::OkStatus();
}

absl::Status AuditState::ApplyRevision(const EntryFacts& facts,
                                       absl::string_view leaf) {
  const auto [found, is_new] = places_.try_emplace(
      facts.subject, static_cast<uint32_t>(reports_.size()));
  if (is_new) reports_.emplace_back().report = facts.subject;
  ReportFacts& report = reports_[found->second];
  if (facts.number != report.revisions + 1) {
    return OutOfOrder(facts, leaf, {"修订号", "revision number"},
                      absl::StrCat(report.revisions + 1),
                      absl::StrCat(facts.number));
  }
  if (facts.base_etag.has_value() && *facts.base_etag != report.last_etag) {
    return OutOfOrder(
        facts, leaf,
        {"所依据修订的版本标识", "etag of the revision it is based on"},
        EtagText(report.last_etag), EtagText(*facts.base_etag));
  }
  report.revisions = facts.number;
  report.last_index = facts.index;
  report.last_etag = EtagBytesOf(facts.leaf_hash);
  std::copy_n(facts.answer_digest.begin(), report.last_digest.size(),
              report.last_digest.begin());
  report.chain = ChainDigest(report.chain, facts.answer_digest);
  ++revisions_;
  return absl::OkStatus();
}

absl::Status AuditState::ApplyAgency(const EntryFacts& facts,
                                     absl::string_view leaf) {
  if (agencies_
          .try_emplace(facts.subject,
                       AgencyFacts{facts.index, 1, facts.recorded_at,
                                   facts.answer_digest})
          .second) {
    return absl::OkStatus();
  }
  return OutOfOrder(facts, leaf, {"机关登记", "registration"},
                    Text{"此前未登记", "not registered before"},
                    Text{"此前已登记", "registered before"});
}

absl::Status AuditState::ApplyAgencyChange(const EntryFacts& facts,
                                           absl::string_view leaf) {
  const auto found = agencies_.find(facts.subject);
  const int32_t states = found == agencies_.end() ? 0 : found->second.states;
  if (states == 0 || facts.number != states + 1) {
    return OutOfOrder(facts, leaf,
                      {"机关登记的版次", "number of the agency's state"},
                      states == 0 ? FaultValue(Text{"已登记", "registered"})
                                  : FaultValue(absl::StrCat(states + 1)),
                      absl::StrCat(facts.number));
  }
  found->second.index = facts.index;
  found->second.states = facts.number;
  found->second.answer_digest = facts.answer_digest;
  return absl::OkStatus();
}

absl::Status AuditState::ApplyDocument(const EntryFacts& facts,
                                       absl::string_view leaf) {
  if (documents_.insert(facts.subject).second) return absl::OkStatus();
  return OutOfOrder(facts, leaf, {"来源文件", "source document"},
                    Text{"此前未记录", "not recorded before"},
                    Text{"此前已记录", "recorded before"});
}

absl::Status AuditState::ApplyErasure(const EntryFacts& facts,
                                      absl::string_view leaf) {
  const ErasureFacts& erasure = *facts.erasure;
  const uint64_t index = erasure.erased_index;
  const auto [earlier, is_new] = erased_.emplace(index, facts.index);
  if (!is_new) {
    return OutOfOrder(facts, leaf,
                      {absl::StrCat("条目 ", index, " 的内容"),
                       absl::StrCat("content of entry ", index)},
                      Text{"此前未删除", "not erased before"},
                      Text{absl::StrCat("已由条目 ", earlier->second, " 删除"),
                           absl::StrCat("erased by entry ", earlier->second)});
  }
  const auto missing = missing_.find(index);
  if (missing == missing_.end()) {
    erased_after_reading_.push_back(index);
    return absl::OkStatus();
  }
  if (missing->second.content_hash != erasure.content_hash) {
    return OutOfOrder(
        facts, leaf,
        {absl::StrCat("所删的条目 ", index, " 的内容摘要"),
         absl::StrCat("content hash of the entry erased, ", index)},
        HexOf(missing->second.content_hash), HexOf(erasure.content_hash));
  }
  missing_.erase(missing);
  return absl::OkStatus();
}

// So many at most wait for the entry that erased them, so that a server that
// sends no contents at all does not fill the memory.
absl::Status AuditState::NoteMissing(const EntryFacts& facts) {
  if (!facts.missing_content.has_value()) return absl::OkStatus();
  missing_.emplace(facts.index, *facts.missing_content);
  return missing_.size() <= kMissingMax ? absl::OkStatus() : RequireExplained();
}

absl::Status AuditState::RequireExplained() const {
  return missing_.empty() ? absl::OkStatus() : missing_.begin()->second.fault;
}

// The bytes of a state, integers big-endian:
//   u64 size · frontier hashes · i64 last recorded at, seconds · u32 nanos ·
//   u8 contents checked · u64 unknown entries · u64 reports · reports · u64
//   agencies · agencies · u64 requests · requests · u64 documents · documents ·
//   u64 key changes · key changes · u64 erasures · erasures · u64 missing
//   contents · missing contents
// where
//   report      key · u32 revisions · u64 last index · etag · digest · chain
//   agency      key · u64 index · u32 states · i64 registered at, seconds · u32
//               nanos · answer digest
//   request     key
//   document    key
//   erasure     u64 index of the entry erased · u64 index of the erasing one
//   missing     u64 index · content hash
//   key change  u64 index · u32 bytes · old vkey · u32 bytes · new vkey
namespace {

void AppendInteger(uint64_t value, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

void AppendText(absl::string_view text, std::string* out) {
  AppendInteger(text.size(), 4, out);
  absl::StrAppend(out, text);
}

void AppendTime(absl::Time time, std::string* out) {
  const auto timestamp = ToTimestamp(time);
  AppendInteger(static_cast<uint64_t>(timestamp.seconds()), 8, out);
  AppendInteger(static_cast<uint64_t>(timestamp.nanos()), 4, out);
}

template <size_t kBytes>
void AppendBytes(const std::array<uint8_t, kBytes>& bytes, std::string* out) {
  out->append(reinterpret_cast<const char*>(bytes.data()), kBytes);
}

constexpr size_t kReportBytes = 16 + 4 + 8 + 16 + 16 + 32;
constexpr size_t kAgencyBytes = 16 + 8 + 4 + 8 + 4 + 32;
constexpr size_t kErasureBytes = 8 + 8;
constexpr size_t kMissingBytes = 8 + 32;
constexpr size_t kKeyChangeBytesMin = 8 + 4 + 4;
constexpr size_t kPieceBytes = size_t{64} << 10;

absl::Status StateDamaged() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "STATE_FILE_DAMAGED",
                   {"the audit's state is damaged; remove its file and audit "
                    "from the beginning",
                    "审计状态已损坏；请删除状态文件后从头审计"});
}

// Hands the bytes on in pieces.
class PieceWriter {
 public:
  explicit PieceWriter(const ledger::WriteBytes& sink) : sink_(sink) {}

  std::string& bytes() { return bytes_; }

  // After each record.
  void HandOn() {
    if (bytes_.size() >= kPieceBytes) Finish().IgnoreError();
  }
  absl::Status Finish() {
    if (status_.ok()) status_ = sink_(bytes_);
    bytes_.clear();
    return status_;
  }

 private:
  const ledger::WriteBytes& sink_;
  std::string bytes_;
  absl::Status status_;
};

}  // namespace

// Reads what was appended; `ok` turns false for good when bytes are lacking.
class StateReader {
 public:
  StateReader(const StateSource& source, uint64_t bytes)
      : source_(source), left_(bytes) {}

  uint64_t Integer(size_t bytes) {
    std::array<uint8_t, 8> buffer = {};
    Take(reinterpret_cast<char*>(buffer.data()), bytes);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i) value = value << 8 | buffer[i];
    return value;
  }

  absl::Time Time() {
    const auto seconds = static_cast<int64_t>(Integer(8));
    const auto nanos = static_cast<int64_t>(Integer(4));
    return absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos);
  }

  template <typename Bytes>
  void Read(Bytes* bytes) {
    Take(reinterpret_cast<char*>(bytes->data()), bytes->size());
  }

  std::string Text() {
    const uint64_t size = Integer(4);
    if (size > left_) ok_ = false;
    std::string text(ok_ ? size : 0, '\0');
    Take(text.data(), text.size());
    return text;
  }

  // A number of records of `bytes` each; 0 if there are not so many.
  uint64_t Count(size_t bytes) {
    const uint64_t count = Integer(8);
    if (count > left_ / bytes) ok_ = false;
    return ok_ ? count : 0;
  }

  bool AtEnd() const { return ok_ && left_ == 0; }

 private:
  void Take(char* bytes, size_t count) {
    ok_ = ok_ && count <= left_ && source_(bytes, count);
    if (ok_) left_ -= count;
  }

  const StateSource& source_;
  uint64_t left_;
  bool ok_ = true;
};

absl::Status AuditState::Write(const ledger::WriteBytes& sink) const {
  PieceWriter writer(sink);
  std::string* const bytes = &writer.bytes();
  AppendInteger(size(), 8, bytes);
  for (const ledger::Hash& hash : frontier_.hashes()) AppendBytes(hash, bytes);
  AppendTime(size() == 0 ? absl::UnixEpoch() : last_recorded_at_, bytes);
  AppendInteger(contents_checked_ ? 1 : 0, 1, bytes);
  AppendInteger(unknown_entries_, 8, bytes);
  AppendInteger(reports_.size(), 8, bytes);
  for (const ReportFacts& report : reports_) {
    AppendBytes(report.report, bytes);
    AppendInteger(static_cast<uint64_t>(report.revisions), 4, bytes);
    AppendInteger(report.last_index, 8, bytes);
    AppendBytes(report.last_etag, bytes);
    AppendBytes(report.last_digest, bytes);
    AppendBytes(report.chain, bytes);
    writer.HandOn();
  }
  AppendInteger(agencies_.size(), 8, bytes);
  for (const auto& [agency, facts] : agencies_) {
    AppendBytes(agency, bytes);
    AppendInteger(facts.index, 8, bytes);
    AppendInteger(static_cast<uint64_t>(facts.states), 4, bytes);
    AppendTime(facts.registered_at, bytes);
    AppendBytes(facts.answer_digest, bytes);
    writer.HandOn();
  }
  for (const NameKeys* keys : {&requests_, &documents_}) {
    AppendInteger(keys->size(), 8, bytes);
    for (const NameKey& key : *keys) {
      AppendBytes(key, bytes);
      writer.HandOn();
    }
  }
  AppendInteger(key_changes_.size(), 8, bytes);
  for (const KeyChange& change : key_changes_) {
    AppendInteger(change.index, 8, bytes);
    AppendText(change.old_vkey, bytes);
    AppendText(change.new_vkey, bytes);
    writer.HandOn();
  }
  AppendInteger(erased_.size(), 8, bytes);
  for (const auto& [index, eraser] : erased_) {
    AppendInteger(index, 8, bytes);
    AppendInteger(eraser, 8, bytes);
    writer.HandOn();
  }
  AppendInteger(missing_.size(), 8, bytes);
  for (const auto& [index, missing] : missing_) {
    AppendInteger(index, 8, bytes);
    AppendBytes(missing.content_hash, bytes);
    writer.HandOn();
  }
  return writer.Finish();
}

void AuditState::ReadReports(StateReader* reader) {
  const uint64_t count = reader->Count(kReportBytes);
  places_.reserve(count);
  for (uint64_t left = count; left > 0; --left) {
    ReportFacts& report = reports_.emplace_back();
    reader->Read(&report.report);
    report.revisions = static_cast<int32_t>(reader->Integer(4));
    report.last_index = reader->Integer(8);
    reader->Read(&report.last_etag);
    reader->Read(&report.last_digest);
    reader->Read(&report.chain);
    revisions_ += static_cast<uint64_t>(report.revisions);
    places_.emplace(report.report, static_cast<uint32_t>(reports_.size() - 1));
  }
}

void AuditState::ReadAgencies(StateReader* reader) {
  for (uint64_t left = reader->Count(kAgencyBytes); left > 0; --left) {
    NameKey agency = {};
    AgencyFacts facts;
    reader->Read(&agency);
    facts.index = reader->Integer(8);
    facts.states = static_cast<int32_t>(reader->Integer(4));
    facts.registered_at = reader->Time();
    reader->Read(&facts.answer_digest);
    agencies_.emplace(agency, facts);
  }
}

void AuditState::ReadErasures(StateReader* reader) {
  for (uint64_t left = reader->Count(kErasureBytes); left > 0; --left) {
    const uint64_t index = reader->Integer(8);
    erased_.emplace(index, reader->Integer(8));
  }
  for (uint64_t left = reader->Count(kMissingBytes); left > 0; --left) {
    const uint64_t index = reader->Integer(8);
    MissingContent missing;
    reader->Read(&missing.content_hash);
    missing.fault = ContentMissing({index}, HexOf(missing.content_hash));
    missing_.emplace(index, std::move(missing));
  }
}

absl::StatusOr<AuditState> AuditState::Read(const StateSource& source,
                                            uint64_t bytes) {
  StateReader reader(source, bytes);
  AuditState state;
  const uint64_t size = reader.Integer(8);
  std::vector<ledger::Hash> hashes(static_cast<size_t>(std::popcount(size)));
  for (ledger::Hash& hash : hashes) reader.Read(&hash);
  ASSIGN_OR_RETURN(state.frontier_,
                   ledger::Frontier::FromHashes(size, std::move(hashes)));
  const absl::Time last_recorded_at = reader.Time();
  if (size > 0) state.last_recorded_at_ = last_recorded_at;
  state.contents_checked_ = reader.Integer(1) == 1;
  state.unknown_entries_ = reader.Integer(8);
  state.ReadReports(&reader);
  state.ReadAgencies(&reader);
  for (NameKeys* keys : {&state.requests_, &state.documents_}) {
    const uint64_t count = reader.Count(sizeof(NameKey));
    keys->reserve(count);
    for (uint64_t left = count; left > 0; --left) {
      NameKey key = {};
      reader.Read(&key);
      keys->insert(key);
    }
  }
  for (uint64_t left = reader.Count(kKeyChangeBytesMin); left > 0; --left) {
    KeyChange& change = state.key_changes_.emplace_back();
    change.index = reader.Integer(8);
    change.old_vkey = reader.Text();
    change.new_vkey = reader.Text();
  }
  state.ReadErasures(&reader);
  if (!reader.AtEnd()) return StateDamaged();
  return state;
}

}  // namespace annals::client
