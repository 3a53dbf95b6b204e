// Random submissions and corrections through a real server, against a model
// that keeps everything in memory.

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/report/schema.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

constexpr int kSteps = 150;
constexpr int kAgencies = 4;
constexpr int kPageSize = 3;
// Neighbours: a report is checked against last year's, if there is one.
constexpr int kYears[] = {2021, 2022, 2024};

struct Recorded {
  v1::SubmitRevisionRequest request;
  v1::Revision revision;  // As it was answered.
  int changed_cells = 0;
  int changed_texts = 0;

  v1::Report Report() const {
    v1::Report report = request.report();
    report.clear_etag();
    return report;
  }
};

// By resource name, oldest first.
using Model = std::map<std::string, std::vector<Recorded>>;

std::map<std::string, std::pair<std::optional<int64_t>, std::optional<int64_t>>>
ChangedCells(const v1::Report& older, const v1::Report& newer) {
  std::map<std::string,
           std::pair<std::optional<int64_t>, std::optional<int64_t>>>
      changed;
  const report::Cells old_cells = report::ReadCells(older);
  const report::Cells new_cells = report::ReadCells(newer);
  for (size_t i = 0; i < old_cells.size(); ++i) {
    if (old_cells[i] == new_cells[i]) continue;
    changed[report::Schema::Get().cells()[i].id] = {old_cells[i], new_cells[i]};
  }
  return changed;
}

// All that the steps change beside figures are these texts.
std::map<std::string, std::string> Texts(const v1::Report& report) {
  const v1::Overview& overview = report.s1_overview();
  return {
      {"s1_overview.introduction", overview.introduction()},
      {"s1_overview.s1_1_proactive", overview.s1_1_proactive()},
      {"s1_overview.s1_2_on_request", overview.s1_2_on_request()},
      {"s1_overview.s1_3_information_management",
       overview.s1_3_information_management()},
      {"s1_overview.s1_4_platform", overview.s1_4_platform()},
      {"s1_overview.s1_5_supervision", overview.s1_5_supervision()},
      {"s5_problems", report.s5_problems()},
      {"s6_other", report.s6_other()},
  };
}

std::set<std::string> ChangedTexts(const v1::Report& older,
                                   const v1::Report& newer) {
  std::set<std::string> changed;
  const auto new_texts = Texts(newer);
  for (const auto& [path, text] : Texts(older)) {
    if (new_texts.at(path) != text) changed.insert(path);
  }
  return changed;
}

