#include <xlsxwriter.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/figures/figure_row.h"
#include "client/figures/figure_writers.h"
#include "client/render/workbook_text.h"
#include "client/render/xml_text.h"
#include "client/temporary_directory.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// A sheet holds no more.
constexpr uint32_t kSheetRowsMax = 1'048'576;
// From here on a double loses digits of an integer.
constexpr int64_t kExactInDouble = int64_t{1} << 53;
// 2000-01-01: when a file was made is not in the reports.
constexpr time_t kFixedTime = 946684800;

absl::Status NoWorkbook(absl::string_view cause) {
  return MakeError(
      absl::StatusCode::kInternal, "XLSX_NOT_WRITTEN",
      {absl::StrCat("can't make the workbook: ", cause,
                    ". Is there room in the temporary directory?"),
       absl::StrCat("无法生成工作簿：", cause, "。请检查临时目录的空间")});
}

absl::Status TooManyRows() {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "TOO_MANY_ROWS",
      {"a sheet holds no more than 1,048,576 rows; write csv, or "
       "fewer reports with --under",
       "工作表最多 1048576 行；请改用 csv，或以 --under 减少报告"});
}

class FigureXlsx final : public FigureWriter {
 public:
  FigureXlsx(std::unique_ptr<TemporaryDirectory> directory, WritePiece write)
      : directory_(std::move(directory)), write_(std::move(write)) {
    // Rows are written to the disk when the next one begins.
    lxw_workbook_options options = {};
    options.constant_memory = LXW_TRUE;
    std::string temporary = directory_->path();  // The library copies it.
    options.tmpdir = temporary.data();
    workbook_ = workbook_new_opt(File().c_str(), &options);
    if (workbook_ == nullptr) return;
    lxw_doc_properties properties = {};
    properties.created = kFixedTime;
    Keep(workbook_set_properties(workbook_, &properties));
    sheet_ = workbook_add_worksheet(workbook_, "figures");
  }
  // Also what was given up is closed, which frees it.
  ~FigureXlsx() override {
    if (workbook_ != nullptr) workbook_close(workbook_);
  }

  absl::Status Begin(const std::vector<std::string>& columns) override {
    if (sheet_ == nullptr) return NoWorkbook("out of memory");
    columns_ = columns.size();
    lxw_col_t column = 0;
    for (const std::string& name : FigureRowHead()) WriteText(column++, name);
    for (const std::string& name : columns) WriteText(column++, name);
    worksheet_freeze_panes(sheet_, 1, 2);
    ++row_;
    return Result();
  }

  absl::Status Add(const v1::FigureRow& row) override {
    if (row_ >= kSheetRowsMax) return TooManyRows();
    lxw_col_t column = 0;
    for (const std::string& fact : FigureRowFacts(row)) {
      WriteText(column++, fact);
    }
    for (size_t i = 0; i < columns_; ++i, ++column) {
      if (HasFigure(row, i)) {
        WriteFigure(column, row.values(static_cast<int>(i)));
      }
    }
    ++row_;
    return Result();
  }

  absl::Status End() override {
    Keep(workbook_close(std::exchange(workbook_, nullptr)));
    RETURN_IF_ERROR(Result());
    std::ifstream file(File(), std::ios::binary);
    std::vector<char> buffer(1 << 16);
    while (
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
        file.gcount() > 0) {
      RETURN_IF_ERROR(
          write_({buffer.data(), static_cast<size_t>(file.gcount())}));
    }
    return file.bad() ? NoWorkbook("can't read it back") : absl::OkStatus();
  }

 private:
  std::string File() const { return directory_->path() + "/figures.xlsx"; }

  void Keep(lxw_error error) {
    if (error_ == LXW_NO_ERROR) error_ = error;
  }
  absl::Status Result() const {
    return error_ == LXW_NO_ERROR ? absl::OkStatus()
                                  : NoWorkbook(lxw_strerror(error_));
  }

  void WriteText(lxw_col_t column, absl::string_view text) {
    const std::string part = CellParts(XmlText(text)).front();
    Keep(worksheet_write_string(sheet_, row_, column,
                                WorkbookText(part).c_str(), nullptr));
  }

  void WriteFigure(lxw_col_t column, int64_t value) {
    if (value <= -kExactInDouble || value >= kExactInDouble) {
      return WriteText(column, absl::StrCat(value));
    }
    Keep(worksheet_write_number(sheet_, row_, column,
                                static_cast<double>(value), nullptr));
  }

  const std::unique_ptr<TemporaryDirectory> directory_;
  const WritePiece write_;
  lxw_workbook* workbook_ = nullptr;  // Freed by workbook_close.
  lxw_worksheet* sheet_ = nullptr;
  lxw_row_t row_ = 0;
  size_t columns_ = 0;
  lxw_error error_ = LXW_NO_ERROR;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FigureWriter>> NewFigureXlsx(WritePiece write) {
  auto directory = TemporaryDirectory::Make();
  if (directory == nullptr) return NoWorkbook("no temporary directory");
  return std::make_unique<FigureXlsx>(std::move(directory), std::move(write));
}

}  // namespace annals::client
