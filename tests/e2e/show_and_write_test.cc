// Reports shown in files of many formats, and written in an editor.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "annals/v1/report.pb.h"
#include "service/report/report_json.h"
#include "service/report/schema.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kCode[] = "11410303005450123N";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

class ShowAndWriteTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
  }

  void Submit() {
    // Something is carried over to the next year.
    v1::Report report = ReadReport(json_);
    report.mutable_t3()->mutable_new_received()->set_natural_person(38);
    report.mutable_t3()->mutable_new_received()->set_total(38);
    report.mutable_t3()->mutable_carried_over_out()->set_natural_person(3);
    report.mutable_t3()->mutable_carried_over_out()->set_total(3);
    WriteFile(json_, report::ReportToJson(report));
    ASSERT_THAT(Annals({"submit", json_, "--agency", kCode, "--year", "2024",
                        "--reason", "年度报告首次报送", "--ack", kAck}),
                Succeeded());
  }

  static v1::Report ReadReport(const std::string& path) {
    const auto report = report::ReportFromJson(ReadFile(path));
    EXPECT_THAT(report, IsOk());
    return report.ok() ? *report : v1::Report();
  }

  // The client, with an editor that is a shell script: $1 is the file.
  Outcome Edit(const std::string& script, const Words& arguments) {
    const std::string editor = dir_.Path("editor.sh");
    WriteFile(editor, script);
    Words command = {ANNALS_PATH, "edit"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Run(command,
               {"LANG=C.UTF-8", "PATH=/usr/bin:/bin", "ANNALS_ACTOR=张三",
                "EDITOR=/bin/sh " + editor, "ANNALS_SERVER=" + server_,
                "ANNALS_KEY=" + verifier_key_,
                "ANNALS_CONFIG_DIR=" + dir_.Path("config")});
  }

  bool Exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
  }

  const std::string json_ = dir_.Path("report.json");
  const std::string file_ = dir_.Path("edited.json");
};

TEST_F(ShowAndWriteTest, GetWritesEveryFormat) {
  Submit();
  const std::vector<std::pair<std::string, std::string>> beginnings = {
      {"html", "<!DOCTYPE html>"},
      {"docx", "PK\x03\x04"},
      {"xlsx", "PK\x03\x04"},
      {"csv", "cell,label,value,printed\r\n"},
      {"json", "{"},
      {"text", "西工区人民政府办公室"}};
  for (const auto& [format, beginning] : beginnings) {
    SCOPED_TRACE(format);
    const std::string path = dir_.Path("out." + format);
    const Outcome outcome =
        Annals({"get", kReport, "--format", format, "-o", path});
    EXPECT_THAT(outcome, Succeeded());
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(ReadFile(path), StartsWith(beginning));
    // Standard output that is no terminal takes any bytes.
    EXPECT_EQ(Annals({"get", kReport, "--format", format}).out, ReadFile(path));
  }
  EXPECT_THAT(Annals({"get", kReport, "--format", "pdf"}).code, 2);
}

TEST_F(ShowAndWriteTest, ATerminalIsNotGivenBinaries) {
  Submit();
  // script(1) gives the command a terminal.
  for (const char* format : {"docx", "xlsx"}) {
    const Outcome outcome =
        Run({"/usr/bin/script", "-qec",
             absl::StrCat(ANNALS_PATH, " get ", kReport, " --format ", format),
             "/dev/null"},
            {"LANG=C.UTF-8", "PATH=/usr/bin:/bin", "ANNALS_ACTOR=张三",
             "ANNALS_SERVER=" + server_, "ANNALS_KEY=" + verifier_key_,
             "ANNALS_CONFIG_DIR=" + dir_.Path("config")});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("-o FILE"), Not(HasSubstr("PK\x03"))));
  }
}

