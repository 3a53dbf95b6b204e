#include "service/key_change.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/index_reader.h"
#include "ledger/mutex.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr absl::string_view kMethod = "annalsd/RecordKeyChange";

// A UUID (RFC 9562, version 8) that the change determines, so that its second
// recording is a repetition of the first.
std::string RequestId(const ledger::Hash& digest) {
  std::string bytes = ledger::HashBytes(digest).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-",
                      hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

// The outcome of an append, to be waited for.
class Outcome {
 public:
  void Set(absl::Status status) {
    MutexLock lock(&mutex_);
    status_ = std::move(status);
    changed_.SignalAll();
  }
  absl::Status Wait() {
    MutexLock lock(&mutex_);
    while (!status_.has_value()) changed_.Wait(&mutex_);
    return *status_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::optional<absl::Status> status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::vector<v1::KeyChanged>> RecordedKeyChanges(
    ledger::Ledger* ledger) {
  ASSIGN_OR_RETURN(const uint64_t length, ledger->LengthOf(kKeyStream));
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> places,
                   ledger->ReadStream({std::string(kKeyStream), 0, length}));
  std::vector<v1::KeyChanged> changes;
  for (const ledger::StreamEntry& place : places) {
    ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                     ReadDecodedLeaf(place.index, ledger));
    changes.push_back(entry.key_changed());
  }
  return changes;
}

absl::StatusOr<std::vector<v1::KeyChanged>> StoredKeyChanges(
    ledger::Store* store) {
  const LeafCodec codec;
  const ledger::IndexReader index(store, &codec);
  ASSIGN_OR_RETURN(const ledger::StoreHead head, store->Head());
  ASSIGN_OR_RETURN(const uint64_t length,
                   index.LengthOf(kKeyStream, head.size));
  ASSIGN_OR_RETURN(
      const std::vector<ledger::StreamEntry> places,
      index.ReadStream({std::string(kKeyStream), 0, length}, head.size));
  std::vector<v1::KeyChanged> changes;
  for (const ledger::StreamEntry& place : places) {
    ASSIGN_OR_RETURN(const std::string leaf, store->ReadLeaf(place.index));
    ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                     DecodeLeaf(place.index, leaf));
    changes.push_back(entry.key_changed());
  }
  return changes;
}

bool IsRetired(const std::string& vkey,
               const std::vector<v1::KeyChanged>& changes) {
  bool retired = false;
  for (const v1::KeyChanged& change : changes) {
    if (change.old_vkey() == vkey) retired = true;
    if (change.new_vkey() == vkey) retired = false;
  }
  return retired;
}

absl::Status RecordKeyChange(const KeyChange& change, ledger::Ledger* ledger) {
  RETURN_IF_ERROR(ValidateStatement("key_change_reason", change.reason,
                                    kReasonCharactersMax));
  v1::LedgerEntry entry;
  entry.mutable_actor()->set_subject(kDaemonSubject);
  entry.set_reason(change.reason);
  v1::KeyChanged* event = entry.mutable_key_changed();
  event->set_old_vkey(change.old_vkey);
  event->set_new_vkey(change.new_vkey);
  ledger::AppendRequest append;
  append.caller = kDaemonSubject;
  append.request_digest = RequestDigest(kMethod, *event);
  append.request_id = RequestId(append.request_digest);
  entry.set_request_id(append.request_id);
  append.stream.stream = std::string(kKeyStream);
  ASSIGN_OR_RETURN(append.stream.length, ledger->LengthOf(kKeyStream));
  append.make_leaf = [entry](const ledger::LeafContext& context) {
    return EncodeLeaf(entry, context);
  };
  const auto outcome = std::make_shared<Outcome>();
  ledger->Append(std::move(append),
                 [outcome](absl::StatusOr<ledger::AppendResult> result) {
                   outcome->Set(result.status());
                 });
  return outcome->Wait();
}

}  // namespace annals
