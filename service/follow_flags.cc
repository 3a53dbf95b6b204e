#include "service/follow_flags.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"
#include "service/backup_flags.h"

ABSL_FLAG(std::string, follow, "",
          "Be a read-only copy of the ledger that the daemon at HOST:PORT "
          "records: each entry is copied and proved, each checkpoint verified, "
          "and what was verified is served. With --follow_key.");
ABSL_FLAG(std::vector<std::string>, follow_key, {},
          "The verifier key of the ledger that is followed; while its keys are "
          "changed the old and the new one, with a comma between them. Get it "
          "in a way you trust, not from the server.");
ABSL_FLAG(std::string, follow_ca, "",
          "The authorities of the certificate of --follow (PEM). Empty: no "
          "TLS. This and the two files below are read anew with each "
          "connection.");
ABSL_FLAG(std::string, follow_cert, "",
          "The follower's own certificate (PEM), in the role auditor, which "
          "sees every entry.");
ABSL_FLAG(std::string, follow_key_file, "",
          "The private key of --follow_cert (PEM, mode 0600).");

namespace annals {
namespace {

absl::Status InvalidFlags(ErrorText text) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
                   std::move(text));
}

absl::Status KeyInvalid(const std::string& vkey, const absl::Status& cause) {
  return InvalidFlags(
      {absl::StrCat("--follow_key=", vkey,
                    " is no verifier key: ", cause.message(), "."),
       absl::StrCat("--follow_key=", vkey, " 不是 verifier key：",
                    ErrorTextZh(cause), "。")});
}

bool IsHostAndPort(absl::string_view address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  return colon != absl::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(address.substr(colon + 1), &port) && port > 0 &&
         port <= UINT16_MAX;
}

absl::StatusOr<std::vector<ledger::NoteVerifier>> ReadKeys() {
  std::vector<ledger::NoteVerifier> keys;
  for (const std::string& word : absl::GetFlag(FLAGS_follow_key)) {
    const std::string vkey(absl::StripAsciiWhitespace(word));
    auto key = ledger::NoteVerifier::Parse(vkey);
    if (!key.ok()) return KeyInvalid(vkey, key.status());
    keys.push_back(*std::move(key));
    if (keys.back().name() != keys.front().name()) {
      return InvalidFlags({"The keys of --follow_key are of different ledgers.",
                           "--follow_key 所给的密钥属于不同的账本。"});
    }
  }
  return keys;
}

absl::Status RequireNothingElse(const DaemonOptions& options,
                                const std::string& origin) {
  const KeySources& keys = options.keys;
  const bool signs = !keys.signing_key.empty() || !keys.next_key.empty() ||
                     !keys.previous_vkey.empty() || !keys.sm2_key.empty();
  if (signs || !options.witnessing.policy.empty() || IsRestore()) {
    return InvalidFlags(
        {"A follower signs nothing and asks no witnesses: leave out "
         "--signing_key, --next_key, --previous_vkey, --sm2_key, "
         "--witness_policy and --restore, or --follow.",
         "从服务不签名，也不请求见证：请去掉 --signing_key、--next_key、"
         "--previous_vkey、--sm2_key、--witness_policy 和 --restore，或去掉 "
         "--follow。"});
  }
  if (options.origin.empty() || options.origin == origin) {
    return absl::OkStatus();
  }
  return InvalidFlags(
      {absl::StrCat("--origin=", options.origin, ", but --follow_key is of ",
                    origin, ". Leave --origin out."),
       absl::StrCat("--origin=", options.origin, "，而 --follow_key 属于 ",
                    origin, "。请去掉 --origin。")});
}

}  // namespace

absl::Status SetFollow(std::function<bool()> is_interrupted,
                       DaemonOptions* options) {
  PrimaryOptions primary;
  primary.address = absl::GetFlag(FLAGS_follow);
  primary.authorities = absl::GetFlag(FLAGS_follow_ca);
  primary.certificate = absl::GetFlag(FLAGS_follow_cert);
  primary.private_key = absl::GetFlag(FLAGS_follow_key_file);
  ASSIGN_OR_RETURN(std::vector<ledger::NoteVerifier> keys, ReadKeys());
  if (primary.address.empty() && keys.empty() && primary.authorities.empty() &&
      primary.certificate.empty() && primary.private_key.empty()) {
    return absl::OkStatus();
  }
  if (primary.address.empty() || keys.empty()) {
    return InvalidFlags(
        {"--follow and --follow_key go together: without the key nobody can "
         "say whose ledger is copied.",
         "--follow 与 --follow_key 须同时给出：没有公钥，就无法判断复制的是"
         "谁的账本。"});
  }
  if (!IsHostAndPort(primary.address)) {
    return InvalidFlags(
        {absl::StrCat("--follow=", primary.address, " is no HOST:PORT."),
         absl::StrCat("--follow=", primary.address, " 不是 HOST:PORT。")});
  }
  if (primary.certificate.empty() != primary.private_key.empty() ||
      (primary.authorities.empty() && !primary.certificate.empty())) {
    return InvalidFlags(
        {"--follow_cert and --follow_key_file go together, and need "
         "--follow_ca.",
         "--follow_cert 与 --follow_key_file 须同时给出，并须有 "
         "--follow_ca。"});
  }
  RETURN_IF_ERROR(RequireNothingElse(*options, keys.front().name()));
  FollowOptions follow;
  follow.primary = std::move(primary);
  follow.keys = std::move(keys);
  follow.is_interrupted = std::move(is_interrupted);
  options->follow = std::move(follow);
  return absl::OkStatus();
}

}  // namespace annals
