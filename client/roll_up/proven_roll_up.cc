#include "client/roll_up/proven_roll_up.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/answer_mismatch.h"
#include "client/as_of.h"
#include "client/counted.h"
#include "client/fetch.h"
#include "client/progress.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/trust/proved.h"
#include "client/trust/proven_history.h"
#include "client/verify.h"
#include "google/protobuf/util/message_differencer.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"
#include "service/report/roll_up_sum.h"

namespace annals::client {
namespace {

using google::protobuf::util::MessageDifferencer;

absl::Status OtherSum(const std::string& what) {
  const std::string shown = PrintableLine(what);
  return VerificationFailure(
      kRollUpMismatchReason,
      {absl::StrCat("经证明的报告加总后与服务器所答不同：", shown),
       absl::StrCat("the proved reports add up to something else than the "
                    "server says: ",
                    shown)});
}

// The answer, and what holds of every right one.
class Answer {
 public:
  Answer(const v1::RollUpRequest& request, v1::RollUpResponse response)
      : request_(request), response_(std::move(response)) {}

  // No report is named twice, and each is of the year.
  absl::Status RequireAsked() {
    for (const std::string& name : response_.revisions()) {
      ASSIGN_OR_RETURN(report::RevisionName revision, ReadName(name));
      revisions_.push_back(std::move(revision));
    }
    for (const std::string& name : response_.erased()) {
      if (name == response_.regional_revision()) continue;
      RETURN_IF_ERROR(ReadName(name).status());
    }
    for (const v1::CountedElsewhere& counted : response_.counted_elsewhere()) {
      RETURN_IF_ERROR(Take(counted.report()));
    }
    for (const std::string& report : response_.of_dissolved_agencies()) {
      RETURN_IF_ERROR(Take(report));
    }
    for (const v1::Agency& agency : response_.missing()) {
      const auto name = report::ParseAgencyName(agency.name());
      if (!name.ok()) return AnswerMismatch(agency.name());
      RETURN_IF_ERROR(
          Take(report::ReportName{name->code, request_.year()}.ToString()));
    }
    if (request_.as_of_size() != 0 &&
        response_.tree_size() != request_.as_of_size()) {
      return AnswerMismatch(absl::StrCat("tree_size ", response_.tree_size()));
    }
    RETURN_IF_ERROR(ReadRegional());
    const int entries =
        response_.revisions_size() + (regional_.has_value() ? 1 : 0);
    return response_.revision_entries_size() == entries
               ? absl::OkStatus()
               : AnswerMismatch("revision_entries");
  }

  const v1::RollUpResponse& response() const { return response_; }
  // Those that are added up.
  const std::vector<report::RevisionName>& revisions() const {
    return revisions_;
  }
  // The office's own, if its content can be read.
  const std::optional<report::RevisionName>& regional() const {
    return regional_;
  }
  uint64_t EntryOf(size_t i) const {
    return response_.revision_entries(static_cast<int>(i));
  }

