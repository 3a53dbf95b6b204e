#include "client/commands/submit_many.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/archive/archiver.h"
#include "client/archive/manifest.h"
#include "client/batch/batch_stream.h"
#include "client/commands/batch_result.h"
#include "client/commands/recorded.h"
#include "client/fetch.h"
#include "client/progress.h"
#include "client/render/printable.h"
#include "client/report_source.h"
#include "client/stubs.h"
#include "client/trust/ledger_trust.h"
#include "client/trust/proved.h"
#include "client/uuid.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"

namespace annals::client {
namespace {

absl::Status NoFirstSubmission() {
  return UsageError(
      {"这个文件出自账本中的一次修订（含 etag）；更正请用 annals correct",
       "this file was read from a recorded revision (it has an etag); to "
       "correct that, use annals correct"});
}

// The file's name says which report it is. What is read from a published text
// says nothing of that, and is always taken for the agency's own.
void TellIfOtherScope(const v1::Report& report, const ArchiveItem& item,
                      Session* session) {
  const bool is_own = report.scope() == v1::SCOPE_ORGAN &&
                      std::filesystem::path(item.source).extension() == ".json";
  if (is_own && item.name.scope == v1::SCOPE_REGIONAL) {
    session->Tell(
        {absl::StrCat(PrintableLine(item.source),
                      "：内容写明是本机关报告，文件名为 -regional，按汇总报告"
                      "提交"),
         absl::StrCat(PrintableLine(item.source),
                      ": it says that it is the agency's own report; by its "
                      "name, -regional, it is submitted as the regional one")});
  } else if (report.scope() == v1::SCOPE_REGIONAL &&
             item.name.scope != v1::SCOPE_REGIONAL) {
    session->Tell(
        {absl::StrCat(PrintableLine(item.source),
                      "：内容写明是汇总报告，文件名没有 -regional，按本机关报告"
                      "提交"),
         absl::StrCat(PrintableLine(item.source),
                      ": it says that it is a regional report; by its name, "
                      "without -regional, it is submitted as the agency's "
                      "own")});
  }
}

// How many offices stand above the agency, as the register is now; the limit
// ends a circle. Who is not found is refused by the server.
int DepthOf(const std::string& agency, Connection* connection) {
  constexpr int kDepthMax = 16;
  int depth = 0;
  v1::GetAgencyRequest request;
  request.set_name(agency);
  for (; depth < kDepthMax; ++depth) {
    const absl::StatusOr<v1::Agency> found =
        connection->Call(connection->stubs().agencies,
                         &v1::AgencyService::Stub::GetAgency, request);
    if (!found.ok() || found->supervisor().empty()) break;
    request.set_name(found->supervisor());
  }
  return depth;
}

absl::StatusOr<v1::SubmitRevisionRequest> RequestOf(const ArchiveItem& item,
                                                    const BatchOptions& options,
                                                    Session* session,
                                                    const LedgerTrust& trust) {
  ASSIGN_OR_RETURN(LoadedReport loaded, LoadReport(item.source, session));
  if (!options.allow_doubtful) {
    RETURN_IF_ERROR(RequireCertain(loaded, item.source));
  }
  if (!loaded.report.etag().empty()) return NoFirstSubmission();
  RETURN_IF_ERROR(TellIfOtherAgency(loaded.report, item.name, session));
  v1::SubmitRevisionRequest request;
  request.set_name(item.name.ToString());
  TellIfOtherScope(loaded.report, item, session);
  *request.mutable_report() = std::move(loaded.report);
  request.mutable_report()->set_scope(item.name.scope);
  request.set_reason(item.reason);
  // For the receipt, which is verified.
  request.set_include_content(true);
  // Before it is signed, which is never done twice in the same way.
  SetRequestId(&request);
  if (options.signing.key.empty()) return request;
  ASSIGN_OR_RETURN(const auto signer,
                   LoadAgencyKey(options.signing, item.name.agency_code));
  RETURN_IF_ERROR(
      SignRequest(*signer, trust.keys().origin(), session->random(), &request));
  return request;
}

class ManySubmitter {
 public:
  ManySubmitter(const BatchOptions& options, Session* session,
                LedgerTrust* trust)
      : options_(options), session_(*session), trust_(*trust) {}

