#include "service/tls/peer_verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "openssl/err.h"

namespace annals {
namespace {

absl::Status StoreFailed() {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInternal, "CRYPTO_LIBRARY_FAILED",
                   {"OpenSSL failed to keep a certificate; check its "
                    "installation and the memory left.",
                    "OpenSSL 无法保存证书；请检查其安装和剩余内存。"});
}

absl::Status CrlUnreadable(const std::string& path) {
  ERR_clear_error();
  return MakeError(
      absl::StatusCode::kInvalidArgument, "CRL_UNREADABLE",
      {absl::StrCat("--tls_crl_dir: ", path,
                    " is no certificate revocation list in PEM form (BEGIN "
                    "X509 CRL), or is damaged; put it there whole."),
       absl::StrCat("--tls_crl_dir：", path,
                    " 不是 PEM 格式（BEGIN X509 CRL）的证书吊销列表，或已损坏；"
                    "请换上完整的文件。")});
}

absl::Status CrlMissing(const std::string& authority) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "CRL_MISSING",
      {absl::StrCat("There is no revocation list of the authority ", authority,
                    "; put one into --tls_crl_dir, an empty one if nothing is "
                    "revoked."),
       absl::StrCat("缺少签发机构 ", authority,
                    " 的吊销列表；请放入 --tls_crl_dir，无吊销证书时放空列"
                    "表。")});
}

std::string NameOf(X509* certificate) {
  char text[256];
  X509_NAME_oneline(X509_get_subject_name(certificate), text, sizeof(text));
  return text;
}

absl::StatusOr<std::vector<X509CrlPtr>> ReadCrls(
    const std::vector<CrlFile>& files) {
  std::vector<X509CrlPtr> crls;
  for (const CrlFile& file : files) {
    std::optional<std::vector<X509CrlPtr>> read = ReadRevocationLists(file.pem);
    if (!read.has_value()) return CrlUnreadable(file.path);
    for (X509CrlPtr& crl : *read) crls.push_back(std::move(crl));
  }
  return crls;
}

// What OpenSSL says of the errors that callers meet, in Chinese.
std::string DetailZh(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "不是本服务认可的机构签发的";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "是自签名的";
    case X509_V_ERR_INVALID_PURPOSE:
      return "不是供客户端使用的";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return "其签发机构没有吊销列表";
    default:
      return absl::StrCat("OpenSSL 验证错误 ", error);
  }
}

absl::Status NotVerified(int error) {
  const auto status_of = [](absl::StatusCode code) {
    return [code](absl::string_view reason, std::string en, std::string zh) {
      return MakeError(code, reason, {std::move(en), std::move(zh)});
    };
  };
  const auto status = status_of(absl::StatusCode::kUnauthenticated);
  // Not the caller's fault, so that it may try again.
  const auto unavailable = status_of(absl::StatusCode::kUnavailable);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return status("CERTIFICATE_EXPIRED",
                    "The client's certificate has expired; renew it.",
                    "客户端证书已过期；请换发新证书。");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return status("CERTIFICATE_NOT_YET_VALID",
                    "The client's certificate is not valid yet; check the "
                    "clocks of both sides.",
                    "客户端证书尚未生效；请检查双方的时钟。");
    case X509_V_ERR_CERT_REVOKED:
      return status("CERTIFICATE_REVOKED",
                    "The client's certificate was revoked; ask whoever issued "
                    "it for another.",
                    "客户端证书已被吊销；请向签发机构申请新证书。");
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return unavailable(
          "REVOCATION_LIST_EXPIRED",
          "The server's list of revoked certificates is out of date, so that "
          "no certificate of its authority is accepted; the operator must put "
          "a new list into --tls_crl_dir. The client's certificate need not "
          "be changed.",
          "服务器上的证书吊销列表已过期，该签发机构的证书一律不被接受；须由运维"
          "方将新的列表放入 --tls_crl_dir。客户端证书无须更换。");
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return unavailable(
          "REVOCATION_LIST_NOT_YET_VALID",
          "The server's list of revoked certificates is not valid yet, so that "
          "no certificate of its authority is accepted; the operator must look "
          "at the server's clock, or put the current list into --tls_crl_dir.",
          "服务器上的证书吊销列表尚未生效，该签发机构的证书一律不被接受；须由运"
          "维方检查服务器的时钟，或将现行的列表放入 --tls_crl_dir。");
    default:
      return status("CERTIFICATE_NOT_VERIFIED",
                    absl::StrCat("The client's certificate is not accepted: ",
                                 X509_verify_cert_error_string(error),
                                 ". Ask the operator which authority issues "
                                 "certificates for this server."),
                    absl::StrCat("客户端证书不被接受（", DetailZh(error),
                                 "）。请向运维方询问本服务认可的签发机构。"));
  }
}

