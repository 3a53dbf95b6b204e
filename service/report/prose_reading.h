// What section one states of applications and disputes: each figure with what
// it counts, told by the words before it in its clause. Reads a text in one
// pass, in time proportional to its length.

#ifndef ANNALS_SERVICE_REPORT_PROSE_READING_H_
#define ANNALS_SERVICE_REPORT_PROSE_READING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/report/report_view.h"

namespace annals::report {

// What a stated figure counts.
enum class Topic {
  kNone,
  kReceived,
  kAnswered,
  kCarriedIn,
  kCarriedOut,
  kGranted,
  kPartiallyGranted,
  kDenied,
  kUnable,
  kRefused,
  kOtherwise,  // （六）其他处理.
  kNaturalPerson,
  kOrganisation,
  kReconsideration,
  kLitigation,
  kElsewhere,  // Something that tables 3 and 4 do not count.
};

struct StatedFigure {
  Topic topic = Topic::kNone;
  int64_t value = 0;
  size_t place = 0;  // Of the text, in Schema::texts().
};

// A figure with the share that the text says it is: "265 件，占 32.9%".
struct StatedShare {
  StatedFigure part;
  // 32.9 % is 329 with one decimal.
  int64_t percent = 0;
  int decimals = 0;
};

// The figures of a text on applications, or of one on anything (`is_on_request`
// false), where a figure counts only in a sentence that speaks of applications.
struct ProseReading {
  std::vector<StatedFigure> figures;
  std::vector<StatedShare> shares;

  void Read(absl::string_view text, size_t place, bool is_on_request);

  // The first figure of the topic; null if there is none.
  const StatedFigure* First(Topic topic) const;
};

// Reads section one.
ProseReading ReadSectionOne(const ReportView& report);

// The place of a text in Schema::texts(). REQUIRES: there is one.
size_t PlaceOfText(absl::string_view path);

// The amount of 信息处理费 that the text states, in 分; nullopt if it states
// none. 未收取 is not an amount.
std::optional<int64_t> HandlingFeeIn(absl::string_view text);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_PROSE_READING_H_
