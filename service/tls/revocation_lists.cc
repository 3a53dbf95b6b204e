#include "service/tls/revocation_lists.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
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

std::string DerOf(const X509_NAME* name) {
  const unsigned char* bytes = nullptr;
  size_t size = 0;
  if (X509_NAME_get0_der(name, &bytes, &size) != 1) return std::string();
  return {reinterpret_cast<const char*>(bytes), size};
}

absl::Time EndOf(const X509_CRL* list) {
  const ASN1_TIME* const next_update = X509_CRL_get0_nextUpdate(list);
  if (next_update == nullptr) return absl::InfiniteFuture();
  return ReadTime(next_update).value_or(absl::InfiniteFuture());
}

// The bytes of an extension; empty if the list has none of that kind.
std::string ExtensionOf(const X509_CRL* list, int nid) {
  const int place = X509_CRL_get_ext_by_NID(list, nid, -1);
  if (place < 0) return std::string();
  const ASN1_OCTET_STRING* const value =
      X509_EXTENSION_get_data(X509_CRL_get_ext(list, place));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<size_t>(ASN1_STRING_length(value))};
}

// What lists of one kind have in common.
std::string KindOf(const X509_CRL* list) {
  std::string kind;
  for (const int nid : {NID_authority_key_identifier,
                        NID_issuing_distribution_point, NID_delta_crl}) {
    absl::StrAppend(&kind, absl::BytesToHexString(ExtensionOf(list, nid)), "/");
  }
  return kind;
}

// In the bytes of the extension, a short DER integer of one length in all of
// them once it is padded.
std::string NumberOf(const X509_CRL* list) {
  constexpr size_t kDerBytesMax = 22;  // 20 are allowed (RFC 5280 5.2.3).
  const std::string der = ExtensionOf(list, NID_crl_number);
  if (der.size() <= 2 || der.size() > kDerBytesMax) return std::string();
  return std::string(kDerBytesMax - der.size(), '\0') + der.substr(2);
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

absl::Status RevokesAuthority(const std::string& issuer) {
  return Invalid(
      "CRL_REVOKES_AUTHORITY",
      absl::StrCat("The revocation list of ", issuer, " revokes ", issuer,
                   " itself, and would let nobody in; have the authority make "
                   "another, or take it out of --tls_client_ca."),
      absl::StrCat(issuer,
                   " 的吊销列表吊销了该机构自身，将使所有人无法进入；"
                   "请由该机构重新生成，或将其从 --tls_client_ca 中去掉。"));
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
      X509_REVOKED* entry = nullptr;
      if (X509_CRL_get0_by_cert(list.get(), &entry, authority.get()) == 1) {
        return RevokesAuthority(NameOf(issuer));
      }
      EVP_PKEY* const key = X509_get0_pubkey(authority.get());
      is_signed |= key != nullptr && X509_CRL_verify(list.get(), key) == 1;
    }
    if (is_known && !is_signed) return SignatureFalse(NameOf(issuer));
  }
  ERR_clear_error();
  return absl::OkStatus();
}

absl::StatusOr<RevocationLists> RevocationLists::Of(
    std::vector<X509CrlPtr> lists) {
  RevocationLists result;
  for (X509CrlPtr& list : lists) {
    X509_NAME* const name = X509_CRL_get_issuer(list.get());
    Issuer& issuer = result.issuers_[DerOf(name)];
    issuer.name = NameOf(name);
    List added;
    const auto from = ReadTime(X509_CRL_get0_lastUpdate(list.get()));
    auto size = static_cast<unsigned int>(added.sha256.size());
    if (!from.ok() || X509_CRL_digest(list.get(), EVP_sha256(),
                                      added.sha256.data(), &size) != 1) {
      return TimeUnreadable(issuer.name);
    }
    added.from = *from;
    added.until = EndOf(list.get());
    added.number = NumberOf(list.get());
    Kind& kind = issuer.kinds[KindOf(list.get())];
    added.list = std::move(list);
    kind.push_back(std::move(added));
  }
  for (auto& [der, issuer] : result.issuers_) {
    for (auto& [what, kind] : issuer.kinds) {
      std::sort(kind.begin(), kind.end(), [](const List& a, const List& b) {
        return std::tie(a.from, a.number, a.until, a.sha256) <
               std::tie(b.from, b.number, b.until, b.sha256);
      });
    }
  }
  return result;
}

