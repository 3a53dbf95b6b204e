#include "service/agency_register.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/agency_request.h"
#include "service/leaf_codec.h"
#include "service/page_token.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/report/register_change.h"
#include "service/request.h"
#include "service/supervision.h"

namespace annals {
namespace {

constexpr absl::string_view kCreateMethod =
    "annals.v1.AgencyService/CreateAgency";
constexpr absl::string_view kUpdateMethod =
    "annals.v1.AgencyService/UpdateAgency";
constexpr size_t kScanRows = 256;
// Half of what a walk over the register takes: one that moves brings those
// below it along.
constexpr size_t kOfficesAboveMax = 32;

absl::Status RegisterMoved(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kAborted, "REGISTER_MOVED",
      {absl::StrCat("An office above ", name,
                    " was changed at the same time; nothing was recorded. Try "
                    "again."),
       absl::StrCat(name, " 之上的机关同时有变更，本次未记录，请重试。")});
}

v1::LedgerEntry NewEntry(const CallerIdentity& caller, std::string reason,
                         std::string request_id) {
  v1::LedgerEntry entry;
  *entry.mutable_actor() = ActorOf(caller);
  entry.set_reason(std::move(reason));
  entry.set_request_id(std::move(request_id));
  return entry;
}

// The caller, the id and the digest of a request; clears its id.
template <typename Request>
absl::StatusOr<ledger::AppendRequest> StartAppend(const CallerIdentity& caller,
                                                  absl::string_view method,
                                                  Request* request) {
  ledger::AppendRequest append;
  ASSIGN_OR_RETURN(append.request_id,
                   NormalizeRequestId(request->request_id()));
  request->clear_request_id();
  append.caller = caller.subject;
  append.request_digest = RequestDigest(method, *request);
  return append;
}

// What an answer shows of a state that was recorded just now. Reads nothing:
// it is called on the sequencer's thread.
v1::Agency AnswerOf(v1::Agency agency, const ledger::AppendResult& result,
                    int32_t number) {
  if (number == 1) {
    *agency.mutable_create_time() = ToTimestamp(result.recorded_at);
  }
  SetStateFields(result.index, result.leaf, number, &agency);
  return agency;
}

// The number below which, from the newest, the next page goes on.
absl::StatusOr<int32_t> NextNumber(absl::string_view query,
                                   absl::string_view token, int32_t count) {
  ASSIGN_OR_RETURN(const std::string key, DecodePageToken(query, token));
  if (key.empty()) return count + 1;
  int32_t number = 0;
  if (!absl::SimpleAtoi(key, &number) || number < 2 || number > count + 1) {
    return InvalidPageToken();
  }
  return number;
}

// Adds a page of what was registered when the ledger had `size` entries. The
// key behind which the next page begins; empty if there is none. Agencies that
// were registered later take no place, so that the pages are the same for good;
// the price is to look at all of them that lie between.
absl::StatusOr<std::string> AddAgencies(size_t page_size, uint64_t size,
                                        ledger::IndexScan scan,
                                        ledger::Ledger* ledger,
                                        v1::ListAgenciesResponse* response) {
  const AgencyStates states(ledger);
  std::string last_key;
  scan.limit = page_size + 1;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                     ledger->ScanIndex(scan));
    for (const ledger::IndexRow& row : rows) {
      ASSIGN_OR_RETURN(std::optional<RecordedAgency> state,
                       states.FindLatest(row.value, size));
      if (!state.has_value()) continue;
      if (static_cast<size_t>(response->agencies_size()) == page_size) {
        return last_key;
      }
      *response->add_agencies() = std::move(state->agency);
      last_key = row.key;
    }
    if (rows.size() < scan.limit) return std::string();
    scan.after_key = rows.back().key;
    scan.limit = kScanRows;
  }
}

}  // namespace

absl::StatusOr<bool> AgencyRegister::IsRegistered(
    absl::string_view agency_code) const {
  ASSIGN_OR_RETURN(const uint64_t length,
                   ledger_->LengthOf(absl::StrCat("agencies/", agency_code)));
  return length > 0;
}

absl::StatusOr<AgencyRegister::Today> AgencyRegister::FindToday(
    absl::string_view agency_code) const {
  Today today;
  today.day = report::DayInShanghai(clock_->Now());
  today.stream.stream = absl::StrCat("agencies/", agency_code);
  ASSIGN_OR_RETURN(
      const std::optional<ledger::StreamEnd> end,
      ledger_->FindStreamEndAsOf(today.stream.stream, Latest().size));
  today.stream.length = end.has_value() ? end->length : 0;
  ASSIGN_OR_RETURN(today.state,
                   states_.FindOn(today.stream.stream, end, today.day));
  return today;
}

