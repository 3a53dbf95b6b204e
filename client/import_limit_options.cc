#include "client/import_limit_options.h"

#include <CLI/CLI.hpp>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/import/limit_error.h"
#include "client/import/source_text.h"

namespace annals::client {
namespace {

constexpr size_t kMib = size_t{1} << 20;
// More fits in no address space that a parser is given.
constexpr size_t kMibMax = size_t{1} << 20;

// A whole number from 1 to `max`.
ValueCheck CountUpTo(size_t max, Language language) {
  const Text text = {absl::StrCat("应为 1 至 ", max, " 的整数"),
                     absl::StrCat("must be a whole number from 1 to ", max)};
  return [max, message = text.In(language)](const std::string& value) {
    size_t number = 0;
    const bool fits =
        absl::SimpleAtoi(value, &number) && number >= 1 && number <= max;
    return fits ? std::string() : absl::StrCat(value, ": ", message);
  };
}

class LimitOptions {
 public:
  LimitOptions(CommandLine* line, CLI::App* command)
      : line_(line), command_(command) {}

  void AddMib(const std::string& name, size_t* bytes, Text text) {
    Describe(*bytes / kMib, " MiB", &text);
    Add(name, "MIB", text, kMibMax,
        [bytes](size_t mib) { *bytes = mib * kMib; });
  }

  template <typename T>
  void AddCount(const std::string& name, T* count, Text text) {
    Describe(static_cast<size_t>(*count), "", &text);
    Add(name, "N", text, std::numeric_limits<int>::max(),
        [count](size_t number) { *count = static_cast<T>(number); });
  }

 private:
  static void Describe(size_t number, absl::string_view unit, Text* text) {
    absl::StrAppend(&text->zh, "（默认 ", number, unit, "）");
    absl::StrAppend(&text->en, " (default ", number, unit, ")");
  }

  void Add(const std::string& name, const std::string& value, const Text& text,
           size_t max, const std::function<void(size_t)>& take) {
    command_->add_option_function<size_t>(name, take, line_->Pick(text))
        ->type_name(value)
        ->check(CountUpTo(max, line_->language()));
  }

  CommandLine* const line_;
  CLI::App* const command_;
};

}  // namespace

void AddImportLimitOptions(CommandLine* line, CLI::App* command) {
  ImportLimits* limits = &line->options()->import_limits;
  LimitOptions options(line, command);
  options.AddMib(kMaxFileOption, &limits->file_bytes,
                 {"公开文件的最大长度", "The largest published file"});
  options.AddMib(kMaxTextOption, &limits->text_bytes,
                 {"文件中文本的最大长度", "The most text in it"});
  options.AddMib(kMaxUnpackedOption, &limits->unpacked_bytes,
                 {"DOCX、XLSX 解压后的最大长度",
                  "The most that a DOCX or XLSX file unpacks to"});
  options.AddCount(kMaxArchiveEntriesOption, &limits->archive_entries,
                   {"DOCX、XLSX 内的最多文件数",
                    "The most files inside a DOCX or XLSX file"});
  options.AddCount(kMaxPdfPagesOption, &limits->pdf_pages,
                   {"PDF 的最多页数", "The most pages of a PDF"});
  options.AddCount(kMaxParseSecondsOption, &limits->parse_seconds,
                   {"解析一个文件的最长处理器时间（秒）",
                    "The most processor time to read a file, in seconds"});
  options.AddMib(kMaxParseMibOption, &limits->parse_bytes,
                 {"解析程序的最大内存，文件及文本另计",
                  "The most memory of a parser, beside file and text"});
}

}  // namespace annals::client
