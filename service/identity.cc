#include "service/identity.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"

namespace annals {
namespace {

absl::Status InvalidActor(absl::string_view en, absl::string_view zh) {
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_ACTOR",
      {absl::StrCat("The caller's name in the metadata annals-actor ", en, "."),
       absl::StrCat("元数据 annals-actor 中的操作人", zh, "。")});
  AddFieldViolation({"metadata.annals-actor", std::string(en)}, &status);
  return status;
}

std::optional<std::string> PercentDecode(absl::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(text[i + 1]) ||
        !absl::ascii_isxdigit(text[i + 2])) {
      return std::nullopt;
    }
    bytes += absl::HexStringToBytes(text.substr(i + 1, 2));
    i += 2;
  }
  return bytes;
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

absl::Status ValidateActorName(absl::string_view name) {
  if (name.empty()) return InvalidActor("is empty", "为空");
  int characters = 0;
  for (absl::string_view rest = name; !rest.empty(); ++characters) {
    const std::optional<char32_t> c = ledger::ConsumeUtf8(&rest);
    if (!c.has_value()) return InvalidActor("is not UTF-8", "不是 UTF-8");
    if (IsControl(*c)) {
      return InvalidActor("has a control character", "含有控制字符");
    }
    if (report::IsBidiControl(*c)) {
      return InvalidActor(
          "has a character that changes the order in which others are shown",
          "含有改变文字显示顺序的字符");
    }
  }
  if (report::IsBlank(name)) {
    return InvalidActor("has no visible character", "没有可见字符");
  }
  if (characters > kActorNameCharactersMax) {
    return InvalidActor(
        absl::StrCat("has ", characters, " characters; at most ",
                     kActorNameCharactersMax, " are allowed"),
        absl::StrCat("有 ", characters, " 个字符，最多 ",
                     kActorNameCharactersMax, " 个"));
  }
  return absl::OkStatus();
}

}  // namespace

CallerIdentity AnonymousCaller() {
  return {"local:anonymous", v1::ASSURANCE_SELF_DECLARED};
}

absl::StatusOr<CallerIdentity> SelfDeclaredCaller(
    absl::string_view percent_encoded) {
  const std::optional<std::string> name = PercentDecode(percent_encoded);
  if (!name.has_value()) {
    return InvalidActor("has a '%' that two hex digits do not follow",
                        "中的“%”之后不是两位十六进制数字");
  }
  RETURN_IF_ERROR(ValidateActorName(*name));
  return CallerIdentity{absl::StrCat("local:", *name),
                        v1::ASSURANCE_SELF_DECLARED};
}

}  // namespace annals
