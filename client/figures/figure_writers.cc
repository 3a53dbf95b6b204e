#include "client/figures/figure_writers.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/figures/figure_row.h"
#include "client/json_text.h"
#include "client/render/report_csv.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr absl::string_view kMark = "\xEF\xBB\xBF";
// So many bytes are gathered before they are handed on.
constexpr size_t kPieceBytes = 1 << 16;

// Gathers text.
class TextPieces {
 public:
  explicit TextPieces(WritePiece write) : write_(std::move(write)) {}

  std::string* text() { return &text_; }

  absl::Status EndLine() {
    return text_.size() < kPieceBytes ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    const absl::Status status =
        text_.empty() ? absl::OkStatus() : write_(text_);
    text_.clear();
    return status;
  }

 private:
  const WritePiece write_;
  std::string text_;
};

class FigureCsv final : public FigureWriter {
 public:
  FigureCsv(bool with_mark, WritePiece write) : pieces_(std::move(write)) {
    if (with_mark) absl::StrAppend(pieces_.text(), kMark);
  }

  absl::Status Begin(const std::vector<std::string>& columns) override {
    columns_ = columns.size();
    AddTexts(FigureRowHead());
    for (const std::string& column : columns) {
      absl::StrAppend(pieces_.text(), ",", CsvText(column));
    }
    absl::StrAppend(pieces_.text(), "\r\n");
    return pieces_.EndLine();
  }

  absl::Status Add(const v1::FigureRow& row) override {
    AddTexts(FigureRowFacts(row));
    for (size_t i = 0; i < columns_; ++i) {
      pieces_.text()->push_back(',');
      if (HasFigure(row, i)) {
        absl::StrAppend(pieces_.text(), row.values(static_cast<int>(i)));
      }
    }
    absl::StrAppend(pieces_.text(), "\r\n");
    return pieces_.EndLine();
  }

  absl::Status End() override { return pieces_.Flush(); }

 private:
  void AddTexts(const std::vector<std::string>& texts) {
    for (size_t i = 0; i < texts.size(); ++i) {
      absl::StrAppend(pieces_.text(), i == 0 ? "" : ",", CsvText(texts[i]));
    }
  }

  TextPieces pieces_;
  size_t columns_ = 0;
};

class FigureJsonLines final : public FigureWriter {
 public:
  explicit FigureJsonLines(WritePiece write) : pieces_(std::move(write)) {}

  absl::Status Begin(const std::vector<std::string>& columns) override {
    columns_ = columns;
    return absl::OkStatus();
  }

  absl::Status Add(const v1::FigureRow& row) override {
    ASSIGN_OR_RETURN(const std::string facts, FactsOf(row));
    std::string* text = pieces_.text();
    // Without the brace at the end: the figures follow.
    absl::StrAppend(text, facts.substr(0, facts.size() - 1));
    for (size_t i = 0; i < columns_.size(); ++i) {
      absl::StrAppend(text, ",\"", columns_[i], "\": ");
      if (HasFigure(row, i)) {
        absl::StrAppend(text, row.values(static_cast<int>(i)));
      } else {
        absl::StrAppend(text, "null");
      }
    }
    absl::StrAppend(text, "}\n");
    return pieces_.EndLine();
  }

  absl::Status End() override { return pieces_.Flush(); }

 private:
  static absl::StatusOr<std::string> FactsOf(const v1::FigureRow& row) {
    const std::vector<std::string>& names = FigureRowHead();
    const std::vector<std::string> values = FigureRowFacts(row);
    JsonObject facts;
    for (size_t i = 0; i < names.size(); ++i) {
      int number = 0;
      if (names[i] == "erased") {
        facts.AddFlag(names[i], row.erased());
      } else if ((names[i] == "year" || names[i] == "revision") &&
                 absl::SimpleAtoi(values[i], &number)) {
        facts.AddNumber(names[i], number);
      } else {
        facts.Add(names[i], values[i]);
      }
    }
    return facts.Line();
  }

  TextPieces pieces_;
  std::vector<std::string> columns_;
};

}  // namespace

std::unique_ptr<FigureWriter> NewFigureCsv(bool with_mark, WritePiece write) {
  return std::make_unique<FigureCsv>(with_mark, std::move(write));
}

std::unique_ptr<FigureWriter> NewFigureJsonLines(WritePiece write) {
  return std::make_unique<FigureJsonLines>(std::move(write));
}

}  // namespace annals::client
