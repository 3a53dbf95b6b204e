// Whether the compressed streams of a PDF are what was written.
//
// Poppler shows what it can of a damaged stream and checks no checksum, so that
// one flipped bit can turn a printed 1 into a 0 that looks sound. Each Flate
// stream ends with one (RFC 1950, Adler-32).

#ifndef ANNALS_CLIENT_IMPORT_PDF_STREAMS_H_
#define ANNALS_CLIENT_IMPORT_PDF_STREAMS_H_

#include "absl/strings/string_view.h"

namespace annals::client {

// False if a Flate stream of the file can't be unpacked or is not what its
// checksum says. True of an encrypted file, whose streams can't be looked at.
bool FlateStreamsAreSound(absl::string_view pdf);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_STREAMS_H_
