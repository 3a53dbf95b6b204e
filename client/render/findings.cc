#include "client/render/findings.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/counted.h"
#include "client/render/printable.h"
#include "client/session.h"
#include "service/report/acknowledge.h"
#include "service/report/finding_value.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using report::ValueOf;

// In a longer sum, terms that are zero are left out; if all are, so many stand
// there.
constexpr int kTermsShown = 4;

// Money is compared in 分; a person reads it as the form prints it.
std::string Figure(const std::string& cell, int64_t value) {
  const report::Schema& schema = report::Schema::Get();
  const auto index = schema.Find(cell);
  if (!index.has_value()) return absl::StrCat(value);
  return report::FormatFigure(value, schema.cells()[*index],
                              v1::Report::default_instance());
}

std::string TermText(const v1::Term& term, Language language) {
  const std::string place = term.report().empty()
                                ? term.cell()
                                : absl::StrCat(term.report(), " ", term.cell());
  const std::string value = term.has_value()
                                ? Figure(term.cell(), ValueOf(term))
                                : Text{"空白", "blank"}.In(language);
  return absl::StrCat(value, " (", PrintableLine(place), ")");
}

std::string Joined(const v1::Side& side, Language language,
                   absl::string_view plus) {
  std::string text;
  const bool is_long = side.terms_size() > kTermsShown;
  for (const v1::Term& term : side.terms()) {
    if (is_long && ValueOf(term) == 0) continue;
    if (term.negative()) {
      absl::StrAppend(&text, text.empty() ? "− " : " − ");
    } else if (!text.empty()) {
      absl::StrAppend(&text, plus);
    }
    absl::StrAppend(&text, TermText(term, language));
  }
  return text;
}

// A long sum of nothing but zeros.
std::string JoinedZeros(const v1::Side& side, Language language,
                        absl::string_view plus) {
  v1::Side shown = side;
  shown.mutable_terms()->DeleteSubrange(kTermsShown,
                                        side.terms_size() - kTermsShown);
  const int count = side.terms_size();
  return absl::StrCat(
      Joined(shown, language, plus), plus,
      Text{absl::StrCat("…（共 ", count, " 格，均为 0）"),
           absl::StrCat("... (", count, " cells, all of them 0)")}
          .In(language));
}

std::string MessageOf(const v1::Finding& finding, Language language) {
  return language == Language::kZh ? PrintableText(finding.message().zh())
                                   : PrintableText(finding.message().en());
}

Tone ToneOf(const v1::Finding& finding) {
  if (finding.outcome() != v1::OUTCOME_FAIL) return Tone::kDim;
  switch (finding.severity()) {
    case v1::SEVERITY_ERROR:
      return Tone::kRed;
    case v1::SEVERITY_WARNING:
      return Tone::kYellow;
    default:
      return Tone::kPlain;
  }
}

// The head a finding stands under.
std::string HeadOf(const v1::Finding& finding, Language language) {
  return finding.outcome() == v1::OUTCOME_FAIL
             ? report::EnumLabel(finding.severity(), language)
             : report::EnumLabel(finding.outcome(), language);
}

void AppendFinding(const v1::Finding& finding, Language language, bool colored,
                   std::string* text) {
  absl::StrAppend(text, "  ",
                  Paint(PrintableLine(finding.rule_id()), Tone::kBold, colored),
                  "  ", MessageOf(finding, language), "\n");
  // Without a sum, the message says what the figures are.
  if (!finding.left().has_value() || !finding.right().has_value()) return;
  if (finding.left().terms_size() > 0) {
    absl::StrAppend(text, Text{"    左：", "    left:  "}.In(language),
                    RenderSide(finding.left(), language), "\n");
  }
  if (finding.right().terms_size() > 0) {
    absl::StrAppend(text, Text{"    右：", "    right: "}.In(language),
                    RenderSide(finding.right(), language), "\n");
  }
}

