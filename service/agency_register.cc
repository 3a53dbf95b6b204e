#include "service/agency_register.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
#include "service/page_token.h"
#include "service/report/names.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr size_t kDisplayNameCharactersMax = 200;
constexpr absl::string_view kCreateMethod =
    "annals.v1.AgencyService/CreateAgency";
constexpr absl::string_view kListQuery = "agencies";

absl::Status AgencyExists(absl::string_view name) {
  return MakeError(absl::StatusCode::kAlreadyExists, "AGENCY_EXISTS",
                   {absl::StrCat(name, " is registered already."),
                    absl::StrCat(name, " 已经登记。")});
}

absl::Status AgencyNotFound(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kNotFound, "AGENCY_NOT_FOUND",
      {absl::StrCat(name, " is not registered; register it first."),
       absl::StrCat(name, " 尚未登记，请先登记。")});
}

absl::Status SupervisorNotRegistered(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SUPERVISOR_NOT_REGISTERED",
      {absl::StrCat("The supervisor ", name,
                    " is not registered; register it first, or leave the "
                    "supervisor empty."),
       absl::StrCat("主管机关 ", name,
                    " 尚未登记，请先登记，或将主管机关留空。")});
}

// The agency as an answer shows it.
absl::StatusOr<v1::Agency> AgencyFromLeaf(uint64_t index,
                                          absl::string_view leaf) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, leaf));
  v1::Agency agency = entry.agency_registered().agency();
  *agency.mutable_create_time() = entry.recorded_at();
  agency.set_entry_index(entry.index());
  return agency;
}

v1::LedgerEntry MakeEntry(const CallerIdentity& caller,
                          v1::CreateAgencyRequest request) {
  v1::LedgerEntry entry;
  entry.mutable_actor()->set_subject(caller.subject);
  entry.mutable_actor()->set_assurance(caller.assurance);
  entry.set_reason(std::move(*request.mutable_reason()));
  entry.set_request_id(std::move(*request.mutable_request_id()));
  v1::Agency* agency = entry.mutable_agency_registered()->mutable_agency();
  *agency = std::move(*request.mutable_agency());
  agency->set_name(absl::StrCat("agencies/", request.agency_id()));
  agency->clear_create_time();
  agency->clear_entry_index();
  return entry;
}

// What was moved is only ever the agency's own stream: it is there now.
absl::StatusOr<v1::Agency> CreateAnswer(
    const std::string& name, absl::StatusOr<ledger::AppendResult> result) {
  if (result.ok()) return AgencyFromLeaf(result->index, result->leaf);
  if (result.status().code() == absl::StatusCode::kAborted) {
    return AgencyExists(name);
  }
  return result.status();
}

}  // namespace

absl::StatusOr<bool> AgencyRegister::IsRegistered(
    absl::string_view agency_code) const {
  ASSIGN_OR_RETURN(const uint64_t length,
                   ledger_->LengthOf(absl::StrCat("agencies/", agency_code)));
  return length > 0;
}

absl::Status AgencyRegister::RequireSupervisor(const v1::Agency& agency) const {
  if (agency.supervisor().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const report::AgencyName supervisor,
                   report::ParseAgencyName(agency.supervisor()));
  ASSIGN_OR_RETURN(const bool registered, IsRegistered(supervisor.code));
  return registered ? absl::OkStatus()
                    : SupervisorNotRegistered(agency.supervisor());
}

absl::Status AgencyRegister::Validate(
    const v1::CreateAgencyRequest& request) const {
  const v1::Agency& agency = request.agency();
  const std::string name = absl::StrCat("agencies/", request.agency_id());
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(report::ValidateAgencyCode(request.agency_id()));
  if (!agency.name().empty() && agency.name() != name) {
    return InvalidField("NAME_MISMATCH", "agency.name",
                        absl::StrCat("must be empty or ", name),
                        absl::StrCat("须为空或 ", name));
  }
  RETURN_IF_ERROR(RequireKnownFields("agency", agency));
  RETURN_IF_ERROR(ValidateStatement(
      "agency.display_name", agency.display_name(), kDisplayNameCharactersMax));
  RETURN_IF_ERROR(report::ValidateDivisionCode(agency.division_code()));
  if (!v1::AgencyKind_IsValid(agency.kind())) {
    return InvalidField("INVALID_VALUE", "agency.kind",
                        absl::StrCat("has no value ", agency.kind()),
                        absl::StrCat("没有取值 ", agency.kind()));
  }
  if (agency.supervisor() == name) {
    return InvalidField("SUPERVISOR_IS_SELF", "agency.supervisor",
                        "is the agency itself", "是机关本身");
  }
  return ValidateStatement("reason", request.reason(), kReasonCharactersMax);
}

