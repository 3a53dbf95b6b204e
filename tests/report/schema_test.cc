#include "service/report/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace annals::report {
namespace {

using ::testing::IsEmpty;

// The identifiers of the published form, written out here on purpose: the
// schema must not drift from them.
const std::vector<std::string> kColumns3 = {"natural_person",
                                            "commercial_enterprise",
                                            "research_institution",
                                            "public_welfare_org",
                                            "legal_service_org",
                                            "other_org",
                                            "total"};
const std::vector<std::string> kRows3Shared = {
    "new_received",
    "carried_over_in",
    "granted",
    "partially_granted",
    "denied_state_secret",
    "denied_other_law",
    "denied_three_security_one_stability",
    "denied_third_party",
    "denied_internal_affairs",
    "denied_process_information",
    "denied_enforcement_file",
    "denied_administrative_query",
    "unable_not_held",
    "unable_needs_creation",
    "unable_still_unclear",
    "refused_petition_complaint",
    "refused_duplicate",
    "refused_public_publication",
    "refused_excessive_repeated",
    "refused_reconfirm_reissue"};
const std::vector<std::string> kRows3Of2021 = {
    "other_no_correction", "other_fee_unpaid", "other_other"};
const std::vector<std::string> kRows3Last = {"total_processed",
                                             "carried_over_out"};

void AddRows3(const std::vector<std::string>& rows,
              std::set<std::string>* ids) {
  for (const std::string& row : rows) {
    for (const std::string& column : kColumns3) {
      ids->insert(absl::StrCat("t3.", row, ".", column));
    }
  }
}

std::set<std::string> Table3Ids(v1::Edition edition) {
  std::set<std::string> ids;
  AddRows3(kRows3Shared, &ids);
  AddRows3(edition == v1::EDITION_2021
               ? kRows3Of2021
               : std::vector<std::string>{"other_unspecified"},
           &ids);
  AddRows3(kRows3Last, &ids);
  return ids;
}

std::set<std::string> Table4Ids() {
  std::set<std::string> ids;
  for (const char* group : {"reconsideration", "litigation_direct",
                            "litigation_after_reconsideration"}) {
    for (const char* column :
         {"upheld", "corrected", "other_result", "pending", "total"}) {
      ids.insert(absl::StrCat("t4.", group, ".", column));
    }
  }
  return ids;
}

const std::set<std::string> kTable2Of2021 = {
    "t2.regulations.issued",           "t2.regulations.repealed",
    "t2.regulations.in_force",         "t2.normative_documents.issued",
    "t2.normative_documents.repealed", "t2.normative_documents.in_force",
    "t2.licences.decisions",           "t2.penalties.decisions",
    "t2.coercive_measures.decisions",  "t2.fees.amount_wan_yuan"};

std::set<std::string> Table2Of2019() {
  std::set<std::string> ids = {"t2.fees.items_prev_year", "t2.fees.items_delta",
                               "t2.procurement.projects",
                               "t2.procurement.amount"};
  for (const char* row : {"regulations", "normative_documents"}) {
    for (const char* column : {"made", "published", "public_total"}) {
      ids.insert(absl::StrCat("t2.", row, ".", column));
    }
  }
  for (const char* row : {"licences", "other_external_services", "penalties",
                          "coercive_measures"}) {
    for (const char* column : {"items_prev_year", "items_delta", "decisions"}) {
      ids.insert(absl::StrCat("t2.", row, ".", column));
    }
  }
  return ids;
}

std::set<std::string> IdsOf(int table, v1::Edition edition) {
  std::set<std::string> ids;
  for (const CellInfo& cell : Schema::Get().cells()) {
    if (cell.table_number == table && cell.In(edition)) ids.insert(cell.id);
  }
  return ids;
}

TEST(SchemaTest, HasExactlyTheCellsOfTheForm) {
  EXPECT_EQ(IdsOf(2, v1::EDITION_2021), kTable2Of2021);
  EXPECT_EQ(IdsOf(2, v1::EDITION_2019), Table2Of2019());
  EXPECT_EQ(IdsOf(3, v1::EDITION_2021), Table3Ids(v1::EDITION_2021));
  EXPECT_EQ(IdsOf(3, v1::EDITION_2019), Table3Ids(v1::EDITION_2019));
  EXPECT_EQ(IdsOf(4, v1::EDITION_2021), Table4Ids());
  EXPECT_EQ(IdsOf(4, v1::EDITION_2019), Table4Ids());
  EXPECT_THAT(IdsOf(2, v1::EDITION_UNSPECIFIED), IsEmpty());
}

TEST(SchemaTest, CountsTheCells) {
  EXPECT_EQ(IdsOf(2, v1::EDITION_2021).size(), 10u);
  EXPECT_EQ(IdsOf(2, v1::EDITION_2019).size(), 22u);
  EXPECT_EQ(IdsOf(3, v1::EDITION_2021).size(), 25u * 7);
  EXPECT_EQ(IdsOf(3, v1::EDITION_2019).size(), 23u * 7);
  EXPECT_EQ(IdsOf(4, v1::EDITION_2021).size(), 15u);
  // Every cell belongs to at least one edition.
  for (const CellInfo& cell : Schema::Get().cells()) {
    EXPECT_TRUE(cell.in_2019 || cell.in_2021) << cell.id;
  }
}

TEST(SchemaTest, FindsEachCellByItsIdAndNothingElse) {
  const auto& cells = Schema::Get().cells();
  for (size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ(Schema::Get().Find(cells[i].id), static_cast<CellIndex>(i));
  }
  for (const char* id : {"", "t3", "t3.granted", "t2.fees.amount_fen",
                         "t3.granted.total.", "T3.granted.total"}) {
    EXPECT_EQ(Schema::Get().Find(id), std::nullopt) << id;
  }
}

TEST(SchemaTest, OnlyChangesMayBeNegativeAndOnlyMoneyHasAUnit) {
  for (const CellInfo& cell : Schema::Get().cells()) {
    EXPECT_EQ(cell.may_be_negative, cell.figure->name() == "items_delta")
        << cell.id;
    EXPECT_EQ(cell.unit != v1::UNIT_UNSPECIFIED,
              cell.figure->name() == "amount_fen")
        << cell.id;
  }
}

std::string Label(absl::string_view id, v1::Edition edition,
                  Language language) {
  return Schema::Get().CellLabel(*Schema::Get().Find(id), edition, language);
}

TEST(SchemaTest, LabelsCellsInTheOfficialWording) {
  struct Case {
    const char* id;
    v1::Edition edition;
    const char* zh;
  };
  const Case cases[] = {
      {"t3.denied_state_secret.natural_person", v1::EDITION_2021,
       "三、本年度办理结果 （三）不予公开 1.属于国家秘密 · 自然人"},
      {"t3.denied_state_secret.commercial_enterprise", v1::EDITION_2021,
       "三、本年度办理结果 （三）不予公开 1.属于国家秘密 · "
       "法人或其他组织·商业企业"},
      {"t3.new_received.total", v1::EDITION_2021,
       "一、本年新收政府信息公开申请数量 · 总计"},
      {"t3.other_other.total", v1::EDITION_2021,
       "三、本年度办理结果 （六）其他处理 3.其他 · 总计"},
      // Only the 2019 edition has the row; its wording stands in for any.
      {"t3.other_unspecified.total", v1::EDITION_2021,
       "三、本年度办理结果 （六）其他处理 · 总计"},
      {"t2.normative_documents.issued", v1::EDITION_2021,
       "第二十条第（一）项 行政规范性文件 · 本年制发件数"},
      {"t2.normative_documents.made", v1::EDITION_2019,
       "第二十条第（一）项 规范性文件 · 本年新制作数量"},
      {"t2.licences.decisions", v1::EDITION_2021,
       "第二十条第（五）项 行政许可 · 本年处理决定数量"},
      {"t2.licences.decisions", v1::EDITION_2019,
       "第二十条第（五）项 行政许可 · 处理决定数量"},
      {"t2.licences.decisions", v1::EDITION_UNSPECIFIED,
       "第二十条第（五）项 行政许可 · 本年处理决定数量"},
      {"t4.litigation_direct.total", v1::EDITION_2021,
       "行政诉讼 未经复议直接起诉 · 总计"},
      {"t4.reconsideration.upheld", v1::EDITION_2019, "行政复议 · 结果维持"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Label(c.id, c.edition, Language::kZh), c.zh) << c.id;
  }
  EXPECT_EQ(
      Label("t4.litigation_direct.total", v1::EDITION_2021, Language::kEn),
      "Administrative litigation Without prior reconsideration · Total");
}

TEST(SchemaTest, GivesEveryCellOfAnEditionItsOwnLabel) {
  for (v1::Edition edition : {v1::EDITION_2019, v1::EDITION_2021}) {
    for (Language language : {Language::kZh, Language::kEn}) {
      std::set<std::string> labels;
      size_t count = 0;
      for (size_t i = 0; i < Schema::Get().cells().size(); ++i) {
        const CellInfo& cell = Schema::Get().cells()[i];
        if (!cell.In(edition)) continue;
        ++count;
        labels.insert(
            absl::StrCat(cell.table_number,
                         Schema::Get().CellLabel(static_cast<CellIndex>(i),
                                                 edition, language)));
      }
      EXPECT_EQ(labels.size(), count);
    }
  }
}

TEST(SchemaTest, ListsTheTextsInTheOrderOfTheForm) {
  std::vector<std::string> paths;
  for (const TextInfo& text : Schema::Get().texts()) paths.push_back(text.path);
  EXPECT_THAT(paths,
              ::testing::ElementsAre(
                  "title", "agency_name", "preface", "s1_overview.introduction",
                  "s1_overview.s1_1_proactive", "s1_overview.s1_2_on_request",
                  "s1_overview.s1_3_information_management",
                  "s1_overview.s1_4_platform", "s1_overview.s1_5_supervision",
                  "s5_problems", "s6_other"));
}

TEST(SchemaTest, LabelsTextsAndOtherFields) {
  const Schema& schema = Schema::Get();
  EXPECT_EQ(schema.TextLabel("s1_overview.s1_2_on_request", Language::kZh),
            "一、总体情况 · 依申请公开");
  EXPECT_EQ(schema.TextLabel("s5_problems", Language::kZh),
            "五、存在的主要问题及改进情况");
  EXPECT_EQ(schema.TextLabel("title", Language::kEn), "Title");
  EXPECT_EQ(schema.TextLabel("publication.url", Language::kZh),
            "发布情况 · 发布地址");
  EXPECT_EQ(schema.TextLabel("cell_notes[3].printed", Language::kZh),
            "单元格附注 · printed");
  for (const Language language : {Language::kZh, Language::kEn}) {
    EXPECT_EQ(schema.TextLabel("cell_notes[t3.granted.total]", language),
              schema.TextLabel("cell_notes", language) + " · " +
                  schema.CellLabel(*schema.Find("t3.granted.total"),
                                   v1::EDITION_UNSPECIFIED, language));
  }
  EXPECT_EQ(schema.TextLabel("no.such.field", Language::kZh), "no.such.field");
}

TEST(SchemaTest, LabelsEnumValues) {
  EXPECT_EQ(EnumLabel(v1::EDITION_2019, Language::kZh), "2019年版");
  EXPECT_EQ(EnumLabel(v1::SCOPE_REGIONAL, Language::kEn), "the whole region");
  EXPECT_EQ(EnumLabel(v1::SCOPE_UNSPECIFIED, Language::kEn), "");
  EXPECT_EQ(EnumLabel(static_cast<v1::Scope>(77), Language::kEn), "");
}

TEST(CellsTest, TellsBlanksFromZeros) {
  v1::Report report;
  EXPECT_THAT(ReadCells(report), ::testing::Each(std::nullopt));
  report.mutable_t3()->mutable_granted()->set_total(0);
  const Cells cells = ReadCells(report);
  EXPECT_EQ(cells[*Schema::Get().Find("t3.granted.total")], 0);
  EXPECT_EQ(cells[*Schema::Get().Find("t3.granted.other_org")], std::nullopt);
  EXPECT_EQ(cells[*Schema::Get().Find("t2.fees.amount_wan_yuan")],
            std::nullopt);
}

TEST(CellsTest, SetsReadsAndClearsEachCell) {
  v1::Report report;
  const auto& infos = Schema::Get().cells();
  for (size_t i = 0; i < infos.size(); ++i) {
    SetCell(static_cast<CellIndex>(i), static_cast<int64_t>(i) * 7 + 1,
            &report);
  }
  Cells cells = ReadCells(report);
  for (size_t i = 0; i < infos.size(); ++i) {
    EXPECT_EQ(cells[i], static_cast<int64_t>(i) * 7 + 1) << infos[i].id;
  }
  for (size_t i = 0; i < infos.size(); i += 2) {
    SetCell(static_cast<CellIndex>(i), std::nullopt, &report);
  }
  cells = ReadCells(report);
  for (size_t i = 0; i < infos.size(); ++i) {
    EXPECT_EQ(cells[i].has_value(), i % 2 == 1) << infos[i].id;
  }
}

TEST(CellsTest, ClearingABlankMakesNoRow) {
  v1::Report report;
  SetCell(*Schema::Get().Find("t3.granted.total"), std::nullopt, &report);
  EXPECT_EQ(report.ByteSizeLong(), 0u);
}

TEST(CellsTest, ReadsTheEditionOfEachTable) {
  v1::Report report;
  report.mutable_t2()->set_edition(v1::EDITION_2021);
  report.mutable_t3()->set_edition(v1::EDITION_2019);
  EXPECT_EQ(EditionOf(report, 2), v1::EDITION_2021);
  EXPECT_EQ(EditionOf(report, 3), v1::EDITION_2019);
  EXPECT_EQ(EditionOf(report, 4), v1::EDITION_UNSPECIFIED);
}

TEST(TextsTest, AreAbsentUnlessThere) {
  v1::Report report;
  for (const TextInfo& text : Schema::Get().texts()) {
    EXPECT_EQ(FindText(report, text), nullptr) << text.path;
  }
  report.set_title("标题");
  report.mutable_s1_overview()->set_s1_2_on_request("");
  report.set_s6_other("无");
  int found = 0;
  for (const TextInfo& text : Schema::Get().texts()) {
    const std::string* value = FindText(report, text);
    if (value == nullptr) continue;
    ++found;
    if (text.path == "title") {
      EXPECT_EQ(*value, "标题");
    } else if (text.path == "s1_overview.s1_2_on_request") {
      EXPECT_EQ(*value, "");
    } else if (text.path == "s6_other") {
      EXPECT_EQ(*value, "无");
    }
  }
  EXPECT_EQ(found, 3);
}

}  // namespace
}  // namespace annals::report
