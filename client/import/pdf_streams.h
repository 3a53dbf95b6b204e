// The compressed streams of a PDF, and whether they are what was written.
//
// Poppler shows what it can of a damaged stream and checks no checksum, so that
// one flipped bit can turn a printed 1 into a 0 that looks sound. Each Flate
// stream ends with one (RFC 1950, Adler-32).

#ifndef ANNALS_CLIENT_IMPORT_PDF_STREAMS_H_
#define ANNALS_CLIENT_IMPORT_PDF_STREAMS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// A Flate stream of a file.
struct FlateStream {
  size_t begin = 0;  // Of its packed bytes in the file.
  size_t end = 0;
  std::string bytes;  // Unpacked.
};

// False if a Flate stream of the file can't be unpacked or is not what its
// checksum says; a file that is encrypted, or unpacks to much more than a
// report does, is not looked at to its end. `streams`: in the order of the file
// the ones that are sound, as many as may be kept.
bool FlateStreamsAreSound(absl::string_view pdf,
                          std::vector<FlateStream>* streams);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_STREAMS_H_
