#include <filesystem>
#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/archive/archiver.h"
#include "client/archive/manifest.h"
#include "client/archive/stated_publication.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/recorded.h"
#include "client/enum_words.h"
#include "client/files.h"
#include "client/import_limit_options.h"
#include "client/json_text.h"
#include "client/progress.h"
#include "client/render/findings.h"
#include "client/render/import_summary.h"
#include "client/render/printable.h"
#include "client/report_source.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"

namespace annals::client {
namespace {

struct ArchiveOptions {
  std::string file;
  std::string manifest;
  std::string directory;
  std::string agency;
  int year = 0;
  bool regional = false;
  std::string report_file;
  std::string published;
  std::string url;
  std::string index_number;
  std::string reason;
  std::string reason_code;
  bool hash_only = false;
  bool allow_doubtful = false;
};

ArchivePolicy PolicyOf(const ArchiveOptions& options) {
  ArchivePolicy policy;
  policy.reason_code = EnumFromWord<v1::ReasonCode>(options.reason_code);
  policy.hash_only = options.hash_only;
  policy.allow_doubtful = options.allow_doubtful;
  return policy;
}

absl::StatusOr<ArchiveItem> ItemOf(const ArchiveOptions& options) {
  if (options.agency.empty() || options.year == 0 || options.reason.empty()) {
    return UsageError({"归档一份报告须给出 --agency、--year 和 --reason",
                       "to archive one report give --agency, --year and "
                       "--reason"});
  }
  ArchiveItem item;
  item.source = options.file;
  item.report_file = options.report_file;
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   AgencyArgument(options.agency));
  item.name = {agency.code, options.year,
               options.regional ? v1::SCOPE_REGIONAL : v1::SCOPE_ORGAN};
  if (!options.published.empty()) {
    ASSIGN_OR_RETURN(item.published, ParseDay(options.published));
  }
  item.url = options.url;
  item.index_number = options.index_number;
  RETURN_IF_ERROR(ValidateStatedPublication(item, StatedIn::kOptions));
  item.reason = options.reason;
  return item;
}

Text FindingCounts(const v1::Revision& revision) {
  return {absl::StrCat("错误 ", revision.error_count(), "，警告 ",
                       revision.unacknowledged_warning_count()),
          absl::StrCat("errors ", revision.error_count(), ", warnings ",
                       revision.unacknowledged_warning_count())};
}

Text PublicationDiffers() {
  return {
      "账本所记的发布日期、地址或索引号与此处所给的不同，未作改动；如需更正，"
      "请用 annals correct",
      "the ledger has another day of publication, address or index number than "
      "was given; nothing was changed. To correct it: annals correct"};
}

Text ReplacedSince(const ArchiveOutcome& outcome) {
  const std::string latest = PrintableLine(outcome.replaced_by);
  return {absl::StrCat("此后已被 ", latest,
                       " 取代；如公开页面又换回此版本，请单独归档该文件并加 "
                       "--reason-code republished"),
          absl::StrCat("replaced by ", latest,
                       " since; if the published page was put back to this "
                       "version, archive the file by itself with "
                       "--reason-code republished")};
}

// What a person should know of a report that the ledger has already.
std::vector<Text> RemarksOnPresent(const ArchiveOutcome& outcome) {
  std::vector<Text> remarks;
  if (outcome.differs_in_publication) remarks.push_back(PublicationDiffers());
  if (!outcome.replaced_by.empty()) remarks.push_back(ReplacedSince(outcome));
  return remarks;
}

void TellDocument(const v1::ArchiveReportRequest& request, Session* session) {
  if (request.document().empty()) {
    const std::string sha256 =
        absl::BytesToHexString(request.report().publication().source_sha256());
    return session->Tell(
        {absl::StrCat("来源文件只记录了摘要，SHA-256 ", sha256),
         absl::StrCat("of the source document only the hash is kept, SHA-256 ",
                      sha256)});
  }
  session->Tell({absl::StrCat("来源文件已保存：", request.document()),
                 absl::StrCat("source document kept: ", request.document())});
}

absl::StatusOr<ExitCode> RunOne(const ArchiveOptions& options,
                                Session* session) {
  ASSIGN_OR_RETURN(const ArchiveItem item, ItemOf(options));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ArchivePolicy policy = PolicyOf(options);
  policy.records_put_back = policy.reason_code != v1::REASON_CODE_UNSPECIFIED;
  ASSIGN_OR_RETURN(const ArchiveOutcome outcome,
                   Archiver(policy, session, &trust).Archive(item));
  if (outcome.imported.has_value() && outcome.doubts > 0) {
    session->err() << RenderDoubts(*outcome.imported, session->language());
  }
  if (outcome.result == ArchiveResult::kDoubtful) {
    return RequireCertain({{}, outcome.doubts}, item.source);
  }
  if (outcome.result == ArchiveResult::kPresent) {
    for (const Text& remark : RemarksOnPresent(outcome)) session->Tell(remark);
    session->Print(
        {absl::StrCat("账本中已有：", PrintableLine(outcome.revision)),
         absl::StrCat("recorded already: ", PrintableLine(outcome.revision))});
    return ExitCode::kOk;
  }
  const v1::SubmitRevisionResponse& response = *outcome.response;
  session->err() << RenderFindings(response.check(), Listing::kFailed,
                                   session->language(), session->colors().err);
  RETURN_IF_ERROR(
      TellIfOtherAgency(outcome.request.report(), item.name, session));
  RETURN_IF_ERROR(PrintRecorded(response, session));
  TellDocument(outcome.request, session);
  RETURN_IF_ERROR(ConfirmRecorded(outcome.revision, SentBy(outcome.request),
                                  session, &trust));
  return ExitCode::kOk;
}

// What a line says of an item that the ledger has already.
Text PresentText(const ArchiveOutcome& outcome) {
  Text text = {outcome.revision, outcome.revision};
  for (const Text& remark : RemarksOnPresent(outcome)) {
    absl::StrAppend(&text.zh, "  ", remark.zh);
    absl::StrAppend(&text.en, "  ", remark.en);
  }
  return text;
}

// What came of many reports.
struct Tally {
  uint64_t recorded = 0;
  uint64_t present = 0;
  uint64_t doubtful = 0;
  uint64_t failed = 0;
};

// Whether it is no use to go on with the others.
bool EndsAll(const absl::Status& status) {
  // One report is too large; the server is well.
  if (IsTooLarge(status)) return false;
  const ExitCode code = ExitCodeFor(status);
  return code == ExitCode::kUnavailable ||
         code == ExitCode::kLedgerNotTrusted ||
         code == ExitCode::kVerificationFailed || code == ExitCode::kInternal;
}

class BulkArchive {
 public:
  BulkArchive(const ArchivePolicy& policy, Session* session, LedgerTrust* trust)
      : session_(*session), trust_(*trust), archiver_(policy, session, trust) {}

