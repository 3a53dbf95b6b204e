#include "client/certificate_check.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/text.h"
#include "client/times.h"
#include "ledger/error.h"
#include "ledger/openssl_ptr.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

using CertificatePtr = std::unique_ptr<X509, ledger::OpensslDeleter<X509_free>>;

absl::Status Unfit(absl::string_view reason, const Text& text) {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInvalidArgument, reason,
                   {text.en, text.zh});
}

ledger::BioPtr BioOf(const std::string& pem) {
  return ledger::BioPtr(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Not gRPC's prompt on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

// The first certificate of the file.
absl::StatusOr<CertificatePtr> ReadCertificate(const std::string& option,
                                               const std::string& file,
                                               const std::string& pem) {
  const ledger::BioPtr bio = BioOf(pem);
  CertificatePtr certificate(
      bio == nullptr
          ? nullptr
          : PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr));
  if (certificate != nullptr) return certificate;
  return Unfit(
      "TLS_CERTIFICATE_UNREADABLE",
      {absl::StrCat(option, "：", file, " 中没有 PEM 格式的证书"),
       absl::StrCat(option, ": ", file, " holds no certificate in PEM form")});
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

absl::Status RequireValidAt(absl::Time now, const std::string& file,
                            const X509* certificate) {
  const absl::Time from = TimeOf(X509_get0_notBefore(certificate));
  const absl::Time until = TimeOf(X509_get0_notAfter(certificate));
  if (now >= from && now <= until) return absl::OkStatus();
  const bool is_early = now < from;
  const std::string when = FormatMoment(is_early ? from : until);
  return Unfit(
      "TLS_CERTIFICATE_OUT_OF_TIME",
      {absl::StrCat("--cert：", file, is_early ? " 尚未生效，自 " : " 已于 ",
                    when, is_early ? " 起有效" : " 到期；请换发"),
       absl::StrCat("--cert: ", file,
                    is_early ? " is not valid before " : " was valid until ",
                    when, is_early ? "" : "; have it renewed")});
}

absl::Status RequireKeyOf(X509* certificate, const TlsFileOptions& files,
                          const std::string& pem) {
  const ledger::BioPtr bio = BioOf(pem);
  const ledger::EvpKeyPtr key(
      bio == nullptr ? nullptr
                     : PEM_read_bio_PrivateKey(bio.get(), nullptr,
                                               &NoPassphrase, nullptr));
  if (key == nullptr) {
    return Unfit("TLS_KEY_UNREADABLE",
                 {absl::StrCat("--cert-key：", files.private_key,
                               " 中没有不设密码的 PEM 格式私钥"),
                  absl::StrCat("--cert-key: ", files.private_key,
                               " holds no private key in PEM form without a "
                               "password")});
  }
  if (X509_check_private_key(certificate, key.get()) == 1) {
    return absl::OkStatus();
  }
  return Unfit(
      "TLS_KEY_MISMATCH",
      {absl::StrCat("--cert-key：", files.private_key, " 不是证书 ",
                    files.certificate, " 的私钥"),
       absl::StrCat("--cert-key: ", files.private_key,
                    " is not the key of the certificate ", files.certificate)});
}

}  // namespace

absl::Status CheckCertificates(const TlsFileOptions& files, const TlsPems& pems,
                               absl::Time now) {
  if (pems.authorities.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(
      ReadCertificate("--ca", files.authorities, pems.authorities).status());
  if (pems.certificate.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const CertificatePtr certificate,
      ReadCertificate("--cert", files.certificate, pems.certificate));
  RETURN_IF_ERROR(RequireKeyOf(certificate.get(), files, pems.private_key));
  return RequireValidAt(now, files.certificate, certificate.get());
}

}  // namespace annals::client