class ModelTest : public ServerTest,
                  public ::testing::WithParamInterface<uint64_t> {
 protected:
  void SetUp() override {
    random_.seed(GetParam());
    ServerTest::SetUp();
    for (int i = 0; i < kAgencies; ++i) {
      ASSERT_THAT(Register(MakeAgencyCode(i)), GrpcOk());
      ++entries_;
    }
  }

  uint64_t Below(uint64_t bound) { return random_() % bound; }

  // A report of some agency, year and scope, well formed and within the rules.
  v1::SubmitRevisionRequest SomeRequest() {
    const int year = kYears[Below(std::size(kYears))];
    const bool regional = Below(3) == 0;
    v1::SubmitRevisionRequest request = FirstSubmission(
        MakeAgencyCode(static_cast<int>(Below(kAgencies))), random_(), year);
    if (regional) {
      absl::StrAppend(request.mutable_name(), "-regional");
      request.mutable_report()->set_scope(v1::SCOPE_REGIONAL);
    }
    request.set_reason(absl::StrCat("理由 ", random_()));
    return request;
  }

  // Acknowledges whatever the rules warn of.
  void Acknowledge(v1::SubmitRevisionRequest* request) {
    request->clear_acknowledgements();
    v1::CheckReportRequest check;
    check.set_name(request->name());
    *check.mutable_report() = request->report();
    v1::CheckReportResponse response;
    ASSERT_THAT(
        Call(reports_, &v1::ReportService::Stub::CheckReport, check, &response),
        GrpcOk());
    for (const v1::Finding& finding : response.check().findings()) {
      if (finding.outcome() != v1::OUTCOME_FAIL ||
          finding.severity() == v1::SEVERITY_INFO) {
        continue;
      }
      ASSERT_EQ(finding.severity(), v1::SEVERITY_WARNING)
          << finding.message().en();
      v1::Acknowledgement* ack = request->add_acknowledgements();
      ack->set_rule_id(finding.rule_id());
      ack->set_fingerprint(finding.fingerprint());
      ack->set_reason("口径不同");
    }
  }

  // Changes one figure, one text, or nearly everything.
  void ChangeSomething(v1::Report* report) {
    switch (Below(3)) {
      case 0: {
        auto* penalties = report->mutable_t2()->mutable_penalties();
        penalties->set_decisions(penalties->decisions() + 1);
        break;
      }
      case 1:
        report->set_s5_problems(absl::StrCat("问题 ", random_()));
        break;
      default: {
        const v1::Scope scope = report->scope();
        *report = MakeReport(random_(), report->year());
        report->set_scope(scope);
      }
    }
  }

  void ExpectRecorded(const v1::SubmitRevisionRequest& request) {
    v1::SubmitRevisionResponse response;
    ASSERT_THAT(Submit(request, &response), GrpcOk());
    std::vector<Recorded>& history = model_[request.name()];
    Recorded recorded{request, response.revision()};
    if (!history.empty()) {
      const v1::Report before = history.back().Report();
      recorded.changed_cells =
          static_cast<int>(ChangedCells(before, recorded.Report()).size());
      recorded.changed_texts =
          static_cast<int>(ChangedTexts(before, recorded.Report()).size());
    }
    EXPECT_EQ(response.revision().entry_index(), entries_);
    EXPECT_EQ(response.revision().number(),
              static_cast<int>(history.size()) + 1);
    EXPECT_EQ(response.revision().changed_cell_count(), recorded.changed_cells);
    EXPECT_EQ(response.revision().changed_text_count(), recorded.changed_texts);
    history.push_back(std::move(recorded));
    ++entries_;
  }

  void ExpectRefused(const v1::SubmitRevisionRequest& request, StatusCode code,
                     const std::string& reason) {
    v1::SubmitRevisionResponse response;
    EXPECT_THAT(Submit(request, &response), GrpcError(code, reason));
  }

  const Recorded* SomeRecorded(bool latest) {
    if (model_.empty()) return nullptr;
    auto report = model_.begin();
    std::advance(report, Below(model_.size()));
    const std::vector<Recorded>& history = report->second;
    return latest ? &history.back() : &history[Below(history.size())];
  }

  void StepFirstSubmission() {
    v1::SubmitRevisionRequest request = SomeRequest();
    ASSERT_NO_FATAL_FAILURE(Acknowledge(&request));
    if (model_.contains(request.name())) {
      ExpectRefused(request, StatusCode::ALREADY_EXISTS, "REPORT_EXISTS");
    } else {
      ExpectRecorded(request);
    }
  }

  void StepCorrection() {
    const Recorded* latest = SomeRecorded(true);
    if (latest == nullptr) return;
    v1::SubmitRevisionRequest request = latest->request;
    request.set_request_id(NewRequestId());
    request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    if (Below(6) > 0) {
      ChangeSomething(request.mutable_report());
    }
    request.mutable_report()->set_etag(latest->revision.etag());
    ASSERT_NO_FATAL_FAILURE(Acknowledge(&request));
    v1::Report sent = request.report();
    sent.clear_etag();
    if (sent.SerializeAsString() == latest->Report().SerializeAsString()) {
      ExpectRefused(request, StatusCode::INVALID_ARGUMENT, "NOTHING_CHANGED");
    } else {
      ExpectRecorded(request);
    }
  }

  void StepWrongEtag() {
    v1::SubmitRevisionRequest request = SomeRequest();
    request.set_reason_code(v1::REASON_CODE_OMISSION);
    const auto known = model_.find(request.name());
    const bool is_stale =
        known != model_.end() && known->second.size() > 1 && Below(2) == 0;
    request.mutable_report()->set_etag(
        is_stale ? known->second.front().revision.etag()
                 : absl::StrFormat("%032x", random_()));
    if (known == model_.end()) {
      ExpectRefused(request, StatusCode::NOT_FOUND, "REPORT_NOT_FOUND");
    } else {
      ExpectRefused(request, StatusCode::ABORTED, "ETAG_MISMATCH");
    }
  }

  void StepRepeat() {
    const Recorded* one = SomeRecorded(false);
    if (one == nullptr) return;
    v1::SubmitRevisionResponse again;
    ASSERT_THAT(Submit(one->request, &again), GrpcOk());
    EXPECT_EQ(again.revision().SerializeAsString(),
              one->revision.SerializeAsString());
    v1::SubmitRevisionRequest other = one->request;
    other.set_reason("另一理由");
    ExpectRefused(other, StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED");
  }

  void Step() {
    const uint64_t kind = Below(100);
    if (kind < 25) {
      StepFirstSubmission();
    } else if (kind < 70) {
      StepCorrection();
    } else if (kind < 85) {
      StepWrongEtag();
    } else {
      StepRepeat();
    }
    EXPECT_EQ(LedgerSize(), entries_);
  }

  void ExpectRevision(const v1::Revision& read, const Recorded& recorded) {
    v1::Revision head = read;
    head.clear_content();
    EXPECT_EQ(head.SerializeAsString(), recorded.revision.SerializeAsString());
    EXPECT_EQ(read.reason(), recorded.request.reason());
    if (!read.has_content()) return;
    EXPECT_EQ(read.content().report().SerializeAsString(),
              recorded.Report().SerializeAsString());
    EXPECT_EQ(read.content().acknowledgements_size(),
              recorded.request.acknowledgements_size());
  }

  // Newest first, page by page.
  void CheckHistory(const std::string& name) {
    const std::vector<Recorded>& history = model_[name];
    v1::ListRevisionsRequest request;
    request.set_parent(name);
    request.set_page_size(kPageSize);
    size_t left = history.size();
    do {
      v1::ListRevisionsResponse page;
      ASSERT_THAT(Call(reports_, &v1::ReportService::Stub::ListRevisions,
                       request, &page),
                  GrpcOk());
      for (const v1::Revision& revision : page.revisions()) {
        ASSERT_GT(left, 0u);
        ExpectRevision(revision, history[--left]);
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(left, 0u);
  }

  // Just before a revision the one before it was the latest.
  void CheckAsOf(const std::string& name, size_t position) {
    const std::vector<Recorded>& history = model_[name];
    v1::GetReportRequest request;
    request.set_name(name);
    *request.mutable_as_of() = history[position].revision.recorded_at();
    v1::Revision read;
    ASSERT_THAT(
        Call(reports_, &v1::ReportService::Stub::GetReport, request, &read),
        GrpcOk());
    ExpectRevision(read, history[position]);
    v1::GetReportRequest by_name;
    by_name.set_name(history[position].revision.name());
    EXPECT_EQ(RawGetReport(by_name), RawGetReport(request));
    auto* as_of = request.mutable_as_of();
    const bool borrows = as_of->nanos() == 0;
    as_of->set_seconds(as_of->seconds() - (borrows ? 1 : 0));
    as_of->set_nanos(borrows ? 999999999 : as_of->nanos() - 1);
    const grpc::Status status =
        Call(reports_, &v1::ReportService::Stub::GetReport, request, &read);
    if (position == 0) {
      EXPECT_THAT(status,
                  GrpcError(StatusCode::NOT_FOUND, "NO_REVISION_AS_OF"));
    } else {
      EXPECT_THAT(status, GrpcOk());
      ExpectRevision(read, history[position - 1]);
    }
  }

  void CheckDiff(const std::string& name, size_t from, size_t to) {
    const std::vector<Recorded>& history = model_[name];
    v1::DiffRevisionsRequest request;
    request.set_name(name);
    request.set_from(static_cast<int>(from) + 1);
    request.set_to(static_cast<int>(to) + 1);
    v1::DiffRevisionsResponse diff;
    ASSERT_THAT(
        Call(reports_, &v1::ReportService::Stub::DiffRevisions, request, &diff),
        GrpcOk());
    auto cells = ChangedCells(history[from].Report(), history[to].Report());
    for (const v1::CellChange& change : diff.cells()) {
      const auto expected = cells.find(change.cell());
      ASSERT_NE(expected, cells.end()) << change.cell();
      EXPECT_EQ(change.old_value(), expected->second.first);
      EXPECT_EQ(change.new_value(), expected->second.second);
      cells.erase(expected);
    }
    EXPECT_TRUE(cells.empty());
    std::set<std::string> texts;
    for (const v1::TextChange& change : diff.texts()) {
      EXPECT_EQ(change.new_text(), Texts(history[to].Report())[change.field()]);
      texts.insert(change.field());
    }
    EXPECT_EQ(texts,
              ChangedTexts(history[from].Report(), history[to].Report()));
  }

  void CheckList(const std::string& parent, int year) {
    std::map<std::string, const Recorded*> expected;
    for (const auto& [name, history] : model_) {
      const bool of_parent =
          parent == "agencies/-" || absl::StartsWith(name, parent + "/");
      const bool of_year =
          year == 0 || history.back().request.report().year() == year;
      if (of_parent && of_year) expected[name] = &history.back();
    }
    v1::ListReportsRequest request;
    request.set_parent(parent);
    request.set_year(year);
    request.set_page_size(kPageSize);
    do {
      v1::ListReportsResponse page;
      ASSERT_THAT(
          Call(reports_, &v1::ReportService::Stub::ListReports, request, &page),
          GrpcOk());
      EXPECT_LE(page.revisions_size(), kPageSize);
      for (const v1::Revision& revision : page.revisions()) {
        const std::string name =
            revision.name().substr(0, revision.name().find("/revisions/"));
        ASSERT_TRUE(expected.contains(name)) << name;
        ExpectRevision(revision, *expected[name]);
        expected.erase(name);
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_TRUE(expected.empty());
  }

  void CheckAll() {
    for (const auto& [name, history] : model_) {
      SCOPED_TRACE(name);
      CheckHistory(name);
      for (size_t i = 0; i < history.size(); ++i) CheckAsOf(name, i);
      for (size_t to = 1; to < history.size(); ++to) {
        CheckDiff(name, to - 1, to);
        CheckDiff(name, 0, to);
      }
    }
    for (const int year : {0, 2021, 2022, 2023, 2024}) {
      CheckList("agencies/-", year);
      for (int i = 0; i < kAgencies; ++i) {
        CheckList(absl::StrCat("agencies/", MakeAgencyCode(i)), year);
      }
    }
  }

  std::mt19937_64 random_;
  Model model_;
  uint64_t entries_ = 0;
};

TEST_P(ModelTest, TheServerKeepsWhatTheModelKeeps) {
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", step ", step));
    Step();
    if (HasFailure()) return;
    if (step == kSteps / 2) Restart();
  }
  EXPECT_GT(entries_, kAgencies + 50u);
  CheckAll();
  if (HasFailure()) return;
  Restart();
  CheckAll();
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace annals
