// Percent-encoding (RFC 3986, 2.1), for texts in gRPC metadata, which carries
// printable ASCII only.

#ifndef ANNALS_CLIENT_PERCENT_ENCODING_H_
#define ANNALS_CLIENT_PERCENT_ENCODING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

// Encodes every byte but letters, digits and "-._~".
std::string PercentEncode(absl::string_view bytes);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_PERCENT_ENCODING_H_
