#include "service/data_dir_errors.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {

absl::Status Unusable(const absl::Status& cause) {
  if (cause.ok()) return cause;
  return MakeError(absl::StatusCode::kUnavailable, "DATA_DIR_UNUSABLE",
                   {absl::StrCat("The data directory can't be used: ",
                                 cause.message(), ". Check --data_dir."),
                    absl::StrCat("无法使用数据目录：", ErrorTextZh(cause),
                                 "。请检查 --data_dir。")});
}

absl::Status Precondition(absl::string_view reason, ErrorText text) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason,
                   std::move(text));
}

absl::Status VerifierKeyDamaged(const std::string& path,
                                const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kDataLoss, "VERIFIER_KEY_DAMAGED",
      {absl::StrCat(path, " holds no verifier key: ", cause.message(),
                    ". Put it back from whoever pinned it, or move it away: "
                    "the next start makes it anew from the signing key."),
       absl::StrCat(path, " 中没有验证公钥：", ErrorTextZh(cause),
                    "。请从固定了它的任何一方取回，或将其移走："
                    "下次启动会由签名密钥重新生成。")});
}

absl::Status NoLedger(const std::string& path) {
  return Precondition(
      "NO_LEDGER",
      {absl::StrCat(path,
                    " holds no ledger: there is no verifier_key in it. "
                    "Check --data_dir."),
       absl::StrCat(path,
                    " 中没有账本（缺少 verifier_key）；请核对 "
                    "--data_dir。")});
}

absl::Status LedgerMissing(const std::string& path, const std::string& key) {
  return Precondition(
      "LEDGER_MISSING",
      {absl::StrCat(path,
                    " holds a signing key and no ledger. If there was "
                    "one, put it back, or restore it: annalsd --restore. An "
                    "empty ledger in its place would contradict what the key "
                    "has signed. For a new ledger take an empty --data_dir; to "
                    "sign it with a key of your own, put that elsewhere and "
                    "name it with --signing_key. The key is ",
                    key, "."),
       absl::StrCat(path,
                    " 中有签名密钥而没有账本。若曾有账本，请将其放回，"
                    "或用 annalsd --restore 恢复；在原处新建空账本会与该密钥"
                    "已签名的内容相矛盾。新建账本请用空的 --data_dir；"
                    "若要使用自备密钥，请放在别处并用 --signing_key 指明。"
                    "该密钥为 ",
                    key, "。")});
}

absl::Status OriginRequired() {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "ORIGIN_REQUIRED",
      {"A new ledger needs --origin: its name in every checkpoint, for good, "
       "such as annals.example.gov.cn/disclosure.",
       "新账本须用 --origin 指定名称，它永久写入每个检查点，例如 "
       "annals.example.gov.cn/disclosure。"});
}

absl::Status OriginMismatch(const std::string& given,
                            const std::string& known) {
  return Precondition(
      "ORIGIN_MISMATCH",
      {absl::StrCat("--origin=", given,
                    " is not this ledger's origin, which "
                    "is ",
                    known,
                    " for good. Leave --origin out, or check "
                    "--data_dir."),
       absl::StrCat("--origin=", given, " 不是本账本的名称；其名称永久为 ",
                    known, "。请去掉 --origin，或核对 --data_dir。")});
}

absl::Status FollowsOther(const std::string& known, const std::string& given) {
  return Precondition(
      "FOLLOWS_OTHER_LEDGER",
      {absl::StrCat("The directory holds a copy of ", known,
                    ", and --follow_key is of ", given,
                    ". Check --data_dir and --follow_key."),
       absl::StrCat("该目录中是 ", known, " 的副本，而 --follow_key 属于 ",
                    given, "。请核对 --data_dir 和 --follow_key。")});
}

absl::Status KeyNameMismatch(const std::string& source, const std::string& name,
                             const std::string& origin) {
  return Precondition(
      "KEY_NAME_MISMATCH",
      {absl::StrCat("The key in ", source, " is made for ", name,
                    ", not for the log ", origin,
                    ". Name the right key, or make one with annals key "
                    "generate --name ",
                    origin, "."),
       absl::StrCat(source, " 中的密钥属于 ", name, "，而不是日志 ", origin,
                    "。请给出正确的密钥，或用 annals key generate --name ",
                    origin, " 生成。")});
}

absl::Status KeyChangeInvalid(const ledger::NoteVerifier& other) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "KEY_CHANGE_INVALID",
      {absl::StrCat("The next or previous key ", other.ToString(),
                    " is the present one, or of another origin. A change of "
                    "keys needs two keys of one origin."),
       absl::StrCat("所给的后继或先前密钥 ", other.ToString(),
                    " 就是当前密钥，或属于别的名称。更换密钥须有同一名称下的"
                    "两把密钥。")});
}

}  // namespace annals