  // Fails only where it is no use to go on.
  absl::Status Take(const ArchiveEntry& entry) {
    if (!entry.item.ok()) {
      TakeFailed(entry, entry.item.status());
      return absl::OkStatus();
    }
    const ArchiveItem& item = *entry.item;
    const auto outcome = archiver_.Archive(item);
    if (!outcome.ok()) {
      TakeFailed(entry, outcome.status());
      return EndsAll(outcome.status()) ? outcome.status() : absl::OkStatus();
    }
    switch (outcome->result) {
      case ArchiveResult::kPresent:
        ++tally_.present;
        Report(entry, {"已有", "present"}, "present", PresentText(*outcome),
               &*outcome);
        return absl::OkStatus();
      case ArchiveResult::kDoubtful:
        ++tally_.doubtful;
        Report(entry, {"存疑", "doubtful"}, "doubtful",
               {absl::StrCat(outcome->doubts, " 处，未记录"),
                absl::StrCat(outcome->doubts, " places, not recorded")});
        return absl::OkStatus();
      case ArchiveResult::kRecorded:
        break;
    }
    ++tally_.recorded;
    RETURN_IF_ERROR(
        TellIfOtherAgency(outcome->request.report(), item.name, &session_));
    const Text counts = FindingCounts(outcome->response->revision());
    Report(entry, {"已记录", "recorded"}, "recorded",
           {absl::StrCat(outcome->revision, "  ", counts.zh),
            absl::StrCat(outcome->revision, "  ", counts.en)},
           &*outcome);
    TellFollowingYear(*outcome->response);
    return ConfirmRecorded(outcome->revision, SentBy(outcome->request),
                           &session_, &trust_);
  }

  void TellHowToGoOn() const {
    session_.Tell(
        {"存疑的未记录：用 annals import 文件 查看存疑之处，核对后以 --report "
         "（清单的 report 列）给出报告，或加 --allow-doubtful 照此记录",
         "doubtful ones were not recorded: look at the places with annals "
         "import FILE, give the mended report with --report (in a manifest, "
         "the column report), or record them as they are with "
         "--allow-doubtful"});
  }

