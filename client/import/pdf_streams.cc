#include "client/import/pdf_streams.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

// A stream's dictionary is looked for so far before it.
constexpr size_t kDictionaryBytes = 1024;
// Unpacked in all; a file with more is not looked at to its end.
constexpr size_t kUnpackedBytesMax = size_t{512} << 20;
// Kept in all, of the memory that the process may take. The fonts of a report
// take two million.
constexpr size_t kKeptBytesMax = size_t{16} << 20;

// Whether a zlib header (RFC 1950, 2.2) begins the bytes.
bool BeginsZlib(absl::string_view bytes) {
  if (bytes.size() < 2) return false;
  const auto method = static_cast<uint8_t>(bytes[0]);
  const auto flags = static_cast<uint8_t>(bytes[1]);
  return (method & 0x0F) == Z_DEFLATED && (method * 256 + flags) % 31 == 0;
}

// What may be unpacked and kept yet.
struct Budget {
  size_t unpacked = kUnpackedBytesMax;
  size_t kept = kKeptBytesMax;
};

// Whether the zlib stream at stream->begin is sound; one counts as sound once
// the budget is used up. It is kept if its end is set.
bool Inflates(absl::string_view pdf, FlateStream* stream, Budget* budget) {
  z_stream zlib{};
  if (inflateInit(&zlib) != Z_OK) return true;
  const absl::string_view packed = pdf.substr(stream->begin);
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  zlib.avail_in = static_cast<uInt>(packed.size());
  Bytef buffer[1 << 14];
  int result = Z_OK;
  bool is_kept = true;
  while (result == Z_OK && budget->unpacked > 0) {
    zlib.next_out = buffer;
    zlib.avail_out = sizeof(buffer);
    result = inflate(&zlib, Z_NO_FLUSH);
    const size_t size = sizeof(buffer) - zlib.avail_out;
    budget->unpacked -= std::min(budget->unpacked, size);
    is_kept = is_kept && stream->bytes.size() + size <= budget->kept;
    if (!is_kept) continue;
    stream->bytes.append(reinterpret_cast<const char*>(buffer), size);
  }
  inflateEnd(&zlib);
  if (result == Z_STREAM_END && is_kept) {
    stream->end = pdf.size() - zlib.avail_in;
    budget->kept -= stream->bytes.size();
  }
  return result == Z_STREAM_END || (result == Z_OK && budget->unpacked == 0);
}

// The text between the object's begin and its stream.
absl::string_view DictionaryBefore(absl::string_view pdf, size_t stream) {
  const size_t begin = stream - std::min(stream, kDictionaryBytes);
  absl::string_view before = pdf.substr(begin, stream - begin);
  const size_t object = before.rfind("obj");
  return object == absl::string_view::npos ? before : before.substr(object);
}

}  // namespace

bool FlateStreamsAreSound(absl::string_view pdf,
                          std::vector<FlateStream>* streams) {
  if (absl::StrContains(pdf, "/Encrypt")) return true;
  constexpr absl::string_view kStream = "stream";
  Budget budget;
  for (size_t at = pdf.find(kStream); at != absl::string_view::npos;
       at = pdf.find(kStream, at + 1)) {
    absl::string_view content = pdf.substr(at + kStream.size());
    absl::ConsumePrefix(&content, "\r");
    if (!absl::ConsumePrefix(&content, "\n") || !BeginsZlib(content)) continue;
    const absl::string_view dictionary = DictionaryBefore(pdf, at);
    if (!absl::StrContains(dictionary, "/FlateDecode") &&
        !absl::StrContains(dictionary, "/Fl ")) {
      continue;
    }
    FlateStream stream;
    stream.begin = pdf.size() - content.size();
    if (!Inflates(pdf, &stream, &budget)) return false;
    if (budget.unpacked == 0) return true;
    if (stream.end != 0) streams->push_back(std::move(stream));
  }
  return true;
}

}  // namespace annals::client
