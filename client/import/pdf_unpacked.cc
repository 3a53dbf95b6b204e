#include "client/import/pdf_unpacked.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "client/import/pdf_tokens.h"

namespace annals::client {
namespace {

// Of an offset in a table of references.
constexpr size_t kOffsetDigits = 10;
// Tables of which each but the first is named by the one before.
constexpr int kTablesMax = 16;
// The kind of an entry of a stream of references that points into the file, and
// what one of its numbers takes at most.
constexpr uint64_t kInFile = 1;
constexpr size_t kFieldBytesMax = 8;

// A number of a stream of references, its most significant byte first.
uint64_t Field(absl::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  }
  return value;
}

// Leaves it as it is if it does not fit.
void SetField(uint64_t value, size_t at, size_t width, std::string* bytes) {
  if (width < sizeof(value) && value >> (8 * width) != 0) return;
  for (size_t i = width; i > 0; --i) {
    (*bytes)[at + i - 1] = static_cast<char>(value & 0xFF);
    value >>= 8;
  }
}

// A stream object that is packed in one way only.
struct PackedObject {
  absl::string_view number;
  absl::string_view generation;
  PdfDictionary dictionary;
  const FlateStream* stream = nullptr;
};

class Unpacker {
 public:
  Unpacker(absl::string_view pdf, const std::vector<FlateStream>& streams)
      : pdf_(pdf), streams_(streams) {
    size_t size = pdf.size();
    // With some space for their dictionaries.
    for (const FlateStream& stream : streams) size += stream.bytes.size() + 256;
    output_.reserve(size);
    output_.assign(pdf.data(), pdf.size());
  }

  std::string Run() {
    const size_t start = pdf_.rfind("startxref");
    if (start == absl::string_view::npos || !absl::StartsWith(pdf_, "%PDF-")) {
      return output_;
    }
    PdfTokens tokens(pdf_, start);
    tokens.Next();
    size_t at = 0;
    if (!absl::SimpleAtoi(tokens.Next(), &at) || at >= start) return output_;
    if (absl::StartsWith(pdf_.substr(at), "xref")) {
      PointInTables(at);
    } else {
      at = CopyOfReferences(at);
    }
    // It is looked for at the end of the file.
    absl::StrAppend(&output_, "\nstartxref\n", at, "\n%%EOF\n");
    return output_;
  }

 private:
  // The object at the offset if it is one.
  std::optional<PackedObject> PackedAt(size_t at) const {
    PackedObject object;
    PdfTokens tokens(pdf_, at);
    object.number = tokens.Next();
    object.generation = tokens.Next();
    if (tokens.Next() != "obj") return std::nullopt;
    std::optional<PdfDictionary> dictionary = ReadPdfDictionary(pdf_, &tokens);
    if (!dictionary.has_value() || tokens.Next() != "stream") {
      return std::nullopt;
    }
    absl::string_view content = pdf_.substr(tokens.at());
    absl::ConsumePrefix(&content, "\r");
    if (!absl::ConsumePrefix(&content, "\n")) return std::nullopt;
    const size_t begin = pdf_.size() - content.size();
    const auto stream = std::lower_bound(
        streams_.begin(), streams_.end(), begin,
        [](const FlateStream& a, size_t b) { return a.begin < b; });
    if (stream == streams_.end() || stream->begin != begin) return std::nullopt;
    object.dictionary = *std::move(dictionary);
    object.stream = &*stream;
    return IsPackedOnce(object) ? std::optional(object) : std::nullopt;
  }

  // Whether what its dictionary says of the bytes is true and all there is to
  // say.
  bool IsPackedOnce(const PackedObject& object) const {
    const PdfDictionary& dictionary = object.dictionary;
    const auto filter = dictionary.find("/Filter");
    const auto length = dictionary.find("/Length");
    size_t size = 0;
    if (filter == dictionary.end() || filter->second != "/FlateDecode" ||
        length == dictionary.end() ||
        !absl::SimpleAtoi(length->second, &size) ||
        size > pdf_.size() - object.stream->begin ||
        object.stream->begin + size < object.stream->end) {
      return false;
    }
    PdfTokens behind(pdf_, object.stream->begin + size);
    return behind.Next() == "endstream" &&
           !dictionary.contains("/DecodeParms") &&
           !dictionary.contains("/DP") && !dictionary.contains("/F");
  }