  // `total`: how many there are. Says what came of them, and which failed.
  ExitCode Finish(size_t total) const {
    const uint64_t left = total - tally_.recorded - tally_.present -
                          tally_.doubtful - tally_.failed;
    session_.Tell(
        {absl::StrCat("共记录 ", tally_.recorded, "，已有 ", tally_.present,
                      "，存疑 ", tally_.doubtful, "，失败 ", tally_.failed,
                      left == 0 ? "" : absl::StrCat("，未处理 ", left)),
         absl::StrCat("recorded ", tally_.recorded, ", present ",
                      tally_.present, ", doubtful ", tally_.doubtful,
                      ", failed ", tally_.failed,
                      left == 0 ? "" : absl::StrCat(", not tried ", left))});
    if (tally_.doubtful > 0) TellHowToGoOn();
    for (const std::string& failure : failures_) session_.err() << failure;
    if (failures_.size() < tally_.failed) {
      const uint64_t more = tally_.failed - failures_.size();
      session_.Tell({absl::StrCat("另有 ", more, " 项失败，见上"),
                     absl::StrCat(more, " more failed; see above")});
    }
    if (tally_.failed > 0) return ExitCode::kBadInput;
    return tally_.doubtful > 0 ? ExitCode::kDoubtfulImport : ExitCode::kOk;
  }

 private:
  // So many failures are told again at the end.
  static constexpr size_t kFailuresTold = 20;

  void TakeFailed(const ArchiveEntry& entry, const absl::Status& status) {
    ++tally_.failed;
    const Text details = {ErrorTextZh(status), std::string(status.message())};
    Report(entry, {"失败", "failed"}, "failed", details);
    if (failures_.size() == kFailuresTold) return;
    failures_.push_back(
        absl::StrCat("  ", PlaceOf(entry), PrintableLine(entry.source), ": ",
                     PrintableLine(session_.Pick(details)), "\n"));
  }

  // `line 3: `, of a manifest.
  std::string PlaceOf(const ArchiveEntry& entry) const {
    if (entry.line == 0) return std::string();
    return session_.Pick({absl::StrCat("第 ", entry.line, " 行："),
                          absl::StrCat("line ", entry.line, ": ")});
  }

  // As it is told of one report.
  void TellFollowingYear(const v1::SubmitRevisionResponse& response) {
    if (session_.json() || !response.has_following_year()) return;
    session_.err() << RenderReassessment(
        response.following_year(), session_.language(), session_.colors().err);
  }

  // The fields that only some items have.
  static void AddOutcome(const ArchiveOutcome& outcome, JsonObject* json) {
    if (outcome.result == ArchiveResult::kPresent) {
      json->AddFlag("publication_differs", outcome.differs_in_publication);
      if (!outcome.replaced_by.empty()) {
        json->Add("replaced_by", outcome.replaced_by);
      }
    }
    if (!outcome.response.has_value() ||
        !outcome.response->has_following_year()) {
      return;
    }
    auto following = JsonLineOf(outcome.response->following_year());
    if (following.ok()) json->AddJson("following_year", *std::move(following));
  }

  // `outcome`: null if there is none.
  void Report(const ArchiveEntry& entry, const Text& result,
              absl::string_view word, const Text& details,
              const ArchiveOutcome* outcome = nullptr) {
    if (!session_.json()) {
      session_.out() << session_.Pick(result) << "  "
                     << PrintableLine(entry.source) << "  " << PlaceOf(entry)
                     << PrintableLine(session_.Pick(details)) << "\n";
      return;
    }
    JsonObject json;
    json.Add("file", entry.source);
    if (entry.line > 0) json.AddNumber("line", entry.line);
    if (entry.item.ok()) json.Add("report", entry.item->name.ToString());
    json.Add("result", word);
    json.Add("details", details.en);
    if (outcome != nullptr) AddOutcome(*outcome, &json);
    const auto line = json.Line();
    if (line.ok()) session_.out() << *line << "\n";
  }