// The form that is filled in elsewhere, with the real commands.
TEST_F(ShowAndWriteTest, AWorkbookComesBackWithoutLoss) {
  v1::Report report = ReadReport(json_);
  report.mutable_publication()->set_url("https://www.example.gov.cn/2024.html");
  report.mutable_t4()->mutable_litigation_direct()->set_pending(0);
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t4.litigation_direct.pending");
  note->set_printed("0（均已审结）");
  WriteFile(json_, report::ReportToJson(report));
  Submit();
  const std::string workbook = dir_.Path("report.xlsx");
  ASSERT_THAT(Annals({"get", kReport, "--format", "xlsx", "-o", workbook}),
              Succeeded());
  const Outcome imported = Annals({"import", workbook, "-o", file_});
  EXPECT_THAT(imported, Succeeded());
  EXPECT_EQ(ReadFile(file_), Annals({"get", kReport, "--format", "json"}).out);

  ASSERT_THAT(Annals({"new", "--agency", kCode, "--year", "2026", "--format",
                      "xlsx", "-o", workbook, "--force"}),
              Succeeded());
  const std::string blank = dir_.Path("blank.json");
  const Outcome form =
      Annals({"import", workbook, "-o", blank, "--lang", "en"});
  EXPECT_EQ(form.code, 3);
  EXPECT_THAT(form.err, HasSubstr("table 3: all 175 cells are blank\n"));
  EXPECT_EQ(ReadReport(blank).year(), 2026);
}

TEST_F(ShowAndWriteTest, CheckMarksTheReport) {
  v1::Report report = ReadReport(json_);
  report.mutable_t4()->mutable_reconsideration()->set_total(9);
  WriteFile(file_, report::ReportToJson(report));
  const std::string page = dir_.Path("check.html");
  EXPECT_EQ(Annals({"check", file_, "--format", "html", "-o", page}).code, 4);
  EXPECT_THAT(
      ReadFile(page),
      AllOf(StartsWith("<!DOCTYPE html>"),
            HasSubstr("id=\"t4.reconsideration.total\" class=\"error\""),
            HasSubstr("T4-SUM-A")));
}

TEST_F(ShowAndWriteTest, DiffShowsBothRevisions) {
  Submit();
  const std::string edited =
      absl::StrReplaceAll(Annals({"get", kReport, "--format", "json"}).out,
                          {{"\"upheld\": 1,\n      \"corrected\": 1",
                            "\"upheld\": 0,\n      \"corrected\": 2"}});
  WriteFile(file_, edited);
  ASSERT_THAT(Annals({"correct", file_, "--agency", kCode, "--year", "2024",
                      "--ack", kAck, "--reason", "复议结果统计有误",
                      "--reason-code", "figure-error"}),
              Succeeded());
  for (const Words& more : {Words{}, Words{"--no-verify"}}) {
    Words words = {"diff", kReport, "--format", "html"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = Annals(words);
    EXPECT_THAT(outcome, Succeeded());
    EXPECT_THAT(
        outcome.out,
        AllOf(HasSubstr("id=\"old-t4.reconsideration.upheld\" class=\"old\""),
              HasSubstr("id=\"new-t4.reconsideration.upheld\" class=\"new\""),
              HasSubstr("复议结果统计有误")));
  }
}

TEST_F(ShowAndWriteTest, ANewFormHasEveryCellAndWhatWasCarriedOver) {
  Submit();
  const Outcome outcome = Annals({"new", "--agency", kCode, "--year", "2025",
                                  "-o", file_, "--lang", "en"});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("7 cells carried over from"),
                                 HasSubstr("reports/2024/revisions/1"),
                                 HasSubstr("annals edit " + file_)));
  const std::string json = ReadFile(file_);
  EXPECT_THAT(json, AllOf(HasSubstr("\"decisions\": null"),
                          HasSubstr("\"s5_problems\": \"\"")));
  const v1::Report form = ReadReport(file_);
  EXPECT_EQ(form.title(),
            "洛阳市西工区人民政府办公室2025年政府信息公开工作年度报告");
  EXPECT_EQ(form.agency_name(), "洛阳市西工区人民政府办公室");
  EXPECT_EQ(form.period().end().day(), 31);
  EXPECT_EQ(form.t3().carried_over_in().natural_person(), 3);
  EXPECT_EQ(form.t3().carried_over_in().total(), 3);
  EXPECT_EQ(form.t3().edition(), v1::EDITION_2021);
  // A blank is not a zero.
  EXPECT_FALSE(form.t3().new_received().has_total());
  // The file is not overwritten: someone may have filled it in.
  EXPECT_THAT(Annals({"new", "--agency", kCode, "--year", "2025", "-o", file_}),
              RefusedWith(10, "FILE_EXISTS"));
}

