// Where in a ledger a fault is, in words.

#include "absl/strings/str_cat.h"
#include "client/audit/entry_facts.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {

namespace {

// What the leaf says that it records; empty if it can't be read.
Text RecordOf(absl::string_view leaf) {
  v1::LedgerEntry entry;
  if (!entry.ParseFromArray(leaf.data(), static_cast<int>(leaf.size()))) {
    return {};
  }
  if (entry.has_revision_recorded()) {
    const v1::RevisionRecorded& event = entry.revision_recorded();
    return {absl::StrCat(event.report(), " 的修订 ", event.number()),
            absl::StrCat("revision ", event.number(), " of ", event.report())};
  }
  if (entry.has_agency_registered()) {
    const std::string& name = entry.agency_registered().agency().name();
    return {absl::StrCat("登记 ", name),
            absl::StrCat("registration of ", name)};
  }
  if (entry.has_agency_changed()) {
    const v1::AgencyChanged& event = entry.agency_changed();
    const std::string& name = event.agency().name();
    return {absl::StrCat(name, " 的登记第 ", event.number(), " 版"),
            absl::StrCat("state ", event.number(), " of ", name)};
  }
  if (entry.has_key_changed()) return {"密钥更换", "change of keys"};
  if (entry.has_document_recorded()) {
    const std::string& name = entry.document_recorded().document();
    return {absl::StrCat("来源文件 ", name),
            absl::StrCat("source document ", name)};
  }
  if (entry.has_content_erased()) {
    const v1::ContentErased& event = entry.content_erased();
    return {absl::StrCat("删除条目 ", event.erased_index(), " 的内容：",
                         event.name()),
            absl::StrCat("erasure of the content of entry ",
                         event.erased_index(), ", ", event.name())};
  }
  if (entry.has_step_taken()) {
    const v1::StepTaken& event = entry.step_taken();
    return {absl::StrCat(event.report(), " 的第 ", event.position(), " 个环节"),
            absl::StrCat("step ", event.position(), " of ", event.report())};
  }
  if (entry.has_policy_set()) {
    const v1::PolicySet& event = entry.policy_set();
    return {
        absl::StrCat(event.agency(), " 的办理规程第 ", event.number(), " 版"),
        absl::StrCat("policy ", event.number(), " of ", event.agency())};
  }
  return {};
}

// The leaf of an entry that was altered says what whoever altered it wants.
Text AlteredPlaceOf(uint64_t index, absl::string_view leaf) {
  const Text record = RecordOf(leaf);
  if (record.en.empty()) return PlaceOf(index, "");
  return {absl::StrCat("条目 ", index, "（被改动的条目自称：", record.zh, "）"),
          absl::StrCat("entry ", index, " (the altered entry calls itself ",
                       record.en, ")")};
}

}  // namespace

Text PlaceOf(uint64_t index, absl::string_view leaf) {
  const Text record = RecordOf(leaf);
  Text place = {absl::StrCat("条目 ", index), absl::StrCat("entry ", index)};
  if (record.en.empty()) return place;
  absl::StrAppend(&place.zh, "（", record.zh, "）");
  absl::StrAppend(&place.en, " (", record.en, ")");
  return place;
}

absl::Status AuditFault(absl::string_view reason, uint64_t index,
                        absl::string_view leaf, const Text& what,
                        const FaultValue& expected, const FaultValue& actual) {
  const Text place = reason == "AUDIT_LEAF_MISMATCH"
                         ? AlteredPlaceOf(index, leaf)
                         : PlaceOf(index, leaf);
  absl::Status status = VerificationFailure(
      reason, {absl::StrCat(place.zh, "：", what.zh, "：应为 ",
                            expected.text.zh, "，实为 ", actual.text.zh),
               absl::StrCat(place.en, ": ", what.en, ": expected ",
                            expected.text.en, ", found ", actual.text.en)});
  AddErrorMetadata("index", absl::StrCat(index), &status);
  AddErrorMetadata("expected", expected.text.en, &status);
  AddErrorMetadata("actual", actual.text.en, &status);
  return status;
}

}  // namespace annals::client
