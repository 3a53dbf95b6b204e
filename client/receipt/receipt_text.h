// What a receipt proves and what it does not, in plain words.

#ifndef ANNALS_CLIENT_RECEIPT_RECEIPT_TEXT_H_
#define ANNALS_CLIENT_RECEIPT_RECEIPT_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/receipt/receipt.h"
#include "client/text.h"

namespace annals::client {

// A sentence each, of what was verified.
std::vector<Text> WhatIsProved(const VerifiedReceipt& verified);

// A sentence each, of what one might think follows, and does not.
std::vector<Text> WhatIsNotProved(const VerifiedReceipt& verified);

// An object with the facts and what is not proved.
absl::StatusOr<std::string> ReceiptJson(const VerifiedReceipt& verified,
                                        Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RECEIPT_RECEIPT_TEXT_H_