void AgencyRegister::Create(const CallerIdentity& caller,
                            v1::CreateAgencyRequest request,
                            CreateCallback done) {
  absl::StatusOr<std::string> request_id =
      NormalizeRequestId(request.request_id());
  if (!request_id.ok()) return std::move(done)(request_id.status());
  if (absl::Status status = Validate(request); !status.ok()) {
    return std::move(done)(status);
  }
  const std::string name = absl::StrCat("agencies/", request.agency_id());
  request.clear_request_id();
  ledger::AppendRequest append;
  append.caller = caller.subject;
  append.request_id = *request_id;
  append.request_digest = RequestDigest(kCreateMethod, request);
  append.stream = {name, 0};
  auto found = ledger_->FindRequest(append.caller, append.request_id,
                                    append.request_digest);
  if (!found.ok()) return std::move(done)(found.status());
  if (found->has_value()) {
    return std::move(done)(CreateAnswer(name, **std::move(found)));
  }
  if (absl::Status status = RequireSupervisor(request.agency()); !status.ok()) {
    return std::move(done)(status);
  }
  request.set_request_id(*std::move(request_id));
  append.make_leaf = [entry = MakeEntry(caller, std::move(request))](
                         const ledger::LeafContext& context) {
    return EncodeLeaf(entry, context);
  };
  ledger_->Append(std::move(append),
                  [name, done = std::move(done)](
                      absl::StatusOr<ledger::AppendResult> result) mutable {
                    std::move(done)(CreateAnswer(name, std::move(result)));
                  });
}

absl::StatusOr<v1::Agency> AgencyRegister::Read(absl::string_view name) const {
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                   ledger_->ReadStream({std::string(name), 0, 1}));
  if (entries.empty()) return AgencyNotFound(name);
  const uint64_t index = entries.front().index;
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(index, /*with_content=*/false));
  return AgencyFromLeaf(index, bytes.leaf);
}

absl::StatusOr<v1::Agency> AgencyRegister::Get(
    const v1::GetAgencyRequest& request) const {
  ASSIGN_OR_RETURN(const report::AgencyName name,
                   report::ParseAgencyName(request.name()));
  return Read(name.ToString());
}

absl::StatusOr<std::optional<v1::Agency>> AgencyRegister::Find(
    absl::string_view agency_code) const {
  absl::StatusOr<v1::Agency> agency =
      Read(absl::StrCat("agencies/", agency_code));
  if (absl::IsNotFound(agency.status())) return std::nullopt;
  if (!agency.ok()) return agency.status();
  return *std::move(agency);
}

absl::StatusOr<std::vector<v1::Agency>> AgencyRegister::ListSupervised(
    absl::string_view supervisor_code, size_t count_max) const {
  ledger::IndexScan scan;
  scan.prefix = SupervisedRowPrefix(supervisor_code);
  scan.limit = count_max;
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                   ledger_->ScanIndex(scan));
  std::vector<v1::Agency> agencies;
  for (const ledger::IndexRow& row : rows) {
    absl::StatusOr<v1::Agency> agency = Read(row.value);
    // A row may show a moment before its entry does.
    if (absl::IsNotFound(agency.status())) continue;
    if (!agency.ok()) return agency.status();
    agencies.push_back(*std::move(agency));
  }
  return agencies;
}

absl::StatusOr<v1::ListAgenciesResponse> AgencyRegister::List(
    const v1::ListAgenciesRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size()));
  ledger::IndexScan scan;
  scan.prefix = AgencyRowPrefix();
  scan.limit = page_size + 1;
  ASSIGN_OR_RETURN(scan.after_key,
                   DecodePageToken(kListQuery, request.page_token()));
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                   ledger_->ScanIndex(scan));
  v1::ListAgenciesResponse response;
  for (size_t i = 0; i < rows.size() && i < page_size; ++i) {
    absl::StatusOr<v1::Agency> agency = Read(rows[i].value);
    // A row may show a moment before its entry does.
    if (absl::IsNotFound(agency.status())) continue;
    if (!agency.ok()) return agency.status();
    *response.add_agencies() = *std::move(agency);
  }
  if (rows.size() > page_size) {
    response.set_next_page_token(
        EncodePageToken(kListQuery, rows[page_size - 1].key));
  }
  return response;
}

}  // namespace annals