  absl::Status OpenResults() {
    if (options_.results.empty()) return absl::OkStatus();
    results_.open(options_.results, std::ios::binary | std::ios::trunc);
    return RequireWritten();
  }

  // Reads every file. One that can't be read stops no other.
  absl::Status Read(const std::vector<ArchiveEntry>& entries) {
    Progress progress(&session_, {"读取", "reading"}, 0);
    JobState state;
    state.total = entries.size();
    for (const ArchiveEntry& entry : entries) {
      absl::StatusOr<v1::SubmitRevisionRequest> request =
          entry.item.ok() ? RequestOf(*entry.item, options_, &session_, trust_)
                          : entry.item.status();
      if (request.ok()) {
        const int turn = TurnOf(entry.item->name);
        in_turn_[turn].push_back(
            {entry.source, entry.item->name.year, *std::move(request)});
      } else {
        FileResult result = ResultOf(request.status());
        result.word = {"不可用", "unusable"};
        result.json_word = "unusable";
        ++unusable_;
        RETURN_IF_ERROR(Report(entry.source, "", result));
      }
      ++state.done;
      progress.Show(state);
    }
    for (auto& [turn, files] : in_turn_) {
      // Each year of an agency is checked against the one before.
      std::stable_sort(files.begin(), files.end(),
                       [](const ReadFile& left, const ReadFile& right) {
                         return left.year < right.year;
                       });
      for (ReadFile& file : files) {
        files_.push_back(std::move(file.path));
        requests_.push_back(std::move(file.request));
      }
      ends_.push_back(requests_.size());
      files.clear();
    }
    return absl::OkStatus();
  }

  // A turn is over before the next one begins.
  absl::Status Submit() {
    ASSIGN_OR_RETURN(
        const v1::Checkpoint before,
        FetchCheckpoint(&session_.connection(), /*witnessed=*/false));
    size_before_ = before.tree_size();
    Progress progress(&session_, {"提交", "submitting"}, 0);
    JobState state;
    state.total = requests_.size();
    size_t begin = 0;
    for (const size_t end : ends_) {
      RETURN_IF_ERROR(SubmitBatch(
          absl::MakeConstSpan(requests_).subspan(begin, end - begin),
          [&](size_t place,
              const absl::StatusOr<v1::SubmitRevisionResponse>& result) {
            ++state.done;
            progress.Show(state);
            return Take(begin + place, result);
          },
          &session_.connection()));
      begin = end;
    }
    return absl::OkStatus();
  }

