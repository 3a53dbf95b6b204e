#include "ledger/witness_policy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/witness_policy_parser.h"

namespace annals::ledger {
namespace {

std::string Names(const std::vector<Witnessing>& witnessings) {
  return ShownName(absl::StrJoin(
      witnessings, ", ", [](std::string* out, const Witnessing& witnessing) {
        absl::StrAppend(out, witnessing.name);
      }));
}

std::string MissingNames(const std::vector<PolicyWitness>& witnesses,
                         const std::vector<Witnessing>& witnessings) {
  std::vector<std::string> missing;
  for (const PolicyWitness& witness : witnesses) {
    const auto has_name = [&witness](const Witnessing& witnessing) {
      return witnessing.name == witness.name;
    };
    if (std::none_of(witnessings.begin(), witnessings.end(), has_name)) {
      missing.push_back(witness.name);
    }
  }
  return ShownName(absl::StrJoin(missing, ", "));
}

absl::Status NoLogInPolicy() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WITNESS_POLICY_WITHOUT_LOG",
      {"the witness policy names no log, so that it can't say who must have "
       "signed; add a line \"log VKEY\" or give the verifier key",
       "见证策略未列出日志，无法确定应由谁签名；"
       "请加入“log 验证公钥”一行，或另行给出验证公钥"});
}

absl::Status NotSignedByLogs(absl::string_view origin) {
  return MakeError(
      absl::StatusCode::kNotFound, "CHECKPOINT_NOT_OF_POLICY",
      {absl::StrCat("the checkpoint of ", origin,
                    " is signed by none of the witness policy's logs of that "
                    "name; check the source and the policy's keys"),
       absl::StrCat("检查点（来源 ", origin,
                    "）没有见证策略中同名日志的签名；"
                    "请核对来源和策略中的密钥")});
}

}  // namespace

absl::StatusOr<WitnessPolicy> WitnessPolicy::Parse(absl::string_view policy) {
  return WitnessPolicyParser().Parse(policy);
}

absl::StatusOr<WitnessedCheckpoint> WitnessPolicy::Open(
    absl::string_view note) const {
  if (logs_.empty()) return NoLogInPolicy();
  ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpointText(parsed.text));
  bool is_signed = false;
  for (const PolicyLog& log : logs_) {
    if (log.verifier.name() != checkpoint.origin) continue;
    const absl::Status status = OpenNote(note, log.verifier).status();
    if (absl::IsNotFound(status)) continue;
    RETURN_IF_ERROR(status);
    is_signed = true;
  }
  if (!is_signed) return NotSignedByLogs(checkpoint.origin);
  ASSIGN_OR_RETURN(std::vector<Witnessing> witnessings, CheckQuorum(note));
  return WitnessedCheckpoint{std::move(checkpoint), std::move(witnessings)};
}

absl::StatusOr<std::vector<Witnessing>> WitnessPolicy::CheckQuorum(
    absl::string_view note) const {
  ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  RETURN_IF_ERROR(ParseCheckpointText(parsed.text).status());
  std::vector<Witnessing> witnessings;
  std::vector<bool> cosigned(witnesses_.size(), false);
  for (size_t i = 0; i < witnesses_.size(); ++i) {
    const auto seconds = FindCosignature(parsed, witnesses_[i].verifier);
    if (absl::IsNotFound(seconds.status())) continue;
    RETURN_IF_ERROR(seconds.status());
    cosigned[i] = true;
    witnessings.push_back({witnesses_[i].name, *seconds});
  }
  if (!IsQuorum(cosigned)) return QuorumNotMet(witnessings);
  return witnessings;
}

bool WitnessPolicy::IsQuorum(const std::vector<bool>& cosigned) const {
  if (!quorum_party_.has_value()) return true;
  // Members stand before their group, so one pass does.
  std::vector<bool> witnessed;
  for (const Party& party : parties_) {
    if (party.witness.has_value()) {
      witnessed.push_back(cosigned[*party.witness]);
      continue;
    }
    size_t count = 0;
    for (const size_t member : party.members) count += witnessed[member];
    witnessed.push_back(count >= party.threshold);
  }
  return witnessed[*quorum_party_];
}

absl::Status WitnessPolicy::QuorumNotMet(
    const std::vector<Witnessing>& witnessings) const {
  const std::string names = Names(witnessings);
  const std::string missing = MissingNames(witnesses_, witnessings);
  const std::string quorum = ShownName(quorum_);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WITNESS_QUORUM_NOT_MET",
      {absl::StrCat("the checkpoint is cosigned by ", witnessings.size(),
                    " of the policy's ", witnesses_.size(), " witnesses",
                    names.empty() ? "" : absl::StrCat(" (", names, ")"),
                    ", which is not the quorum ", quorum,
                    "; missing: ", missing,
                    "; do not trust it, and ask for a checkpoint with more "
                    "cosignatures"),
       absl::StrCat("检查点只有策略中 ", witnesses_.size(), " 个见证方里的 ",
                    witnessings.size(), " 个见证签名",
                    names.empty() ? "" : absl::StrCat("（", names, "）"),
                    "，不满足门限 ", quorum, "；缺少：", missing,
                    "；请勿采信，并索取有更多见证签名的检查点")});
}

}  // namespace annals::ledger
