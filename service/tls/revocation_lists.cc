#include "service/tls/revocation_lists.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "service/tls/certificate.h"

namespace annals {
namespace {

constexpr absl::string_view kEndLine = "-----END X509 CRL-----";
// On both sides of BEGIN and of END.
constexpr absl::string_view kPemDashes = "-----";
constexpr size_t kDashesOfBlock = 4;

size_t Count(absl::string_view text, absl::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != absl::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

std::string NameOf(const X509_NAME* name) {
  char text[256];
  X509_NAME_oneline(name, text, sizeof(text));
  return text;
}

std::string DerOf(X509_NAME* name) {
  const unsigned char* bytes = nullptr;
  size_t size = 0;
  if (X509_NAME_get0_der(name, &bytes, &size) != 1) return std::string();
  return {reinterpret_cast<const char*>(bytes), size};
}

absl::Status Invalid(absl::string_view reason, std::string en, std::string zh) {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInvalidArgument, reason,
                   {std::move(en), std::move(zh)});
}

absl::Status SignatureFalse(const std::string& issuer) {
  return Invalid(
      "CRL_SIGNATURE_FALSE",
      absl::StrCat("The revocation list in the name of ", issuer,
                   " is not signed by that authority; take it from the "
                   "authority again, and find out where it came from."),
      absl::StrCat("以 ", issuer,
                   " 名义发布的吊销列表并非由该机构签名；请重新从该机构获取，并"
                   "查明其来源。"));
}

absl::Status TimeUnreadable(const std::string& issuer) {
  return Invalid("CRL_UNREADABLE",
                 absl::StrCat("The revocation list of ", issuer,
                              " does not say when it was issued; put another "
                              "one there."),
                 absl::StrCat(issuer, " 的吊销列表没有签发时间；请更换。"));
}

absl::Status OutOfTime(const std::string& issuer) {
  return Invalid(
      "CRL_OUT_OF_TIME",
      absl::StrCat("No revocation list of ", issuer,
                   " is in time: it has ended or does not hold yet, and would "
                   "let nobody in; put a current one there."),
      absl::StrCat(issuer,
                   " 的吊销列表均不在有效期内：已过期或尚未生效，将使所有人无法"
                   "进入；请放入当前的列表。"));
}

absl::Status Older(const std::string& issuer, absl::Time from,
                   absl::Time before) {
  const auto text = [](absl::Time time) {
    return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
  };
  return Invalid(
      "CRL_OLDER",
      absl::StrCat("The revocation list of ", issuer, " is of ", text(from),
                   ", older than the one in use, of ", text(before),
                   "; put the newest one there."),
      absl::StrCat(issuer, " 的吊销列表签发于 ", text(from),
                   "，早于正在使用的 ", text(before), "；请放入最新的列表。"));
}

}  // namespace

// The blocks are read one by one, and then counted: OpenSSL takes what is cut
// off before its first line ends for text between the blocks.
std::optional<std::vector<X509CrlPtr>> ReadRevocationLists(
    absl::string_view pem) {
  const PemBioPtr bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<X509CrlPtr> lists;
  while (bio != nullptr) {
    X509CrlPtr list(
        PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (list == nullptr) break;
    lists.push_back(std::move(list));
  }
  ERR_clear_error();
  const size_t end = pem.rfind(kEndLine);
  if (lists.empty() || end == absl::string_view::npos ||
      Count(pem, kPemDashes) != kDashesOfBlock * lists.size() ||
      !absl::StripAsciiWhitespace(pem.substr(end + kEndLine.size())).empty()) {
    return std::nullopt;
  }
  return lists;
}

absl::Time EndOfList(const X509_CRL* list) {
  const ASN1_TIME* const next_update = X509_CRL_get0_nextUpdate(list);
  if (next_update == nullptr) return absl::InfiniteFuture();
  return ReadTime(next_update).value_or(absl::InfiniteFuture());
}

absl::Status RequireSignatures(const std::vector<X509CrlPtr>& lists,
                               const std::vector<X509Ptr>& authorities) {
  for (const X509CrlPtr& list : lists) {
    const X509_NAME* const issuer = X509_CRL_get_issuer(list.get());
    bool is_known = false;
    bool is_signed = false;
    // An authority that has changed its key is there twice.
    for (const X509Ptr& authority : authorities) {
      if (X509_NAME_cmp(issuer, X509_get_subject_name(authority.get())) != 0) {
        continue;
      }
      is_known = true;
      EVP_PKEY* const key = X509_get0_pubkey(authority.get());
      is_signed |= key != nullptr && X509_CRL_verify(list.get(), key) == 1;
    }
    if (is_known && !is_signed) return SignatureFalse(NameOf(issuer));
  }
  ERR_clear_error();
  return absl::OkStatus();
}

absl::StatusOr<RevocationLists> RevocationLists::Of(
    const std::vector<X509CrlPtr>& lists) {
  RevocationLists result;
  for (const X509CrlPtr& list : lists) {
    X509_NAME* const name = X509_CRL_get_issuer(list.get());
    Issuer& issuer = result.issuers_[DerOf(name)];
    issuer.name = NameOf(name);
    List& added = issuer.lists.emplace_back();
    const auto from = ReadTime(X509_CRL_get0_lastUpdate(list.get()));
    auto size = static_cast<unsigned int>(added.sha256.size());
    if (!from.ok() || X509_CRL_digest(list.get(), EVP_sha256(),
                                      added.sha256.data(), &size) != 1) {
      return TimeUnreadable(issuer.name);
    }
    added.from = *from;
    added.until = EndOfList(list.get());
  }
  for (auto& [der, issuer] : result.issuers_) {
    std::sort(issuer.lists.begin(), issuer.lists.end(),
              [](const List& a, const List& b) { return a.sha256 < b.sha256; });
  }
  return result;
}

absl::Status RevocationLists::MaySucceed(const RevocationLists& before,
                                         absl::Time now) const {
  for (const auto& [der, issuer] : issuers_) {
    const auto known = before.issuers_.find(der);
    const bool is_new = known == before.issuers_.end();
    if (!is_new && known->second.lists == issuer.lists) continue;
    absl::Time newest = absl::InfinitePast();
    for (const List& list : issuer.lists) {
      if (list.from <= now && now < list.until) {
        newest = std::max(newest, list.from);
      }
    }
    if (newest == absl::InfinitePast()) return OutOfTime(issuer.name);
    if (is_new) continue;
    for (const List& list : known->second.lists) {
      // One that does not hold yet was not in use.
      if (list.from <= now && list.from > newest) {
        return Older(issuer.name, newest, list.from);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace annals
