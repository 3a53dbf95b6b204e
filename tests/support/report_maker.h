// Reports made from a seed, for property tests and benchmarks.

#ifndef ANNALS_TESTS_SUPPORT_REPORT_MAKER_H_
#define ANNALS_TESTS_SUPPORT_REPORT_MAKER_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/report.pb.h"
#include "service/report/schema.h"

namespace annals {

// Fills a report of the 2021 edition whose tables keep every rule of the form.
class ReportMaker {
 public:
  explicit ReportMaker(uint64_t seed) : random_(seed) {}

  v1::Report Make(int year) {
    report_.set_title(
        absl::StrCat("某市某局", year, "年政府信息公开工作年度报告"));
    report_.set_year(year);
    report_.set_scope(v1::SCOPE_ORGAN);
    report_.set_agency_name("某市某局");
    SetDate(year, 1, 1, report_.mutable_period()->mutable_start());
    SetDate(year, 12, 31, report_.mutable_period()->mutable_end());
    MakeTable2();
    MakeTable3();
    MakeTable4();
    MakeProse();
    return report_;
  }

 private:
  static void SetDate(int year, int month, int day, v1::Date* date) {
    date->set_year(year);
    date->set_month(month);
    date->set_day(day);
  }

  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }

  void Set(const std::string& id, int64_t value) {
    report::SetCell(*report::Schema::Get().Find(id), value, &report_);
  }

  int64_t Get(const std::string& id) const {
    return *report::ReadCells(report_)[*report::Schema::Get().Find(id)];
  }

  void MakeTable2() {
    report_.mutable_t2()->set_edition(v1::EDITION_2021);
    for (const auto& cell : report::Schema::Get().cells()) {
      if (cell.table_number == 2 && cell.in_2021) Set(cell.id, Below(5000));
    }
    // A bureau makes no rules. What was issued this year and is not repealed is
    // in force.
    for (const char* column : {"issued", "repealed", "in_force"}) {
      Set(absl::StrCat("t2.regulations.", column), 0);
    }
    const int64_t issued = Below(60);
    Set("t2.normative_documents.issued", issued);
    Set("t2.normative_documents.in_force", issued + Below(400));
  }

  // The rows of table 3, each with the fields of its parts summed up.
  std::vector<std::string> Table3Rows() const {
    std::vector<std::string> rows;
    for (const auto& cell : report::Schema::Get().cells()) {
      if (cell.table_number == 3 && cell.in_2021 &&
          cell.figure->name() == "total") {
        rows.push_back(cell.row->name());
      }
    }
    return rows;
  }

  static bool IsOutcome(const std::string& row) {
    return row != "new_received" && row != "carried_over_in" &&
           row != "total_processed" && row != "carried_over_out";
  }

  void MakeTable3() {
    report_.mutable_t3()->set_edition(v1::EDITION_2021);
    const std::vector<std::string> parts = {
        "natural_person",     "commercial_enterprise", "research_institution",
        "public_welfare_org", "legal_service_org",     "other_org"};
    for (const std::string& part : parts) MakeColumn3(part);
    for (const std::string& row : Table3Rows()) {
      int64_t total = 0;
      for (const std::string& part : parts) {
        total += Get(absl::StrCat("t3.", row, ".", part));
      }
      Set(absl::StrCat("t3.", row, ".total"), total);
    }
  }

  void MakeColumn3(const std::string& column) {
    int64_t processed = 0;
    for (const std::string& row : Table3Rows()) {
      if (!IsOutcome(row)) continue;
      const int64_t count = Below(40);
      processed += count;
      Set(absl::StrCat("t3.", row, ".", column), count);
    }
    const int64_t carried_in = Below(processed + 1);
    const int64_t carried_out = Below(30);
    Set(absl::StrCat("t3.total_processed.", column), processed);
    Set(absl::StrCat("t3.carried_over_in.", column), carried_in);
    Set(absl::StrCat("t3.carried_over_out.", column), carried_out);
    Set(absl::StrCat("t3.new_received.", column),
        processed + carried_out - carried_in);
  }

  void MakeTable4() {
    report_.mutable_t4()->set_edition(v1::EDITION_2021);
    for (const char* group : {"reconsideration", "litigation_direct",
                              "litigation_after_reconsideration"}) {
      int64_t total = 0;
      for (const char* column :
           {"upheld", "corrected", "other_result", "pending"}) {
        const int64_t count = Below(20);
        total += count;
        Set(absl::StrCat("t4.", group, ".", column), count);
      }
      Set(absl::StrCat("t4.", group, ".total"), total);
    }
  }

  std::string Paragraph(size_t bytes) {
    static const char* const kSentences[] = {
        "全局上下把公开工作列入年度重点，定期会商，责任到人。",
        "对群众关心的办事指南逐条核对，过期内容当月下架。",
        "新发布的文稿一律先经保密审查，再由办公室登记备查。",
        "门户网站改版后增设检索入口，栏目设置更加清楚。",
        "每季度组织一次业务培训，请窗口同志讲解常见问题。",
        "意见箱收到的来信均在五个工作日内答复来信人。",
        "内部考核结果在局务会上通报，并与评优挂钩。",
        "个别科室更新不够及时，解读材料形式较为单一。",
        "下一步将细化清单，补齐短板，让信息更好找、更好懂。"};
    std::string text;
    while (text.size() < bytes) {
      text += kSentences[Below(std::size(kSentences))];
    }
    return text;
  }

  void MakeProse() {
    v1::Overview* overview = report_.mutable_s1_overview();
    overview->set_introduction(Paragraph(700));
    overview->set_s1_1_proactive(Paragraph(1400));
    overview->set_s1_2_on_request(absl::StrCat(
        "本年度共收到政府信息公开申请 ", Get("t3.new_received.total"),
        " 件，均依法办理。", Paragraph(1000)));
    overview->set_s1_3_information_management(Paragraph(1200));
    overview->set_s1_4_platform(Paragraph(1200));
    overview->set_s1_5_supervision(Paragraph(900));
    report_.set_s5_problems(Paragraph(1200));
    report_.set_s6_other("本年度未收取信息处理费。");
  }

  std::mt19937_64 random_;
  v1::Report report_;
};

// A report of about 8 KB of Chinese prose and all figures; no rule of the form
// finds fault with it. The same seed gives the same report.
inline v1::Report MakeReport(uint64_t seed, int year = 2024) {
  return ReportMaker(seed).Make(year);
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_REPORT_MAKER_H_
