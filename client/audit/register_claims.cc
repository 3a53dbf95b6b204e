#include "client/audit/register_claims.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "client/audit/index_fault.h"
#include "client/fetch.h"
#include "client/stubs.h"
#include "ledger/status_macros.h"
#include "service/report/timestamp.h"

namespace annals::client {
namespace {

constexpr int32_t kPageSize = 1000;

FaultValue StatesOf(int32_t states, const ledger::Hash& chain) {
  const std::string digest = HexOf(chain);
  return Text{absl::StrCat(states, " 版，摘要 ", digest),
              absl::StrCat(states, " states, digest ", digest)};
}

FaultValue Summary(const v1::Agency& agency) {
  return Text{absl::StrCat(agency.name(), "，条目 ", agency.entry_index(), "，",
                           agency.display_name()),
              absl::StrCat(agency.name(), ", entry ", agency.entry_index(),
                           ", ", agency.display_name())};
}

}  // namespace

absl::Status RegisterClaims::Check(const std::string& agency,
                                   const AgencyFacts& facts) const {
  RETURN_IF_ERROR(CheckLatest(agency, facts));
  ASSIGN_OR_RETURN(const History history, ReadHistory(agency, facts));
  if (history.states == facts.states && history.chain == facts.chain) {
    return absl::OkStatus();
  }
  return IndexFault(agency, {"登记的历史", "history in the register"},
                    StatesOf(facts.states, facts.chain),
                    StatesOf(history.states, history.chain));
}

absl::Status RegisterClaims::CheckLatest(const std::string& agency,
                                         const AgencyFacts& facts) const {
  v1::GetAgencyRequest request;
  request.set_name(agency);
  ASSIGN_OR_RETURN(
      const v1::Agency latest,
      connection_.Call(connection_.stubs().agencies,
                       &v1::AgencyService::Stub::GetAgency, request));
  if (latest.name() == agency && latest.entry_index() >= state_.size()) {
    return newer_.Add(agency, latest.entry_index());
  }
  if (latest.name() == agency && AgencyDigest(latest) == facts.answer_digest &&
      report::FromTimestamp(latest.create_time()) == facts.registered_at) {
    return absl::OkStatus();
  }
  return IndexFault(agency, {"机关登记", "agency"}, EntryNumber(facts.index),
                    Summary(latest));
}

absl::StatusOr<RegisterClaims::History> RegisterClaims::ReadHistory(
    const std::string& agency, const AgencyFacts& facts) const {
  std::vector<ledger::Hash> digests;
  absl::flat_hash_set<uint64_t> newer;
  v1::ListAgencyChangesRequest request;
  request.set_parent(agency);
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    ASSIGN_OR_RETURN(
        const v1::ListAgencyChangesResponse page,
        connection_.Call(connection_.stubs().agencies,
                         &v1::AgencyService::Stub::ListAgencyChanges, request));
    for (const v1::AgencyChange& change : page.changes()) {
      const uint64_t index = change.agency().entry_index();
      if (index < state_.size()) {
        digests.push_back(AgencyChangeDigest(change));
        continue;
      }
      if (!newer.insert(index).second) {
        return IndexFault(agency, {"登记的历史", "history in the register"},
                          EntryNumber(index), Text{"列出两次", "listed twice"});
      }
      RETURN_IF_ERROR(newer_.Add(agency, index));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.changes_size()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() &&
           digests.size() <= static_cast<size_t>(facts.states));
  History history;
  history.states = static_cast<int32_t>(digests.size());
  while (!digests.empty()) {
    history.chain = ChainDigest(history.chain, digests.back());
    digests.pop_back();
  }
  return history;
}

}  // namespace annals::client
