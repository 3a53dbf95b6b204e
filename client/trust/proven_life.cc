#include "client/trust/proven_life.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/proved.h"
#include "client/trust/proven_history.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/correction_statement.h"
#include "service/report/days.h"
#include "service/report/lifecycle.h"
#include "service/report/review_policy.h"

namespace annals::client {
namespace {

absl::Status Differs(const Text& what, absl::string_view computed,
                     absl::string_view said) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat(what.zh, "：按已证明的条目应为 ", computed, "，服务器称 ",
                    said),
       absl::StrCat(what.en, ": the proved entries come to ", computed,
                    ", the server says ", said)});
}

absl::Status Broken(int position, const Text& what) {
  return VerificationFailure(
      kHistoryBrokenReason,
      {absl::StrCat("第 ", position, " 个办理环节：", what.zh),
       absl::StrCat("step ", position, ": ", what.en)});
}

// The policy that the entry `index` set for `office`.
absl::StatusOr<v1::Policy> ProvePolicy(uint64_t index,
                                       const std::string& office,
                                       Session* session, LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   ProveEntry(index, session, trust));
  if (!entry.policy_set().has_policy() ||
      entry.policy_set().agency() != office) {
    return Differs(
        {absl::StrCat("条目 ", index), absl::StrCat("entry ", index)},
        "another event", absl::StrCat("the policy of ", office));
  }
  return PolicyOf(entry);
}

// Proves a life piece by piece.
class LifeProof {
 public:
  LifeProof(const report::ReportName& report, const AsOf& as_of,
            Session* session, LedgerTrust* trust)
      : report_(report), as_of_(as_of), session_(*session), trust_(*trust) {}

  absl::StatusOr<v1::Lifecycle> Prove(const v1::Lifecycle& claimed) {
    proven_.set_report(report_.ToString());
    RETURN_IF_ERROR(ProveRevisions(claimed));
    RETURN_IF_ERROR(ProveSteps(claimed));
    RETURN_IF_ERROR(ProvePeriods(claimed));
    ASSIGN_OR_RETURN(v1::ReviewPolicy policy, PolicyNow(claimed));
    const report::ReportLife life = Replay();
    report::AddAwaitedStep(life, policy_of_latest_, &policy);
    proven_.set_latest_revision(life.latest());
    proven_.set_effective_revision(life.effective());
    proven_.set_state(life.LastStep(life.latest()));
    if (!proven_.published_only()) {
      for (v1::StepRule& rule : life.Legal(policy, life.latest())) {
        *proven_.add_next() = std::move(rule);
      }
    }
    proven_.set_correction_statement(StatementOf(life));
    RETURN_IF_ERROR(Compare(claimed));
    return std::move(proven_);
  }

 private:
  absl::Status ProveRevisions(const v1::Lifecycle& claimed) {
    v1::ListRevisionsRequest request;
    request.set_parent(report_.ToString());
    as_of_.ApplyTo(&request);
    ASSIGN_OR_RETURN(revisions_,
                     ReadProvenHistory(request, &session_, &trust_));
    // Others may have been recorded since the life was asked for.
    const int32_t latest = claimed.latest_revision();
    while (!revisions_.empty() && NumberOf(revisions_.back()) > latest) {
      revisions_.pop_back();
    }
    const int32_t last = revisions_.empty() ? 0 : NumberOf(revisions_.back());
    if (last != latest || latest == 0) {
      return Differs({"最新修订", "latest revision"}, absl::StrCat(last),
                     absl::StrCat(latest));
    }
    proven_.set_published_only(claimed.published_only());
    const bool history = revisions_.back().published_only;
    if (history == claimed.published_only()) return absl::OkStatus();
    return Differs({"是否仅限已公开的内容", "whether it is what is published"},
                   history ? "published" : "all",
                   history ? "all" : "published");
  }

  static int32_t NumberOf(const VerifiedRevision& revision) {
    return revision.entry.revision_recorded().number();
  }

  // Null if there is none, or it is not shown.
  const VerifiedRevision* Find(int32_t number) const {
    const auto found = std::find_if(revisions_.begin(), revisions_.end(),
                                    [number](const VerifiedRevision& revision) {
                                      return NumberOf(revision) == number;
                                    });
    return found == revisions_.end() ? nullptr : &*found;
  }

  // Whether a step of that position may come next.
  bool IsNext(int32_t position) const {
    if (!proven_.published_only()) return position == proven_.steps_size() + 1;
    return proven_.steps().empty() ||
           position > proven_.steps().rbegin()->step().position();
  }

