#include "client/monitor/monitor_event.h"

#include "client/json_text.h"
#include "client/times.h"
#include "client/trust/evidence.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

// When a key is given and not pinned.
constexpr absl::string_view kCheckpointNotSigned = "CHECKPOINT_NOT_SIGNED";

MonitorEventKind AccusationKind(const absl::Status& failure) {
  const std::string reason = ErrorReason(failure);
  if (reason == kRolledBackReason) return MonitorEventKind::kRollback;
  if (reason == kForkedReason) return MonitorEventKind::kFork;
  if (reason == kOtherKeyReason || reason == kCheckpointNotSigned) {
    return MonitorEventKind::kOtherKey;
  }
  if (IsTrustFailure(failure) || IsPolicyFailure(failure) ||
      reason == kQuorumNotMetReason || reason == kPolicyNotMetReason) {
    return MonitorEventKind::kNotTrusted;
  }
  return MonitorEventKind::kDamagedEntry;
}

}  // namespace

absl::string_view EventName(MonitorEventKind kind) {
  switch (kind) {
    case MonitorEventKind::kRevision:
      return "revision";
    case MonitorEventKind::kUnexpectedRevision:
      return "unexpected_revision";
    case MonitorEventKind::kErasure:
      return "erasure";
    case MonitorEventKind::kUnexpectedErasure:
      return "unexpected_erasure";
    case MonitorEventKind::kAgencyChange:
      return "agency_change";
    case MonitorEventKind::kUnexpectedAgencyChange:
      return "unexpected_agency_change";
    case MonitorEventKind::kStep:
      return "step";
    case MonitorEventKind::kUnexpectedStep:
      return "unexpected_step";
    case MonitorEventKind::kPolicy:
      return "policy";
    case MonitorEventKind::kUnexpectedPolicy:
      return "unexpected_policy";
    case MonitorEventKind::kKeyChanged:
      return "key_changed";
    case MonitorEventKind::kRollback:
      return "rollback";
    case MonitorEventKind::kFork:
      return "fork";
    case MonitorEventKind::kOtherKey:
      return "other_key";
    case MonitorEventKind::kNotTrusted:
      return "not_trusted";
    case MonitorEventKind::kDamagedEntry:
      return "damaged_entry";
    case MonitorEventKind::kSilence:
      return "silence";
    case MonitorEventKind::kUnreachable:
      return "unreachable";
    case MonitorEventKind::kReachable:
      return "reachable";
  }
  return "unknown";
}

ExitCode ExitCodeOf(MonitorEventKind kind) {
  switch (kind) {
    case MonitorEventKind::kRevision:
    case MonitorEventKind::kErasure:
    case MonitorEventKind::kAgencyChange:
    case MonitorEventKind::kStep:
    case MonitorEventKind::kPolicy:
    case MonitorEventKind::kKeyChanged:
    case MonitorEventKind::kReachable:
      return ExitCode::kOk;
    case MonitorEventKind::kUnexpectedRevision:
    case MonitorEventKind::kUnexpectedErasure:
    case MonitorEventKind::kUnexpectedAgencyChange:
    case MonitorEventKind::kUnexpectedStep:
    case MonitorEventKind::kUnexpectedPolicy:
      return ExitCode::kUnexpectedRevision;
    case MonitorEventKind::kRollback:
    case MonitorEventKind::kFork:
    case MonitorEventKind::kOtherKey:
    case MonitorEventKind::kNotTrusted:
      return ExitCode::kLedgerNotTrusted;
    case MonitorEventKind::kDamagedEntry:
      return ExitCode::kVerificationFailed;
    case MonitorEventKind::kSilence:
      return ExitCode::kLedgerSilent;
    case MonitorEventKind::kUnreachable:
      return ExitCode::kUnavailable;
  }
  return ExitCode::kInternal;
}

// A server that answers DATA_LOSS itself can't read what it has recorded.
bool IsAccusation(const absl::Status& failure) {
  return absl::IsDataLoss(failure);
}

MonitorEvent AccusationEvent(const absl::Status& failure) {
  const std::string en(failure.message());
  const std::string zh = ErrorTextZh(failure);
  MonitorEvent event{AccusationKind(failure), {zh.empty() ? en : zh, en}, {}};
  event.details.emplace_back("reason", ErrorReason(failure));
  for (const auto& [name, value] : ErrorMetadata(failure)) {
    if (name == "index") event.details.emplace_back("entry", value);
    if (name == "expected" || name == "actual") {
      event.details.emplace_back(name, value);
    }
  }
  return event;
}

absl::StatusOr<std::string> EventLine(const MonitorEvent& event,
                                      const EventContext& context) {
  JsonObject json;
  json.Add("event", EventName(event.kind));
  json.Add("time", FormatMoment(context.time, absl::UTCTimeZone()));
  json.Add("server", context.server);
  json.Add("ledger", context.origin);
  for (const auto& [name, value] : event.details) json.Add(name, value);
  json.Add("message", event.message.In(context.language));
  return json.Line();
}

}  // namespace annals::client