  // The ledger as it is now must extend every checkpoint of the receipts.
  absl::Status Verify() {
    for (const size_t place : to_confirm_) {
      const v1::SubmitRevisionRequest& request = requests_[place];
      RETURN_IF_ERROR(ConfirmRecorded(revisions_[place], SentBy(request),
                                      &session_, &trust_));
    }
    if (receipts_.empty()) return absl::OkStatus();
    const absl::Status checked = trust_.Check();
    if (ExitCodeFor(checked) == ExitCode::kUnavailable) {
      session_.Tell({"服务器未再应答；回执已逐一核验，账本此后的状态未能核验",
                     "the server answers no more; each receipt was verified, "
                     "the ledger since then was not"});
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(checked);
    for (const auto& [size, noted] : receipts_) {
      RETURN_IF_ERROR(trust_.RequireExtensionOf(noted.checkpoint, noted.note));
    }
    trust_.TellVerified(
        {"账本所记正是所提交的，逐份核对了回执",
         "the ledger recorded what was submitted, by the receipt of each"});
    return absl::OkStatus();
  }

  // Says what came of them.
  ExitCode Finish() const {
    const size_t left = requests_.size() - recorded_ - present_ - refused_;
    session_.Tell(
        {absl::StrCat("共记录 ", recorded_,
                      present_ == 0 ? "" : absl::StrCat("，已有 ", present_),
                      "，未记录 ", refused_, "，不可用 ", unusable_,
                      left == 0 ? "" : absl::StrCat("，没有结果 ", left)),
         absl::StrCat("recorded ", recorded_,
                      present_ == 0 ? "" : absl::StrCat(", present ", present_),
                      ", refused ", refused_, ", unusable ", unusable_,
                      left == 0 ? "" : absl::StrCat(", no result ", left))});
    if (left > 0) {
      session_.Tell({"再执行一次即可续完，不会重复记录",
                     "Run it again to complete it; nothing is recorded "
                     "twice"});
    }
    if (has_warnings_) {
      session_.Tell(
          {"有警告未作说明的报告，请单独提交并用 --ack 说明",
           "Submit each report that has warnings by itself, with --ack"});
    }
    return refused_ + unusable_ > 0 ? ExitCode::kBadInput : ExitCode::kOk;
  }

 private:
  struct ReadFile {
    std::string path;
    int year = 0;
    v1::SubmitRevisionRequest request;
  };

  // A regional report is checked against those that it adds up, so it comes
  // after all agencies' own, and the lower offices' before the higher ones'.
  int TurnOf(const report::ReportName& name) {
    if (name.scope != v1::SCOPE_REGIONAL)
      return std::numeric_limits<int>::min();
    return -DepthOf(report::AgencyName{name.agency_code}.ToString(),
                    &session_.connection());
  }

  absl::Status Take(size_t place,
                    const absl::StatusOr<v1::SubmitRevisionResponse>& result) {
    const v1::SubmitRevisionRequest& request = requests_[place];
    if (ErrorReason(result.status()) == "WARNINGS_NOT_ACKNOWLEDGED") {
      has_warnings_ = true;
    }
    if (result.ok()) RETURN_IF_ERROR(TakeReceipt(place, *result));
    FileResult told = ResultOf(result);
    ASSIGN_OR_RETURN(const std::optional<v1::Revision> present,
                     FindPresent(request, result));
    if (present.has_value()) MakePresent(*present, &told);
    ++(present.has_value() ? present_ : result.ok() ? recorded_ : refused_);
    if (session_.language() == Language::kZh) Translate(request, &told);
    return Report(files_[place], request.name(), told);
  }

  // The revision that was there before this run, if the answer is of that: of
  // this request, from an earlier run; or with the same content, submitted by
  // itself, as a report that has warnings is.
  absl::StatusOr<std::optional<v1::Revision>> FindPresent(
      const v1::SubmitRevisionRequest& request,
      const absl::StatusOr<v1::SubmitRevisionResponse>& result) {
    if (result.ok()) {
      if (result->revision().entry_index() >= size_before_) return std::nullopt;
      return result->revision();
    }
    if (ErrorReason(result.status()) != "REPORT_EXISTS") return std::nullopt;
    absl::StatusOr<v1::Revision> latest =
        ReadRevision(request.name(), AsOf(), &session_, &trust_);
    if (absl::IsDataLoss(latest.status())) return latest.status();
    if (!latest.ok()) return std::nullopt;
    if (request.has_signature() && !latest->has_signature()) {
      return std::nullopt;
    }
    // What the name says of it, a report need not.
    latest->mutable_content()->mutable_report()->set_scope(
        request.report().scope());
    if (!SameReport(latest->content().report(), request.report())) {
      return std::nullopt;
    }
    return *std::move(latest);
  }

  void Translate(const v1::SubmitRevisionRequest& request, FileResult* told) {
    if (!IsForFindings(told->status)) return;
    v1::CheckReportRequest check;
    check.set_name(request.name());
    *check.mutable_report() = request.report();
    Connection& connection = session_.connection();
    const auto checked =
        connection.Call(connection.stubs().reports,
                        &v1::ReportService::Stub::CheckReport, check);
    if (checked.ok()) AddChinese(checked->check(), told);
  }

  absl::Status TakeReceipt(size_t place,
                           const v1::SubmitRevisionResponse& response) {
    if (!trust_.verifies()) return absl::OkStatus();
    revisions_[place] = response.revision().name();
    // A witnessed checkpoint comes later, and an erased content never.
    if (trust_.keys().policy.has_value() ||
        response.receipt().has_erased_by()) {
      to_confirm_.push_back(place);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const NotedCheckpoint noted,
                     VerifyAnswered(response, SentBy(requests_[place]),
                                    trust_.keys(), session_.options().actor));
    receipts_.emplace(noted.checkpoint.size, noted);
    return absl::OkStatus();
  }

  absl::Status Report(const std::string& file, const std::string& report,
                      const FileResult& result) {
    ASSIGN_OR_RETURN(const std::string json,
                     JsonOf(file, report, result, session_.language()));
    if (session_.json()) {
      session_.out() << json << "\n";
    } else {
      session_.out() << session_.Pick(result.word) << "  "
                     << PrintableLine(file) << "  "
                     << PrintableLine(session_.Pick(result.details)) << "\n";
    }
    session_.out().flush();
    if (options_.results.empty()) return absl::OkStatus();
    results_ << json << "\n";
    results_.flush();
    return RequireWritten();
  }

  absl::Status RequireWritten() const {
    if (results_.good()) return absl::OkStatus();
    return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
                     {absl::StrCat("can't write ", options_.results),
                      absl::StrCat("无法写入 ", options_.results)});
  }

