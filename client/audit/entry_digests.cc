// What a server must answer about entries, and digests of it.

#include <string>

#include "absl/strings/str_cat.h"
#include "client/audit/entry_facts.h"

namespace annals::client {
namespace {

// What a revision is, in the order of its digest. Every part is preceded by
// its length, so that no two revisions have one digest.
class RevisionDigester {
 public:
  void Add(absl::string_view text) {
    Add(static_cast<int64_t>(text.size()));
    absl::StrAppend(&bytes_, text);
  }
  void Add(int64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>(number >> shift));
    }
  }
  // Of a LedgerEntry or of a Revision.
  template <typename Message>
  void AddEnvelope(const Message& message) {
    Add(message.recorded_at().seconds());
    Add(int64_t{message.recorded_at().nanos()});
    Add(message.actor().subject());
    Add(int64_t{message.actor().assurance()});
    Add(message.reason());
  }
  // Of a RevisionRecorded or of a Revision.
  template <typename Message>
  void AddEvent(const Message& message) {
    Add(int64_t{message.number()});
    Add(int64_t{message.reason_code()});
    Add(message.rule_set_version());
    Add(int64_t{message.changed_cell_count()});
    Add(int64_t{message.changed_text_count()});
    Add(int64_t{message.acknowledged_warning_count()});
    Add(int64_t{message.as_published()});
    Add(message.document());
    Add(int64_t{message.error_count()});
    Add(int64_t{message.unacknowledged_warning_count()});
    Add(message.signature().vkey());
    Add(message.signature().signature());
    Add(static_cast<int64_t>(message.signature().register_entry()));
  }
  ledger::Hash Digest() const { return ledger::Sha256(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

ledger::Hash RevisionDigest(const v1::LedgerEntry& entry, const Etag& etag) {
  const v1::RevisionRecorded& event = entry.revision_recorded();
  RevisionDigester digester;
  digester.Add(absl::StrCat(event.report(), "/revisions/", event.number()));
  digester.Add(EtagText(etag));
  digester.Add(static_cast<int64_t>(entry.index()));
  digester.AddEnvelope(entry);
  digester.AddEvent(event);
  return digester.Digest();
}

ledger::Hash RevisionDigest(const v1::Revision& revision) {
  RevisionDigester digester;
  digester.Add(revision.name());
  digester.Add(revision.etag());
  digester.Add(static_cast<int64_t>(revision.entry_index()));
  digester.AddEnvelope(revision);
  digester.AddEvent(revision);
  return digester.Digest();
}

v1::Agency AgencyOf(const v1::LedgerEntry& entry, const Etag& etag) {
  const bool is_change = entry.has_agency_changed();
  v1::Agency agency = is_change ? entry.agency_changed().agency()
                                : entry.agency_registered().agency();
  agency.set_entry_index(entry.index());
  agency.set_etag(EtagText(etag));
  agency.set_change_count(is_change ? entry.agency_changed().number() - 1 : 0);
  return agency;
}

// Both sides are serialized here and now, by one program: their bytes are
// comparable.
ledger::Hash AgencyDigest(v1::Agency agency) {
  agency.clear_create_time();
  return ledger::Sha256(agency.SerializeAsString());
}

ledger::Hash AgencyChangeDigest(v1::AgencyChange change) {
  change.mutable_agency()->clear_create_time();
  return ledger::Sha256(change.SerializeAsString());
}

v1::AgencyChange AgencyChangeOf(const v1::LedgerEntry& entry,
                                const Etag& etag) {
  v1::AgencyChange change;
  *change.mutable_agency() = AgencyOf(entry, etag);
  *change.mutable_actor() = entry.actor();
  change.set_reason(entry.reason());
  *change.mutable_recorded_at() = entry.recorded_at();
  return change;
}

ledger::Hash StepDigest(const v1::LifecycleStep& step) {
  return ledger::Sha256(step.SerializeAsString());
}

ledger::Hash PolicyDigest(const v1::Policy& policy) {
  return ledger::Sha256(policy.SerializeAsString());
}

}  // namespace annals::client
