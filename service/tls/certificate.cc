#include "service/tls/certificate.h"

#include <ctime>
#include <utility>

#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "openssl/err.h"
#include "openssl/pem.h"

namespace annals {
namespace {

absl::Status Unreadable(absl::string_view en, absl::string_view zh) {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInvalidArgument, "CERTIFICATE_UNREADABLE",
                   {std::string(en), std::string(zh)});
}

// OpenSSL's error at the end of a PEM text.
bool IsEndOfPem() {
  const unsigned long error =
      ERR_peek_last_error();  // NOLINT(google-runtime-int)
  return ERR_GET_LIB(error) == ERR_LIB_PEM &&
         ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

std::string Utf8Of(const ASN1_STRING* text) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, text);
  if (size < 0) return std::string();
  std::string result(reinterpret_cast<const char*>(bytes),
                     static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return result;
}

std::string CommonNameOf(X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (first < 0 ||
      X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0) {
    return std::string();
  }
  return Utf8Of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
}

void FreeNames(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }

std::vector<std::string> UrisOf(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate, NID_subject_alt_name, nullptr, nullptr)),
      &FreeNames);
  std::vector<std::string> uris;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get());
       ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    // Not as a C string: a zero byte inside must not cut it.
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

}  // namespace

absl::StatusOr<absl::Time> ReadTime(const ASN1_TIME* time) {
  std::tm broken_down = {};
  if (ASN1_TIME_to_tm(time, &broken_down) != 1) {
    return Unreadable("The certificate has a time of validity that is none.",
                      "证书的有效期不是合法时间。");
  }
  return absl::FromTM(broken_down, absl::UTCTimeZone());
}

absl::StatusOr<std::vector<X509Ptr>> ReadCertificates(absl::string_view pem) {
  const PemBioPtr bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<X509Ptr> certificates;
  ERR_clear_error();
  while (bio != nullptr) {
    X509Ptr certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) break;
    certificates.push_back(std::move(certificate));
  }
  if (!IsEndOfPem()) {
    return Unreadable("A certificate in PEM form is damaged.",
                      "PEM 格式的证书已损坏。");
  }
  if (certificates.empty()) {
    return Unreadable(
        "There is no certificate in PEM form (BEGIN CERTIFICATE).",
        "没有 PEM 格式的证书（BEGIN CERTIFICATE）。");
  }
  ERR_clear_error();
  return certificates;
}

absl::StatusOr<ledger::Hash> FingerprintOf(const X509* certificate) {
  ledger::Hash sha256 = {};
  unsigned int size = static_cast<unsigned int>(sha256.size());
  if (X509_digest(certificate, EVP_sha256(), sha256.data(), &size) != 1) {
    return Unreadable("The certificate can't be hashed.", "无法计算证书摘要。");
  }
  return sha256;
}

absl::StatusOr<PeerCertificate> DescribeCertificate(X509* certificate) {
  PeerCertificate described;
  described.common_name = CommonNameOf(certificate);
  described.uris = UrisOf(certificate);
  const auto not_before = ReadTime(X509_get0_notBefore(certificate));
  if (!not_before.ok()) return not_before.status();
  described.not_before = *not_before;
  const auto not_after = ReadTime(X509_get0_notAfter(certificate));
  if (!not_after.ok()) return not_after.status();
  described.not_after = *not_after;
  ASSIGN_OR_RETURN(described.sha256, FingerprintOf(certificate));
  ERR_clear_error();
  return described;
}

}  // namespace annals
