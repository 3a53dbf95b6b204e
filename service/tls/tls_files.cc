#include "service/tls/tls_files.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"
#include "openssl/err.h"
#include "openssl/pem.h"

namespace annals {
namespace {

constexpr size_t kFileBytesMax = size_t{16} << 20;

absl::Status Invalid(absl::string_view reason, std::string en, std::string zh) {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInvalidArgument, reason,
                   {std::move(en), std::move(zh)});
}

// In order.
absl::StatusOr<std::vector<std::string>> CrlPaths(
    const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name[0] != '.' && entry->is_regular_file(ignored)) {
      paths.push_back(entry->path().string());
    }
  }
  if (error) {
    const ErrorText cause = SystemErrorText(error);
    return Invalid("CRL_UNREADABLE",
                   absl::StrCat("--tls_crl_dir: can't read ", directory, ": ",
                                cause.en, "."),
                   absl::StrCat("--tls_crl_dir：无法读取 ", directory, "：",
                                cause.zh, "。"));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::StatusOr<std::vector<CrlFile>> ReadCrlFiles(
    const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, CrlPaths(directory));
  std::vector<CrlFile> crls;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(std::string pem,
                     ledger::ReadFileBytes(path, kFileBytesMax));
    crls.push_back({path, std::move(pem)});
  }
  return crls;
}

// A file, and the flag that names it.
struct FlagFile {
  absl::string_view flag;
  const std::string& path;
};

// The certificates in it.
absl::StatusOr<std::vector<X509Ptr>> ReadCertificatesOf(const FlagFile& file,
                                                        absl::string_view pem) {
  absl::StatusOr<std::vector<X509Ptr>> certificates = ReadCertificates(pem);
  if (certificates.ok()) return certificates;
  const absl::Status& fault = certificates.status();
  return Invalid(
      ErrorReason(fault),
      absl::StrCat(file.flag, " (", file.path, "): ", fault.message()),
      absl::StrCat(file.flag, "（", file.path, "）：", ErrorTextZh(fault)));
}

int NoPassphrase(char*, int, int, void*) { return -1; }

absl::Status RequireKeyOf(X509* certificate, const std::string& key_pem,
                          const TlsPaths& paths) {
  const PemBioPtr bio(
      BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  const PrivateKeyPtr key(
      bio == nullptr ? nullptr
                     : PEM_read_bio_PrivateKey(bio.get(), nullptr,
                                               &NoPassphrase, nullptr));
  if (key == nullptr) {
    return Invalid("TLS_KEY_UNREADABLE",
                   absl::StrCat("--tls_key: ", paths.private_key,
                                " holds no private key in PEM form without a "
                                "password."),
                   absl::StrCat("--tls_key：", paths.private_key,
                                " 中没有不设密码的 PEM 格式私钥。"));
  }
  if (X509_check_private_key(certificate, key.get()) == 1) {
    return absl::OkStatus();
  }
  return Invalid(
      "TLS_KEY_MISMATCH",
      absl::StrCat("--tls_key (", paths.private_key,
                   ") is not the key of the first certificate in "
                   "--tls_cert (",
                   paths.certificate, "); replace both files together."),
      absl::StrCat("--tls_key（", paths.private_key, "）不是 --tls_cert（",
                   paths.certificate,
                   "）中第一个证书的私钥；请同时更换两个文件。"));
}

// Clients refuse any other. Without the extension it is for whatever its key is
// (RFC 5280 section 4.2.1.12).
absl::Status RequireServerUse(X509* certificate) {
  if ((X509_get_extended_key_usage(certificate) & XKU_SSL_SERVER) != 0) {
    return absl::OkStatus();
  }
  return Invalid(
      "TLS_CERTIFICATE_NOT_FOR_SERVERS",
      "--tls_cert is not made for servers (extended key usage), so clients "
      "would refuse it; put a server's certificate there.",
      "--tls_cert 的扩展密钥用法不含服务器认证，客户端会拒绝；请换上服务器证"
      "书。");
}

}  // namespace

absl::StatusOr<TlsBytes> ReadTlsFiles(const TlsPaths& paths) {
  TlsBytes bytes;
  ASSIGN_OR_RETURN(bytes.certificate,
                   ledger::ReadFileBytes(paths.certificate, kFileBytesMax));
  RETURN_IF_ERROR(
      ledger::ReadSecretFile(paths.private_key, &bytes.private_key));
  ASSIGN_OR_RETURN(
      bytes.client_authorities,
      ledger::ReadFileBytes(paths.client_authorities, kFileBytesMax));
  if (!paths.crl_directory.empty()) {
    ASSIGN_OR_RETURN(bytes.crls, ReadCrlFiles(paths.crl_directory));
  }
  return bytes;
}

TlsBytes ReadReadableTlsFiles(const TlsPaths& paths, const TlsBytes& before) {
  const auto read = [](const std::string& path) {
    return ledger::ReadFileBytes(path, kFileBytesMax);
  };
  TlsBytes bytes;
  bytes.certificate = read(paths.certificate).value_or(before.certificate);
  if (!ledger::ReadSecretFile(paths.private_key, &bytes.private_key).ok()) {
    bytes.private_key = before.private_key;
  }
  bytes.client_authorities =
      read(paths.client_authorities).value_or(before.client_authorities);
  const auto lists = CrlPaths(paths.crl_directory);
  if (!lists.ok()) return bytes;
  for (const std::string& path : *lists) {
    absl::StatusOr<std::string> pem = read(path);
    if (pem.ok()) bytes.crls.push_back({path, *std::move(pem)});
  }
  return bytes;
}

absl::StatusOr<TlsIdentity> CheckTlsFiles(TlsBytes bytes, const TlsPaths& paths,
                                          absl::Time now) {
  TlsIdentity identity;
  ASSIGN_OR_RETURN(
      const std::vector<X509Ptr> chain,
      ReadCertificatesOf({"--tls_cert", paths.certificate}, bytes.certificate));
  RETURN_IF_ERROR(RequireKeyOf(chain.front().get(), bytes.private_key, paths));
  ASSIGN_OR_RETURN(const PeerCertificate own,
                   DescribeCertificate(chain.front().get()));
  if (now < own.not_before || now > own.not_after) {
    const std::string from = absl::FormatTime(absl::RFC3339_sec, own.not_before,
                                              absl::UTCTimeZone());
    const std::string until =
        absl::FormatTime(absl::RFC3339_sec, own.not_after, absl::UTCTimeZone());
    return Invalid(
        "TLS_CERTIFICATE_OUT_OF_TIME",
        absl::StrCat("--tls_cert (", paths.certificate, ") is valid from ",
                     from, " until ", until, ", which is not now."),
        absl::StrCat("--tls_cert（", paths.certificate, "）的有效期为 ", from,
                     " 至 ", until, "，现在不在其中。"));
  }
  RETURN_IF_ERROR(RequireServerUse(chain.front().get()));
  identity.not_after = own.not_after;
  ASSIGN_OR_RETURN(
      const std::vector<X509Ptr> authorities,
      ReadCertificatesOf({"--tls_client_ca", paths.client_authorities},
                         bytes.client_authorities));
  ASSIGN_OR_RETURN(
      identity.verifier,
      PeerVerifier::Create(
          authorities, paths.crl_directory.empty() ? nullptr : &bytes.crls));
  identity.bytes = std::move(bytes);
  return identity;
}

}  // namespace annals
