#include "service/life_view.h"

#include <algorithm>
#include <utility>

#include "ledger/status_macros.h"
#include "service/report/names.h"
#include "service/report_history.h"
#include "service/request.h"

namespace annals {
namespace {

using Periods = google::protobuf::RepeatedPtrField<v1::PolicyPeriod>;

// Under which policies the published revisions were recorded.
Periods PublishedPeriods(const Publication& publication, const Periods& all) {
  Periods periods;
  const v1::PolicyPeriod* last = nullptr;
  for (const PublishedRevision& revision : publication.revisions) {
    const auto next =
        std::find_if(all.begin(), all.end(), [&](const v1::PolicyPeriod& one) {
          return one.first_revision() > revision.number;
        });
    if (next == all.begin()) continue;
    const v1::PolicyPeriod& period = *std::prev(next);
    const bool is_same = last != nullptr &&
                         last->has_entry_index() == period.has_entry_index() &&
                         last->entry_index() == period.entry_index();
    last = &period;
    if (is_same) continue;
    v1::PolicyPeriod* const published = periods.Add();
    *published = period;
    published->set_first_revision(static_cast<int32_t>(revision.number));
  }
  return periods;
}

bool IsShown(const Publication& publication, int32_t number) {
  const PublishedRevision* const revision = publication.Find(number);
  return revision != nullptr && !revision->withdrawn_by.has_value();
}

// REQUIRES: something is published.
void LeavePublished(const Publication& publication, const RecordedLife& life,
                    v1::Lifecycle* message) {
  const auto latest = static_cast<int32_t>(publication.revisions.back().number);
  message->set_published_only(true);
  message->set_latest_revision(latest);
  message->clear_next();
  message->clear_state();
  message->clear_steps();
  for (const size_t place : PublishedSteps(life)) {
    *message->add_steps() = ToLifecycleStep(life.steps[place]);
    const v1::StepTaken& step = life.steps[place].step_taken();
    if (step.number() == latest) message->set_state(step.step());
  }
  *message->mutable_periods() =
      PublishedPeriods(publication, message->periods());
  const int32_t effective = life.life.effective();
  if (!IsShown(publication, effective) ||
      !IsShown(publication, life.life.EffectiveBefore(effective))) {
    message->clear_correction_statement();
  }
}

}  // namespace

absl::StatusOr<v1::Lifecycle> LifeView::Get(
    const v1::GetLifecycleRequest& request, View view) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const report::ReportName report,
                   report::ParseReportName(request.name()));
  ASSIGN_OR_RETURN(const RegisterMoment moment, lives_.MomentOf(request));
  Publication publication;
  if (view == View::kPublished) {
    ASSIGN_OR_RETURN(publication, publications_.Read(report, moment.size));
    if (publication.revisions.empty()) {
      return lives_.NotFound(report.ToString(), moment.size);
    }
  }
  ASSIGN_OR_RETURN(const GovernedLife life,
                   lives_.ReadGoverned(report, moment));
  ASSIGN_OR_RETURN(v1::Lifecycle message, lives_.ToMessage(life));
  if (view == View::kPublished) {
    LeavePublished(publication, life.recorded, &message);
  }
  return message;
}

}  // namespace annals
