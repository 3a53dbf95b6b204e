#include "service/identity.h"

#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"
#include "service/report/names.h"

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
    return InvalidActor("has a '%' that two hex digits do not follow",
                        "中的“%”之后不是两位十六进制数字");
  }
  RETURN_IF_ERROR(ValidateActorName(*name));
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
  CallerIdentity caller;
  caller.subject = uris[0];
  if (!common_name.empty()) {
    if (!ValidateActorName(common_name).ok()) {
      return CertificateUnfit("has a common name that can't be shown",
                              "的通用名无法显示");
    }
    absl::StrAppend(&caller.subject, "#", common_name);
  }
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