TEST_F(ShowAndWriteTest, WithoutALastYearTheFormSaysSo) {
  const Outcome outcome = Annals({"new", "--agency", kCode, "--year", "2020",
                                  "--regional", "--lang", "en"});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.err, HasSubstr("has no report of last year"));
  const auto form = report::ReportFromJson(outcome.out);
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->scope(), v1::SCOPE_REGIONAL);
  EXPECT_EQ(form->t2().edition(), v1::EDITION_2019);
  EXPECT_THAT(outcome.out, HasSubstr("\"other_unspecified\""));
  // An agency that is not registered.
  EXPECT_EQ(
      Annals({"new", "--agency", MakeAgencyCode(1), "--year", "2025"}).code, 9);
}

TEST_F(ShowAndWriteTest, AFormFilledInIsSubmitted) {
  Submit();
  ASSERT_THAT(Annals({"new", "--agency", kCode, "--year", "2025", "-o", file_}),
              Succeeded());
  const Outcome outcome = Edit(
      "sed -i -e 's/null/0/' -e 's/\"\"/\"全年无新增申请。\"/' \"$1\"\n"
      "sed -i 's/\"introduction\": 0/\"introduction\": null/' \"$1\"\n",
      {file_, "--previous", json_});
  // What was carried over is not accounted for yet.
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, HasSubstr("T3-ID-natural_person"));
  v1::Report report = ReadReport(file_);
  report.mutable_t3()->mutable_granted()->set_natural_person(3);
  report.mutable_t3()->mutable_granted()->set_total(3);
  report.mutable_t3()->mutable_total_processed()->set_natural_person(3);
  report.mutable_t3()->mutable_total_processed()->set_total(3);
  WriteFile(json_, report::ReportToJson(report));
  const Outcome checked = Annals({"check", json_});
  EXPECT_EQ(checked.code, 0) << checked.out;
}

TEST_F(ShowAndWriteTest, EditingAReportOfTheLedgerMakesACorrection) {
  Submit();
  const Outcome outcome = Edit(
      "sed -i -e '/\"reconsideration\"/,/}/{s/\"upheld\": 1/\"upheld\": 0/;"
      "s/\"corrected\": 1/\"corrected\": 2/}' \"$1\"\n",
      {kReport, "-o", file_, "--lang", "en"});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.err,
              HasSubstr("annals correct " + file_ +
                        " --agency 11410303005450123N --year 2024"));
  EXPECT_THAT(Annals({"correct", file_, "--agency", kCode, "--year", "2024",
                      "--ack", kAck, "--reason", "复议结果统计有误",
                      "--reason-code", "figure-error"}),
              Succeeded());
  EXPECT_THAT(Annals({"diff", kReport}).out,
              HasSubstr("t4.reconsideration.upheld"));
}

