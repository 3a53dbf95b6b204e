#include "service/report/roll_up_sum.h"

#include <algorithm>

namespace annals::report {

RollUpSum::RollUpSum(int contributions_max)
    : contributions_max_(static_cast<size_t>(contributions_max)),
      cells_(Schema::Get().cells().size()),
      is_shown_(Schema::Get().cells().size()) {}

bool RollUpSum::ComesBefore(const Term& a, const Term& b) {
  return a.value != b.value ? a.value > b.value : a.report < b.report;
}

void RollUpSum::Keep(Term term, std::vector<Term>* largest) const {
  if (largest->size() < contributions_max_) {
    largest->push_back(term);
    std::push_heap(largest->begin(), largest->end(), ComesBefore);
  } else if (!largest->empty() && ComesBefore(term, largest->front())) {
    std::pop_heap(largest->begin(), largest->end(), ComesBefore);
    largest->back() = term;
    std::push_heap(largest->begin(), largest->end(), ComesBefore);
  }
}

void RollUpSum::Add(absl::string_view revision, const Figures& figures) {
  const size_t report = reports_.size();
  reports_.push_back({std::string(revision), figures.agency_name});
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  for (size_t i = 0; i < infos.size(); ++i) {
    CellSum& cell = cells_[i];
    const bool has_cell = figures.Has(infos[i]);
    if (has_cell) is_shown_[i] = true;
    if (!has_cell || !figures.cells[i].has_value()) {
      ++cell.blanks;
      if (cell.first_blanks.size() < contributions_max_) {
        cell.first_blanks.push_back(report);
      }
      continue;
    }
    ++cell.figures;
    cell.sum.Add(*figures.cells[i]);
    Keep({*figures.cells[i], report}, &cell.largest);
  }
}

void RollUpSum::SetRegional(const Figures& figures) {
  regional_ = figures;
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  for (size_t i = 0; i < infos.size(); ++i) {
    if (figures.Has(infos[i])) is_shown_[i] = true;
  }
}

std::optional<int64_t> RollUpSum::SumOf(const CellSum& cell) const {
  return cell.figures == 0 ? std::nullopt : cell.sum.Result();
}

bool RollUpSum::Differs(size_t cell) const {
  return regional_.has_value() &&
         SumOf(cells_[cell]) !=
             regional_->Counted(static_cast<CellIndex>(cell));
}

void RollUpSum::AddContributions(const CellSum& cell,
                                 v1::RollUpCell* message) const {
  const auto add = [this, message](size_t report) {
    v1::Contribution* contribution = message->add_contributions();
    contribution->set_revision(reports_[report].revision);
    contribution->set_display_name(reports_[report].agency_name);
    return contribution;
  };
  std::vector<Term> terms = cell.largest;
  std::sort(terms.begin(), terms.end(), ComesBefore);
  for (const Term& term : terms) add(term.report)->set_value(term.value);
  for (const size_t report : cell.first_blanks) {
    if (message->contributions_size() >= static_cast<int>(contributions_max_)) {
      break;
    }
    add(report);
  }
}

std::vector<v1::RollUpCell> RollUpSum::Build(
    const std::vector<CellIndex>& chosen) const {
  std::vector<v1::RollUpCell> messages;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const auto index = static_cast<CellIndex>(i);
    const bool is_chosen =
        std::find(chosen.begin(), chosen.end(), index) != chosen.end();
    if (!is_shown_[i] && !is_chosen) continue;
    v1::RollUpCell& message = messages.emplace_back();
    message.set_cell(Schema::Get().cells()[i].id);
    const std::optional<int64_t> sum = SumOf(cells_[i]);
    if (sum.has_value()) message.set_sum(*sum);
    if (regional_.has_value()) {
      const std::optional<int64_t> regional = regional_->Counted(index);
      if (regional.has_value()) message.set_regional(*regional);
    }
    message.set_contribution_count(cells_[i].figures);
    message.set_blank_count(cells_[i].blanks);
    if (chosen.empty() ? Differs(i) : is_chosen) {
      AddContributions(cells_[i], &message);
    }
  }
  return messages;
}

v1::Report RollUpSum::Draft(int year) const {
  v1::Report draft;
  draft.set_year(year);
  draft.set_scope(v1::SCOPE_REGIONAL);
  const v1::Edition edition = EditionForYear(year);
  draft.mutable_t2()->set_edition(edition);
  draft.mutable_t3()->set_edition(edition);
  draft.mutable_t4()->set_edition(edition);
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  for (size_t i = 0; i < infos.size(); ++i) {
    const std::optional<int64_t> sum = SumOf(cells_[i]);
    if (infos[i].In(edition) && sum.has_value()) {
      SetCell(static_cast<CellIndex>(i), sum, &draft);
    }
  }
  return draft;
}

bool DiffersFromRegional(const v1::RollUpCell& cell) {
  return cell.has_sum() != cell.has_regional() || cell.sum() != cell.regional();
}

}  // namespace annals::report
