#include "client/audit/audit_state.h"

#include <algorithm>
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

// About 1 KB each. Whoever has more missing contents than this need not be told
// the name of each.
constexpr size_t kFaultsMax = 1 << 12;

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

// What the entry names must stand in an earlier one.
absl::Status AuditState::RequireNamed(const EntryFacts& facts,
                                      absl::string_view leaf) const {
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
  return absl::OkStatus();
}

absl::Status AuditState::ApplyFacts(const EntryFacts& facts,
                                    absl::string_view leaf) {
  if (facts.index != size()) {
    return OutOfOrder(facts, leaf, {"条目序号", "index"}, absl::StrCat(size()),
                      absl::StrCat(facts.index));
  }
  if (facts.recorded_at <= last_recorded_at_) {
    return OutOfOrder(facts, leaf, {"记录时间", "time of recording"},
                      absl::StrCat("> ", FormatMoment(last_recorded_at_)),
                      FormatMoment(facts.recorded_at));
  }
  if (!requests_.insert(facts.request).second) {
    return OutOfOrder(facts, leaf,
                      {"操作人的请求号", "request id of this actor"},
                      Text{"此前未用过", "not used before"},
                      Text{"此前已用过", "used before"});
  }
  RETURN_IF_ERROR(RequireNamed(facts, leaf));
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
    case EventKind::kStep:
      RETURN_IF_ERROR(ApplyStep(facts, leaf));
      break;
    case EventKind::kPolicy:
      RETURN_IF_ERROR(ApplyPolicy(facts, leaf));
      break;
    case EventKind::kUnknown:
      ++unknown_entries_;
  }
  NoteMissing(facts);
  erasables_.push_back(facts.erasable);
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
  RETURN_IF_ERROR(RequireSigning(facts, leaf));
  report.revisions = facts.number;
  report.last_index = facts.index;
  report.last_etag = EtagBytesOf(facts.leaf_hash);
  std::copy_n(facts.answer_digest.begin(), report.last_digest.size(),
              report.last_digest.begin());
  report.chain = ChainDigest(report.chain, facts.answer_digest);
  ++revisions_;
  return absl::OkStatus();
}

absl::Status AuditState::RequireSigning(const EntryFacts& facts,
                                        absl::string_view leaf) const {
  static const auto* const kNoStates = new std::vector<SigningState>();
  const auto found = signing_.find(*facts.required_agency);
  const auto& states = found == signing_.end() ? *kNoStates : found->second;
  if (IsSigningAllowed(states, facts.signing)) return absl::OkStatus();
  return OutOfOrder(
      facts, leaf, {"机关签名的密钥", "key of the agency's signature"},
      Text{"登记中当时有效的密钥", "one that the register had then"},
      facts.signing.is_signed
          ? FaultValue(Text{
                absl::StrCat("所指登记条目 ", facts.signing.register_entry,
                             " 当时没有的密钥"),
                absl::StrCat("one that entry ", facts.signing.register_entry,
                             ", which it names, did not have")})
          : FaultValue(Text{"没有签名", "no signature"}));
}

void AuditState::NoteSigning(const EntryFacts& facts) {
  if (!facts.signing_state.keys.empty() || signing_.contains(facts.subject)) {
    signing_[facts.subject].push_back(facts.signing_state);
  }
}

absl::Status AuditState::ApplyAgency(const EntryFacts& facts,
                                     absl::string_view leaf) {
  if (agencies_
          .try_emplace(facts.subject,
                       AgencyFacts{facts.index, 1, facts.recorded_at,
                                   facts.answer_digest,
                                   ChainDigest({}, facts.change_digest)})
          .second) {
    NoteSigning(facts);
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
  found->second.chain = ChainDigest(found->second.chain, facts.change_digest);
  NoteSigning(facts);
  return absl::OkStatus();
}

absl::Status AuditState::ApplyDocument(const EntryFacts& facts,
                                       absl::string_view leaf) {
  if (documents_.insert(facts.subject).second) return absl::OkStatus();
  return OutOfOrder(facts, leaf, {"来源文件", "source document"},
                    Text{"此前未记录", "not recorded before"},
                    Text{"此前已记录", "recorded before"});
}

absl::Status AuditState::ApplyStep(const EntryFacts& facts,
                                   absl::string_view leaf) {
  const uint32_t* const place = FindReport(facts.subject);
  const int32_t revisions = place == nullptr ? 0 : reports_[*place].revisions;
  if (facts.step_revision > revisions) {
    return OutOfOrder(
        facts, leaf, {"所办理的修订", "revision that the step is taken on"},
        absl::StrCat("≤ ", revisions), absl::StrCat(facts.step_revision));
  }
  StepFacts& steps = steps_[facts.subject];
  if (facts.number != steps.steps + 1) {
    return OutOfOrder(
        facts, leaf, {"报告的环节序号", "position of the report's step"},
        absl::StrCat(steps.steps + 1), absl::StrCat(facts.number));
  }
  steps.steps = facts.number;
  steps.last_index = facts.index;
  steps.chain = ChainDigest(steps.chain, facts.answer_digest);
  return absl::OkStatus();
}

absl::Status AuditState::ApplyPolicy(const EntryFacts& facts,
                                     absl::string_view leaf) {
  PolicyFacts& policy = policies_[facts.subject];
  if (facts.number != policy.policies + 1) {
    return OutOfOrder(
        facts, leaf, {"机关的规程版次", "number of the office's policy"},
        absl::StrCat(policy.policies + 1), absl::StrCat(facts.number));
  }
  policy.policies = facts.number;
  policy.index = facts.index;
  policy.is_set = facts.has_policy;
  policy.answer_digest = facts.answer_digest;
  return absl::OkStatus();
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
  if (erasure.key != erasables_[index]) {
    return OutOfOrder(
        facts, leaf,
        {absl::StrCat("所删的条目 ", index, " 的资源名与内容摘要"),
         absl::StrCat("name and content hash of the entry erased, ", index)},
        erasables_[index] == ErasableKey{}
            ? FaultValue(Text{"报告修订或来源文件", "a revision or a document"})
            : FaultValue(Text{"该条目的", "those of that entry"}),
        absl::StrCat(erasure.name, ", ", HexOf(erasure.content_hash)));
  }
  if (missing_.contains(index)) {
    ExplainMissing(index);
  } else {
    erased_after_reading_.push_back(index);
  }
  return absl::OkStatus();
}

void AuditState::NoteMissing(const EntryFacts& facts) {
  if (!facts.missing_content.has_value()) return;
  const MissingContent& missing = *facts.missing_content;
  missing_.emplace(facts.index,
                   MissingFacts{missing.content_hash, missing.claimed_eraser});
  if (faults_.size() < kFaultsMax) faults_.emplace(facts.index, missing.fault);
}

absl::Status AuditState::RequireExplained() const {
  if (missing_.empty()) return absl::OkStatus();
  const auto& [index, missing] = *missing_.begin();
  const auto fault = faults_.find(index);
  if (fault != faults_.end()) return fault->second;
  EntryBytes bytes;
  bytes.index = index;
  bytes.erased_by = missing.claimed_eraser;
  return ContentMissing(bytes, HexOf(missing.content_hash));
}

}  // namespace annals::client
