#include "client/audit/index_claims.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/audit/index_fault.h"
#include "client/audit/life_claims.h"
#include "client/audit/server_damage.h"
#include "client/counted.h"
#include "client/fetch.h"
#include "client/stubs.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"
#include "service/report/timestamp.h"

namespace annals::client {
namespace {

constexpr int32_t kPageSize = 1000;

FaultValue RevisionNumber(uint64_t number) {
  return Text{absl::StrCat("修订 ", number), absl::StrCat("revision ", number)};
}

// A listing that names one entry again and again would have no end.
absl::Status ListedTwice(const std::string& resource, uint64_t index) {
  return IndexFault(resource, {"列表", "list"}, EntryNumber(index),
                    Text{"列出两次", "listed twice"});
}

FaultValue LatestOf(const ReportFacts& facts) {
  const std::string etag = EtagText(facts.last_etag);
  return Text{absl::StrCat("修订 ", facts.revisions, "，条目 ",
                           facts.last_index, "，版本标识 ", etag, "，列一次"),
              absl::StrCat("revision ", facts.revisions, ", entry ",
                           facts.last_index, ", etag ", etag, ", once")};
}

bool HasDigest(const v1::Revision& revision, const ReportFacts& facts) {
  const ledger::Hash digest = RevisionDigest(revision);
  return std::equal(facts.last_digest.begin(), facts.last_digest.end(),
                    digest.begin());
}

// A revision's fields in one line, for a fault.
FaultValue Summary(const v1::Revision& revision) {
  const std::string rest =
      absl::StrCat(revision.etag(), ", ", revision.actor().subject(), ", ",
                   revision.reason());
  return Text{absl::StrCat("修订 ", revision.number(), "，条目 ",
                           revision.entry_index(), "，版本标识 ", rest),
              absl::StrCat("revision ", revision.number(), ", entry ",
                           revision.entry_index(), ", etag ", rest)};
}

FaultValue Summary(const v1::Agency& agency) {
  return Text{
      absl::StrCat("条目 ", agency.entry_index(), "，", agency.display_name()),
      absl::StrCat("entry ", agency.entry_index(), ", ",
                   agency.display_name())};
}

absl::Status FalseErasure(const std::string& report, uint64_t index,
                          uint64_t eraser) {
  return IndexFault(
      report, {"最新修订内容的删除", "erasure of the latest revision"},
      Text{"有条目记录", "recorded by an entry"},
      Text{absl::StrCat("服务器称条目 ", index, " 由条目 ", eraser, " 删除"),
           absl::StrCat("the server says that entry ", eraser, " erased entry ",
                        index)});
}

}  // namespace

absl::Status IndexClaims::Check() {
  const absl::Status status = CheckAll();
  return IsServerDamage(status) ? DamagedIndex(asked_for_, status) : status;
}

absl::Status IndexClaims::CheckAll() {
  RETURN_IF_ERROR(CheckAgencies());
  RETURN_IF_ERROR(CheckReports());
  asked_for_ = {"办理规程", "policies"};
  return lives_.CheckPolicies();
}

absl::Status IndexClaims::CheckAgencies() {
  absl::flat_hash_set<NameKey, NameKeyHash> listed;
  absl::flat_hash_set<uint64_t> newer;
  v1::ListAgenciesRequest request;
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    asked_for_ = {"机关列表", "list of agencies"};
    ASSIGN_OR_RETURN(
        const v1::ListAgenciesResponse page,
        connection_.Call(connection_.stubs().agencies,
                         &v1::AgencyService::Stub::ListAgencies, request));
    for (const v1::Agency& agency : page.agencies()) {
      if (agency.entry_index() >= state_.size()) {
        if (!newer.insert(agency.entry_index()).second ||
            !listed.insert(KeyOf(agency.name())).second) {
          return ListedTwice(agency.name(), agency.entry_index());
        }
        RETURN_IF_ERROR(newer_.Add(agency.name(), agency.entry_index()));
        RETURN_IF_ERROR(CheckRegister(agency.name()));
        continue;
      }
      const NameKey key = KeyOf(agency.name());
      const auto known = state_.agencies().find(key);
      if (known == state_.agencies().end() || !listed.insert(key).second ||
          known->second.answer_digest != AgencyDigest(agency) ||
          known->second.registered_at !=
              report::FromTimestamp(agency.create_time())) {
        return IndexFault(agency.name(), {"机关列表", "list of agencies"},
                          known == state_.agencies().end()
                              ? FaultValue(Text{"无此机关", "no such agency"})
                              : EntryNumber(known->second.index),
                          Summary(agency));
      }
      RETURN_IF_ERROR(CheckRegister(agency.name()));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.agencies_size()));
    RETURN_IF_ERROR(progress_(0));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  for (const auto& [key, facts] : state_.agencies()) {
    if (listed.contains(key)) continue;
    ASSIGN_OR_RETURN(const v1::Entry entry, FetchLeaf(facts.index, false));
    return IndexFault(PlaceOf(facts.index, entry.leaf()),
                      {"机关列表", "list of agencies"},
                      Text{"已登记", "registered"}, Hidden());
  }
  return absl::OkStatus();
}