void AppendAcknowledgements(const v1::Finding& finding,
                            const Acknowledgements& acknowledgements,
                            Language language, std::string* text) {
  if (finding.severity() != v1::SEVERITY_WARNING) return;
  for (const v1::Acknowledgement& acknowledgement : acknowledgements) {
    if (!report::Acknowledges(acknowledgement, finding)) continue;
    absl::StrAppend(text,
                    Text{"    已说明：", "    acknowledged: "}.In(language),
                    PrintableLine(acknowledgement.reason()), "\n");
  }
}

using FindingIterator =
    google::protobuf::RepeatedPtrField<v1::Finding>::const_iterator;

struct FindingRange {
  FindingIterator begin;
  FindingIterator end;
};

// The findings that say the same of several rules: most often, that last year's
// report is not at hand.
FindingIterator EndOfGroup(FindingIterator first, FindingIterator last,
                           Language language) {
  return std::find_if(first, last, [&](const v1::Finding& finding) {
    return finding.outcome() != first->outcome() ||
           MessageOf(finding, language) != MessageOf(*first, language);
  });
}

void AppendGroup(const FindingRange& group, Language language, bool colored,
                 std::string* text) {
  std::vector<std::string> ids;
  for (auto finding = group.begin; finding != group.end; ++finding) {
    ids.push_back(PrintableLine(finding->rule_id()));
  }
  if (ids.size() == 1) {
    return AppendFinding(*group.begin, language, colored, text);
  }
  absl::StrAppend(text, "  ",
                  Paint(absl::StrJoin(ids, "\n  "), Tone::kBold, colored),
                  "\n    ", MessageOf(*group.begin, language), "\n");
}

std::string HeadLine(const v1::CheckResult& check, const v1::Finding& finding,
                     Language language, bool colored) {
  const std::string head = HeadOf(finding, language);
  const auto count = std::count_if(
      check.findings().begin(), check.findings().end(),
      [&](const v1::Finding& f) { return HeadOf(f, language) == head; });
  const Text suffix = {absl::StrCat("（", count, " 项）\n"),
                       absl::StrCat(" (", count, ")\n")};
  return Paint(absl::StrCat(head, suffix.In(language)), ToneOf(finding),
               colored);
}

std::string CountsLine(const v1::CheckResult& check, Language language) {
  const int passed = check.passed_count();
  const int failed = check.failed_count();
  const int open = check.not_assessable_count();
  const int all = passed + failed + open;
  const std::string version = PrintableLine(check.rule_set_version());
  return Text{
      absl::StrCat("共核验 ", all, " 项：通过 ", passed, "，不符 ", failed,
                   "，无法核验 ", open, "（规则版本 ", version, "）\n"),
      absl::StrCat(Counted(all, "check", "checks"), ": ", passed, " passed, ",
                   failed, " failed, ", open, " not assessable (rule set ",
                   version, ")\n")}
      .In(language);
}

// Both are told in full wherever they stand: that they differ is the point.
void AppendChange(const v1::FindingChange& change, Language language,
                  std::string* text) {
  absl::StrAppend(text, "  [", HeadOf(change.now(), language), "]  ",
                  PrintableLine(change.now().rule_id()),
                  Text{"\n    现在：", "\n    now:           "}.In(language),
                  MessageOf(change.now(), language),
                  Text{"\n    记录时：", "\n    when recorded: "}.In(language),
                  MessageOf(change.recorded(), language), "\n");
}

}  // namespace

std::string RenderSide(const v1::Side& side, Language language) {
  if (!side.has_value()) return Joined(side, language, " | ");
  if (side.terms_size() == 1) return TermText(side.terms(0), language);
  if (side.terms().empty()) return absl::StrCat(ValueOf(side));
  const std::string sum = Figure(side.terms(0).cell(), ValueOf(side));
  const std::string joined = Joined(side, language, " + ");
  return absl::StrCat(
      sum, " = ", joined.empty() ? JoinedZeros(side, language, " + ") : joined);
}

