#include "ledger/chain_check.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/store_fault.h"

namespace annals::ledger {

std::optional<ErrorText> ChainCheck::Add(uint64_t index,
                                         const ChainLink& link) {
  Last& last = last_[link.chain];
  const Last before = last;
  last = {link.number, link.id};
  const std::string chain = absl::Utf8SafeCEscape(link.chain);
  if (link.number != before.number + 1) {
    return EntryFault(
        index,
        absl::StrCat("it is number ", link.number, " of ", chain,
                     ", where number ", before.number + 1, " is due"),
        absl::StrCat("它是 ", chain, " 的第 ", link.number, " 次，应为第 ",
                     before.number + 1, " 次"));
  }
  if (link.base == before.id) return std::nullopt;
  const auto named = [](const std::string& id) {
    return id.empty() ? std::string("-") : absl::Utf8SafeCEscape(id);
  };
  return EntryFault(
      index,
      absl::StrCat("number ", link.number, " of ", chain, " is based on ",
                   named(link.base), ", the one before is ", named(before.id)),
      absl::StrCat(chain, " 的第 ", link.number, " 次以 ", named(link.base),
                   " 为依据，而前一次是 ", named(before.id)));
}

}  // namespace annals::ledger