const RevocationLists::List& RevocationLists::Counting(const Kind& kind,
                                                       absl::Time now) {
  auto next = kind.begin() + 1;
  while (next != kind.end() && next->from <= now) ++next;
  return *std::prev(next);
}

std::vector<X509_CRL*> RevocationLists::CountingAt(absl::Time now) const {
  std::vector<X509_CRL*> counting;
  for (const auto& [der, issuer] : issuers_) {
    for (const auto& [what, kind] : issuer.kinds) {
      counting.push_back(Counting(kind, now).list.get());
    }
  }
  return counting;
}

absl::Time RevocationLists::NextChange(absl::Time now) const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [der, issuer] : issuers_) {
    for (const auto& [what, kind] : issuer.kinds) {
      for (const List& list : kind) {
        for (const absl::Time time : {list.from, list.until}) {
          if (time > now) next = std::min(next, time);
        }
      }
    }
  }
  return next;
}

bool RevocationLists::HasAnyOf(const X509_NAME* authority) const {
  return issuers_.contains(DerOf(authority));
}

absl::Time RevocationLists::EndFor(const X509_NAME* authority,
                                   absl::Time now) const {
  absl::Time end = absl::InfinitePast();
  const auto issuer = issuers_.find(DerOf(authority));
  if (issuer == issuers_.end()) return end;
  for (const auto& [what, kind] : issuer->second.kinds) {
    absl::Time until = Counting(kind, now).until;
    for (const List& list : kind) {
      if (list.from > now && list.from <= until) until = list.until;
    }
    end = std::max(end, until);
  }
  return end;
}

std::vector<OutOfTimeList> RevocationLists::OutOfTimeFor(
    const X509_NAME* authority, absl::Time now) const {
  std::vector<OutOfTimeList> out_of_time;
  const auto issuer = issuers_.find(DerOf(authority));
  if (issuer == issuers_.end()) return out_of_time;
  for (const auto& [what, kind] : issuer->second.kinds) {
    const List& list = Counting(kind, now);
    if (now < list.from || now >= list.until) {
      out_of_time.push_back({issuer->second.name, list.from, list.until});
    }
  }
  return out_of_time;
}

bool RevocationLists::AreSame(const Issuer& a, const Issuer& b) {
  const auto same = [](const Kind& left, const Kind& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const List& one, const List& other) {
                        return one.sha256 == other.sha256;
                      });
  };
  return std::equal(a.kinds.begin(), a.kinds.end(), b.kinds.begin(),
                    b.kinds.end(), [&same](const auto& one, const auto& other) {
                      return one.first == other.first &&
                             same(one.second, other.second);
                    });
}

absl::Status RevocationLists::MaySucceed(const RevocationLists& before,
                                         absl::Time now) const {
  for (const auto& [der, issuer] : issuers_) {
    const auto known = before.issuers_.find(der);
    const bool is_new = known == before.issuers_.end();
    if (!is_new && AreSame(known->second, issuer)) continue;
    // The number tells those of one second apart.
    std::pair<absl::Time, std::string> newest = {absl::InfinitePast(), ""};
    for (const auto& [what, kind] : issuer.kinds) {
      const List& list = Counting(kind, now);
      if (list.from <= now && now < list.until) {
        newest = std::max(newest, std::pair(list.from, list.number));
      }
    }
    if (newest.first == absl::InfinitePast()) return OutOfTime(issuer.name);
    if (is_new) continue;
    for (const auto& [what, kind] : known->second.kinds) {
      // One that does not hold yet was not in use.
      const List& list = Counting(kind, now);
      if (list.from <= now && std::pair(list.from, list.number) > newest) {
        return Older(issuer.name, newest.first, list.from);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace annals
