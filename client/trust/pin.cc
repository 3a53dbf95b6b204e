#include "client/trust/pin.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr size_t kServerNameMax = 200;

constexpr char kHeader[] =
    "# Annals: which ledger this user trusts each server to serve, by whose\n"
    "# signature. Written by `annals trust`; it may be edited.\n";

bool IsVisible(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
}

class PinParser {
 public:
  explicit PinParser(absl::string_view path) : path_(path) {}

  absl::StatusOr<std::vector<Pin>> Parse(absl::string_view text) {
    if (!text.empty() && !absl::ConsumeSuffix(&text, "\n")) {
      line_ =
          1 + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
      return Malformed("it does not end in a newline; the file is cut off",
                       "行末没有换行，文件不完整");
    }
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++line_;
      RETURN_IF_ERROR(ReadLine(line));
    }
    RETURN_IF_ERROR(EndPin());
    return std::move(pins_);
  }

 private:
  absl::Status ReadLine(absl::string_view line) {
    if (line.empty() || line[0] == '#') return absl::OkStatus();
    const std::pair<absl::string_view, absl::string_view> words =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (words.first == "agency-key") return ReadAgencyKey(words.second);
    if (!IsVisible(words.second)) {
      return Malformed("it is not a word, one space and a value",
                       "不是“词 空格 值”的形式");
    }
    if (words.first == "server") return ReadServer(words.second);
    if (words.first != "key" && words.first != "policy") {
      return Malformed(
          "it begins with none of server, key, agency-key and "
          "policy",
          "不以 server、key、agency-key 或 policy 开头");
    }
    if (pins_.empty()) {
      return Malformed("it belongs to no server", "不属于任何服务器");
    }
    return words.first == "key" ? ReadKey(words.second)
                                : ReadPolicy(words.second);
  }

  absl::Status ReadServer(absl::string_view server) {
    RETURN_IF_ERROR(EndPin());
    if (const absl::Status valid = ValidateServerName(server); !valid.ok()) {
      return Malformed(valid.message(), ErrorTextZh(valid));
    }
    for (const Pin& pin : pins_) {
      if (pin.server == server) {
        return Malformed(absl::StrCat(server, " is pinned already above"),
                         absl::StrCat("上文已有 ", server));
      }
    }
    pins_.push_back({std::string(server), {}, ""});
    server_line_ = line_;
    return absl::OkStatus();
  }

  absl::Status ReadKey(absl::string_view vkey) {
    const auto other_type = ledger::NoteKey::Parse(vkey);
    if (other_type.ok() &&
        other_type->key().algorithm != ledger::KeyAlgorithm::kEd25519) {
      return ReadSecondKey(*other_type);
    }
    auto key = ledger::NoteVerifier::Parse(vkey);
    if (!key.ok()) {
      return Malformed(key.status().message(), ErrorTextZh(key.status()));
    }
    std::vector<ledger::NoteVerifier>& keys = pins_.back().keys;
    for (const ledger::NoteVerifier& other : keys) {
      if (other.name() != key->name()) {
        return Malformed(absl::StrCat("the key is of ledger ", key->name(),
                                      ", the one above of ", other.name()),
                         absl::StrCat("该公钥属于账本 ", key->name(),
                                      "，上一公钥属于 ", other.name()));
      }
      if (other.key() == key->key()) {
        return Malformed("the key stands there twice", "公钥重复");
      }
    }
    keys.push_back(*std::move(key));
    return absl::OkStatus();
  }

  absl::Status ReadSecondKey(const ledger::NoteKey& key) {
    Pin& pin = pins_.back();
    if (pin.keys.empty() || pin.origin() != key.name()) {
      return Malformed("an SM2 key follows an Ed25519 key of the same ledger",
                       "SM2 公钥之前须有同一账本的 Ed25519 公钥");
    }
    pin.second_keys.push_back(key);
    return absl::OkStatus();
  }

  absl::Status ReadAgencyKey(absl::string_view value) {
    if (pins_.empty()) {
      return Malformed("it belongs to no server", "不属于任何服务器");
    }
    const std::pair<absl::string_view, absl::string_view> words =
        absl::StrSplit(value, absl::MaxSplits(' ', 1));
    auto key = ledger::NoteKey::Parse(words.first);
    if (!key.ok()) {
      return Malformed(key.status().message(), ErrorTextZh(key.status()));
    }
    AgencyPin pin{*std::move(key), std::nullopt};
    if (!words.second.empty()) {
      absl::CivilDay day;
      if (!absl::ParseCivilTime(words.second, &day)) {
        return Malformed("what follows the key is no day, such as 2026-01-31",
                         "公钥之后不是日期，如 2026-01-31");
      }
      pin.from = day;
    }
    pins_.back().agency_keys.push_back(std::move(pin));
    return absl::OkStatus();
  }

  absl::Status ReadPolicy(absl::string_view file) {
    if (!pins_.back().policy_file.empty()) {
      return Malformed("the server has a policy already", "该服务器已有策略");
    }
    if (absl::StrContains(file, "/") || file[0] == '.') {
      return Malformed("the policy is not a file in the same directory",
                       "策略不是同一目录中的文件");
    }
    pins_.back().policy_file = std::string(file);
    return absl::OkStatus();
  }

  absl::Status EndPin() {
    if (pins_.empty() || !pins_.back().keys.empty()) return absl::OkStatus();
    line_ = server_line_;
    return Malformed("the server has no key", "该服务器没有公钥");
  }

  absl::Status Malformed(absl::string_view en, absl::string_view zh) const {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "TRUST_FILE_MALFORMED",
        {absl::StrCat(path_, ", line ", line_, ": ", en,
                      "; mend the line, or delete the file and pin anew with "
                      "annals trust add"),
         absl::StrCat(path_, " 第 ", line_, " 行：", zh,
                      "；请改正该行，或删除该文件后用 annals trust add "
                      "重新固定公钥")});
  }

  const absl::string_view path_;
  size_t line_ = 0;  // Counts from 1.
  size_t server_line_ = 0;
  std::vector<Pin> pins_;
};

}  // namespace

