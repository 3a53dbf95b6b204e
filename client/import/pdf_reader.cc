#include "client/import/pdf_reader.h"

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/isolated.h"
#include "client/import/limit_error.h"
#include "client/import/pdf_joints.h"
#include "client/import/pdf_streams.h"
#include "client/import/pdf_unpacked.h"
#include "client/import/pdf_visibility.h"
#include "client/import/reader_error.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// What the process that reads hands back: one of these, and after kText and
// kDoubtfulText the pages, each ended by a form feed.
constexpr char kText = 'T';
constexpr char kDoubtfulText = 'X';
constexpr char kDamaged = 'D';
constexpr char kEncrypted = 'E';
constexpr char kTooManyPages = 'P';

std::string PageText(const poppler::page& page) {
  // An empty rectangle is the whole page.
  const poppler::byte_array bytes =
      page.text(poppler::rectf(), poppler::page::physical_layout).to_utf8();
  std::string text(bytes.begin(), bytes.end());
  for (char& c : text) {
    if (c == '\f' || c == '\r' || c == '\0') c = ' ';
  }
  const std::vector<poppler::text_box> words =
      page.text_list(poppler::page::text_list_include_font);
  MarkNumbers(
      NumbersInUnlikePieces(words, NumbersNotShownSo(page, words), text),
      &text);
  return text;
}

std::string Extract(absl::string_view pdf, const ImportLimits& limits) {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  std::vector<FlateStream> streams;
  const bool is_sound = FlateStreamsAreSound(pdf, &streams);
  // Poppler has its own way through a file that is damaged.
  if (!is_sound) streams.clear();
  const std::string unpacked = UnpackedPdf(pdf, streams);
  streams.clear();
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(unpacked.data(),
                                            static_cast<int>(unpacked.size())));
  if (document == nullptr) return {kDamaged};
  if (document->is_locked()) return {kEncrypted};
  const int count = document->pages();
  if (count <= 0) return {kDamaged};
  if (static_cast<size_t>(count) > limits.pdf_pages) return {kTooManyPages};
  std::string output = {is_sound ? kText : kDoubtfulText};
  for (int i = 0; i < count; ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page == nullptr) return {kDamaged};
    absl::StrAppend(&output, PageText(*page), "\f");
    if (output.size() > limits.text_bytes) break;
  }
  return output;
}

absl::StatusOr<SourceText> FromPages(absl::string_view pages,
                                     const ImportLimits& limits) {
  SourceTextWriter writer(FileFormat::kPdf, limits);
  SourceLine place;
  for (absl::string_view page : absl::StrSplit(pages, '\f')) {
    ++place.page;
    if (place.page > 1) writer.AddPageBreak();
    place.line = 0;
    for (absl::string_view line : absl::StrSplit(page, '\n')) {
      ++place.line;
      writer.AddPrintedLine(line, place);
    }
  }
  return writer.Finish();
}

ErrorText DamagedStreams() {
  return {
      "The PDF is damaged: a part of it is not what its checksum says, so "
      "that any figure may be wrong. Get the file anew.",
      "该 PDF 已损坏：部分内容与其校验和不符，数字可能有误。请重新获取"
      "文件。"};
}

}  // namespace

absl::StatusOr<SourceText> ReadPdf(absl::string_view pdf,
                                   const ImportLimits& limits) {
  const IsolatedResult result = RunIsolated(
      [&] { return Extract(pdf, limits); }, limits, limits.text_bytes + 1);
  if (result.end == IsolatedEnd::kOutOfTime) {
    return TooMuchTime(FileFormat::kPdf, limits);
  }
  if (result.end == IsolatedEnd::kOutOfMemory) {
    return TooMuchMemory(FileFormat::kPdf, limits);
  }
  if (result.end == IsolatedEnd::kNotStarted) {
    return MakeError(absl::StatusCode::kResourceExhausted,
                     "PROCESS_NOT_STARTED",
                     {"No process could be started to read the PDF in; the "
                      "system is out of memory or processes.",
                      "无法启动读取 PDF 的进程，系统内存或进程数不足。"});
  }
  absl::string_view output = result.output;
  switch (output.empty() ? kDamaged : output[0]) {
    case kText:
      return FromPages(output.substr(1), limits);
    case kDoubtfulText: {
      ASSIGN_OR_RETURN(SourceText source, FromPages(output.substr(1), limits));
      source.doubt = DamagedStreams();
      return source;
    }
    case kEncrypted:
      return FileEncrypted(FileFormat::kPdf);
    case kTooManyPages:
      return TooManyPdfPages(limits.pdf_pages);
    default:
      return FileDamaged(FileFormat::kPdf, "");
  }
}

}  // namespace annals::client
