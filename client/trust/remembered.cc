#include "client/trust/remembered.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/hex.h"
#include "client/trust/evidence.h"
#include "client/trust/ledger_keys.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status Equivocated(const RememberedCheckpoint& remembered,
                         const OpenedCheckpoint& shown, const std::string& note,
                         const std::string& source, const TrustStore& store,
                         Session* session) {
  const ledger::Checkpoint& checkpoint = shown.checkpoint;
  const std::string expected = HexOf(remembered.checked.checkpoint.root);
  const std::string found = HexOf(checkpoint.root);
  return Accuse(
      {kForkedReason,
       {absl::StrCat("账本已分叉：", source, " 中签名的检查点为 ",
                     checkpoint.size, " 个条目、根哈希 ", found,
                     "，而此前核验过的同样 ", checkpoint.size,
                     " 个条目的根哈希为 ", expected, "，两者均由 ",
                     checkpoint.origin, " 签名"),
        absl::StrCat("the ledger was forked: the checkpoint of ", source,
                     " says that the root hash of the first ",
                     Counted(checkpoint.size, "entry", "entries"), " is ",
                     found, ", the one that was verified before says ",
                     expected, ", and ", checkpoint.origin, " signed both")},
       source,
       session->clock()->Now(),
       remembered.checked.note,
       note,
       {}},
      &store);
}

}  // namespace

absl::StatusOr<std::vector<RememberedCheckpoint>> RememberedOf(
    const TrustStore& store, const std::string& origin) {
  std::vector<RememberedCheckpoint> all;
  ASSIGN_OR_RETURN(const std::vector<Pin> pins, store.ReadPins());
  for (const Pin& pin : pins) {
    if (pin.origin() != origin) continue;
    ASSIGN_OR_RETURN(const std::optional<std::string> note,
                     store.ReadCheckpoint(pin.server));
    if (!note.has_value()) continue;
    auto opened = OpenCheckpoint(*note, {pin.keys, std::nullopt});
    // A damaged file is named by a read from that server.
    if (!opened.ok()) continue;
    all.push_back({pin, {std::move(opened->checkpoint), *note}});
  }
  return all;
}

absl::Status RequireNoEquivocation(const std::string& note,
                                   const std::string& source,
                                   Session* session) {
  if (session->options().config_dir.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const TrustStore store,
                   TrustStore::Open(session->options().config_dir));
  ASSIGN_OR_RETURN(const std::vector<Pin> pins, store.ReadPins());
  for (const Pin& pin : pins) {
    const auto shown = OpenCheckpoint(note, {pin.keys, std::nullopt});
    if (!shown.ok()) continue;
    ASSIGN_OR_RETURN(const std::vector<RememberedCheckpoint> all,
                     RememberedOf(store, pin.origin()));
    for (const RememberedCheckpoint& remembered : all) {
      const ledger::Checkpoint& earlier = remembered.checked.checkpoint;
      if (earlier.size == shown->checkpoint.size &&
          earlier.root != shown->checkpoint.root) {
        return Equivocated(remembered, *shown, note, source, store, session);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace annals::client
