#include "client/audit/life_claims.h"

#include "absl/strings/str_cat.h"
#include "client/audit/index_fault.h"
#include "client/counted.h"
#include "client/stubs.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

FaultValue StepCount(int64_t count) {
  return Text{absl::StrCat(count, " 个环节"), Counted(count, "step", "steps")};
}

}  // namespace

absl::Status LifeClaims::CheckSteps(const std::string& report) const {
  const auto known = state_.steps().find(KeyOf(report));
  if (known == state_.steps().end()) return absl::OkStatus();
  v1::GetLifecycleRequest request;
  request.set_name(report);
  request.set_as_of_size(state_.size());
  ASSIGN_OR_RETURN(
      const v1::Lifecycle life,
      connection_.Call(connection_.stubs().lifecycle,
                       &v1::LifecycleService::Stub::GetLifecycle, request));
  const Text what = {"办理环节", "steps"};
  if (life.steps_size() != known->second.steps) {
    return IndexFault(report, what, StepCount(known->second.steps),
                      StepCount(life.steps_size()));
  }
  ledger::Hash chain = {};
  for (const v1::LifecycleStep& step : life.steps()) {
    chain = ChainDigest(chain, StepDigest(step));
  }
  if (chain == known->second.chain) return absl::OkStatus();
  return IndexFault(report, what,
                    Text{absl::StrCat("另一些环节，最后一个在条目 ",
                                      known->second.last_index),
                         absl::StrCat("other steps, the last one in entry ",
                                      known->second.last_index)},
                    Text{"这些", "these"});
}

absl::Status LifeClaims::CheckPolicies() const {
  for (const auto& [key, facts] : state_.policies()) {
    v1::GetEntryRequest request;
    request.set_index(facts.index);
    request.set_tree_size(state_.size());
    ASSIGN_OR_RETURN(
        const v1::Entry entry,
        connection_.Call(connection_.stubs().ledger,
                         &v1::LedgerService::Stub::GetEntry, request));
    v1::LedgerEntry leaf;
    if (!leaf.ParseFromString(entry.leaf()) ||
        KeyOf(leaf.policy_set().agency()) != key) {
      return IndexFault(PlaceOf(facts.index, entry.leaf()),
                        {"办理规程", "review policy"}, EntryNumber(facts.index),
                        Text{"另一条目", "another entry"});
    }
    RETURN_IF_ERROR(CheckPolicy(leaf.policy_set().agency(), facts));
  }
  return absl::OkStatus();
}

absl::Status LifeClaims::CheckPolicy(const std::string& office,
                                     const PolicyFacts& facts) const {
  v1::GetPolicyRequest request;
  request.set_agency(office);
  request.set_as_of_size(state_.size());
  ASSIGN_OR_RETURN(
      const v1::Policy policy,
      connection_.Call(connection_.stubs().lifecycle,
                       &v1::LifecycleService::Stub::GetPolicy, request));
  const bool is_own = policy.agency() == office;
  const bool is_right =
      is_own ? facts.is_set && PolicyDigest(policy) == facts.answer_digest
             : !facts.is_set;
  if (is_right) return absl::OkStatus();
  return IndexFault(office, {"办理规程", "review policy"},
                    facts.is_set ? EntryNumber(facts.index)
                                 : FaultValue(Text{"已取消", "removed"}),
                    is_own ? EntryNumber(policy.entry_index()) : Hidden());
}

}  // namespace annals::client
