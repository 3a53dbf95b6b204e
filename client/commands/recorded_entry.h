// After something other than a report was recorded: proves that the ledger
// recorded what was sent.

#ifndef ANNALS_CLIENT_COMMANDS_RECORDED_ENTRY_H_
#define ANNALS_CLIENT_COMMANDS_RECORDED_ENTRY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/erasure_service.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "client/receipt/fetch_receipt.h"
#include "client/session.h"
#include "client/text.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

// What was sent, and the entry that the server says records it.
struct SentEvent {
  uint64_t entry_index = 0;
  std::string request_id;
  std::string reason;
  // What the receipt's entry records otherwise than it was sent; nullopt if
  // nothing.
  std::function<std::optional<Text>(const FetchedReceipt&)> difference;
};

// Fetches the receipt of the entry, verifies it and compares it with what was
// sent. ANSWER_MISMATCH if the ledger has no such entry, or it records
// something else. OK if nothing is verified; and if the ledger can't be reached
// any more, or its witnesses take their time, which is said.
absl::Status ConfirmEntry(const SentEvent& sent, Session* session,
                          LedgerTrust* trust);

// The same for an erasure: the entry, and that it names the entry whose content
// it erased, are proved; the answer's erasure is then made of proved bytes.
absl::Status ConfirmErasure(const v1::EraseContentRequest& request,
                            Session* session, LedgerTrust* trust,
                            v1::EraseContentResponse* response);

// The same for the register: `answered` must be what the entry records, and
// each of `fields` of it as in `sent`.
struct SentAgency {
  std::string request_id;
  std::string reason;
  v1::Agency agency;
  // Names of fields of Agency.
  std::vector<std::string> fields;
};
absl::Status ConfirmAgency(const SentAgency& sent, const v1::Agency& answered,
                           Session* session, LedgerTrust* trust);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_RECORDED_ENTRY_H_