absl::Status AgencyRegister::RequireLinked(
    const v1::Agency& agency, absl::string_view supervisor_before) const {
  if (!agency.supervisor().empty() &&
      agency.supervisor() != supervisor_before) {
    RETURN_IF_ERROR(RequireSupervisor(agency));
  }
  if (!agency.successor().empty()) {
    ASSIGN_OR_RETURN(const uint64_t length,
                     ledger_->LengthOf(agency.successor()));
    if (length == 0) return SuccessorNotRegistered(agency.successor());
  }
  return absl::OkStatus();
}

// An agency of the past, dissolved by then itself, may have had it.
absl::Status AgencyRegister::RequireSupervisor(const v1::Agency& agency) const {
  const absl::CivilDay first = agency.has_valid_from()
                                   ? FirstDayOf(agency)
                                   : report::DayInShanghai(clock_->Now());
  const auto is_dissolved = [first](const v1::Agency& office) {
    const auto day = report::CivilDayOf(office.dissolved_on());
    return office.has_dissolved_on() && day.has_value() && *day <= first;
  };
  if (is_dissolved(agency)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<RecordedAgency> supervisor,
                   states_.FindOn(agency.supervisor(), Latest().size, first));
  if (!supervisor.has_value()) {
    return SupervisorNotRegistered(agency.supervisor());
  }
  if (is_dissolved(supervisor->agency)) {
    return SupervisorDissolved(agency.supervisor(), first);
  }
  size_t above = 1;
  std::string office = supervisor->agency.supervisor();
  for (; !office.empty() && above <= kOfficesAboveMax; ++above) {
    ASSIGN_OR_RETURN(const auto state,
                     states_.FindOn(office, Latest().size, first));
    office = state.has_value() ? state->agency.supervisor() : "";
  }
  return above <= kOfficesAboveMax
             ? absl::OkStatus()
             : SupervisionTooDeep(agency.name(), kOfficesAboveMax);
}

absl::StatusOr<std::optional<ledger::AppendResult>>
AgencyRegister::FindRecorded(const ledger::AppendRequest& append) const {
  return ledger_->FindRequest(append.caller, append.request_id,
                              append.request_digest);
}

absl::StatusOr<v1::Agency> AgencyRegister::Recorded(
    const std::string& name, const ledger::AppendResult& result) const {
  ASSIGN_OR_RETURN(RecordedAgency state,
                   states_.Decode(name, result.index, result.leaf));
  return std::move(state.agency);
}

void AgencyRegister::Create(const CallerIdentity& caller,
                            v1::CreateAgencyRequest request,
                            WriteCallback done) {
  absl::StatusOr<ledger::AppendRequest> append =
      StartAppend(caller, kCreateMethod, &request);
  if (!append.ok()) return std::move(done)(append.status());
  if (absl::Status status = ValidateCreation(request); !status.ok()) {
    return std::move(done)(status);
  }
  const std::string name = absl::StrCat("agencies/", request.agency_id());
  append->stream = {name, 0};
  const auto found = FindRecorded(*append);
  if (!found.ok()) return std::move(done)(found.status());
  if (found->has_value()) return std::move(done)(Recorded(name, **found));
  v1::Agency agency = WithoutServiceFields(request.agency());
  agency.set_name(name);
  if (absl::Status status = RequireLinked(agency, ""); !status.ok()) {
    return std::move(done)(status);
  }
  v1::LedgerEntry entry = NewEntry(caller, std::move(*request.mutable_reason()),
                                   append->request_id);
  *entry.mutable_agency_registered()->mutable_agency() = agency;
  append->make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  ledger_->Append(
      *std::move(append),
      [agency = std::move(agency), done = std::move(done)](
          absl::StatusOr<ledger::AppendResult> result) mutable {
        if (result.ok()) {
          return std::move(done)(AnswerOf(std::move(agency), *result, 1));
        }
        // What was moved is only ever the agency's own stream.
        std::move(done)(absl::IsAborted(result.status())
                            ? AgencyExists(agency.name())
                            : result.status());
      });
}

