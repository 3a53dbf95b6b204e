#include "service/tls/certificate_identity_source.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "grpc/grpc_security_constants.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

constexpr absl::Duration kJudgementTime = absl::Minutes(1);
constexpr absl::Duration kRefusalTime = absl::Seconds(1);
// About 500 bytes each.
constexpr size_t kJudgedMax = 4096;

absl::Status CertificateMissing() {
  return MakeError(
      absl::StatusCode::kUnauthenticated, "CERTIFICATE_MISSING",
      {"The connection has no client certificate; connect with the one that "
       "was issued to you.",
       "连接未出示客户端证书；请使用签发给您的证书连接。"});
}

std::string Property(const grpc::AuthContext& context, const char* name) {
  const std::vector<grpc::string_ref> values = context.FindPropertyValues(name);
  return values.empty() ? std::string()
                        : std::string(values[0].data(), values[0].size());
}

// Which certificate was refused, and whose, for the record of the call.
absl::Status WithCertificate(absl::Status refused,
                             absl::string_view chain_pem) {
  const auto chain = ReadCertificates(chain_pem);
  if (!chain.ok()) return refused;
  X509* const certificate = chain->front().get();
  const auto sha256 = FingerprintOf(certificate);
  if (!sha256.ok()) return refused;
  AddErrorMetadata(kCertificateMetadata,
                   absl::BytesToHexString(ledger::AsStringView(*sha256)),
                   &refused);
  // Of one that nobody here vouches for, what it says is worth nothing.
  const auto said = DescribeCertificate(certificate);
  if (!said.ok() || ErrorReason(refused) == "CERTIFICATE_NOT_VERIFIED") {
    return refused;
  }
  const auto caller = CertifiedCaller(said->uris, said->common_name, "");
  if (caller.ok()) AddErrorMetadata(kCallerMetadata, caller->subject, &refused);
  return refused;
}

}  // namespace

absl::StatusOr<CallerIdentity> CertificateIdentitySource::Identify(
    const grpc::ServerContextBase& context) const {
  const auto proved = context.auth_context();
  std::string chain;
  if (proved != nullptr) {
    // The chain of a server's peer begins after the peer's own certificate.
    chain = Property(*proved, GRPC_X509_PEM_CERT_PROPERTY_NAME);
    if (!chain.empty()) {
      absl::StrAppend(
          &chain, Property(*proved, GRPC_X509_PEM_CERT_CHAIN_PROPERTY_NAME));
    }
  }
  if (!chain.empty()) return IdentifyChain(chain);
  if (client_ == ClientCertificate::kOptional) return PublicCaller();
  return CertificateMissing();
}

absl::StatusOr<CallerIdentity> CertificateIdentitySource::IdentifyChain(
    absl::string_view chain_pem) const {
  const absl::Time now = clock_.Now();
  const ledger::Hash key = ledger::Sha256(chain_pem);
  const uint64_t generation = certificates_.current().generation;
  {
    MutexLock lock(&mutex_);
    const auto found = judged_.find(key);
    if (found != judged_.end() && found->second.generation == generation &&
        now >= found->second.judged_at && now < found->second.until) {
      return found->second.caller;
    }
  }
  Judged judged = Judge(chain_pem, now);
  absl::StatusOr<CallerIdentity> caller = judged.caller;
  MutexLock lock(&mutex_);
  if (judged_.size() >= kJudgedMax) judged_.clear();
  judged_.insert_or_assign(key, std::move(judged));
  return caller;
}

absl::StatusOr<CallerIdentity> CertificateIdentitySource::CallerOf(
    absl::string_view chain_pem, absl::Time now, absl::Time* until) const {
  ASSIGN_OR_RETURN(
      const VerifiedPeer peer,
      certificates_.current().identity->verifier->Verify(chain_pem, now));
  *until = peer.until;
  const PeerCertificate& certificate = peer.certificate;
  return CertifiedCaller(certificate.uris, certificate.common_name,
                         std::string(ledger::AsStringView(certificate.sha256)));
}

CertificateIdentitySource::Judged CertificateIdentitySource::Judge(
    absl::string_view chain_pem, absl::Time now) const {
  const uint64_t generation = certificates_.current().generation;
  absl::Time until = now;
  absl::StatusOr<CallerIdentity> caller = CallerOf(chain_pem, now, &until);
  if (caller.ok()) {
    until = std::min(now + kJudgementTime, until);
    return {std::move(caller), generation, now, until};
  }
  return {WithCertificate(caller.status(), chain_pem), generation, now,
          now + kRefusalTime};
}

}  // namespace annals
