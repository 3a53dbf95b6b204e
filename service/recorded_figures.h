// The figures of a recorded revision, read without making messages of the rest.

#ifndef ANNALS_SERVICE_RECORDED_FIGURES_H_
#define ANNALS_SERVICE_RECORDED_FIGURES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "ledger/ledger.h"
#include "service/report/figures.h"

namespace annals {

struct RecordedFigures {
  // The revision's name.
  std::string revision;
  google::protobuf::Timestamp recorded_at;
  // Its content was erased; no figures then.
  bool is_erased = false;
  report::Figures figures;
};

// Reads the revision of `report` that stands at `end` of its stream, making use
// again of what `figures` holds. As Ledger::ReadEntry; DATA_LOSS with reason
// INDEX_DAMAGED if something else stands there, CONTENT_UNREADABLE if the
// content is no report. Blocks on storage.
absl::Status ReadRecordedFigures(absl::string_view report,
                                 const ledger::StreamEnd& end,
                                 ledger::Ledger* ledger,
                                 RecordedFigures* figures);

}  // namespace annals

#endif  // ANNALS_SERVICE_RECORDED_FIGURES_H_