  const BatchOptions& options_;
  Session& session_;
  LedgerTrust& trust_;
  std::ofstream results_;
  // What was read, by the turns in which it is submitted.
  std::map<int, std::vector<ReadFile>> in_turn_;
  // At the same place, in the order of turns; and where each turn ends.
  std::vector<size_t> ends_;
  std::vector<std::string> files_;
  std::vector<v1::SubmitRevisionRequest> requests_;
  std::map<size_t, std::string> revisions_;
  // Checkpoints of receipts, by their sizes.
  std::map<uint64_t, NotedCheckpoint> receipts_;
  std::vector<size_t> to_confirm_;
  // Of the ledger, before anything was submitted.
  uint64_t size_before_ = 0;
  size_t recorded_ = 0;
  // Before this run.
  size_t present_ = 0;
  size_t refused_ = 0;
  size_t unusable_ = 0;
  // Of those that were refused.
  bool has_warnings_ = false;
};

}  // namespace

absl::StatusOr<ExitCode> SubmitMany(const BatchOptions& options,
                                    Session* session) {
  ASSIGN_OR_RETURN(std::vector<ArchiveEntry> entries,
                   ReadArchiveDirectory(options.directory, options.reason));
  // Left there by an earlier run.
  std::erase_if(entries, [&options](const ArchiveEntry& entry) {
    std::error_code error;
    return !options.results.empty() &&
           std::filesystem::equivalent(entry.source, options.results, error);
  });
  // What is signed names the ledger.
  ASSIGN_OR_RETURN(LedgerTrust trust, options.signing.key.empty()
                                          ? LedgerTrust::For(session)
                                          : LedgerTrust::Required(session));
  RETURN_IF_ERROR(trust.Check());
  ManySubmitter submitter(options, session, &trust);
  RETURN_IF_ERROR(submitter.OpenResults());
  RETURN_IF_ERROR(submitter.Read(entries));
  absl::Status status = submitter.Submit();
  // What was recorded is verified, though others are left.
  if (status.ok() || ExitCodeFor(status) == ExitCode::kUnavailable) {
    const absl::Status verified = submitter.Verify();
    if (!verified.ok()) status = verified;
  }
  const ExitCode code = submitter.Finish();
  if (!status.ok()) return status;
  return code;
}

}  // namespace annals::client