  Session& session_;
  LedgerTrust& trust_;
  Archiver archiver_;
  Tally tally_;
  std::vector<std::string> failures_;
};

absl::StatusOr<std::vector<ArchiveEntry>> EntriesOf(
    const ArchiveOptions& options) {
  if (!options.directory.empty()) {
    if (options.reason.empty()) {
      return UsageError({"请用 --reason 给出理由", "give --reason"});
    }
    return ReadArchiveDirectory(options.directory, options.reason);
  }
  ASSIGN_OR_RETURN(const std::string csv, ReadInput(options.manifest));
  return ReadManifest(
      csv, std::filesystem::path(options.manifest).parent_path().string(),
      options.reason);
}

absl::StatusOr<ExitCode> RunMany(const ArchiveOptions& options,
                                 Session* session) {
  ASSIGN_OR_RETURN(const std::vector<ArchiveEntry> entries, EntriesOf(options));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  BulkArchive bulk(PolicyOf(options), session, &trust);
  {
    Progress progress(session, {"归档", "archiving"}, 0);
    JobState state;
    state.total = entries.size();
    for (const ArchiveEntry& entry : entries) {
      if (absl::Status status = bulk.Take(entry); !status.ok()) {
        bulk.Finish(entries.size());
        return status;
      }
      ++state.done;
      progress.Show(state);
    }
  }
  return bulk.Finish(entries.size());
}

absl::StatusOr<ExitCode> RunArchive(const ArchiveOptions& options,
                                    Session* session) {
  const int given = (options.file.empty() ? 0 : 1) +
                    (options.manifest.empty() ? 0 : 1) +
                    (options.directory.empty() ? 0 : 1);
  if (given != 1) {
    return UsageError({"请给出一个文件、--manifest 或 --dir，三者取一",
                       "give one of a file, --manifest and --dir"});
  }
  return options.file.empty() ? RunMany(options, session)
                              : RunOne(options, session);
}

void AddItemOptions(CommandLine* line, CLI::App* command,
                    ArchiveOptions* options) {
  line->Option(command, "FILE", &options->file, "FILE",
               {"公开发布的文件", "The file as it was published"});
  line->Option(
      command, "--agency", &options->agency, "CODE",
      {"机关的统一社会信用代码", "The agency's unified social credit code"});
  line->Option(command, "--year", &options->year, "YEAR",
               {"报告年度", "The year reported on"})
      ->Check(Year(line->language()));
  line->Flag(command, "--regional", &options->regional,
             {"口径为汇总，而非本机关",
              "The report covers the whole region, not the organ itself"});
  line->Option(command, "--report", &options->report_file, "FILE",
               {"已经人工核对的结构化报告（JSON），代替从公开文件读取",
                "The structured report (JSON), checked by a person, instead "
                "of what is read from the published file"});
  line->Option(command, "--published", &options->published, "DATE",
               {"发布日期，如 2025-01-20",
                "The day of publication, such as "
                "2025-01-20"});
  line->Option(command, "--url", &options->url, "URL",
               {"发布地址", "The address of the page"});
  line->Option(command, "--index-number", &options->index_number, "NUMBER",
               {"索引号", "The number in the site's catalogue (索引号)"});
}

void AddPolicyOptions(CommandLine* line, CLI::App* command,
                      ArchiveOptions* options) {
  line->Option(command, "--manifest", &options->manifest, "FILE",
               {"清单（CSV），一行一份报告；列：file, agency, year, scope, "
                "report, published, url, index_number, reason",
                "A manifest (CSV), a report a row; columns: file, agency, "
                "year, scope, report, published, url, index_number, reason"});
  line->Option(command, "--dir", &options->directory, "DIR",
               {"目录，其中文件命名为 机关代码/年度.扩展名",
                "A directory of files named CODE/YEAR.EXT"});
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"来源与理由，记入账本",
                "Where it was found and why it is "
                "recorded"});
  line->Option(command, "--reason-code", &options->reason_code,
               "republished|figure-error|…",
               {"账本已有另一版本时：其不再成立的原因，如 republished"
                "（公开页面被替换）",
                "If the ledger has another version: why it does not stand, "
                "such as republished (the page was replaced)"})
      ->Check(OneOf(
          EnumWords(google::protobuf::GetEnumDescriptor<v1::ReasonCode>()),
          line->language()));
  line->Flag(command, "--hash-only", &options->hash_only,
             {"只记录来源文件的摘要，不保存其内容",
              "Record the document's hash, not its bytes"});
  line->Flag(command, "--allow-doubtful", &options->allow_doubtful,
             {"文本有存疑之处时仍按所读记录（缺失处留空）",
              "Record a text as it was read though places are in doubt"});
}

}  // namespace

void AddArchiveCommand(CommandLine* line) {
  auto options = std::make_shared<ArchiveOptions>();
  CLI::App* command = line->Add(
      &line->app(), "archive",
      {"按公开原样记录历史报告及其来源文件\n"
       "校验结果一并记录，不妨碍记录。可成批进行；重复执行不会重复记录，"
       "中断后再执行即可续完。",
       "Record historical reports exactly as they were published, with the "
       "source document\n"
       "What the rules say is recorded with them and does not hold them up. "
       "Done again, nothing is recorded twice, so a run that was interrupted "
       "is simply repeated."},
      "annals archive page.html --agency 11410303005450123N --year 2023 "
      "--published 2024-01-30 --url https://www.example.gov.cn/2023.html "
      "--reason 从政府网站采集\n"
      "annals archive --manifest reports.csv --reason 从政府网站采集\n"
      "annals archive --dir published/ --reason 从政府网站采集");
  AddItemOptions(line, command, options.get());
  AddPolicyOptions(line, command, options.get());
  AddImportLimitOptions(line, command);
  line->OnCall(command, [options](Session& session) {
    return RunArchive(*options, &session);
  });
}

}  // namespace annals::client