  absl::Status ProveSteps(const v1::Lifecycle& claimed) {
    uint64_t next_index = 0;
    for (const v1::LifecycleStep& said : claimed.steps()) {
      const int position = proven_.steps_size() + 1;
      ASSIGN_OR_RETURN(const v1::LifecycleStep step,
                       ProveStep(said.entry_index(), &session_, &trust_));
      if (step.step().report() != report_.ToString() ||
          !IsNext(step.step().position()) || step.entry_index() < next_index) {
        return Broken(position,
                      {absl::StrCat("条目 ", step.entry_index(), " 是 ",
                                    step.step().report(), " 的第 ",
                                    step.step().position(), " 个"),
                       absl::StrCat("entry ", step.entry_index(), " is number ",
                                    step.step().position(), " of ",
                                    step.step().report())});
      }
      if (!as_of_.Covers(step.entry_index(),
                         FromTimestamp(step.recorded_at()))) {
        return Broken(position, {"记录晚于所问的时刻",
                                 "recorded later than the moment asked for"});
      }
      next_index = step.entry_index() + 1;
      *proven_.add_steps() = step;
    }
    return absl::OkStatus();
  }

  absl::Status ProvePeriods(const v1::Lifecycle& claimed) {
    for (const v1::PolicyPeriod& said : claimed.periods()) {
      v1::PolicyPeriod& period = *proven_.add_periods();
      period = said;
      const int32_t first = said.first_revision();
      const VerifiedRevision* const revision = Find(first);
      if (revision == nullptr) {
        return Differs({"规程所涉的修订", "revision of a policy"},
                       absl::StrCat("1–", NumberOf(revisions_.back())),
                       absl::StrCat(first));
      }
      policy_of_latest_ = report::DefaultReviewPolicy();
      if (said.has_entry_index()) {
        ASSIGN_OR_RETURN(const v1::Policy policy,
                         ProvePolicy(said.entry_index(), said.policy_agency(),
                                     &session_, &trust_));
        policy_of_latest_ = policy.policy();
        if (said.entry_index() >= revision->entry.index()) {
          return Differs({"规程的条目", "entry of a policy"},
                         absl::StrCat("< ", revision->entry.index()),
                         absl::StrCat(said.entry_index()));
        }
      }
      period.set_effective_after(policy_of_latest_.effective_after());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::ReviewPolicy> PolicyNow(const v1::Lifecycle& claimed) {
    proven_.set_policy_agency(claimed.policy_agency());
    if (!claimed.has_policy_entry_index()) return report::DefaultReviewPolicy();
    proven_.set_policy_entry_index(claimed.policy_entry_index());
    ASSIGN_OR_RETURN(const v1::Policy policy,
                     ProvePolicy(claimed.policy_entry_index(),
                                 claimed.policy_agency(), &session_, &trust_));
    return policy.policy();
  }

  // By which step a revision takes effect.
  v1::Step PolicyStep(int32_t revision) const {
    v1::Step step = v1::STEP_UNSPECIFIED;
    for (const v1::PolicyPeriod& period : proven_.periods()) {
      if (period.first_revision() <= revision) step = period.effective_after();
    }
    return step;
  }

  // Revisions and steps in the order of their entries.
  report::ReportLife Replay() {
    report::ReportLife life;
    int next_step = 0;
    const auto take_steps_before = [&](uint64_t index) {
      for (; next_step < proven_.steps_size() &&
             proven_.steps(next_step).entry_index() < index;
           ++next_step) {
        const v1::LifecycleStep& step = proven_.steps(next_step);
        const int32_t effective = life.effective();
        life.AddStep(step.step().number(), step.step().step(),
                     step.actor().subject());
        if (life.effective() != effective) {
          effective_since_ = FromTimestamp(step.recorded_at());
        }
      }
    };
    for (const VerifiedRevision& revision : revisions_) {
      take_steps_before(revision.entry.index());
      // Those that are not shown never took effect.
      while (life.latest() + 1 < NumberOf(revision)) {
        life.AddRevision(v1::STEP_PUBLISHED);
      }
      const int32_t effective = life.effective();
      life.AddRevision(report::EffectiveAfter(
          revision.entry.revision_recorded(), PolicyStep(NumberOf(revision))));
      if (life.effective() != effective) {
        effective_since_ = FromTimestamp(revision.entry.recorded_at());
      }
    }
    take_steps_before(std::numeric_limits<uint64_t>::max());
    return life;
  }

  std::string StatementOf(const report::ReportLife& life) const {
    const int32_t after = life.effective();
    const int32_t before = life.EffectiveBefore(after);
    if (before == 0) return "";
    const VerifiedRevision* const was = Find(before);
    const VerifiedRevision* const is = Find(after);
    if (was == nullptr || is == nullptr || !was->has_content() ||
        !is->has_content()) {
      return "";
    }
    report::EffectiveCorrection correction;
    correction.before = &was->content.report();
    correction.after = &is->content.report();
    correction.day = report::DayInShanghai(effective_since_);
    correction.reason_code = is->entry.revision_recorded().reason_code();
    correction.reason = is->entry.reason();
    return report::CorrectionStatement(correction);
  }

  absl::Status Compare(const v1::Lifecycle& claimed) const {
    if (proven_.effective_revision() != claimed.effective_revision()) {
      return Differs({"生效的修订", "revision in effect"},
                     absl::StrCat(proven_.effective_revision()),
                     absl::StrCat(claimed.effective_revision()));
    }
    if (proven_.state() != claimed.state()) {
      return Differs({"最后的环节", "last step"},
                     v1::Step_Name(proven_.state()),
                     v1::Step_Name(claimed.state()));
    }
    // What is not compared is made of the proved entries, and shown so.
    return absl::OkStatus();
  }

  const report::ReportName report_;
  const AsOf as_of_;
  Session& session_;
  LedgerTrust& trust_;
  std::vector<VerifiedRevision> revisions_;
  absl::Time effective_since_;
  // Under which the latest revision was recorded.
  v1::ReviewPolicy policy_of_latest_;
  v1::Lifecycle proven_;
};

}  // namespace

absl::StatusOr<v1::LifecycleStep> ProveStep(uint64_t index, Session* session,
                                            LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   ProveEntry(index, session, trust));
  if (!entry.has_step_taken()) {
    return Differs(
        {absl::StrCat("条目 ", index), absl::StrCat("entry ", index)},
        "another event", "step_taken");
  }
  return StepOf(entry);
}

