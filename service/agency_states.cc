#include "service/agency_states.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"
#include "service/report_history.h"

namespace annals {
namespace {

absl::Status OtherAgency(uint64_t index, absl::string_view agency) {
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {absl::StrCat("The index names ledger entry ", index, " as a state of ",
                    agency,
                    ", and it is none; start annalsd with --rebuild_indexes."),
       absl::StrCat("索引把账本条目 ", index, " 当作 ", agency,
                    " 的登记或变更，但它不是；请用 --rebuild_indexes 启动 "
                    "annalsd。")});
}

}  // namespace

absl::CivilDay FirstDayOf(const v1::Agency& agency) {
  if (!agency.has_valid_from()) return absl::CivilDay::min();
  return report::CivilDayOf(agency.valid_from())
      .value_or(absl::CivilDay::min());
}

bool ExistsOn(const v1::Agency& agency, absl::CivilDay day) {
  if (FirstDayOf(agency) > day) return false;
  if (!agency.has_dissolved_on()) return true;
  const auto dissolved = report::CivilDayOf(agency.dissolved_on());
  return !dissolved.has_value() || day < *dissolved;
}

void SetStateFields(uint64_t index, absl::string_view leaf, int32_t number,
                    v1::Agency* agency) {
  agency->set_entry_index(index);
  agency->set_etag(EtagOfLeaf(leaf));
  agency->set_change_count(number - 1);
}

absl::StatusOr<int32_t> AgencyStates::Count(absl::string_view agency,
                                            uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(agency, size));
  return end.has_value() ? static_cast<int32_t>(end->length) : 0;
}

absl::StatusOr<RecordedAgency> AgencyStates::Decode(
    absl::string_view agency, uint64_t index, absl::string_view leaf) const {
  RecordedAgency state;
  ASSIGN_OR_RETURN(state.entry, DecodeLeaf(index, leaf));
  state.number = 1;
  if (state.entry.has_agency_registered()) {
    state.agency = state.entry.agency_registered().agency();
    *state.agency.mutable_create_time() = state.entry.recorded_at();
  } else {
    state.agency = state.entry.agency_changed().agency();
    state.number = state.entry.agency_changed().number();
  }
  if (state.agency.name() != agency || state.number < 1) {
    return OtherAgency(index, agency);
  }
  if (state.entry.has_agency_changed()) {
    ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> first,
                     ledger_->ReadStream({std::string(agency), 0, 1}));
    if (first.empty()) return OtherAgency(index, agency);
    *state.agency.mutable_create_time() =
        ToTimestamp(first.front().recorded_at);
  }
  SetStateFields(index, leaf, state.number, &state.agency);
  return state;
}

absl::StatusOr<RecordedAgency> AgencyStates::ReadAt(absl::string_view agency,
                                                    uint64_t index) const {
  ASSIGN_OR_RETURN(const std::string leaf, ledger_->ReadLeaf(index));
  return Decode(agency, index, leaf);
}

absl::StatusOr<RecordedAgency> AgencyStates::Read(absl::string_view agency,
                                                  int32_t number) const {
  const auto position = static_cast<uint64_t>(number) - 1;
  ASSIGN_OR_RETURN(
      const std::vector<ledger::StreamEntry> entries,
      ledger_->ReadStream({std::string(agency), position, position + 1}));
  if (entries.empty()) {
    return absl::InternalError("a state that is not there was read");
  }
  ASSIGN_OR_RETURN(RecordedAgency state, ReadAt(agency, entries.front().index));
  if (state.number != number) return OtherAgency(entries.front().index, agency);
  return state;
}

absl::StatusOr<std::optional<RecordedAgency>> AgencyStates::FindLatest(
    absl::string_view agency, uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(agency, size));
  if (!end.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(RecordedAgency state, ReadAt(agency, end->last_index));
  return state;
}

absl::StatusOr<std::optional<RecordedAgency>> AgencyStates::FindOn(
    absl::string_view agency, uint64_t size, absl::CivilDay day) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_->FindStreamEndAsOf(agency, size));
  return FindOn(agency, end, day);
}

// Most questions are about the latest state, so it is read first.
absl::StatusOr<std::optional<RecordedAgency>> AgencyStates::FindOn(
    absl::string_view agency, const std::optional<ledger::StreamEnd>& end,
    absl::CivilDay day) const {
  if (!end.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(RecordedAgency state, ReadAt(agency, end->last_index));
  state.is_latest = true;
  while (state.number > 1 && FirstDayOf(state.agency) > day) {
    ASSIGN_OR_RETURN(state, Read(agency, state.number - 1));
  }
  return state;
}

}  // namespace annals
