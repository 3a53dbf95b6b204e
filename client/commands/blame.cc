#include "service/report/blame.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/whole_report.h"
#include "client/counted.h"
#include "client/field_choice.h"
#include "client/published_view.h"
#include "client/render/display_width.h"
#include "client/render/field_text.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/proven_history.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct BlameOptions {
  std::string name;
  std::vector<std::string> fields;
  bool changed = false;
  AsOfOptions as_of;
};

// A paragraph in a line of the table.
constexpr size_t kShownColumnsMax = 40;
// Characters before the first that differs.
constexpr size_t kShownBefore = 4;

absl::StatusOr<std::vector<std::string>> ChosenFields(
    const BlameOptions& options) {
  std::vector<std::string> chosen;
  for (const std::string& words : options.fields) {
    ASSIGN_OR_RETURN(const std::vector<std::string> found, FindFields(words));
    chosen.insert(chosen.end(), found.begin(), found.end());
  }
  return chosen;
}

// The same question answered from the verified contents.
absl::StatusOr<v1::BlameReportResponse> ProvenBlame(
    const v1::BlameReportRequest& request, const AsOf& as_of, Session* session,
    LedgerTrust* trust) {
  v1::ListRevisionsRequest asked;
  asked.set_parent(request.name());
  as_of.ApplyTo(&asked);
  ASSIGN_OR_RETURN(const std::vector<VerifiedRevision> history,
                   ReadProvenHistory(asked, session, trust));
  v1::BlameReportResponse response;
  report::BlameBuilder blame(
      {request.fields().begin(), request.fields().end()});
  for (const VerifiedRevision& revision : history) {
    const int number = revision.entry.revision_recorded().number();
    if (revision.published_only) response.set_published_only(true);
    if (!revision.has_content()) {
      blame.AddErased(number);
    } else {
      blame.Add(number, revision.content.report());
    }
  }
  for (auto revision = history.rbegin(); revision != history.rend();
       ++revision) {
    *response.add_revisions() = RevisionOf(*revision);
    response.mutable_revisions()->rbegin()->clear_content();
  }
  for (v1::FieldBlame& field : blame.Build()) {
    *response.add_fields() = std::move(field);
  }
  const Text contents = ContentsProved(history);
  trust->TellVerified(
      {absl::StrCat(
           history.size(), " 次修订的条目、存在性证明和", contents.zh,
           "，且前后相接；各值的来历由此算出；最新一次之后是否还有，以服务器"
           "所说为准"),
       absl::StrCat(Counted(history.size(), "revision", "revisions"),
                    ", of each entry, inclusion proof and ", contents.en,
                    ", and that each follows the one before; who gave which "
                    "value is computed from them; that none came later is the "
                    "server's word")});
  return response;
}

class BlameTable {
 public:
  BlameTable(const v1::BlameReportResponse& response, Language language)
      : language_(language) {
    for (const v1::Revision& revision : response.revisions()) {
      revisions_[revision.number()] = &revision;
    }
    table_.head = {Text{"单元格或文字", "Figure or text"}.In(language),
                   Text{"现值", "Value"}.In(language),
                   Text{"修订", "Revision"}.In(language),
                   Text{"时间", "Time"}.In(language),
                   Text{"操作人", "Actor"}.In(language),
                   Text{"理由", "Reason"}.In(language),
                   Text{"早先的值", "Earlier values"}.In(language)};
    table_.aligns = {Align::kLeft, Align::kRight, Align::kRight};
  }

  void Add(const v1::FieldBlame& field) {
    const v1::FieldValue& present = field.values(0);
    std::vector<std::string> earlier;
    for (int i = 1; i < field.values_size(); ++i) {
      const v1::FieldValue& value = field.values(i);
      earlier.push_back(
          absl::StrCat(Value(field, i),
                       Text{absl::StrCat("（修订 ", value.revision(), "）"),
                            absl::StrCat(" (revision ", value.revision(), ")")}
                           .In(language_)));
    }
    std::vector<std::string> row = {
        FieldLabelText(field.field(), language_),
        IsErased(present) ? Text{"无从得知", "can't be told"}.In(language_)
                          : Value(field, 0)};
    AppendOrigin(present.revision(), &row);
    row.push_back(absl::StrJoin(earlier, " ← "));
    table_.rows.push_back(std::move(row));
  }

  std::string Render() const {
    return RenderList(table_, AmbiguousWidthOfTerminal());
  }
  bool empty() const { return table_.rows.empty(); }

  // Whether it is known to have changed after the first revision that can
  // still be read. After one that can't be it begins anew, changed or not: what
  // counts is then what the revisions around it say.
  bool WasChanged(const v1::FieldBlame& field) const {
    const int first = IsErased(field.values(0)) ? 1 : 0;
    const int last = field.values_size() - 1;
    for (int i = first; i < last; ++i) {
      if (!IsSame(field.values(i), field.values(i + 1))) return true;
    }
    return last >= first && FirstPossible(field.values(last).revision()) > 1;
  }

