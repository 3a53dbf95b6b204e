// An audit's state as bytes, and back.

#include <array>
#include <bit>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_state.h"
#include "client/times.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {

// The bytes of a state, integers big-endian:
//   u64 size · frontier hashes · i64 last recorded at, seconds · u32 nanos ·
//   u8 contents checked · u64 unknown entries · u64 reports · reports · u64
//   agencies · agencies · u64 requests · requests · u64 documents · documents ·
//   u64 key changes · key changes · u64 entries · erasables · u64 erasures ·
//   erasures · u64 missing contents · missing contents · u64 reports with steps
//   · steps · u64 offices with policies · policies · u64 states with keys ·
//   states with keys
// where
//   report      key · u32 revisions · u64 last index · etag · digest · chain
//   agency      key · u64 index · u32 states · i64 registered at, seconds · u32
//               nanos · answer digest · chain
//   request     key
//   document    key
//   erasable    key of what an erasure of the entry must name; zero: nothing
//   erasure     u64 index of the entry erased · u64 index of the erasing one
//   missing     u64 index · content hash · u64 index of the entry that is said
//               to have erased it, 2⁶⁴ − 1 for none
//   steps       key of the report · u32 steps · u64 last index · chain
//   policies    key of the office · u32 policies · u64 last index · u8 is set ·
//               answer digest
//   keys        key of the agency · u64 index · u32 first day · u8 is required
//   ·
//               u64 keys · (key · u32 first day · u32 first day after) of each
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
constexpr size_t kAgencyBytes = 16 + 8 + 4 + 8 + 4 + 32 + 32;
constexpr size_t kErasureBytes = 8 + 8;
constexpr size_t kMissingBytes = 8 + 32 + 8;
constexpr uint64_t kNoEraser = std::numeric_limits<uint64_t>::max();
constexpr size_t kStepsBytes = 16 + 4 + 8 + 32;
constexpr size_t kPolicyBytes = 16 + 4 + 8 + 1 + 32;
constexpr size_t kSigningKeyBytes = 16 + 4 + 4;
constexpr size_t kSigningStateBytesMin = 16 + 8 + 4 + 1 + 8;
constexpr size_t kKeyChangeBytesMin = 8 + 4 + 4;
constexpr size_t kPieceBytes = size_t{64} << 10;

absl::Status StateDamaged() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "STATE_FILE_DAMAGED",
                   {"the audit's state is damaged; remove its file and audit "
                    "from the beginning",
                    "审计状态已损坏；请删除状态文件后从头审计"});
}

}  // namespace

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
    AppendBytes(facts.chain, bytes);
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
  WriteErasures(&writer);
  WriteLives(&writer);
  WriteSigning(&writer);
  return writer.Finish();
}

void AuditState::WriteErasures(PieceWriter* writer) const {
  std::string* const bytes = &writer->bytes();
  AppendInteger(erasables_.size(), 8, bytes);
  for (const ErasableKey& key : erasables_) {
    AppendBytes(key, bytes);
    writer->HandOn();
  }
  AppendInteger(erased_.size(), 8, bytes);
  for (const auto& [index, eraser] : erased_) {
    AppendInteger(index, 8, bytes);
    AppendInteger(eraser, 8, bytes);
    writer->HandOn();
  }
  AppendInteger(missing_.size(), 8, bytes);
  for (const auto& [index, missing] : missing_) {
    AppendInteger(index, 8, bytes);
    AppendBytes(missing.content_hash, bytes);
    AppendInteger(missing.claimed_eraser.value_or(kNoEraser), 8, bytes);
    writer->HandOn();
  }
}

void AuditState::WriteLives(PieceWriter* writer) const {
  std::string* const bytes = &writer->bytes();
  AppendInteger(steps_.size(), 8, bytes);
  for (const auto& [report, facts] : steps_) {
    AppendBytes(report, bytes);
    AppendInteger(static_cast<uint64_t>(facts.steps), 4, bytes);
    AppendInteger(facts.last_index, 8, bytes);
    AppendBytes(facts.chain, bytes);
    writer->HandOn();
  }
  AppendInteger(policies_.size(), 8, bytes);
  for (const auto& [office, facts] : policies_) {
    AppendBytes(office, bytes);
    AppendInteger(static_cast<uint64_t>(facts.policies), 4, bytes);
    AppendInteger(facts.index, 8, bytes);
    AppendInteger(facts.is_set ? 1 : 0, 1, bytes);
    AppendBytes(facts.answer_digest, bytes);
    writer->HandOn();
  }
}