// The changed agency, its time of creation set; and what its append relies on.
absl::StatusOr<v1::Agency> AgencyRegister::PrepareUpdate(
    const v1::UpdateAgencyRequest& request,
    ledger::AppendRequest* append) const {
  const std::string& name = request.agency().name();
  const uint64_t size = Latest().size;
  ASSIGN_OR_RETURN(const std::optional<RecordedAgency> latest,
                   states_.FindLatest(name, size));
  if (!latest.has_value()) return AgencyNotFound(name);
  if (request.agency().etag() != latest->agency.etag()) {
    return AgencyEtagMismatch(name, latest->agency.etag());
  }
  append->stream = {name, static_cast<uint64_t>(latest->number)};
  const absl::CivilDay today = report::DayInShanghai(clock_->Now());
  std::optional<RecordedAgency> base = latest;
  std::optional<absl::CivilDay> replaced;
  if (const auto last = report::LastDayKept(request, today); last.has_value()) {
    ASSIGN_OR_RETURN(base, states_.FindOn(name, size, *last));
    // Those after it do not hold on that day yet, nor does the first, if it is
    // for lack of another.
    const bool is_before_all = FirstDayOf(base->agency) > *last;
    for (int32_t n = base->number + (is_before_all ? 0 : 1);
         n <= latest->number; ++n) {
      ASSIGN_OR_RETURN(const RecordedAgency later, states_.Read(name, n));
      const absl::CivilDay first = FirstDayOf(later.agency);
      replaced = std::min(replaced.value_or(first), first);
    }
  }
  ASSIGN_OR_RETURN(v1::Agency changed,
                   ApplyUpdate(request, base->agency, replaced, today));
  RETURN_IF_ERROR(RequireLinked(changed, base->agency.supervisor()));
  if (!changed.supervisor().empty()) {
    ASSIGN_OR_RETURN(
        append->unchanged,
        RequireNoCycle({name, changed.supervisor(), FirstDayOf(changed)}, size,
                       states_));
  }
  *changed.mutable_create_time() = latest->agency.create_time();
  return changed;
}

void AgencyRegister::Update(const CallerIdentity& caller,
                            v1::UpdateAgencyRequest request,
                            WriteCallback done) {
  absl::StatusOr<ledger::AppendRequest> append =
      StartAppend(caller, kUpdateMethod, &request);
  if (!append.ok()) return std::move(done)(append.status());
  if (absl::Status status = ValidateUpdate(request); !status.ok()) {
    return std::move(done)(status);
  }
  const std::string name = request.agency().name();
  const auto found = FindRecorded(*append);
  if (!found.ok()) return std::move(done)(found.status());
  if (found->has_value()) return std::move(done)(Recorded(name, **found));
  absl::StatusOr<v1::Agency> changed = PrepareUpdate(request, &*append);
  if (!changed.ok()) return std::move(done)(changed.status());
  const auto number = static_cast<int32_t>(append->stream.length) + 1;
  v1::LedgerEntry entry = NewEntry(caller, std::move(*request.mutable_reason()),
                                   append->request_id);
  entry.mutable_agency_changed()->set_number(number);
  *entry.mutable_agency_changed()->mutable_agency() =
      WithoutServiceFields(*changed);
  append->make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  ledger_->Append(
      *std::move(append),
      [name, number, changed = *std::move(changed), done = std::move(done)](
          absl::StatusOr<ledger::AppendResult> result) mutable {
        if (result.ok()) {
          return std::move(done)(AnswerOf(std::move(changed), *result, number));
        }
        if (!absl::IsAborted(result.status())) {
          return std::move(done)(result.status());
        }
        const auto metadata = ErrorMetadata(result.status());
        const bool is_own =
            std::any_of(metadata.begin(), metadata.end(),
                        [&name](const std::pair<std::string, std::string>& m) {
                          return m.first == "stream" && m.second == name;
                        });
        std::move(done)(is_own ? AgencyEtagMismatch(name, "")
                               : RegisterMoved(name));
      });
}

RegisterMoment AgencyRegister::Latest() const {
  return {ledger_->checkpoint()->checkpoint.size, absl::CivilDay::max()};
}

absl::StatusOr<v1::Agency> AgencyRegister::Get(
    const v1::GetAgencyRequest& request) const {
  ASSIGN_OR_RETURN(const report::AgencyName parsed,
                   report::ParseAgencyName(request.name()));
  const std::string name = parsed.ToString();
  RegisterMoment moment = Latest();
  ASSIGN_OR_RETURN(moment.size, as_of_.SizeFor(request));
  if (request.has_on()) {
    const auto day = report::CivilDayOf(request.on());
    if (!day.has_value()) {
      return InvalidField("INVALID_VALUE", "on", "is no day of the calendar",
                          "不是日历上的一天");
    }
    moment.day = *day;
  }
  ASSIGN_OR_RETURN(std::optional<v1::Agency> agency, Find(parsed.code, moment));
  if (agency.has_value()) return *std::move(agency);
  ASSIGN_OR_RETURN(const bool is_registered, IsRegistered(parsed.code));
  return is_registered ? NoAgencyYet(name) : AgencyNotFound(name);
}