absl::Status ValidateServerName(absl::string_view server) {
  if (IsVisible(server) && server.size() <= kServerNameMax) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "SERVER_NAME_INVALID",
      {absl::StrCat("the server's address must be 1 to ", kServerNameMax,
                    " visible ASCII characters, such as host:7432"),
       absl::StrCat("服务器地址须为 1 至 ", kServerNameMax,
                    " 个可见 ASCII 字符，如 host:7432")});
}

absl::StatusOr<std::vector<Pin>> ParsePins(absl::string_view text,
                                           absl::string_view path) {
  return PinParser(path).Parse(text);
}

std::string FormatPins(const std::vector<Pin>& pins) {
  std::string text = kHeader;
  for (const Pin& pin : pins) {
    absl::StrAppend(&text, "\nserver ", pin.server, "\n");
    for (const ledger::NoteVerifier& key : pin.keys) {
      absl::StrAppend(&text, "key ", key.ToString(), "\n");
    }
    for (const ledger::NoteKey& key : pin.second_keys) {
      absl::StrAppend(&text, "key ", key.ToString(), "\n");
    }
    for (const AgencyPin& agency : pin.agency_keys) {
      absl::StrAppend(&text, "agency-key ", agency.key.ToString());
      if (agency.from.has_value()) {
        absl::StrAppend(&text, " ", absl::FormatCivilTime(*agency.from));
      }
      absl::StrAppend(&text, "\n");
    }
    if (!pin.policy_file.empty()) {
      absl::StrAppend(&text, "policy ", pin.policy_file, "\n");
    }
  }
  return text;
}

}  // namespace annals::client
