#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/files.h"
#include "client/receipt/receipt_files.h"
#include "client/receipt/receipt_text.h"
#include "client/render/printable.h"
#include "client/trust/pinned_signer.h"
#include "client/trust/remembered.h"
#include "client/trust/trust_store.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct VerifyReceiptOptions {
  std::string file;
  std::string policy;
  std::string agency_key;
};

absl::Status NoKeyFor(const std::string& origin) {
  return UsageError(
      {absl::StrCat("核验这个回执需要账本 ", PrintableLine(origin),
                    " 的公钥：用 --key 或环境变量 ANNALS_KEY 给出，或用 annals "
                    "trust add 固定。请从可信渠道取得，不要向出示回执者索取"),
       absl::StrCat("verifying this receipt needs the verifier key of the "
                    "ledger ",
                    PrintableLine(origin),
                    ": give it with --key or ANNALS_KEY, or pin it with annals "
                    "trust add. Get it in a way you trust, not from who shows "
                    "the receipt")});
}

// All keys pinned for ledgers of this origin, and the first of their policies.
absl::StatusOr<LedgerKeys> PinnedKeys(const std::string& origin,
                                      Session* session) {
  LedgerKeys keys;
  if (session->options().config_dir.empty()) return NoKeyFor(origin);
  ASSIGN_OR_RETURN(const TrustStore store,
                   TrustStore::Open(session->options().config_dir));
  ASSIGN_OR_RETURN(const std::vector<Pin> pins, store.ReadPins());
  for (const Pin& pin : pins) {
    if (pin.origin() != origin) continue;
    ASSIGN_OR_RETURN(LedgerKeys of_pin, store.KeysOf(pin));
    keys.keys.insert(keys.keys.end(), of_pin.keys.begin(), of_pin.keys.end());
    keys.second_keys.insert(keys.second_keys.end(), of_pin.second_keys.begin(),
                            of_pin.second_keys.end());
    keys.agency_keys.insert(keys.agency_keys.end(), of_pin.agency_keys.begin(),
                            of_pin.agency_keys.end());
    if (!keys.policy.has_value()) keys.policy = std::move(of_pin.policy);
  }
  if (keys.keys.empty()) return NoKeyFor(origin);
  return keys;
}