  // Such as the cells of the edition that the report does not use.
  bool IsAlwaysBlank(const v1::FieldBlame& field) const {
    return std::none_of(field.values().begin(), field.values().end(),
                        [](const v1::FieldValue& value) {
                          return value.has_value() || value.has_text();
                        });
  }

 private:
  // Whether it stands for what the last revision says, which was erased.
  bool IsErased(const v1::FieldValue& value) const {
    const auto revision = revisions_.find(value.revision());
    return revision != revisions_.end() && LacksContent(*revision->second);
  }

  static bool IsSame(const v1::FieldValue& left, const v1::FieldValue& right) {
    return report::FigureOf(&left) == report::FigureOf(&right) &&
           left.has_text() == right.has_text() && left.text() == right.text();
  }

  // The first revision that may have given a value which `revision` is the
  // first to show: those right before it may be erased.
  int FirstPossible(int revision) const {
    int first = revision;
    for (auto before = revisions_.find(first - 1);
         before != revisions_.end() && LacksContent(*before->second);
         before = revisions_.find(first - 1)) {
      --first;
    }
    return first;
  }

  // Revision, time, actor and reason.
  void AppendOrigin(int number, std::vector<std::string>* row) const {
    const int first = FirstPossible(number);
    const auto revision = revisions_.find(number);
    const bool is_erased =
        revision != revisions_.end() && LacksContent(*revision->second);
    if (is_erased || first < number) {
      row->push_back(first < number ? absl::StrCat(first, "–", number)
                                    : absl::StrCat(number));
      row->insert(row->end(), {"-", "-"});
      row->push_back(Text{"无从区分：其中有修订的内容已删除或已撤回",
                          "can't be told: contents of these were erased or "
                          "withdrawn"}
                         .In(language_));
      return;
    }
    row->push_back(absl::StrCat(number));
    if (revision == revisions_.end()) {
      row->insert(row->end(), {"-", "-", "-"});
      return;
    }
    row->push_back(FormatMoment(revision->second->recorded_at()));
    row->push_back(ActorText(revision->second->actor(), language_));
    row->push_back(Cut(PrintableLine(revision->second->reason())));
  }

  static std::string Cut(const std::string& text) {
    return CutToWidth(text, kShownColumnsMax, AmbiguousWidthOfTerminal());
  }

  // From a little before where it begins to differ from `other`, if there is
  // not room for all of it: what is shown of both could be the same.
  static std::string FromDifference(const std::string& text,
                                    const std::string& other) {
    if (Cut(text) == text) return text;
    size_t start = static_cast<size_t>(
        std::mismatch(text.begin(), text.end(), other.begin(), other.end())
            .first -
        text.begin());
    for (size_t before = 0; start > 0 && before <= kShownBefore; ++before) {
      // Back to the first byte of a character.
      do --start;
      while (start > 0 && (text[start] & 0xC0) == 0x80);
    }
    return start == 0 ? text : absl::StrCat("…", text.substr(start));
  }

  // The value at `place`, newest first.
  std::string Value(const v1::FieldBlame& field, int place) const {
    const v1::FieldValue& value = field.values(place);
    if (value.has_text()) {
      std::string text = TextValueText(field.field(), value.text(), language_);
      const int beside =
          place + 1 < field.values_size() ? place + 1 : place - 1;
      if (beside >= 0) {
        text = FromDifference(text, field.values(beside).text());
      }
      return absl::StrCat("“", Cut(PrintableLine(text)), "”");
    }
    const bool is_cell = report::Schema::Get().Find(field.field()).has_value();
    if (!is_cell) return Text{"（无）", "(none)"}.In(language_);
    return FigureText(field.field(), report::FigureOf(&value), language_);
  }

  const Language language_;
  std::map<int, const v1::Revision*> revisions_;
  ListTable table_;
};

// If the newest contents were erased, nothing of what is shown need be what the
// report says now.
void TellIfLatestIsErased(const v1::BlameReportResponse& response,
                          Session* session) {
  int last_readable = 0;
  for (const v1::Revision& revision : response.revisions()) {
    if (LacksContent(revision)) continue;
    last_readable = revision.number();
    break;
  }
  if (response.revisions().empty() ||
      last_readable == response.revisions(0).number()) {
    return;
  }
  const int latest = response.revisions(0).number();
  if (last_readable == 0) {
    session->Tell(
        {"各次修订的内容均已删除或撤回，各项现值无从得知",
         "the contents of all revisions were erased or withdrawn: what stands "
         "there can't be told"});
    return;
  }
  session->Tell(
      {absl::StrCat("最新的修订 ", latest,
                    " 的内容已删除或撤回，各项现值无从得知；所列为修订 ",
                    last_readable, " 及以前的值"),
       absl::StrCat("the content of revision ", latest,
                    ", the latest, was erased or withdrawn: what stands there "
                    "now can't be "
                    "told; the values listed are of revision ",
                    last_readable, " and before")});
}

