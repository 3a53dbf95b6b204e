// What is wrong with the form of a report: the faults found, each at its place.

#ifndef ANNALS_SERVICE_REPORT_REPORT_FAULTS_H_
#define ANNALS_SERVICE_REPORT_REPORT_FAULTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"

namespace annals::report {

// The largest figure, and minus the least: no agency counts so far, and no rule
// that adds figures up leaves 64 bits, where it could not be assessed.
inline constexpr int64_t kFigureMagnitudeMax = 1'000'000'000'000'000;

struct ReportLimits {
  // The longest single text, in bytes of UTF-8.
  size_t text_bytes_max = 256 * 1024;
  // All notes, headings and texts together.
  size_t report_bytes_max = 1024 * 1024;
};

// The way to a message or field of the report, written out only for a fault.
struct FieldPath {
  const FieldPath* parent = nullptr;
  absl::string_view name;
  int index = -1;  // Of an element of a list.

  std::string ToString() const;
};

class ReportFaults {
 public:
  // The limits must outlive it.
  explicit ReportFaults(const ReportLimits& limits) : limits_(limits) {}

  const ReportLimits& limits() const { return limits_; }

  void Add(const FieldPath& path, absl::string_view reason, ErrorText text);

  // TEXT_TOO_LONG, INVALID_UTF8, or INVALID_VALUE for a control character.
  void CheckText(absl::string_view text, const FieldPath& path);

  // COUNT_OUT_OF_RANGE or NEGATIVE_COUNT.
  void CheckFigure(int64_t value, bool may_be_negative, const FieldPath& path);

  // UNKNOWN_FIELD.
  void AddUnknownField(const FieldPath& path);

  // OK if there are none; else INVALID_ARGUMENT with the reason of the first
  // and a violation for each.
  absl::Status Result() const;

 private:
  struct Fault {
    std::string field;
    absl::string_view reason;
    ErrorText text;
  };

  const ReportLimits& limits_;
  std::vector<Fault> faults_;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_REPORT_FAULTS_H_