// Those of agencies that are pinned for ledgers of this origin, which hold for
// every call, whatever ledger's key is given.
absl::Status AddPinnedAgencyKeys(Session* session, LedgerKeys* keys) {
  if (session->options().config_dir.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const TrustStore store,
                   TrustStore::Open(session->options().config_dir));
  ASSIGN_OR_RETURN(const std::vector<Pin> pins, store.ReadPins());
  for (const Pin& pin : pins) {
    if (pin.origin() != keys->origin()) continue;
    keys->agency_keys.insert(keys->agency_keys.end(), pin.agency_keys.begin(),
                             pin.agency_keys.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<LedgerKeys> KeysFor(const Receipt& receipt,
                                   const VerifyReceiptOptions& options,
                                   Session* session) {
  LedgerKeys keys;
  std::optional<ledger::WitnessPolicy> policy;
  if (!options.policy.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadInput(options.policy));
    ASSIGN_OR_RETURN(policy, ParsePolicy(text, options.policy));
  }
  if (session->options().key.empty()) {
    ASSIGN_OR_RETURN(const std::string origin, ClaimedOrigin(receipt.proof));
    auto pinned = PinnedKeys(origin, session);
    if (pinned.ok()) {
      keys = *std::move(pinned);
    } else {
      if (policy.has_value()) keys.keys = LogKeys(*policy, origin);
      if (keys.keys.empty()) return pinned.status();
    }
  } else {
    ASSIGN_OR_RETURN(ledger::NoteVerifier key,
                     VerifierKey(session->options().key));
    keys.keys.push_back(std::move(key));
    RETURN_IF_ERROR(AddPinnedAgencyKeys(session, &keys));
  }
  if (!options.agency_key.empty()) {
    ASSIGN_OR_RETURN(ledger::NoteKey key,
                     AgencyKeyArgument("--agency-key", options.agency_key));
    keys.agency_keys.push_back({std::move(key), std::nullopt});
  }
  if (!policy.has_value()) return keys;
  RETURN_IF_ERROR(RequirePolicyOf(*policy, keys));
  keys.policy = std::move(policy);
  return keys;
}

void PrintList(const std::vector<Text>& texts, const std::string& mark,
               Session* session) {
  for (const Text& text : texts) {
    session->out() << mark << PrintableLine(session->Pick(text)) << "\n";
  }
}

absl::StatusOr<ExitCode> RunVerifyReceipt(const VerifyReceiptOptions& options,
                                          Session* session) {
  if (session->options().no_verify) {
    return UsageError({"这个命令就是核验，不能与 --no-verify 同用",
                       "this command verifies; --no-verify does not go with "
                       "it"});
  }
  ASSIGN_OR_RETURN(const Receipt receipt, ReadReceipt(options.file));
  ASSIGN_OR_RETURN(const LedgerKeys keys, KeysFor(receipt, options, session));
  // First: a proof of a fork weighs more than what is wrong with the receipt.
  ASSIGN_OR_RETURN(const ledger::TlogProof proof, ReadProof(receipt.proof));
  RETURN_IF_ERROR(RequireNoEquivocation(
      proof.checkpoint, absl::StrCat("the receipt ", options.file), session));
  ASSIGN_OR_RETURN(const VerifiedReceipt verified,
                   VerifyReceipt(receipt, keys));
  if (!options.agency_key.empty()) {
    RETURN_IF_ERROR(RequireSignedByAgency(options.agency_key, verified.entry));
  }
  if (session->json()) {
    ASSIGN_OR_RETURN(const std::string json,
                     ReceiptJson(verified, session->language()));
    session->out() << json;
    return ExitCode::kOk;
  }
  session->Print({"回执属实。已证明：", "The receipt is true. Proved:"});
  PrintList(WhatIsProved(verified), session->Out("✓ ", Tone::kGreen), session);
  session->Print({"没有证明：", "Not proved:"});
  PrintList(WhatIsNotProved(verified), session->Out("- ", Tone::kYellow),
            session);
  return ExitCode::kOk;
}

}  // namespace

void AddVerifyReceiptCommand(CommandLine* line) {
  auto options = std::make_shared<VerifyReceiptOptions>();
  CLI::App* command = line->Add(
      &line->app(), "verify-receipt",
      {"核验回执，不需服务器\n"
       "FILE.leaf 须与 FILE 在一起；FILE.salt 和 FILE.content 若在，一并核验。"
       "不给 --key 时用为该账本固定的公钥，没有固定则用策略中 log 行的公钥。",
       "Verify a receipt, without any server\n"
       "FILE.leaf must lie beside FILE; FILE.salt and FILE.content are "
       "verified if they do. Without --key, by the keys pinned for its "
       "ledger, or if there are none, by those of the policy's log lines."},
      "annals verify-receipt 2024.receipt --key verifier_key\n"
      "annals verify-receipt 2024.receipt --policy witnesses.txt --json");
  line->Option(command, "FILE", &options->file, "FILE",
               {"回执文件", "The receipt"})
      ->Required();
  line->Option(command, "--policy", &options->policy, "FILE",
               {"见证策略（C2SP tlog-policy），回执须满足它",
                "A witness policy (C2SP tlog-policy) that the receipt must "
                "satisfy"});
  line->Option(command, "--agency-key", &options->agency_key, "VKEY|FILE",
               {"机关的公钥，它的报告须由它签名",
                "An agency's verifier key, which must have signed its report"});
  line->OnCall(command, [options](Session& session) {
    return RunVerifyReceipt(*options, &session);
  });
}

}  // namespace annals::client