// Of what was changed and changed back around a content that can't be read
// nothing is left.
void TellGaps(const v1::BlameReportResponse& response, Session* session) {
  std::vector<int> gaps;
  std::vector<int> since_readable;
  bool any_readable = false;
  for (int i = response.revisions_size(); i-- > 0;) {
    const v1::Revision& revision = response.revisions(i);
    if (LacksContent(revision)) {
      if (any_readable) since_readable.push_back(revision.number());
      continue;
    }
    any_readable = true;
    gaps.insert(gaps.end(), since_readable.begin(), since_readable.end());
    since_readable.clear();
  }
  if (gaps.empty()) return;
  session->Tell(
      {absl::StrCat(
           "修订 ", absl::StrJoin(gaps, "、"),
           " 的内容已删除或撤回，其间的改动无从得知；只列出其前后的修订"
           "之间不同的"),
       absl::StrCat(gaps.size() == 1 ? "the content of revision "
                                     : "the contents of revisions ",
                    absl::StrJoin(gaps, ", "),
                    gaps.size() == 1 ? " was" : " were",
                    " erased or withdrawn: changes within can't be told; "
                    "listed is what differs between the revisions around")});
}

absl::StatusOr<ExitCode> RunBlame(const BlameOptions& options,
                                  Session* session) {
  ASSIGN_OR_RETURN(
      const report::ReportName report,
      WholeReportArgument(
          options.name,
          {"请去掉 /revisions/…，要看某次修订之时，用 --as-of 或 --as-of-size",
           "leave /revisions/... out; as of an earlier revision: --as-of or "
           "--as-of-size"}));
  v1::BlameReportRequest request;
  request.set_name(report.ToString());
  ASSIGN_OR_RETURN(const std::vector<std::string> fields,
                   ChosenFields(options));
  request.mutable_fields()->Assign(fields.begin(), fields.end());
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options.as_of));
  as_of.ApplyTo(&request);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  v1::BlameReportResponse response;
  if (trust.verifies()) {
    ASSIGN_OR_RETURN(response, ProvenBlame(request, as_of, session, &trust));
  } else {
    ASSIGN_OR_RETURN(response,
                     session->connection().Call(
                         session->connection().stubs().reports,
                         &v1::ReportService::Stub::BlameReport, request));
  }
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(response));
    return ExitCode::kOk;
  }
  TellPublishedOnly(response.published_only(), session);
  TellIfLatestIsErased(response, session);
  if (options.changed) TellGaps(response, session);
  BlameTable table(response, session->language());
  for (const v1::FieldBlame& field : response.fields()) {
    if (field.values_size() == 0) continue;
    if (options.fields.empty() && table.IsAlwaysBlank(field)) continue;
    if (!options.changed || table.WasChanged(field)) table.Add(field);
  }
  if (table.empty()) {
    session->Tell({"在仍可读取的各次修订中没有改动",
                   "nothing changed among the revisions that can be read"});
    return ExitCode::kOk;
  }
  session->out() << table.Render();
  return ExitCode::kOk;
}

}  // namespace

void AddBlameCommand(CommandLine* line) {
  auto options = std::make_shared<BlameOptions>();
  CLI::App* command = line->Add(
      &line->app(), "blame",
      {"谁改的：每个单元格、每段文字的现值由哪次修订、何时、何人、因何给出，"
       "以及早先的值\n"
       "单元格可用编号、编号前段或官方名称（词间以空格分隔）指明；从未填写的"
       "单元格只在指明时列出。",
       "Who changed it: for every figure and paragraph the revision, time, "
       "actor and reason that gave it its present value, and its earlier "
       "values\n"
       "A figure is named by its id, the beginning of one, or words of its "
       "official label; one that was always blank is listed only if it is "
       "named."},
      "annals blame agencies/11410303005450123N/reports/2024 --changed\n"
      "annals blame agencies/11410303005450123N/reports/2024 "
      "\"属于国家秘密 自然人\"");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告的资源名", "The report's name"})
      ->Required();
  line->Option(command, "FIELD", &options->fields, "FIELD",
               {"只看这些单元格或文字（默认全部）",
                "Only these figures or texts (default: all)"});
  line->Flag(command, "--changed", &options->changed,
             {"只列首次提交之后改过的",
              "Only what changed after the first "
              "submission"});
  AddAsOfOptions(line, command, &options->as_of);
  line->OnCall(command, [options](Session& session) {
    return RunBlame(*options, &session);
  });
}

}  // namespace annals::client