// One that was registered since has no history to compare.
absl::Status IndexClaims::CheckRegister(const std::string& agency) {
  const auto known = state_.agencies().find(KeyOf(agency));
  if (known == state_.agencies().end()) return absl::OkStatus();
  asked_for_ = {agency, agency};
  RETURN_IF_ERROR(progress_(0));
  return register_.Check(agency, known->second);
}

absl::Status IndexClaims::CheckReports() {
  listed_.assign(state_.reports().size(), false);
  absl::flat_hash_set<uint64_t> newer;
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    asked_for_ = {"报告列表", "list of reports"};
    ASSIGN_OR_RETURN(
        const v1::ListReportsResponse page,
        connection_.Call(connection_.stubs().reports,
                         &v1::ReportService::Stub::ListReports, request));
    for (const v1::Revision& latest : page.revisions()) {
      RETURN_IF_ERROR(RequireListed(latest, request));
      if (latest.entry_index() >= state_.size() &&
          !newer.insert(latest.entry_index()).second) {
        return ListedTwice(latest.name(), latest.entry_index());
      }
      RETURN_IF_ERROR(CheckListed(latest));
      RETURN_IF_ERROR(progress_(++reports_done_));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.revisions_size()));
    RETURN_IF_ERROR(progress_(reports_done_));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return HiddenReport();
}

absl::Status IndexClaims::CheckListed(const v1::Revision& latest) {
  ASSIGN_OR_RETURN(const report::RevisionName name,
                   report::ParseRevisionName(latest.name()));
  const std::string report = name.report.ToString();
  asked_for_ = {report, report};
  const Text what = {"报告列表中的最新修订",
                     "latest revision in the list of reports"};
  const uint32_t* const place = state_.FindReport(KeyOf(report));
  const bool is_newer = latest.entry_index() >= state_.size();
  if (place == nullptr) {
    if (is_newer) return newer_.Add(latest.name(), latest.entry_index());
    return IndexFault(report, what, Text{"无此报告", "no such report"},
                      Summary(latest));
  }
  const ReportFacts& facts = state_.reports()[*place];
  const bool is_right =
      is_newer ? latest.number() > facts.revisions
               : latest.number() == facts.revisions && HasDigest(latest, facts);
  if (!is_right || listed_[*place]) {
    return IndexFault(report, what, LatestOf(facts), Summary(latest));
  }
  if (is_newer) {
    RETURN_IF_ERROR(newer_.Add(latest.name(), latest.entry_index()));
  }
  listed_[*place] = true;
  RETURN_IF_ERROR(CheckHistory(report, facts));
  RETURN_IF_ERROR(lives_.CheckSteps(report));
  return CheckLatest(report, facts);
}

absl::StatusOr<std::vector<v1::Revision>> IndexClaims::ReadHistory(
    const std::string& report, const ReportFacts& facts) {
  std::vector<v1::Revision> history;
  absl::flat_hash_set<uint64_t> newer;
  v1::ListRevisionsRequest request;
  request.set_parent(report);
  request.set_page_size(kPageSize);
  PageTokens tokens;
  do {
    ASSIGN_OR_RETURN(
        v1::ListRevisionsResponse page,
        connection_.Call(connection_.stubs().reports,
                         &v1::ReportService::Stub::ListRevisions, request));
    for (v1::Revision& revision : *page.mutable_revisions()) {
      if (revision.entry_index() < state_.size()) {
        history.push_back(std::move(revision));
        continue;
      }
      if (!newer.insert(revision.entry_index()).second) {
        return ListedTwice(revision.name(), revision.entry_index());
      }
      RETURN_IF_ERROR(AddNewerRevision(report, facts, revision));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.revisions_size()));
    RETURN_IF_ERROR(progress_(reports_done_));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() &&
           history.size() <= static_cast<size_t>(facts.revisions));
  std::reverse(history.begin(), history.end());
  return history;
}