TEST_F(ShowAndWriteTest, WithoutAChangeItIsCheckedAllTheSame) {
  Submit();
  for (const char* script : {"true\n", "printf '\\n' >>\"$1\"\n"}) {
    const Outcome outcome =
        Edit(script, {kReport, "-o", file_, "--lang", "en"});
    EXPECT_THAT(outcome, Succeeded());
    EXPECT_THAT(outcome.out, HasSubstr("checks: "));
    EXPECT_THAT(outcome.err, HasSubstr("nothing changed"));
    // What was asked for by name is there.
    EXPECT_FALSE(ReadReport(file_).etag().empty());
    ASSERT_EQ(unlink(file_.c_str()), 0);
  }
  const std::string before = ReadFile(json_);
  const Outcome unchanged = Edit("true\n", {json_, "--lang", "en"});
  EXPECT_THAT(unchanged, Succeeded());
  EXPECT_THAT(unchanged.err, HasSubstr("nothing changed"));
  EXPECT_EQ(ReadFile(json_), before);
  v1::Report broken = ReadReport(json_);
  broken.mutable_t4()->mutable_reconsideration()->set_total(9);
  WriteFile(json_, report::ReportToJson(broken));
  const Outcome found = Edit("true\n", {json_, "--lang", "en"});
  EXPECT_EQ(found.code, 4);
  EXPECT_THAT(found.out, HasSubstr("T4-SUM-A"));
}

TEST_F(ShowAndWriteTest, AnErrorLosesNoWork) {
  Submit();
  // Saved half way.
  Outcome outcome = Edit("printf '{\"title\": \"半' >\"$1\"\n",
                         {kReport, "-o", file_, "--lang", "en"});
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("INVALID_JSON"), HasSubstr("kept in " + file_)));
  EXPECT_EQ(ReadFile(file_), "{\"title\": \"半");
  // The next edit does not write over it.
  EXPECT_THAT(Edit("true\n", {kReport, "-o", file_}),
              RefusedWith(10, "FILE_EXISTS"));
  // A rule that is broken.
  outcome = Edit("sed -i 's/\"upheld\": 1/\"upheld\": 5/' \"$1\"\n",
                 {json_, "--lang", "en"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, HasSubstr("T4-SUM-A"));
  EXPECT_THAT(outcome.err, HasSubstr("kept in " + json_));
  EXPECT_THAT(ReadFile(json_), HasSubstr("\"upheld\": 5"));
}

TEST_F(ShowAndWriteTest, AnEditorThatFailsIsTold) {
  Submit();
  Outcome outcome = Edit("exit 3\n", {kReport, "-o", file_, "--lang", "en"});
  EXPECT_THAT(outcome, RefusedWith(6, "EDITOR_FAILED"));
  EXPECT_FALSE(Exists(file_));
  outcome = Edit("echo x >>\"$1\"; exit 3\n", {json_, "--lang", "en"});
  EXPECT_THAT(outcome, RefusedWith(6, "EDITOR_FAILED"));
  EXPECT_THAT(outcome.err, HasSubstr("kept in " + json_));
  // No terminal, no editor: nothing waits.
  EXPECT_THAT(Annals({"edit", json_}), RefusedWith(6, "EDITOR_NOT_SET"));
  EXPECT_THAT(Annals({"edit", TestData("xigong-2024.txt")}),
              RefusedWith(6, "NOT_A_STRUCTURED_REPORT"));
}

// A person at a terminal: the first save breaks a rule, the second mends it.
TEST_F(ShowAndWriteTest, APersonIsAskedAndEditsAgain) {
  WriteFile(dir_.Path("editor.sh"),
            absl::StrCat("if grep -q '\"upheld\": 5' \"$1\"; then\n"
                         "  sed -i 's/\"upheld\": 5/\"upheld\": 0/; "
                         "s/\"corrected\": 1/\"corrected\": 2/' \"$1\"\n"
                         "else\n"
                         "  sed -i 's/\"upheld\": 1/\"upheld\": 5/' \"$1\"\n"
                         "fi\n"));
  const Outcome outcome =
      Run({"/bin/sh", "-c",
           absl::StrCat("echo y | script -qec '", ANNALS_PATH, " edit ", json_,
                        " --lang en' /dev/null")},
          {"LANG=C.UTF-8", "PATH=/usr/bin:/bin",
           "EDITOR=sh " + dir_.Path("editor.sh")});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("T4-SUM-A"), HasSubstr("edit it again? [Y/n]"),
                    HasSubstr("annals submit " + json_)));
  EXPECT_EQ(ReadReport(json_).t4().reconsideration().corrected(), 2);
}

}  // namespace
}  // namespace annals
