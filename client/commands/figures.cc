#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/counted.h"
#include "client/fetch.h"
#include "client/figures/figure_reader.h"
#include "client/figures/figure_writers.h"
#include "client/files.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

struct FiguresOptions {
  int year = 0;
  std::string under;
  std::string scope;
  AsOfOptions as_of;
  std::string format = "csv";
  std::string output = "-";
  bool byte_order_mark = false;
  bool force = false;
};

absl::StatusOr<v1::ListFiguresRequest> FiguresRequestOf(
    const FiguresOptions& options) {
  v1::ListFiguresRequest request;
  request.set_year(options.year);
  request.set_parent("agencies/-");
  if (!options.under.empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName office,
                     AgencyArgument(options.under));
    request.set_parent(office.ToString());
  }
  if (options.scope == "own") request.set_scope(v1::SCOPE_ORGAN);
  if (options.scope == "regional") request.set_scope(v1::SCOPE_REGIONAL);
  RETURN_IF_ERROR(SetAsOf(options.as_of, &request));
  return request;
}

absl::StatusOr<std::unique_ptr<FigureWriter>> NewWriter(
    const FiguresOptions& options, bool is_json, const WritePiece& write) {
  if (options.format == "xlsx") return NewFigureXlsx(write);
  if (options.format == "jsonl" || is_json) return NewFigureJsonLines(write);
  return NewFigureCsv(options.byte_order_mark, write);
}

// Counts what goes through, and names agencies whose name, which the report
// prints, was erased with it: as the register has them.
class CountingSink final : public FigureSink {
 public:
  CountingSink(const v1::ListFiguresRequest& request, Connection* connection,
               FigureSink* next)
      : request_(request), connection_(*connection), next_(*next) {}

  absl::Status Begin(const std::vector<std::string>& columns) override {
    return next_.Begin(columns);
  }
  absl::Status Add(const v1::FigureRow& row) override {
    ++rows_;
    if (!row.erased()) return next_.Add(row);
    ++erased_;
    if (!row.agency_name().empty()) return next_.Add(row);
    v1::FigureRow named = row;
    named.set_agency_name(RegisteredName(row));
    return next_.Add(named);
  }

  int64_t rows() const { return rows_; }
  int64_t erased() const { return erased_; }

 private:
  // Empty if the server does not tell it.
  std::string RegisteredName(const v1::FigureRow& row) {
    const auto revision = report::ParseRevisionName(row.revision());
    if (!revision.ok()) return "";
    AsOf as_of;
    if (request_.has_as_of()) as_of.time = FromTimestamp(request_.as_of());
    as_of.size = request_.as_of_size();
    const auto agency = FetchAgencyOn(
        &connection_,
        report::AgencyName{revision->report.agency_code}.ToString(),
        absl::CivilDay(revision->report.year, 12, 31), as_of);
    return agency.ok() ? agency->display_name() : "";
  }

  const v1::ListFiguresRequest& request_;
  Connection& connection_;
  FigureSink& next_;
  int64_t rows_ = 0;
  int64_t erased_ = 0;
};

void TellCount(const CountingSink& sink, uint64_t tree_size, Session* session) {
  session->Tell({absl::StrCat(sink.rows(), " 份报告，内容已删除 ",
                              sink.erased(), "；账本 ", tree_size, " 个条目"),
                 absl::StrCat(Counted(sink.rows(), "report", "reports"), ", ",
                              sink.erased(), " erased; ledger of ",
                              Counted(tree_size, "entry", "entries"))});
}

absl::StatusOr<ExitCode> RunFigures(const FiguresOptions& options,
                                    Session* session) {
  ASSIGN_OR_RETURN(const v1::ListFiguresRequest request,
                   FiguresRequestOf(options));
  if (options.format == "xlsx") {
    RETURN_IF_ERROR(RequireNoTerminal(options.output, options.format));
  }
  RETURN_IF_ERROR(RequireNoFile(options.output, options.force));
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::Establish(session));
  RETURN_IF_ERROR(WriteOutputBy(
      options.output,
      [&](const WritePiece& write) -> absl::Status {
        ASSIGN_OR_RETURN(const std::unique_ptr<FigureWriter> writer,
                         NewWriter(options, session->json(), write));
        CountingSink sink(request, &session->connection(), writer.get());
        ASSIGN_OR_RETURN(
            const uint64_t tree_size,
            ReadFigureRows(request, &session->connection(), &sink));
        RETURN_IF_ERROR(writer->End());
        TellCount(sink, tree_size, session);
        return absl::OkStatus();
      },
      session));
  TellOnlyCheckpointVerified(trust);
  return ExitCode::kOk;
}

}  // namespace

void AddFiguresCommand(CommandLine* line) {
  auto options = std::make_shared<FiguresOptions>();
  CLI::App* command = line->Add(
      &line->app(), "figures",
      {"一个年度的全部数字：每份报告一行，每个单元格一列\n"
       "各份报告生效的修订，按资源名排列。列名为单元格编号，固定不变；空白的"
       "单元格为空（JSON 为 null），不作 0；金额一律以分计，编号中有 wan_yuan "
       "的列也"
       "是，除以 1000000 才是万元。--under 按报告年度 "
       "12 月 31 日的登记。",
       "All figures of a year: one row a report, one column a cell\n"
       "Of the revisions in effect, in the order of names. Columns are named "
       "by the cells' ids, for good; a blank cell is empty (null in JSON) and "
       "no "
       "zero; money is in 分 (0.01 yuan), also in a column whose id says "
       "wan_yuan: 1,000,000 分 are 1 万元. --under goes by the register of 31 "
       "December of the year reported on."},
      "annals figures --year 2025 -o 2025.csv\n"
      "annals figures --year 2025 --under 11410300054481305D --scope own "
      "--format xlsx -o city.xlsx");
  line->Option(command, "--year", &options->year, "YEAR",
               {"报告年度", "The year reported on"})
      ->Required()
      ->Check(Year(line->language()));
  line->Option(
      command, "--under", &options->under, "CODE",
      {"该机关及其下级（默认全部报告）",
       "This office and the agencies below it (default: all reports)"});
  line->Option(command, "--scope", &options->scope, "SCOPE",
               {"own（本机关）或 regional（汇总）；默认两者",
                "own or regional; both by default"})
      ->Check(OneOf({"own", "regional"}, line->language()));
  AddAsOfOptions(line, command, &options->as_of);
  line->Option(command, "--format", &options->format, "FORMAT",
               {"csv（默认）、jsonl 或 xlsx", "csv (default), jsonl or xlsx"})
      ->Check(OneOf({"csv", "jsonl", "xlsx"}, line->language()));
  AddOutputOption(line, command, &options->output);
  line->Flag(command, "--force", &options->force,
             {"覆盖已有的输出文件", "Overwrite a file that is there"});
  line->Flag(command, "--bom", &options->byte_order_mark,
             {"csv 以字节顺序标记（BOM）开头，便于电子表格软件识别 UTF-8",
              "Begin csv with a byte order mark, by which spreadsheet programs "
              "know UTF-8"});
  line->OnCall(command, [options](Session& session) {
    return RunFigures(*options, &session);
  });
}

}  // namespace annals::client
