#include "service/telemetry/call_recorder.h"

#include <utility>

#include "absl/strings/string_view.h"

namespace annals {
namespace {

// What is too long is no better for waiting, so its code is INVALID_ARGUMENT.
bool IsSizeLimit(absl::string_view reason) {
  return reason == "TEXT_TOO_LONG" || reason == "DOCUMENT_TOO_LARGE" ||
         reason == "LEAF_TOO_LARGE";
}

}  // namespace

CallRecorder::CallRecorder(const std::vector<std::string>& methods,
                           AccessLog* log, ledger::Clock* clock,
                           HandledCalls* handled)
    : log_(log), clock_(clock), handled_(handled) {
  for (const std::string& method : methods) {
    methods_.push_back(std::make_unique<Method>(method));
  }
}

void CallRecorder::Begin(size_t method) {
  methods_[method]->in_flight.fetch_add(1, std::memory_order_relaxed);
}

void CallRecorder::End(size_t method, CallRecord record) {
  Method& counted = *methods_[method];
  counted.in_flight.fetch_sub(1, std::memory_order_relaxed);
  const size_t code = static_cast<size_t>(record.code);
  if (code < kCodes) {
    counted.by_code[code].fetch_add(1, std::memory_order_relaxed);
  }
  counted.latency.Observe(absl::ToDoubleSeconds(record.latency));
  Log(counted.name, std::move(record));
}

void CallRecorder::RecordItem(size_t method, CallRecord record) {
  Log(methods_[method]->name, std::move(record));
}

void CallRecorder::Log(const std::string& method, CallRecord record) {
  if (record.code == absl::StatusCode::kResourceExhausted ||
      IsSizeLimit(record.reason)) {
    limits_.Count(record.reason);
  }
  if (log_ == nullptr) return;
  record.time = clock_->Now();
  record.method = method;
  log_->Add(std::move(record));
}

void CallRecorder::Collect(MetricWriter* metrics) const {
  for (const auto& method : methods_) {
    const MetricLabels labels = {{"method", method->name}};
    metrics->Add(Metric::kCallsInFlight, static_cast<double>(method->in_flight),
                 labels);
    metrics->AddHistogram(Metric::kCallDuration, method->latency.Read(),
                          labels);
    for (size_t code = 0; code < kCodes; ++code) {
      const uint64_t count = method->by_code[code];
      // OK always, so that a rate has a beginning.
      if (count == 0 && code != 0) continue;
      metrics->Add(Metric::kCalls, static_cast<double>(count),
                   {{"method", method->name},
                    {"code", absl::StatusCodeToString(
                                 static_cast<absl::StatusCode>(code))}});
    }
  }
  for (const auto& [reason, count] : limits_.Read()) {
    metrics->Add(Metric::kLimitsHit, static_cast<double>(count),
                 {{"reason", reason}});
  }
}

}  // namespace annals
