// Where in a ledger a fault is, in words.

#include "absl/strings/str_cat.h"
#include "client/audit/entry_facts.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {

Text PlaceOf(uint64_t index, absl::string_view leaf) {
  v1::LedgerEntry entry;
  const bool readable =
      entry.ParseFromArray(leaf.data(), static_cast<int>(leaf.size()));
  Text place = {absl::StrCat("条目 ", index), absl::StrCat("entry ", index)};
  if (readable && entry.has_revision_recorded()) {
    const v1::RevisionRecorded& event = entry.revision_recorded();
    absl::StrAppend(&place.zh, "（", event.report(), " 的修订 ", event.number(),
                    "）");
    absl::StrAppend(&place.en, " (revision ", event.number(), " of ",
                    event.report(), ")");
  } else if (readable && entry.has_agency_registered()) {
    const std::string& name = entry.agency_registered().agency().name();
    absl::StrAppend(&place.zh, "（登记 ", name, "）");
    absl::StrAppend(&place.en, " (registration of ", name, ")");
  } else if (readable && entry.has_agency_changed()) {
    const v1::AgencyChanged& event = entry.agency_changed();
    const std::string& name = event.agency().name();
    absl::StrAppend(&place.zh, "（", name, " 的登记第 ", event.number(),
                    " 版）");
    absl::StrAppend(&place.en, " (state ", event.number(), " of ", name, ")");
  } else if (readable && entry.has_key_changed()) {
    absl::StrAppend(&place.zh, "（密钥更换）");
    absl::StrAppend(&place.en, " (change of keys)");
  } else if (readable && entry.has_document_recorded()) {
    const std::string& name = entry.document_recorded().document();
    absl::StrAppend(&place.zh, "（来源文件 ", name, "）");
    absl::StrAppend(&place.en, " (source document ", name, ")");
  } else if (readable && entry.has_content_erased()) {
    const v1::ContentErased& event = entry.content_erased();
    absl::StrAppend(&place.zh, "（删除条目 ", event.erased_index(), " 的内容：",
                    event.name(), "）");
    absl::StrAppend(&place.en, " (erasure of the content of entry ",
                    event.erased_index(), ", ", event.name(), ")");
  } else if (readable && entry.has_step_taken()) {
    const v1::StepTaken& event = entry.step_taken();
    absl::StrAppend(&place.zh, "（", event.report(), " 的第 ", event.position(),
                    " 个环节）");
    absl::StrAppend(&place.en, " (step ", event.position(), " of ",
                    event.report(), ")");
  } else if (readable && entry.has_policy_set()) {
    const v1::PolicySet& event = entry.policy_set();
    absl::StrAppend(&place.zh, "（", event.agency(), " 的办理规程第 ",
                    event.number(), " 版）");
    absl::StrAppend(&place.en, " (policy ", event.number(), " of ",
                    event.agency(), ")");
  }
  return place;
}

absl::Status AuditFault(absl::string_view reason, uint64_t index,
                        absl::string_view leaf, const Text& what,
                        const FaultValue& expected, const FaultValue& actual) {
  const Text place = PlaceOf(index, leaf);
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
