#include "client/filings/reminders.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/filings/filing_reader.h"
#include "client/render/printable.h"
#include "client/render/report_csv.h"
#include "client/times.h"
#include "service/report/days.h"

namespace annals::client {
namespace {

std::string Line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    absl::StrAppend(&line, line.empty() ? "" : ",", CsvText(cell));
  }
  return absl::StrCat(line, "\r\n");
}

std::string DayInChinese(absl::CivilDay day) {
  return absl::StrCat(day.year(), "年", day.month(), "月", day.day(), "日");
}

// What else came of it, so that it does not think that got lost.
std::string RegionalNote(const v1::Filing& filing) {
  if (filing.regional_revision() == 0) return "";
  return "已收到你单位的汇总报告，汇总报告不代替本机关的报告。";
}

std::string TextOf(const v1::Filing& filing, int year, int days) {
  const std::string deadline =
      DayInChinese(report::DayInShanghai(FromTimestamp(filing.deadline())));
  const std::string whose =
      absl::StrCat("你单位", year, "年政府信息公开工作年度报告");
  switch (filing.state()) {
    case v1::FILING_STATE_MISSING:
      return absl::StrCat(whose, "应于", deadline, "前（含当日）报送，现已逾期",
                          days, "天，请尽快报送。", RegionalNote(filing));
    case v1::FILING_STATE_DUE:
      return absl::StrCat(whose, "请于", deadline, "前（含当日）报送。",
                          RegionalNote(filing));
    case v1::FILING_STATE_RETURNED:
      return absl::StrCat(
          whose, "第", filing.revision().number(),
          "次修订已被退回，请按退回意见修改后重新报送",
          days > 0 ? absl::StrCat("，现已逾期", days, "天。") : "。");
    default:
      return "";
  }
}

}  // namespace

Reminders::Reminders(int year)
    : year_(year),
      csv_(absl::StrCat("\xEF\xBB\xBF",
                        Line({"机关代码", "机关名称", "主管机关", "截止日",
                              "逾期天数", "催报内容"}))) {}

void Reminders::Add(const v1::Filing& filing, absl::Time judged_at) {
  int days = DaysOverdue(filing, judged_at);
  if (filing.state() == v1::FILING_STATE_MISSING) days = std::max(1, days);
  const std::string text = TextOf(filing, year_, days);
  if (text.empty()) return;
  ++count_;
  absl::StrAppend(&csv_, Line({AgencyCode(filing.agency()),
                               PrintableLine(filing.agency().display_name()),
                               PrintableLine(absl::StripPrefix(
                                   filing.agency().supervisor(), "agencies/")),
                               DeadlineDay(filing), absl::StrCat(days), text}));
}

}  // namespace annals::client
