#include "service/identity.h"

#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"
#include "service/report/names.h"
#include "service/report/unicode_form.h"

namespace annals {
namespace {

// What is wrong with the name, as the rest of a sentence about it.
absl::Status InvalidActor(const ErrorText& fault) {
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_ACTOR",
      {absl::StrCat("The caller's name in the metadata annals-actor ", fault.en,
                    "."),
       absl::StrCat("元数据 annals-actor 中的操作人", fault.zh, "。")});
  AddFieldViolation({"metadata.annals-actor", fault.en}, &status);
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

// As of InvalidActor.
std::optional<ErrorText> ActorNameFault(absl::string_view name) {
  if (name.empty()) return ErrorText{"is empty", "为空"};
  int characters = 0;
  for (absl::string_view rest = name; !rest.empty(); ++characters) {
    const std::optional<char32_t> c = ledger::ConsumeUtf8(&rest);
    if (!c.has_value()) return ErrorText{"is not UTF-8", "不是 UTF-8"};
    if (IsControl(*c)) {
      return ErrorText{"has a control character", "含有控制字符"};
    }
    if (report::IsBidiControl(*c)) {
      return ErrorText{
          "has a character that changes the order in which others are shown",
          "含有改变文字显示顺序的字符"};
    }
  }
  if (report::IsBlank(name)) {
    return ErrorText{"has no visible character", "没有可见字符"};
  }
  if (characters > kActorNameCharactersMax) {
    return ErrorText{absl::StrCat("has ", characters, " characters; at most ",
                                  kActorNameCharactersMax, " are allowed"),
                     absl::StrCat("有 ", characters, " 个字符，最多 ",
                                  kActorNameCharactersMax, " 个")};
  }
  return std::nullopt;
}

// What is wrong with the name of a person whom it alone tells from others: two
// that look the same must be the same, and '#' stands before it in a subject.
std::optional<ErrorText> PersonNameFault(absl::string_view name) {
  if (name.empty()) {
    return ErrorText{"is missing, or is there more than once",
                     "缺失，或不止一个"};
  }
  if (auto fault = ActorNameFault(name)) return fault;
  if (name.front() == ' ' || name.back() == ' ' ||
      absl::StrContains(name, "  ")) {
    return ErrorText{"has a space before or after it, or two in a row",
                     "首尾有空格，或有连续的空格"};
  }
  if (absl::StrContains(name, "#")) {
    return ErrorText{"has a \"#\", which separates it from the role",
                     "含有“#”，该字符用来与角色分隔"};
  }
  for (absl::string_view rest = name; !rest.empty();) {
    const char32_t c = ledger::ConsumeUtf8(&rest).value_or(0);
    if (c == ' ' || (!report::IsInvisible(c) && !report::IsFormat(c))) continue;
    const std::string code =
        absl::StrFormat("U+%04X", static_cast<uint32_t>(c));
    return ErrorText{
        absl::StrCat("has the character ", code,
                     ", which is not seen, or not told from a space"),
        absl::StrCat("含有字符 ", code, "，它不可见，或与空格无法区分")};
  }
  if (const std::string plain = report::Nfkc(name); plain != name) {
    return ErrorText{
        absl::StrCat("has characters in a form that looks like others; as ",
                     report::Quoted(plain), " it would do"),
        absl::StrCat("含有与其他字符外形相同的字符形式；应写作",
                     report::Quoted(plain))};
  }
  return std::nullopt;
}

constexpr absl::string_view kIdentityPrefix = "annals://agency/";
constexpr absl::string_view kRoleNames[] = {
    "submitter", "reviewer", "archivist", "auditor", "operator", "public"};
static_assert(std::size(kRoleNames) == kRoleCount);

// No certificate makes the public.
std::optional<Role> ParseRole(absl::string_view name) {
  for (int i = 0; i < kRoleCount; ++i) {
    const auto role = static_cast<Role>(i);
    if (role != Role::kPublic && kRoleNames[i] == name) return role;
  }
  return std::nullopt;
}

absl::Status NameUnfit(const ErrorText& fault) {
  return MakeError(
      absl::StatusCode::kUnauthenticated, "CERTIFICATE_UNFIT",
      {absl::StrCat("The common name of the client's certificate ", fault.en,
                    "; ask for one with the person's plain name, single "
                    "spaces between its words."),
       absl::StrCat("客户端证书的通用名", fault.zh,
                    "；请申请通用名即为姓名本身的证书，词与词之间只用一个空"
                    "格。")});
}

absl::Status CertificateUnfit(absl::string_view en, absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kUnauthenticated, "CERTIFICATE_UNFIT",
      {absl::StrCat("The client's certificate ", en,
                    "; ask for one whose only URI is "
                    "annals://agency/CODE/ROLE."),
       absl::StrCat("客户端证书", zh,
                    "；请申请仅含一个 URI（annals://agency/机关代码/角色）的"
                    "证书。")});
}

}  // namespace

