// The life of a report: what its steps so far come to, and which may be taken
// next. Pure: the daemon and the client get the same answers.
//
// Steps count on the revision that they were taken on, since it was last
// returned. They are taken on the latest revision; only the one in effect is
// withdrawn, and only a withdrawn one is restored, whichever they are.
//
// A revision takes effect when it is recorded or by a step, as the policy said
// when it was recorded; one that was recorded as it had been published, at
// once. What is in effect stays so, returned or not, until a later revision
// takes effect or it is withdrawn. A withdrawn revision comes back only by
// being restored, for as long as no later one has taken effect; until then
// nothing but a return is possible on it.

#ifndef ANNALS_SERVICE_REPORT_LIFECYCLE_H_
#define ANNALS_SERVICE_REPORT_LIFECYCLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/lifecycle.pb.h"

namespace annals::report {

// Takes the revisions and steps of a report in the order of their entries.
class ReportLife {
 public:
  // The next revision, and the step by which it takes effect; unspecified: at
  // once.
  void AddRevision(v1::Step effective_after);
  // A step that was taken, legal or not. One on a revision that is not there is
  // left out.
  void AddStep(int32_t revision, v1::Step step, absl::string_view actor);

  int32_t latest() const { return static_cast<int32_t>(revisions_.size()); }
  // The revision in effect; 0 if none is.
  int32_t effective() const { return effective_; }
  // The revision that may be restored; 0 if none may.
  int32_t withdrawn() const { return withdrawn_; }
  // The one that was in effect before `revision` took effect; 0 if none was, or
  // if it did not.
  int32_t EffectiveBefore(int32_t revision) const;
  // Whether it is or was in effect.
  bool TookEffect(int32_t revision) const;
  // Whether it was withdrawn and not restored since, also if a later one is in
  // effect.
  bool IsWithdrawn(int32_t revision) const;
  // The last step of a revision; unspecified if none was taken.
  v1::Step LastStep(int32_t revision) const;

  // By which the latest revision will take effect; unspecified if it did.
  v1::Step AwaitedStep() const;

  // The policy's steps that may be taken next on `revision`, by whoever is the
  // right party and person.
  std::vector<v1::StepRule> Legal(const v1::ReviewPolicy& policy,
                                  int32_t revision) const;

  // Who took the steps that `rule` does not leave to the same person, and which
  // of them it was.
  struct Barred {
    std::string actor;
    v1::Step step = v1::STEP_UNSPECIFIED;
  };
  std::vector<Barred> BarredFrom(const v1::StepRule& rule,
                                 int32_t revision) const;

 private:
  struct Taken {
    v1::Step step = v1::STEP_UNSPECIFIED;
    std::string actor;
  };
  struct Revision {
    v1::Step effective_after = v1::STEP_UNSPECIFIED;
    // Since it was last returned.
    std::vector<Taken> taken;
    v1::Step last = v1::STEP_UNSPECIFIED;
    int32_t effective_before = 0;
    bool took_effect = false;
    bool is_withdrawn = false;
  };

  const Revision* Find(int32_t revision) const;
  void TakeEffect(int32_t revision);
  bool IsLegal(const v1::StepRule& rule, int32_t revision) const;

  std::vector<Revision> revisions_;
  int32_t effective_ = 0;
  int32_t withdrawn_ = 0;
  // The one that is or, before it was withdrawn, was in effect.
  int32_t last_effective_ = 0;
};

// The step by which a revision takes effect that was recorded under a policy
// with `effective_after`.
v1::Step EffectiveAfter(const v1::RevisionRecorded& event,
                        v1::Step effective_after);

// Adds to `policy`, which governs now, the step that the latest revision
// awaits, as `recorded_under` had it, if it lacks that step: what waits for it
// must not wait for good. Of the steps that it comes after, those stay that can
// be taken.
void AddAwaitedStep(const ReportLife& life,
                    const v1::ReviewPolicy& recorded_under,
                    v1::ReviewPolicy* policy);

// Who an actor is, whatever the role: of a certificate's name,
// `annals://agency/{code}/{role}#{person}`, without the role, and with the name
// as of FoldName. Two certificates of one person of an agency are one person,
// and two that name nobody can't be told apart.
std::string PersonOf(absl::string_view actor);

// FAILED_PRECONDITION with reason ILLEGAL_STEP, naming the legal ones, if
// `step` may not be taken on `revision`.
absl::Status RequireLegalStep(const ReportLife& life,
                              const v1::ReviewPolicy& policy, v1::Step step,
                              int32_t revision);

// PERMISSION_DENIED with reason SAME_PERSON if the policy leaves the step to
// another person than `actor`. REQUIRES: the step is legal.
absl::Status RequireOtherPerson(const ReportLife& life,
                                const v1::StepRule& rule, int32_t revision,
                                absl::string_view actor);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_LIFECYCLE_H_
