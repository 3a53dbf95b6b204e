// Erasures in words.

#ifndef ANNALS_CLIENT_ERASURE_TEXT_H_
#define ANNALS_CLIENT_ERASURE_TEXT_H_

#include "absl/strings/string_view.h"
#include "annals/v1/report_service.pb.h"
#include "client/text.h"

namespace annals::client {

// Who erased it, when, why and on what basis. Not printable yet.
Text ErasureText(const v1::Erasure& erasure);

// What a code of EraseContentResponse.copies stands for; a code that this
// version does not know, as it is.
Text CopyText(absl::string_view code);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ERASURE_TEXT_H_
