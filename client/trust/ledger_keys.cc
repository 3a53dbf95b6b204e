#include "client/trust/ledger_keys.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/exit_code.h"
#include "client/files.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status SignedByNone(absl::string_view note, const std::string& expected) {
  ASSIGN_OR_RETURN(const ledger::ParsedNote parsed, ledger::ParseNote(note));
  const auto with_name = [](std::string* out, const auto& signer) {
    absl::StrAppend(out, signer.name, absl::StrFormat("+%08x", signer.key_id));
  };
  const std::string found = absl::StrJoin(parsed.signatures, ", ", with_name);
  return MakeError(
      absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED_BY_KEY",
      {absl::StrCat("it is not signed by ", expected, ", but by ", found),
       absl::StrCat("签名者不是 ", expected, "，而是 ", found)});
}

absl::Status SignedByNoKey(absl::string_view note, const LedgerKeys& keys) {
  return SignedByNone(
      note,
      absl::StrJoin(keys.keys, ", ", [](std::string* out, const auto& key) {
        absl::StrAppend(out, KeyName(key));
      }));
}

// The first of the keys that signed the note.
absl::StatusOr<ledger::NoteKey> SecondSigner(
    absl::string_view note, const std::vector<ledger::NoteKey>& keys) {
  ASSIGN_OR_RETURN(const ledger::ParsedNote parsed, ledger::ParseNote(note));
  std::vector<std::string> names;
  for (const ledger::NoteKey& key : keys) {
    const absl::Status status = ledger::RequireSignedBy(parsed, key);
    if (status.ok()) return key;
    if (!absl::IsNotFound(status)) return status;
    names.push_back(key.ShortName());
  }
  return SignedByNone(note, absl::StrJoin(names, ", "));
}

absl::StatusOr<std::vector<ledger::Witnessing>> Witnessings(
    const ledger::WitnessPolicy& policy, absl::string_view note) {
  absl::StatusOr<std::vector<ledger::Witnessing>> found;
  if (policy.logs().empty()) {
    found = policy.CheckQuorum(note);
  } else {
    auto opened = policy.Open(note);
    if (opened.ok()) return std::move(opened->witnessings);
    found = opened.status();
  }
  if (found.ok()) return found;
  const absl::Status& cause = found.status();
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   ErrorReason(cause) == kQuorumNotMetReason
                       ? kQuorumNotMetReason
                       : kPolicyNotMetReason,
                   {std::string(cause.message()), ErrorTextZh(cause)});
}

}  // namespace

bool LedgerKeys::Has(absl::string_view vkey) const {
  return std::any_of(keys.begin(), keys.end(), [vkey](const auto& key) {
    return key.ToString() == vkey;
  });
}

bool IsPolicyFailure(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason == kQuorumNotMetReason || reason == kPolicyNotMetReason;
}

absl::StatusOr<ledger::WitnessPolicy> ParsePolicy(absl::string_view text,
                                                  absl::string_view path) {
  auto policy = ledger::WitnessPolicy::Parse(text);
  if (policy.ok()) return policy;
  return MakeError(absl::StatusCode::kInvalidArgument, "POLICY_FILE_MALFORMED",
                   {absl::StrCat(path, ": ", policy.status().message()),
                    absl::StrCat(path, "：", ErrorTextZh(policy.status()))});
}

std::vector<ledger::NoteVerifier> LogKeys(const ledger::WitnessPolicy& policy,
                                          const std::string& origin) {
  std::vector<ledger::NoteVerifier> keys;
  for (const ledger::PolicyLog& log : policy.logs()) {
    if (log.verifier.name() == origin) keys.push_back(log.verifier);
  }
  return keys;
}

absl::Status RequirePolicyOf(const ledger::WitnessPolicy& policy,
                             const LedgerKeys& keys) {
  if (policy.logs().empty()) return absl::OkStatus();
  std::vector<std::string> named;
  for (const ledger::PolicyLog& log : policy.logs()) {
    if (keys.Has(log.verifier.ToString())) return absl::OkStatus();
    named.push_back(KeyName(log.verifier));
  }
  const std::string logs = absl::StrJoin(named, ", ");
  const std::string known =
      absl::StrJoin(keys.keys, ", ", [](std::string* out, const auto& key) {
        absl::StrAppend(out, KeyName(key));
      });
  return UsageError(
      {absl::StrCat("见证策略的 log 行所指为 ", logs, "，而给出或固定的公钥是 ",
                    known, "；请改正策略文件，或给出对应的公钥"),
       absl::StrCat("the log lines of the witness policy name ", logs,
                    ", but the key that is given or pinned is ", known,
                    "; correct the policy, or give the key that it names")});
}

std::string KeyName(const ledger::NoteVerifier& key) {
  return absl::StrCat(key.name(), absl::StrFormat("+%08x", key.key_id()));
}

absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view note,
                                                const LedgerKeys& keys) {
  std::optional<OpenedCheckpoint> opened;
  for (const ledger::NoteVerifier& key : keys.keys) {
    auto checkpoint = ledger::OpenCheckpoint(note, key);
    if (absl::IsNotFound(checkpoint.status())) continue;
    if (!checkpoint.ok()) return checkpoint.status();
    if (!opened.has_value()) {
      opened = OpenedCheckpoint{*std::move(checkpoint), key, {}};
    }
  }
  if (!opened.has_value()) return SignedByNoKey(note, keys);
  if (!keys.second_keys.empty()) {
    ASSIGN_OR_RETURN(opened->second_key, SecondSigner(note, keys.second_keys));
  }
  if (keys.policy.has_value()) {
    ASSIGN_OR_RETURN(opened->witnessings, Witnessings(*keys.policy, note));
  }
  return *std::move(opened);
}

absl::StatusOr<ledger::NoteVerifier> VerifierKey(const std::string& key) {
  if (key.empty()) {
    return UsageError(
        {"核验需要公钥：用 --key 或环境变量 ANNALS_KEY 给出，或用 annals trust "
         "add 固定。annalsd 首次启动时"
         "会打印它，并保存在数据目录的 verifier_key 文件中。请从可信渠道取得，"
         "不要向被核验的服务器索取",
         "verifying needs the verifier key: give it with --key or ANNALS_KEY, "
         "or pin it with annals trust add. "
         "annalsd prints it at its first start and keeps it in the file "
         "verifier_key of its data directory. Get it in a way you trust, not "
         "from the server that you verify"});
  }
  auto parsed = ledger::NoteVerifier::Parse(key);
  if (parsed.ok()) return parsed;
  const auto file = ReadInput(key);
  if (!file.ok()) {
    return UsageError(
        {absl::StrCat("--key “", key, "”既不是公钥（",
                      ErrorTextZh(parsed.status()), "），也不是可读的文件"),
         absl::StrCat("--key \"", key, "\" is neither a verifier key (",
                      parsed.status().message(), ") nor a readable file")});
  }
  auto from_file =
      ledger::NoteVerifier::Parse(absl::StripAsciiWhitespace(*file));
  if (from_file.ok()) return from_file;
  return UsageError({absl::StrCat("文件 ", key, " 中不是公钥：",
                                  ErrorTextZh(from_file.status())),
                     absl::StrCat("the file ", key, " holds no verifier key: ",
                                  from_file.status().message())});
}

}  // namespace annals::client