absl::Status IndexClaims::AddNewerRevision(const std::string& report,
                                           const ReportFacts& facts,
                                           const v1::Revision& revision) {
  const auto name = report::ParseRevisionName(revision.name());
  if (!name.ok() || name->report.ToString() != report ||
      name->number != revision.number() ||
      revision.number() <= facts.revisions) {
    return IndexFault(
        report, {"修订历史", "history"},
        Text{absl::StrCat("新修订编号 > ", facts.revisions),
             absl::StrCat("of a newer revision a number > ", facts.revisions)},
        Summary(revision));
  }
  return newer_.Add(revision.name(), revision.entry_index());
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
            ? RevisionNumber(i + 1)
            : FaultValue(Text{
                  absl::StrCat("只有 ", facts.revisions, " 次修订"),
                  absl::StrCat("only ", Counted(facts.revisions, "revision",
                                                "revisions"))}),
        Summary(history[i]));
  }
  if (history.size() == static_cast<size_t>(facts.revisions)) {
    return absl::OkStatus();
  }
  return IndexFault(report, what, RevisionNumber(history.size() + 1), Hidden());
}

absl::Status IndexClaims::CheckHistory(const std::string& report,
                                       const ReportFacts& facts) {
  ASSIGN_OR_RETURN(const std::vector<v1::Revision> history,
                   ReadHistory(report, facts));
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
    const Text place = PlaceOf(revision.entry_index(), entry.leaf());
    const std::string who = absl::StrCat(
        EtagText(etag), ", ", leaf.actor().subject(), ", ", leaf.reason());
    return IndexFault(report, what,
                      Text{absl::StrCat(place.zh, "，版本标识 ", who),
                           absl::StrCat(place.en, ", etag ", who)},
                      Summary(revision));
  }
  return IndexFault(report, what, Text{"另一些修订", "other revisions"},
                    Text{"这些", "these"});
}

absl::Status IndexClaims::CheckLatest(const std::string& report,
                                      const ReportFacts& facts) {
  const auto fetched = FetchRevision(&connection_, report, AsOf());
  if (ErrorReason(fetched.status()) == "CONTENT_ERASED") {
    return CheckErased(report, facts, fetched.status());
  }
  RETURN_IF_ERROR(fetched.status());
  const v1::Revision& latest = *fetched;
  const bool is_newer = latest.entry_index() >= state_.size();
  if (is_newer && latest.number() > facts.revisions) {
    return newer_.Add(latest.name(), latest.entry_index());
  }
  if (is_newer || latest.number() != facts.revisions ||
      !HasDigest(latest, facts)) {
    return IndexFault(report, {"最新修订", "latest revision"}, LatestOf(facts),
                      Summary(latest));
  }
  return CheckContent(latest, facts);
}

// The server says that the content of the latest revision was erased: an entry
// must have done that, or be in a tree signed since.
absl::Status IndexClaims::CheckErased(const std::string& report,
                                      const ReportFacts& facts,
                                      const absl::Status& refusal) {
  uint64_t index = 0;
  uint64_t eraser = 0;
  bool is_read = false;
  std::string name;
  for (const auto& [key, value] : ErrorMetadata(refusal)) {
    if (key == "name") name = value;
    if (key == "erasedIndex") is_read = absl::SimpleAtoi(value, &index);
    if (key == "entryIndex" && !absl::SimpleAtoi(value, &eraser)) eraser = 0;
  }
  if (is_read && index >= state_.size()) return newer_.Add(name, index);
  if (is_read && index == facts.last_index) {
    return RequireErasure(report, index, eraser);
  }
  return FalseErasure(report, index, eraser);
}

// An entry must have erased the content of the entry `index` of the report.
absl::Status IndexClaims::RequireErasure(const std::string& report,
                                         uint64_t index, uint64_t eraser) {
  const auto erased = state_.erased().find(index);
  if (erased != state_.erased().end()) {
    return erased->second == eraser ? absl::OkStatus()
                                    : FalseErasure(report, index, eraser);
  }
  ASSIGN_OR_RETURN(const bool is_erased,
                   is_erased_since_({index, eraser, state_.erasable(index)}));
  return is_erased ? absl::OkStatus() : FalseErasure(report, index, eraser);
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
  EntryBytes bytes{facts.last_index, entry.leaf()};
  if (!entry.salt().empty() || !entry.content().empty()) {
    bytes.salt = entry.salt();
    bytes.content = entry.content();
  } else if (entry.has_erased_by()) {
    // Since GetReport was answered.
    return RequireErasure(revision.name(), facts.last_index, entry.erased_by());
  }
  RETURN_IF_ERROR(CheckContentHash(bytes, leaf));
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
  return IndexFault(PlaceOf(facts.last_index, entry.leaf()),
                    {"报告列表", "list of reports"},
                    Text{absl::StrCat(facts.revisions, " 次修订"),
                         Counted(facts.revisions, "revision", "revisions")},
                    Hidden());
}

absl::StatusOr<v1::Entry> IndexClaims::FetchLeaf(uint64_t index,
                                                 bool include_content) {
  v1::GetEntryRequest request;
  request.set_index(index);
  request.set_tree_size(state_.size());
  request.set_include_content(include_content);
  return connection_.Call(connection_.stubs().ledger,
                          &v1::LedgerService::Stub::GetEntry, request);
}

}  // namespace annals::client
