#include "client/audit/index_claims.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/fetch.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

constexpr int32_t kPageSize = 1000;

absl::Status IndexFault(const std::string& resource, const Text& what,
                        absl::string_view expected, absl::string_view actual) {
  absl::Status status = VerificationFailure(
      "AUDIT_INDEX",
      {absl::StrCat(resource, "：", what.zh, "：账本中为 ", expected,
                    "，服务器答 ", actual),
       absl::StrCat(resource, ": ", what.en, ": the entries say ", expected,
                    ", the server says ", actual)});
  AddErrorMetadata("expected", expected, &status);
  AddErrorMetadata("actual", actual, &status);
  return status;
}

bool HasDigest(const v1::Revision& revision, const ReportFacts& facts) {
  const ledger::Hash digest = RevisionDigest(revision);
  return std::equal(facts.last_digest.begin(), facts.last_digest.end(),
                    digest.begin());
}

// A revision's fields in one line, for a fault.
std::string Summary(const v1::Revision& revision) {
  return absl::StrCat("revision ", revision.number(), ", entry ",
                      revision.entry_index(), ", etag ", revision.etag(), ", ",
                      revision.actor().subject(), ", ", revision.reason());
}

}  // namespace

absl::Status IndexClaims::Check() {
  RETURN_IF_ERROR(CheckAgencies());
  return CheckReports();
}

