#include "ledger/witness_policy_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/decimal.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kNone = "none";

bool IsAllowed(char character) {
  const auto byte = static_cast<uint8_t>(character);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

absl::Status TooLarge(size_t bytes) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "WITNESS_POLICY_TOO_LARGE",
      {absl::StrCat("the witness policy has ", bytes, " bytes; at most ",
                    kPolicyBytesMax, " are read"),
       absl::StrCat("见证策略有 ", bytes, " 字节，超过上限 ", kPolicyBytesMax,
                    " 字节")});
}

}  // namespace

std::string ShownName(absl::string_view name) {
  return IsValidUtf8(name) ? std::string(name) : absl::CHexEscape(name);
}

absl::Status WitnessPolicyParser::Malformed(absl::string_view en,
                                            absl::string_view zh) const {
  absl::Status status =
      MakeError(absl::StatusCode::kInvalidArgument, "WITNESS_POLICY_MALFORMED",
                {absl::StrCat("line ", line_, " of the witness policy: ", en),
                 absl::StrCat("见证策略第 ", line_, " 行：", zh)});
  AddErrorMetadata("line", absl::StrCat(line_), &status);
  return status;
}

absl::Status WitnessPolicyParser::TooMany(absl::string_view en,
                                          absl::string_view zh) const {
  return Malformed(absl::StrCat("there are more than ", kPolicyItemsMax, " ",
                                en, "; remove some"),
                   absl::StrCat(zh, "超过 ", kPolicyItemsMax, " 个；请减少"));
}

absl::Status WitnessPolicyParser::KeyError(const absl::Status& status) const {
  return Malformed(
      absl::string_view(status.message().data(), status.message().size()),
      ErrorTextZh(status));
}

absl::StatusOr<WitnessPolicy> WitnessPolicyParser::Parse(
    absl::string_view policy) {
  if (policy.size() > kPolicyBytesMax) return TooLarge(policy.size());
  const bool ended = policy.empty() || absl::ConsumeSuffix(&policy, "\n");
  for (absl::string_view line : absl::StrSplit(policy, '\n')) {
    ++line_;
    RETURN_IF_ERROR(ReadLine(line));
  }
  if (!ended) {
    return Malformed("it does not end in a newline; the file may be cut short",
                     "末尾没有换行；文件可能不完整");
  }
  if (policy_.quorum_.empty()) {
    ++line_;
    return Malformed(
        "the quorum is missing; end the policy with a line such as "
        "\"quorum NAME\" or \"quorum none\"",
        "缺少 quorum 行；请在策略末尾写明“quorum 名称”或“quorum none”");
  }
  return std::move(policy_);
}

absl::Status WitnessPolicyParser::ReadLine(absl::string_view line) {
  if (!std::all_of(line.begin(), line.end(), IsAllowed)) {
    return Malformed(
        "it has a control character; use spaces, tabs and plain line ends only",
        "含控制字符；只能使用空格、制表符和换行");
  }
  const std::vector<absl::string_view> items =
      absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (items.empty() || absl::StartsWith(items[0], "#")) return absl::OkStatus();
  const Items rest = absl::MakeConstSpan(items).subspan(1);
  if (items[0] == "log") return ReadLog(rest);
  if (items[0] == "witness") return ReadWitness(rest);
  if (items[0] == "group") return ReadGroup(rest);
  if (items[0] == "quorum") return ReadQuorum(rest);
  return Malformed(
      absl::StrCat("\"", ShownName(items[0]),
                   "\" is no keyword; use log, witness, group or quorum"),
      absl::StrCat("“", ShownName(items[0]),
                   "”不是关键词；请使用 log、witness、group 或 quorum"));
}

absl::Status WitnessPolicyParser::ReadLog(Items items) {
  if (items.empty() || items.size() > 2) {
    return Malformed("a log has the form \"log VKEY [URL]\"",
                     "日志行的格式为“log 验证公钥 [网址]”");
  }
  if (policy_.logs_.size() == kPolicyItemsMax) return TooMany("logs", "日志");
  const auto verifier = NoteVerifier::Parse(items[0]);
  if (!verifier.ok()) return KeyError(verifier.status());
  for (const PolicyLog& log : policy_.logs_) {
    if (log.verifier.key() == verifier->key()) {
      return Malformed("a log with this public key stands above; remove one",
                       "上文已有使用该公钥的日志；请删去其一");
    }
  }
  policy_.logs_.push_back(
      {*verifier, std::string(items.size() > 1 ? items[1] : "")});
  return absl::OkStatus();
}