std::string RenderFindings(const v1::CheckResult& check, Listing listing,
                           Language language, bool colored,
                           const Acknowledgements& acknowledgements) {
  std::string text;
  std::string head;
  const auto& findings = check.findings();
  for (auto finding = findings.begin(); finding != findings.end();) {
    const bool has_failed = finding->outcome() == v1::OUTCOME_FAIL;
    if (listing == Listing::kFailed && !has_failed) break;
    if (const std::string next = HeadOf(*finding, language); next != head) {
      head = next;
      absl::StrAppend(&text, HeadLine(check, *finding, language, colored));
    }
    if (has_failed) {
      AppendFinding(*finding, language, colored, &text);
      AppendAcknowledgements(*finding++, acknowledgements, language, &text);
      continue;
    }
    const auto group_end = EndOfGroup(finding, findings.end(), language);
    AppendGroup({finding, group_end}, language, colored, &text);
    finding = group_end;
  }
  absl::StrAppend(&text, CountsLine(check, language));
  return text;
}

std::string RenderReassessment(const v1::Reassessment& reassessment,
                               Language language, bool colored,
                               Appeared appeared) {
  const std::string name = PrintableLine(reassessment.revision());
  std::string text =
      Text{absl::StrCat("按现行规则和账本现状重新核验 ", name, "\n"),
           absl::StrCat("assessed anew by the rules and the ledger of today: ",
                        name, "\n")}
          .In(language);
  if (reassessment.appeared().empty() && reassessment.resolved().empty() &&
      reassessment.changed().empty()) {
    absl::StrAppend(&text, Text{"与记录时的校验结果相同\n",
                                "the findings are those that were recorded\n"}
                               .In(language));
    return text;
  }
  const auto append = [&](const Text& head, const auto& findings, bool full) {
    if (findings.empty()) return;
    absl::StrAppend(&text, Paint(head.In(language), Tone::kBold, colored));
    for (const v1::Finding& finding : findings) {
      if (!full) {
        absl::StrAppend(&text, "  ", PrintableLine(finding.rule_id()), "\n");
        continue;
      }
      absl::StrAppend(&text, "  [", HeadOf(finding, language), "]");
      AppendFinding(finding, language, colored, &text);
    }
  };
  const int new_count = reassessment.appeared_size();
  const int old_count = reassessment.resolved_size();
  append({absl::StrCat("记录时没有、现在不符（", new_count, " 项）\n"),
          absl::StrCat("failing now, and not when it was recorded (", new_count,
                       ")\n")},
         reassessment.appeared(), appeared == Appeared::kInFull);
  if (const int count = reassessment.changed_size(); count > 0) {
    const Text head = {
        absl::StrCat("记录时不符、现在仍不符而数有变（", count, " 项）\n"),
        absl::StrCat("failing as when it was recorded, with other figures (",
                     count, ")\n")};
    absl::StrAppend(&text, Paint(head.In(language), Tone::kBold, colored));
    for (const v1::FindingChange& change : reassessment.changed()) {
      AppendChange(change, language, &text);
    }
  }
  append({absl::StrCat("记录时不符、现在没有（", old_count, " 项）\n"),
          absl::StrCat("failing when it was recorded, and not now (", old_count,
                       ")\n")},
         reassessment.resolved(), true);
  return text;
}

std::vector<const v1::Finding*> UnacknowledgedWarnings(
    const v1::CheckResult& check,
    const std::vector<v1::Acknowledgement>& acknowledgements) {
  std::vector<const v1::Finding*> warnings;
  for (const v1::Finding& finding : check.findings()) {
    if (finding.outcome() != v1::OUTCOME_FAIL ||
        finding.severity() != v1::SEVERITY_WARNING) {
      continue;
    }
    const bool covered =
        std::any_of(acknowledgements.begin(), acknowledgements.end(),
                    [&](const v1::Acknowledgement& a) {
                      return report::Acknowledges(a, finding);
                    });
    if (!covered) warnings.push_back(&finding);
  }
  return warnings;
}

}  // namespace annals::client