// When the first certificate of a chain that was verified ends.
absl::Time EndOfChain(X509_STORE_CTX* context) {
  absl::Time end = absl::InfiniteFuture();
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const X509* const certificate = sk_X509_value(chain, i);
    end = std::min(end, ReadTime(X509_get0_notAfter(certificate))
                            .value_or(absl::InfinitePast()));
  }
  return end;
}

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
  void operator()(STACK_OF(X509_CRL) * stack) const { sk_X509_CRL_free(stack); }
};

}  // namespace

absl::StatusOr<std::unique_ptr<const PeerVerifier>> PeerVerifier::Create(
    const std::vector<X509Ptr>& authorities,
    const std::vector<CrlFile>* crl_files) {
  X509StorePtr store(X509_STORE_new());
  if (store == nullptr) return StoreFailed();
  for (const X509Ptr& authority : authorities) {
    if (X509_STORE_add_cert(store.get(), authority.get()) != 1) {
      return StoreFailed();
    }
  }
  RevocationLists lists;
  std::vector<X509Ptr> listed;
  if (crl_files != nullptr) {
    ASSIGN_OR_RETURN(std::vector<X509CrlPtr> crls, ReadCrls(*crl_files));
    RETURN_IF_ERROR(RequireSignatures(crls, authorities));
    ASSIGN_OR_RETURN(lists, RevocationLists::Of(std::move(crls)));
    for (const X509Ptr& authority : authorities) {
      if (!lists.HasAnyOf(X509_get_subject_name(authority.get()))) {
        return CrlMissing(NameOf(authority.get()));
      }
      X509_up_ref(authority.get());
      listed.emplace_back(authority.get());
    }
    X509_STORE_set_flags(store.get(),
                         X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  ERR_clear_error();
  return std::unique_ptr<const PeerVerifier>(
      new PeerVerifier(std::move(store), std::move(listed), std::move(lists)));
}

absl::Time PeerVerifier::crls_expire(absl::Time now) const {
  absl::Time end = absl::InfiniteFuture();
  for (const X509Ptr& authority : listed_) {
    end = std::min(end,
                   lists_.EndFor(X509_get_subject_name(authority.get()), now));
  }
  return end;
}

std::vector<OutOfTimeList> PeerVerifier::ListsOutOfTime(absl::Time now) const {
  std::vector<OutOfTimeList> out_of_time;
  for (const X509Ptr& authority : listed_) {
    for (OutOfTimeList& list :
         lists_.OutOfTimeFor(X509_get_subject_name(authority.get()), now)) {
      out_of_time.push_back(std::move(list));
    }
  }
  return out_of_time;
}

absl::StatusOr<VerifiedPeer> PeerVerifier::Verify(absl::string_view chain_pem,
                                                  absl::Time now) const {
  ASSIGN_OR_RETURN(const std::vector<X509Ptr> chain,
                   ReadCertificates(chain_pem));
  const std::unique_ptr<STACK_OF(X509), FreeStack> others(sk_X509_new_null());
  const std::unique_ptr<STACK_OF(X509_CRL), FreeStack> crls(
      sk_X509_CRL_new_null());
  const X509StoreContextPtr context(X509_STORE_CTX_new());
  if (others == nullptr || crls == nullptr || context == nullptr) {
    return StoreFailed();
  }
  for (size_t i = 1; i < chain.size(); ++i) {
    if (sk_X509_push(others.get(), chain[i].get()) == 0) return StoreFailed();
  }
  for (X509_CRL* const list : lists_.CountingAt(now)) {
    if (sk_X509_CRL_push(crls.get(), list) == 0) return StoreFailed();
  }
  if (X509_STORE_CTX_init(context.get(), store_.get(), chain.front().get(),
                          others.get()) != 1) {
    return StoreFailed();
  }
  X509_STORE_CTX_set0_crls(context.get(), crls.get());
  X509_VERIFY_PARAM* const parameters =
      X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
  if (X509_verify_cert(context.get()) != 1) {
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    return NotVerified(error);
  }
  VerifiedPeer peer;
  ASSIGN_OR_RETURN(peer.certificate, DescribeCertificate(chain.front().get()));
  peer.until = std::min(EndOfChain(context.get()), lists_.NextChange(now));
  ERR_clear_error();
  return peer;
}

}  // namespace annals