absl::Status WitnessPolicyParser::ReadWitness(Items items) {
  if (items.size() < 2 || items.size() > 3) {
    return Malformed("a witness has the form \"witness NAME VKEY [URL]\"",
                     "见证方行的格式为“witness 名称 验证公钥 [网址]”");
  }
  if (policy_.witnesses_.size() == kPolicyItemsMax) {
    return TooMany("witnesses", "见证方");
  }
  RETURN_IF_ERROR(CheckNewName(items[0]));
  const auto verifier = CosignatureVerifier::Parse(items[1]);
  if (!verifier.ok()) return KeyError(verifier.status());
  for (const PolicyWitness& witness : policy_.witnesses_) {
    if (witness.verifier.key() == verifier->key()) {
      return Malformed(
          absl::StrCat(
              "witness ", ShownName(witness.name),
              " above has this public key too; one key is one witness"),
          absl::StrCat("上文的见证方 ", ShownName(witness.name),
                       " 使用同一公钥；一个公钥只能是一个见证方"));
    }
  }
  AddParty({std::string(items[0]), policy_.witnesses_.size(), 0, {}});
  policy_.witnesses_.push_back({std::string(items[0]), *verifier,
                                std::string(items.size() > 2 ? items[2] : "")});
  return absl::OkStatus();
}

absl::Status WitnessPolicyParser::ReadGroup(Items items) {
  if (items.size() < 3) {
    return Malformed(
        "a group has the form \"group NAME any|all|NUMBER MEMBER...\"",
        "组行的格式为“group 名称 any|all|数目 成员…”");
  }
  if (policy_.parties_.size() - policy_.witnesses_.size() == kPolicyItemsMax) {
    return TooMany("groups", "组");
  }
  RETURN_IF_ERROR(CheckNewName(items[0]));
  const Items members = items.subspan(2);
  std::optional<uint64_t> threshold = ParseDecimal(items[1]);
  if (items[1] == "any") threshold = 1;
  if (items[1] == "all") threshold = members.size();
  if (!threshold.has_value() || *threshold < 1 || *threshold > members.size()) {
    return Malformed(
        absl::StrCat("the threshold \"", ShownName(items[1]),
                     "\" is not any, all or a number from 1 to ",
                     members.size(), ", the number of members"),
        absl::StrCat("门限“", ShownName(items[1]), "”不是 any、all 或 1 至 ",
                     members.size(), "（成员数）的数字"));
  }
  WitnessPolicy::Party group{
      std::string(items[0]), std::nullopt, *threshold, {}};
  for (const absl::string_view member : members) {
    RETURN_IF_ERROR(AddMember(member, &group));
  }
  AddParty(std::move(group));
  return absl::OkStatus();
}

absl::Status WitnessPolicyParser::ReadQuorum(Items items) {
  if (items.size() != 1) {
    return Malformed("the quorum has the form \"quorum NAME\"",
                     "门限行的格式为“quorum 名称”");
  }
  if (!policy_.quorum_.empty()) {
    return Malformed("a quorum stands above; there must be exactly one",
                     "上文已有 quorum 行；只能有一行");
  }
  if (items[0] != kNone) {
    ASSIGN_OR_RETURN(policy_.quorum_party_, Find(items[0]));
  }
  policy_.quorum_ = std::string(items[0]);
  return absl::OkStatus();
}

absl::Status WitnessPolicyParser::CheckNewName(absl::string_view name) const {
  if (name == kNone) {
    return Malformed("the name \"none\" is reserved; choose another",
                     "名称“none”为保留字；请另取名称");
  }
  if (party_of_name_.count(std::string(name)) == 0) return absl::OkStatus();
  return Malformed(
      absl::StrCat("the name ", ShownName(name),
                   " is taken above; choose another"),
      absl::StrCat("名称 ", ShownName(name), " 上文已使用；请另取名称"));
}

absl::StatusOr<size_t> WitnessPolicyParser::Find(absl::string_view name) const {
  const auto found = party_of_name_.find(std::string(name));
  if (found != party_of_name_.end()) return found->second;
  return Malformed(
      absl::StrCat("no witness or group above has the name ", ShownName(name),
                   "; define it on a line before this one"),
      absl::StrCat("上文没有名为 ", ShownName(name),
                   " 的见证方或组；请在此行之前定义"));
}

absl::Status WitnessPolicyParser::AddMember(absl::string_view name,
                                            WitnessPolicy::Party* group) {
  ASSIGN_OR_RETURN(const size_t party, Find(name));
  if (!members_of_some_group_.insert(party).second) {
    return Malformed(
        absl::StrCat(ShownName(name),
                     " is a member of a group already; each can count once"),
        absl::StrCat(ShownName(name), " 已是某个组的成员；每个成员只能计一次"));
  }
  group->members.push_back(party);
  return absl::OkStatus();
}

void WitnessPolicyParser::AddParty(WitnessPolicy::Party party) {
  party_of_name_.emplace(party.name, policy_.parties_.size());
  policy_.parties_.push_back(std::move(party));
}

}  // namespace annals::ledger
