#include "service/report/rule_support.h"

#include <utility>

#include "absl/strings/match.h"
#include "ledger/check.h"

namespace annals::report {
namespace {

ErrorText PreviousMissingText(PreviousState state) {
  switch (state) {
    case PreviousState::kOtherScope:
      return {"last year's report has another scope, so it can't be compared",
              "上年度报告口径不同，不能比较"};
    case PreviousState::kOtherYear:
      return {"the report given as last year's is not of the year before",
              "所给的上年度报告不是上一年的报告"};
    default:
      return {"last year's report is not at hand", "没有上年度报告可供核对"};
  }
}

}  // namespace

void SetMessage(ErrorText text, v1::Finding* finding) {
  finding->mutable_message()->set_zh(std::move(text.zh));
  finding->mutable_message()->set_en(std::move(text.en));
}

v1::Outcome LacksPreviousReport(const CheckInput& input, v1::Finding* finding) {
  const std::string& name = input.context().previous_name;
  if (input.previous_state() == PreviousState::kNotAtHand && !name.empty()) {
    finding->add_missing_reports(name);
  }
  SetMessage(PreviousMissingText(input.previous_state()), finding);
  return v1::OUTCOME_NOT_ASSESSABLE;
}

std::optional<int64_t> FigureOf(const CheckInput& input, CellIndex cell,
                                bool is_previous) {
  if (input.IsLeftOut(cell, is_previous)) return std::nullopt;
  return input.Value(cell, is_previous);
}

CellIndex RequireCell(absl::string_view id) {
  const std::optional<CellIndex> cell = Schema::Get().Find(id);
  ANNALS_CHECK(cell.has_value());
  return *cell;
}

absl::string_view TextAt(const ReportView& report, size_t place) {
  return report.Text(place).value_or(absl::string_view());
}

const std::vector<size_t>& SectionPlaces() {
  static const std::vector<size_t> places = [] {
    const std::vector<TextInfo>& texts = Schema::Get().texts();
    std::vector<size_t> found;
    for (size_t i = 0; i < texts.size(); ++i) {
      const bool is_section = absl::StartsWith(texts[i].path, "s");
      if (is_section) found.push_back(i);
    }
    return found;
  }();
  return places;
}

void AddTextTerm(size_t place, v1::Side* side) {
  side->add_terms()->set_cell(Schema::Get().texts()[place].path);
}

}  // namespace annals::report