absl::StatusOr<std::optional<v1::Agency>> AgencyRegister::Find(
    absl::string_view agency_code, const RegisterMoment& moment) const {
  ASSIGN_OR_RETURN(std::optional<RecordedAgency> state,
                   states_.FindOn(absl::StrCat("agencies/", agency_code),
                                  moment.size, moment.day));
  if (!state.has_value()) return std::nullopt;
  return std::move(state->agency);
}

absl::StatusOr<std::vector<v1::Agency>> AgencyRegister::ListSupervised(
    absl::string_view supervisor_code, const RegisterMoment& moment,
    size_t count_max) const {
  const std::string supervisor = absl::StrCat("agencies/", supervisor_code);
  std::vector<v1::Agency> agencies;
  ledger::IndexScan scan;
  scan.prefix = SupervisedRowPrefix(supervisor_code);
  scan.limit = kScanRows;
  std::vector<ledger::IndexRow> rows;
  do {
    ASSIGN_OR_RETURN(rows, ledger_->ScanIndex(scan));
    for (const ledger::IndexRow& row : rows) {
      ASSIGN_OR_RETURN(std::optional<RecordedAgency> state,
                       states_.FindOn(row.value, moment.size, moment.day));
      // A row stays when the supervisor changes, and shows a moment before its
      // entry does.
      if (!state.has_value() || state->agency.supervisor() != supervisor ||
          !ExistsOn(state->agency, moment.day)) {
        continue;
      }
      agencies.push_back(std::move(state->agency));
      if (agencies.size() == count_max) return agencies;
    }
    if (!rows.empty()) scan.after_key = rows.back().key;
  } while (rows.size() == scan.limit);
  return agencies;
}

absl::StatusOr<v1::ListAgenciesResponse> AgencyRegister::List(
    const v1::ListAgenciesRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size,
                   page_limit_.SizeFor(request.page_size()));
  ASSIGN_OR_RETURN(const uint64_t size, as_of_.SizeFor(request));
  const bool is_as_of = request.has_as_of() || request.as_of_size() != 0;
  const std::string query =
      is_as_of ? absl::StrCat("agencies ", size) : "agencies";
  ledger::IndexScan scan;
  scan.prefix = AgencyRowPrefix();
  ASSIGN_OR_RETURN(scan.after_key,
                   DecodePageToken(query, request.page_token()));
  v1::ListAgenciesResponse response;
  ASSIGN_OR_RETURN(
      const std::string last_key,
      AddAgencies(page_size, size, std::move(scan), ledger_, &response));
  if (!last_key.empty()) {
    response.set_next_page_token(EncodePageToken(query, last_key));
  }
  return response;
}

absl::StatusOr<v1::ListAgencyChangesResponse> AgencyRegister::ListChanges(
    const v1::ListAgencyChangesRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size,
                   page_limit_.SizeFor(request.page_size()));
  ASSIGN_OR_RETURN(const report::AgencyName parsed,
                   report::ParseAgencyName(request.parent()));
  const std::string name = parsed.ToString();
  ASSIGN_OR_RETURN(const int32_t count, states_.Count(name, Latest().size));
  if (count == 0) return AgencyNotFound(name);
  const std::string query = absl::StrCat("changes ", name);
  ASSIGN_OR_RETURN(const int32_t next,
                   NextNumber(query, request.page_token(), count));
  const int32_t lowest =
      std::max<int32_t>(1, next - static_cast<int32_t>(page_size));
  v1::ListAgencyChangesResponse response;
  for (int32_t number = next - 1; number >= lowest; --number) {
    ASSIGN_OR_RETURN(RecordedAgency state, states_.Read(name, number));
    v1::AgencyChange* change = response.add_changes();
    *change->mutable_agency() = std::move(state.agency);
    *change->mutable_actor() = std::move(*state.entry.mutable_actor());
    change->set_reason(std::move(*state.entry.mutable_reason()));
    *change->mutable_recorded_at() = state.entry.recorded_at();
  }
  if (lowest > 1) {
    response.set_next_page_token(EncodePageToken(query, absl::StrCat(lowest)));
  }
  return response;
}

}  // namespace annals
