#include "client/figures/figure_row.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/times.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

std::string EditionText(const v1::FigureRow& row, int i) {
  if (i >= row.editions_size()) return "";
  switch (row.editions(i)) {
    case v1::EDITION_2019:
      return "2019";
    case v1::EDITION_2021:
      return "2021";
    default:
      return "";
  }
}

}  // namespace

const std::vector<std::string>& FigureRowHead() {
  static const auto* head = new std::vector<std::string>{
      "agency",      "agency_name", "year",       "scope",      "revision",
      "recorded_at", "erased",      "t2.edition", "t3.edition", "t4.edition"};
  return *head;
}

std::vector<std::string> FigureRowFacts(const v1::FigureRow& row) {
  const auto revision = report::ParseRevisionName(row.revision());
  const report::RevisionName name =
      revision.ok() ? *revision : report::RevisionName();
  return {name.report.agency_code,
          row.agency_name(),
          absl::StrCat(name.report.year),
          name.report.scope == v1::SCOPE_REGIONAL ? "regional" : "own",
          absl::StrCat(name.number),
          FormatMoment(FromTimestamp(row.recorded_at()), absl::UTCTimeZone()),
          row.erased() ? "true" : "false",
          EditionText(row, 0),
          EditionText(row, 1),
          EditionText(row, 2)};
}

}  // namespace annals::client
