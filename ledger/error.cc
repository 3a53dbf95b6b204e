#include "ledger/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annals {
namespace {

constexpr absl::string_view kReasonUrl = "annals/reason";
constexpr absl::string_view kTextZhUrl = "annals/text_zh";
constexpr absl::string_view kMetadataUrl = "annals/metadata";
constexpr absl::string_view kViolationsUrl = "annals/violations";

// Pairs are kept in one payload as first 0x1F second 0x1E, in their order.
constexpr char kUnitSeparator = '\x1F';
constexpr char kRecordSeparator = '\x1E';

std::string Payload(const absl::Status& status, absl::string_view url) {
  auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

void AppendPair(absl::string_view url, absl::string_view first,
                absl::string_view second, absl::Status* status) {
  std::string pairs = Payload(*status, url);
  absl::StrAppend(&pairs, first, std::string(1, kUnitSeparator), second,
                  std::string(1, kRecordSeparator));
  status->SetPayload(url, absl::Cord(pairs));
}

std::vector<std::pair<std::string, std::string>> Pairs(
    const absl::Status& status, absl::string_view url) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const std::string payload = Payload(status, url);
  for (absl::string_view record :
       absl::StrSplit(payload, kRecordSeparator, absl::SkipEmpty())) {
    pairs.push_back(absl::StrSplit(record, absl::MaxSplits(kUnitSeparator, 1)));
  }
  return pairs;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view reason,
                       ErrorText text) {
  absl::Status status(code, text.en);
  status.SetPayload(kReasonUrl, absl::Cord(reason));
  status.SetPayload(kTextZhUrl, absl::Cord(text.zh));
  return status;
}

void AddErrorMetadata(absl::string_view key, absl::string_view value,
                      absl::Status* status) {
  AppendPair(kMetadataUrl, key, value, status);
}

void AddFieldViolation(const FieldViolation& violation, absl::Status* status) {
  AppendPair(kViolationsUrl, violation.field, violation.description, status);
}

std::string ErrorReason(const absl::Status& status) {
  return Payload(status, kReasonUrl);
}

std::string ErrorTextZh(const absl::Status& status) {
  return Payload(status, kTextZhUrl);
}

std::vector<std::pair<std::string, std::string>> ErrorMetadata(
    const absl::Status& status) {
  return Pairs(status, kMetadataUrl);
}

std::vector<FieldViolation> FieldViolations(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  for (auto& [field, description] : Pairs(status, kViolationsUrl)) {
    violations.push_back({std::move(field), std::move(description)});
  }
  return violations;
}

}  // namespace annals