absl::string_view RoleName(Role role) {
  return kRoleNames[static_cast<int>(role)];
}

v1::Actor ActorOf(const CallerIdentity& caller) {
  v1::Actor actor;
  actor.set_subject(caller.subject);
  actor.set_assurance(caller.assurance);
  if (!caller.agency_code.empty()) {
    actor.set_agency(report::AgencyName{caller.agency_code}.ToString());
  }
  actor.set_certificate_sha256(caller.certificate_sha256);
  return actor;
}

CallerIdentity AnonymousCaller() {
  CallerIdentity caller;
  caller.subject = "local:anonymous";
  caller.assurance = v1::ASSURANCE_SELF_DECLARED;
  return caller;
}

absl::StatusOr<CallerIdentity> SelfDeclaredCaller(
    absl::string_view percent_encoded) {
  const std::optional<std::string> name = PercentDecode(percent_encoded);
  if (!name.has_value()) {
    return InvalidActor({"has a '%' that two hex digits do not follow",
                         "中的“%”之后不是两位十六进制数字"});
  }
  if (const auto fault = ActorNameFault(*name)) return InvalidActor(*fault);
  CallerIdentity caller;
  caller.subject = absl::StrCat("local:", *name);
  caller.assurance = v1::ASSURANCE_SELF_DECLARED;
  return caller;
}

absl::StatusOr<CallerIdentity> CertifiedCaller(
    const std::vector<std::string>& uris, absl::string_view common_name,
    std::string certificate_sha256) {
  if (uris.size() != 1) {
    return CertificateUnfit(absl::StrCat("has ", uris.size(), " URIs"),
                            absl::StrCat("含有 ", uris.size(), " 个 URI"));
  }
  absl::string_view rest = uris[0];
  if (!absl::ConsumePrefix(&rest, kIdentityPrefix)) {
    return CertificateUnfit("has a URI that names no agency",
                            "中的 URI 未指明机关");
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(rest, '/');
  if (parts.size() != 2 || !report::ValidateAgencyCode(parts[0]).ok()) {
    return CertificateUnfit("names an agency that can't be",
                            "所载机关代码不成立");
  }
  const std::optional<Role> role = ParseRole(parts[1]);
  if (!role.has_value()) {
    return CertificateUnfit("names a role that there is not", "所载角色不存在");
  }
  if (const auto fault = PersonNameFault(common_name)) return NameUnfit(*fault);
  CallerIdentity caller;
  caller.subject = absl::StrCat(uris[0], "#", common_name);
  caller.assurance = v1::ASSURANCE_CERTIFICATE;
  caller.role = role;
  caller.agency_code = std::string(parts[0]);
  caller.certificate_sha256 = std::move(certificate_sha256);
  return caller;
}

CallerIdentity PublicCaller() {
  CallerIdentity caller;
  caller.subject = "public";
  caller.assurance = v1::ASSURANCE_SELF_DECLARED;
  caller.role = Role::kPublic;
  return caller;
}

}  // namespace annals