  // Writes the object with the bytes unpacked; returns where.
  size_t Copy(const PackedObject& object, absl::string_view bytes) {
    absl::StrAppend(&output_, "\n");
    const size_t at = output_.size();
    absl::StrAppend(&output_, object.number, " ", object.generation, " obj<<");
    for (const auto& [name, value] : object.dictionary) {
      if (name == "/Filter" || name == "/Length") continue;
      absl::StrAppend(&output_, name, " ", value);
    }
    absl::StrAppend(&output_, "/Length ", bytes.size(), ">>stream\n");
    // StrAppend would fill the place of what may be megabytes first.
    output_.append(bytes.data(), bytes.size());
    absl::StrAppend(&output_, "\nendstream endobj\n");
    return at;
  }

  // Where the object at the offset is unpacked; the offset if it is not.
  size_t UnpackedAt(size_t at) {
    const auto [found, added] = copies_.try_emplace(at, at);
    if (!added || at >= pdf_.size()) return found->second;
    const std::optional<PackedObject> object = PackedAt(at);
    if (object.has_value())
      found->second = Copy(*object, object->stream->bytes);
    return found->second;
  }

  // Points the entries of the table at the offset, and of the older ones that
  // it names, at what is unpacked.
  void PointInTables(size_t at) {
    for (int i = 0; i < kTablesMax && at < pdf_.size(); ++i) {
      PdfTokens tokens(pdf_, at);
      if (tokens.Next() != "xref") return;
      absl::string_view first = tokens.Next();
      while (first != "trailer") {
        size_t count = 0;
        if (!absl::SimpleAtoi(tokens.Next(), &count) ||
            !PointInTable(count, &tokens)) {
          return;
        }
        first = tokens.Next();
      }
      const auto trailer = ReadPdfDictionary(pdf_, &tokens);
      if (!trailer.has_value() || !trailer->contains("/Prev") ||
          !absl::SimpleAtoi(trailer->at("/Prev"), &at)) {
        return;
      }
    }
  }

  // The same of so many lines; false if they are not written as they must be.
  bool PointInTable(size_t count, PdfTokens* tokens) {
    for (size_t i = 0; i < count; ++i) {
      const absl::string_view digits = tokens->Next();
      const size_t at = tokens->at() - digits.size();
      const absl::string_view generation = tokens->Next();
      const absl::string_view use = tokens->Next();
      size_t offset = 0;
      if (digits.size() != kOffsetDigits || generation.empty() ||
          (use != "n" && use != "f") || !absl::SimpleAtoi(digits, &offset)) {
        return false;
      }
      if (use == "f") continue;
      output_.replace(at, kOffsetDigits,
                      absl::StrFormat("%010d", UnpackedAt(offset)));
    }
    return true;
  }

  // Writes the stream of references at the offset with its entries pointing at
  // what is unpacked; returns where. The offset if it can't be told.
  size_t CopyOfReferences(size_t at) {
    const std::optional<PackedObject> object = PackedAt(at);
    if (!object.has_value()) return at;
    const PdfDictionary& dictionary = object->dictionary;
    const auto widths = dictionary.find("/W");
    const auto type = dictionary.find("/Type");
    if (widths == dictionary.end() || type == dictionary.end() ||
        type->second != "/XRef") {
      return at;
    }
    PdfTokens tokens(widths->second, 0);
    size_t width[3] = {};
    if (tokens.Next() != "[") return at;
    for (size_t& bytes : width) {
      if (!absl::SimpleAtoi(tokens.Next(), &bytes) || bytes > kFieldBytesMax) {
        return at;
      }
    }
    std::string bytes = object->stream->bytes;
    const size_t size = width[0] + width[1] + width[2];
    for (size_t entry = 0; size > 0 && entry + size <= bytes.size();
         entry += size) {
      // An entry without a kind is one of the file.
      const bool is_in_file =
          width[0] == 0 || Field(bytes, entry, width[0]) == kInFile;
      if (!is_in_file) continue;
      const size_t field = entry + width[0];
      SetField(UnpackedAt(Field(bytes, field, width[1])), field, width[1],
               &bytes);
    }
    return Copy(*object, bytes);
  }

  absl::string_view pdf_;
  const std::vector<FlateStream>& streams_;
  std::string output_;
  std::map<size_t, size_t> copies_;
};

}  // namespace

std::string UnpackedPdf(absl::string_view pdf,
                        const std::vector<FlateStream>& streams) {
  return streams.empty() ? std::string(pdf) : Unpacker(pdf, streams).Run();
}

}  // namespace annals::client