void AuditState::ReadLives(StateReader* reader) {
  for (uint64_t left = reader->Count(kStepsBytes); left > 0; --left) {
    NameKey report = {};
    reader->Read(&report);
    StepFacts& facts = steps_[report];
    facts.steps = static_cast<int32_t>(reader->Integer(4));
    facts.last_index = reader->Integer(8);
    reader->Read(&facts.chain);
  }
  for (uint64_t left = reader->Count(kPolicyBytes); left > 0; --left) {
    NameKey office = {};
    reader->Read(&office);
    PolicyFacts& facts = policies_[office];
    facts.policies = static_cast<int32_t>(reader->Integer(4));
    facts.index = reader->Integer(8);
    facts.is_set = reader->Integer(1) == 1;
    reader->Read(&facts.answer_digest);
  }
}

void AuditState::WriteSigning(PieceWriter* writer) const {
  std::string* const bytes = &writer->bytes();
  uint64_t count = 0;
  for (const auto& [agency, states] : signing_) count += states.size();
  AppendInteger(count, 8, bytes);
  for (const auto& [agency, states] : signing_) {
    for (const SigningState& state : states) {
      AppendBytes(agency, bytes);
      AppendInteger(state.index, 8, bytes);
      AppendInteger(static_cast<uint32_t>(state.from), 4, bytes);
      AppendInteger(state.is_required ? 1 : 0, 1, bytes);
      AppendInteger(state.keys.size(), 8, bytes);
      for (const SigningKeyFacts& key : state.keys) {
        AppendBytes(key.key, bytes);
        AppendInteger(static_cast<uint32_t>(key.from), 4, bytes);
        AppendInteger(static_cast<uint32_t>(key.until), 4, bytes);
      }
      writer->HandOn();
    }
  }
}

void AuditState::ReadSigning(StateReader* reader) {
  for (uint64_t left = reader->Count(kSigningStateBytesMin); left > 0; --left) {
    NameKey agency = {};
    reader->Read(&agency);
    SigningState& state = signing_[agency].emplace_back();
    state.index = reader->Integer(8);
    state.from = static_cast<int32_t>(reader->Integer(4));
    state.is_required = reader->Integer(1) == 1;
    for (uint64_t keys = reader->Count(kSigningKeyBytes); keys > 0; --keys) {
      SigningKeyFacts& key = state.keys.emplace_back();
      reader->Read(&key.key);
      key.from = static_cast<int32_t>(reader->Integer(4));
      key.until = static_cast<int32_t>(reader->Integer(4));
    }
  }
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
    reader->Read(&facts.chain);
    agencies_.emplace(agency, facts);
  }
}

void AuditState::ReadErasures(StateReader* reader) {
  for (uint64_t left = reader->Count(sizeof(ErasableKey)); left > 0; --left) {
    reader->Read(&erasables_.emplace_back());
  }
  for (uint64_t left = reader->Count(kErasureBytes); left > 0; --left) {
    const uint64_t index = reader->Integer(8);
    erased_.emplace(index, reader->Integer(8));
  }
  for (uint64_t left = reader->Count(kMissingBytes); left > 0; --left) {
    const uint64_t index = reader->Integer(8);
    MissingFacts missing;
    reader->Read(&missing.content_hash);
    const uint64_t eraser = reader->Integer(8);
    if (eraser != kNoEraser) missing.claimed_eraser = eraser;
    missing_.emplace(index, missing);
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
  state.ReadLives(&reader);
  state.ReadSigning(&reader);
  if (!reader.AtEnd() || state.erasables_.size() != state.size()) {
    return StateDamaged();
  }
  return state;
}

}  // namespace annals::client
