#include "client/import/pdf_streams.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

// A stream's dictionary is looked for so far before it.
constexpr size_t kDictionaryBytes = 1024;
// Unpacked in all; a file with more is not looked at to its end.
constexpr size_t kUnpackedBytesMax = size_t{512} << 20;

// Whether a zlib header (RFC 1950, 2.2) begins the bytes.
bool BeginsZlib(absl::string_view bytes) {
  if (bytes.size() < 2) return false;
  const auto method = static_cast<uint8_t>(bytes[0]);
  const auto flags = static_cast<uint8_t>(bytes[1]);
  return (method & 0x0F) == Z_DEFLATED && (method * 256 + flags) % 31 == 0;
}

// Whether the zlib stream that begins the bytes is sound. `*budget`: what may
// be unpacked; the stream counts as sound once it is used up.
bool Inflates(absl::string_view bytes, size_t* budget) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return true;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  Bytef buffer[1 << 14];
  int result = Z_OK;
  while (result == Z_OK && *budget > 0) {
    stream.next_out = buffer;
    stream.avail_out = sizeof(buffer);
    result = inflate(&stream, Z_NO_FLUSH);
    *budget -= std::min(*budget, sizeof(buffer) - stream.avail_out);
  }
  inflateEnd(&stream);
  return result == Z_STREAM_END || (result == Z_OK && *budget == 0);
}

// The text between the object's begin and its stream.
absl::string_view DictionaryBefore(absl::string_view pdf, size_t stream) {
  const size_t begin = stream - std::min(stream, kDictionaryBytes);
  absl::string_view before = pdf.substr(begin, stream - begin);
  const size_t object = before.rfind("obj");
  return object == absl::string_view::npos ? before : before.substr(object);
}

}  // namespace

bool FlateStreamsAreSound(absl::string_view pdf) {
  if (absl::StrContains(pdf, "/Encrypt")) return true;
  constexpr absl::string_view kStream = "stream";
  size_t budget = kUnpackedBytesMax;
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
    if (!Inflates(content, &budget)) return false;
    if (budget == 0) return true;
  }
  return true;
}

}  // namespace annals::client