absl::StatusOr<v1::Lifecycle> ReadLife(const report::ReportName& report,
                                       const AsOf& as_of, Session* session,
                                       LedgerTrust* trust) {
  v1::GetLifecycleRequest request;
  request.set_name(report.ToString());
  as_of.ApplyTo(&request);
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      const v1::Lifecycle claimed,
      connection.Call(connection.stubs().lifecycle,
                      &v1::LifecycleService::Stub::GetLifecycle, request));
  if (claimed.report() != report.ToString()) {
    return Differs({"报告", "report"}, report.ToString(), claimed.report());
  }
  if (!trust->verifies()) return claimed;
  return LifeProof(report, as_of, session, trust).Prove(claimed);
}

void TellLifeProved(const v1::Lifecycle& life, const LedgerTrust& trust) {
  trust.TellVerified(
      {absl::StrCat(life.published_only()
                        ? std::string("已公开的各")
                        : absl::StrCat(life.latest_revision(), " "),
                    "次修订和 ", life.steps_size(),
                    " 个办理环节的条目与存在性证明、所依规程，并据此重算了"
                    "生效的修订；之后是否还有、由哪个机关的规程管辖，"
                    "以服务器所说为准"),
       absl::StrCat(
           "entry and inclusion proof of ",
           life.published_only()
               ? std::string("the published revisions")
               : Counted(life.latest_revision(), "revision", "revisions"),
           " and ", Counted(life.steps_size(), "step", "steps"),
           ", the policies, and computed from them what is in "
           "effect; that nothing came later, and whose policy "
           "governs, is the server's word")});
}

absl::StatusOr<v1::Policy> ReadPolicy(const report::AgencyName& agency,
                                      const AsOf& as_of, Session* session,
                                      LedgerTrust* trust) {
  v1::GetPolicyRequest request;
  request.set_agency(agency.ToString());
  as_of.ApplyTo(&request);
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      v1::Policy policy,
      connection.Call(connection.stubs().lifecycle,
                      &v1::LifecycleService::Stub::GetPolicy, request));
  if (!trust->verifies()) return policy;
  if (policy.has_entry_index()) {
    return ProvePolicy(policy.entry_index(), policy.agency(), session, trust);
  }
  // The default is known here as well.
  *policy.mutable_policy() = report::DefaultReviewPolicy();
  return policy;
}

absl::Status RequireInEffect(const v1::Lifecycle& life) {
  if (life.effective_revision() != 0) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kNotFound, "NOT_IN_EFFECT",
      {absl::StrCat("no revision of ", life.report(), " is in effect (latest ",
                    life.latest_revision(), "); see annals life ",
                    life.report()),
       absl::StrCat(life.report(), " 没有生效的修订（最新为 ",
                    life.latest_revision(), "）；请看 annals life ",
                    life.report())});
}

}  // namespace annals::client