 private:
  absl::Status Take(const std::string& report) {
    const auto name = report::ParseReportName(report);
    if (!name.ok() || name->year != request_.year() ||
        !seen_.insert(report).second) {
      return AnswerMismatch(report);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<report::RevisionName> ReadName(const std::string& name) {
    absl::StatusOr<report::RevisionName> revision =
        report::ParseRevisionName(name);
    if (!revision.ok()) return AnswerMismatch(name);
    RETURN_IF_ERROR(Take(revision->report.ToString()));
    return revision;
  }

  absl::Status ReadRegional() {
    const std::string& name = response_.regional_revision();
    if (name.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(report::RevisionName revision, ReadName(name));
    const std::string office =
        report::AgencyName{revision.report.agency_code}.ToString();
    if (office != request_.agency() ||
        revision.report.scope != v1::SCOPE_REGIONAL) {
      return AnswerMismatch(name);
    }
    for (const std::string& erased : response_.erased()) {
      if (erased == name) return absl::OkStatus();
    }
    regional_ = std::move(revision);
    return absl::OkStatus();
  }

  const v1::RollUpRequest& request_;
  const v1::RollUpResponse response_;
  std::set<std::string> seen_;
  std::vector<report::RevisionName> revisions_;
  std::optional<report::RevisionName> regional_;
};

class Proof {
 public:
  Proof(const v1::RollUpRequest& request, const Answer& answer,
        Session* session, LedgerTrust* trust)
      : request_(request),
        answer_(answer),
        session_(session),
        trust_(trust),
        sum_(request.contributions_max() == 0 ? report::kContributionsDefault
                                              : request.contributions_max()) {
    // A number of the server's own is never needed: entries are below it.
    as_of_.size = answer.response().tree_size();
    if (request.has_as_of()) as_of_.time = FromTimestamp(request.as_of());
  }

  absl::Status Check() {
    Progress progress(session_, {"证明报告", "proving reports"}, 0);
    JobState state;
    state.total = answer_.revisions().size();
    for (const report::RevisionName& revision : answer_.revisions()) {
      const absl::StatusOr<report::Figures> figures =
          Prove(revision, answer_.EntryOf(state.done));
      ++state.done;
      progress.Show(state);
      if (absl::IsPermissionDenied(figures.status())) {
        unreadable_.push_back(revision.ToString());
        continue;
      }
      RETURN_IF_ERROR(figures.status());
      sum_.Add(revision.ToString(), *figures);
    }
    if (answer_.regional().has_value()) {
      ASSIGN_OR_RETURN(const report::Figures figures,
                       Prove(*answer_.regional(), answer_.EntryOf(state.done)));
      sum_.SetRegional(figures);
    }
    // Without them the rest comes to nothing that could be compared.
    if (!unreadable_.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(ProveErased());
    return Compare();
  }

  void Tell() const {
    if (!unreadable_.empty()) return TellUnreadable();
    const size_t count = answer_.revisions().size();
    const bool has_regional = answer_.regional().has_value();
    trust_->TellVerified(
        {absl::StrCat(count, " 份报告", has_regional ? "和本机关汇总报告" : "",
                      "的条目、存在性证明和报告内容，合计由此重新算出；哪些机"
                      "关应计入、各份是否现行有效、哪些未报送或未生效，以服务器"
                      "所说为准"),
         absl::StrCat(
             "entry, inclusion proof and content of ",
             Counted(count, "report", "reports"),
             has_regional ? " and of the office's regional one" : "",
             ", and the sums were computed again from them; which agencies "
             "belong, that these revisions are in effect, and who has none in "
             "effect is the server's word")});
  }

 private:
  // As of agencies that another office supervises now.
  void TellUnreadable() const {
    const size_t count = unreadable_.size();
    session_->Tell(
        {absl::StrCat("未重新加总，合计以服务器所说为准：凭此证书读不到 ",
                      count, " 份报告（如 ", PrintableLine(unreadable_.front()),
                      "），其机关现已不在本机关之下"),
         absl::StrCat("not added up again, the sums are the server's word: "
                      "with this certificate ",
                      Counted(count, "report", "reports"),
                      " can't be read (such as ",
                      PrintableLine(unreadable_.front()),
                      "), of agencies that are not below the office any "
                      "more")});
  }

  absl::StatusOr<report::Figures> Prove(const report::RevisionName& revision,
                                        uint64_t entry) {
    ASSIGN_OR_RETURN(const VerifiedRevision verified,
                     ProveRevision(entry, revision, session_, trust_));
    RETURN_IF_ERROR(RequireRecordedBy(RevisionOf(verified), as_of_));
    // Erased since the server answered, or it said that it was not.
    if (verified.erasure.has_value()) {
      return OtherSum(revision.ToString());
    }
    return report::FiguresOf(verified.content.report());
  }

  // Where the server says that a revision without content is.
  absl::StatusOr<uint64_t> FindEntry(const report::RevisionName& revision) {
    v1::ListRevisionsRequest asked;
    asked.set_parent(revision.report.ToString());
    std::optional<uint64_t> entry;
    RETURN_IF_ERROR(
        ForEachRevision(asked, 0, session_, [&](const v1::Revision& listed) {
          if (listed.number() == revision.number) entry = listed.entry_index();
          return absl::OkStatus();
        }));
    if (!entry.has_value()) return OtherSum(revision.ToString());
    return *entry;
  }

  // That their contents were erased is proved as well.
  absl::Status ProveErased() {
    for (const std::string& name : answer_.response().erased()) {
      ASSIGN_OR_RETURN(const report::RevisionName revision,
                       report::ParseRevisionName(name));
      ASSIGN_OR_RETURN(const uint64_t entry, FindEntry(revision));
      ASSIGN_OR_RETURN(const VerifiedRevision verified,
                       ProveRevision(entry, revision, session_, trust_));
      RETURN_IF_ERROR(RequireRecordedBy(RevisionOf(verified), as_of_));
      if (!verified.erasure.has_value()) return OtherSum(name);
    }
    return absl::OkStatus();
  }

  absl::Status Compare() const {
    std::vector<report::CellIndex> chosen;
    for (const std::string& id : request_.cells()) {
      const auto cell = report::Schema::Get().Find(id);
      if (cell.has_value()) chosen.push_back(*cell);
    }
    const v1::RollUpResponse& response = answer_.response();
    const std::vector<v1::RollUpCell> cells = sum_.Build(chosen);
    if (static_cast<size_t>(response.cells_size()) != cells.size()) {
      return OtherSum("cells");
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!MessageDifferencer::Equals(cells[i],
                                      response.cells(static_cast<int>(i)))) {
        return OtherSum(cells[i].cell());
      }
    }
    v1::Report draft = sum_.Draft(request_.year());
    draft.set_agency_name(response.draft().agency_name());
    return MessageDifferencer::Equals(draft, response.draft())
               ? absl::OkStatus()
               : OtherSum("draft");
  }

  const v1::RollUpRequest& request_;
  const Answer& answer_;
  Session* const session_;
  LedgerTrust* const trust_;
  report::RollUpSum sum_;
  client::AsOf as_of_;
  // Those that the caller may not read.
  std::vector<std::string> unreadable_;
};

}  // namespace

absl::StatusOr<v1::RollUpResponse> ReadRollUp(const v1::RollUpRequest& request,
                                              Session* session,
                                              LedgerTrust* trust) {
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      v1::RollUpResponse response,
      connection.Call(connection.stubs().supervision,
                      &v1::SupervisionService::Stub::RollUp, request));
  Answer answer(request, std::move(response));
  RETURN_IF_ERROR(answer.RequireAsked());
  if (trust->verifies()) {
    Proof proof(request, answer, session, trust);
    RETURN_IF_ERROR(proof.Check());
    proof.Tell();
  }
  return answer.response();
}

}  // namespace annals::client