absl::Status IndexClaims::CheckAgencies() {
  absl::flat_hash_set<NameKey, NameKeyHash> listed;
  v1::ListAgenciesRequest request;
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    ASSIGN_OR_RETURN(
        const v1::ListAgenciesResponse page,
        connection_.Call(connection_.agencies(),
                         &v1::AgencyService::Stub::ListAgencies, request));
    for (const v1::Agency& agency : page.agencies()) {
      if (agency.entry_index() >= state_.size()) continue;
      const NameKey key = KeyOf(agency.name());
      const auto known = state_.agencies().find(key);
      if (known == state_.agencies().end() || !listed.insert(key).second ||
          known->second.answer_digest != AgencyDigest(agency)) {
        return IndexFault(agency.name(), {"机关列表", "list of agencies"},
                          known == state_.agencies().end()
                              ? "no such agency"
                              : absl::StrCat("entry ", known->second.index),
                          absl::StrCat("entry ", agency.entry_index(), ", ",
                                       agency.display_name()));
      }
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  for (const auto& [key, facts] : state_.agencies()) {
    if (listed.contains(key)) continue;
    ASSIGN_OR_RETURN(const v1::Entry entry, FetchLeaf(facts.index, false));
    return IndexFault(PlaceOf(facts.index, entry.leaf()).en,
                      {"机关列表", "list of agencies"}, "registered", "hidden");
  }
  return absl::OkStatus();
}

absl::Status IndexClaims::CheckReports() {
  listed_.assign(state_.reports().size(), false);
  uint64_t done = 0;
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    ASSIGN_OR_RETURN(
        const v1::ListReportsResponse page,
        connection_.Call(connection_.reports(),
                         &v1::ReportService::Stub::ListReports, request));
    for (const v1::Revision& latest : page.revisions()) {
      RETURN_IF_ERROR(RequireListed(latest, request));
      RETURN_IF_ERROR(CheckListed(latest));
      RETURN_IF_ERROR(progress_(++done));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return HiddenReport();
}

absl::Status IndexClaims::CheckListed(const v1::Revision& latest) {
  ASSIGN_OR_RETURN(const report::RevisionName name,
                   report::ParseRevisionName(latest.name()));
  const std::string report = name.report.ToString();
  const Text what = {"报告列表中的最新修订",
                     "latest revision in the list of reports"};
  const uint32_t* const place = state_.FindReport(KeyOf(report));
  const bool is_newer = latest.entry_index() >= state_.size();
  if (place == nullptr) {
    if (is_newer) return absl::OkStatus();
    return IndexFault(report, what, "no such report", Summary(latest));
  }
  const ReportFacts& facts = state_.reports()[*place];
  const bool is_right =
      is_newer ? latest.number() > facts.revisions
               : latest.number() == facts.revisions && HasDigest(latest, facts);
  if (!is_right || listed_[*place]) {
    return IndexFault(
        report, what,
        absl::StrCat("revision ", facts.revisions, ", entry ", facts.last_index,
                     ", etag ", EtagText(facts.last_etag), ", once"),
        Summary(latest));
  }
  listed_[*place] = true;
  RETURN_IF_ERROR(CheckHistory(report, facts));
  return CheckLatest(report, facts);
}

absl::StatusOr<std::vector<v1::Revision>> IndexClaims::ReadHistory(
    const std::string& report) {
  std::vector<v1::Revision> history;
  v1::ListRevisionsRequest request;
  request.set_parent(report);
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    ASSIGN_OR_RETURN(
        v1::ListRevisionsResponse page,
        connection_.Call(connection_.reports(),
                         &v1::ReportService::Stub::ListRevisions, request));
    for (v1::Revision& revision : *page.mutable_revisions()) {
      if (revision.entry_index() >= state_.size()) continue;
      history.push_back(std::move(revision));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  std::reverse(history.begin(), history.end());
  return history;
}

// Oldest first, each number once, none left out.
absl::Status IndexClaims::CheckNumbers(
    const std::string& report, const ReportFacts& facts,
    const std::vector<v1::Revision>& history) const {
  const Text what = {"修订历史", "history"};
  for (size_t i = 0; i < history.size(); ++i) {
    const auto expected = static_cast<int32_t>(i + 1);
    if (history[i].number() == expected && expected <= facts.revisions) {
      continue;
    }
    return IndexFault(
        report, what,
        expected <= facts.revisions
            ? absl::StrCat("revision ", expected)
            : absl::StrCat("only ", facts.revisions, " revisions"),
        Summary(history[i]));
  }
  if (history.size() == static_cast<size_t>(facts.revisions)) {
    return absl::OkStatus();
  }
  return IndexFault(report, what, absl::StrCat("revision ", history.size() + 1),
                    "hidden");
}

absl::Status IndexClaims::CheckHistory(const std::string& report,
                                       const ReportFacts& facts) {
  ASSIGN_OR_RETURN(const std::vector<v1::Revision> history,
                   ReadHistory(report));
  RETURN_IF_ERROR(CheckNumbers(report, facts, history));
  ledger::Hash chain = {};
  for (const v1::Revision& revision : history) {
    chain = ChainDigest(chain, RevisionDigest(revision));
  }
  if (chain == facts.chain) return absl::OkStatus();
  return FindChanged(report, history);
}

// One revision of the history is not as its entry says: which.
absl::Status IndexClaims::FindChanged(
    const std::string& report, const std::vector<v1::Revision>& history) {
  const Text what = {"修订历史", "history"};
  for (const v1::Revision& revision : history) {
    ASSIGN_OR_RETURN(const v1::Entry entry,
                     FetchLeaf(revision.entry_index(), false));
    v1::LedgerEntry leaf;
    const bool readable = leaf.ParseFromString(entry.leaf());
    const Etag etag = EtagBytesOf(ledger::LeafHash(entry.leaf()));
    if (readable && RevisionDigest(leaf, etag) == RevisionDigest(revision)) {
      continue;
    }
    return IndexFault(
        report, what,
        absl::StrCat(PlaceOf(revision.entry_index(), entry.leaf()).en,
                     ", etag ", EtagText(etag), ", ", leaf.actor().subject(),
                     ", ", leaf.reason()),
        Summary(revision));
  }
  return IndexFault(report, what, "other revisions", "these");
}

absl::Status IndexClaims::CheckLatest(const std::string& report,
                                      const ReportFacts& facts) {
  ASSIGN_OR_RETURN(const v1::Revision latest,
                   FetchRevision(&connection_, report, std::nullopt));
  const bool is_newer = latest.entry_index() >= state_.size();
  if (is_newer && latest.number() > facts.revisions) return absl::OkStatus();
  if (is_newer || latest.number() != facts.revisions ||
      !HasDigest(latest, facts)) {
    return IndexFault(
        report, {"最新修订", "latest revision"},
        absl::StrCat("revision ", facts.revisions, ", entry ", facts.last_index,
                     ", etag ", EtagText(facts.last_etag)),
        Summary(latest));
  }
  return CheckContent(latest, facts);
}

// The content that was served as the latest is the one of its entry.
absl::Status IndexClaims::CheckContent(const v1::Revision& revision,
                                       const ReportFacts& facts) {
  ASSIGN_OR_RETURN(const v1::Entry entry, FetchLeaf(facts.last_index, true));
  v1::LedgerEntry leaf;
  v1::RevisionContent content;
  if (EtagBytesOf(ledger::LeafHash(entry.leaf())) != facts.last_etag ||
      !leaf.ParseFromString(entry.leaf())) {
    return IndexFault(revision.name(), {"叶的版本标识", "etag of the leaf"},
                      EtagText(facts.last_etag),
                      EtagText(EtagBytesOf(ledger::LeafHash(entry.leaf()))));
  }
  RETURN_IF_ERROR(CheckContentHash(
      {facts.last_index, entry.leaf(), entry.salt(), entry.content()}, leaf));
  if (content.ParseFromString(entry.content()) &&
      content.SerializeAsString() == revision.content().SerializeAsString()) {
    return absl::OkStatus();
  }
  return IndexFault(
      revision.name(), {"报告内容", "content"},
      HexOf(ledger::Sha256(content.SerializeAsString())),
      HexOf(ledger::Sha256(revision.content().SerializeAsString())));
}

absl::Status IndexClaims::HiddenReport() {
  const auto hidden = std::find(listed_.begin(), listed_.end(), false);
  if (hidden == listed_.end()) return absl::OkStatus();
  const ReportFacts& facts =
      state_.reports()[static_cast<size_t>(hidden - listed_.begin())];
  ASSIGN_OR_RETURN(const v1::Entry entry, FetchLeaf(facts.last_index, false));
  return IndexFault(PlaceOf(facts.last_index, entry.leaf()).en,
                    {"报告列表", "list of reports"},
                    absl::StrCat(facts.revisions, " revisions"), "hidden");
}

absl::StatusOr<v1::Entry> IndexClaims::FetchLeaf(uint64_t index,
                                                 bool include_content) {
  v1::GetEntryRequest request;
  request.set_index(index);
  request.set_tree_size(state_.size());
  request.set_include_content(include_content);
  return connection_.Call(connection_.ledger(),
                          &v1::LedgerService::Stub::GetEntry, request);
}

}  // namespace annals::client
