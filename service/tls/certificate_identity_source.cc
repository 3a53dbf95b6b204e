#include "service/tls/certificate_identity_source.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/grpc_security_constants.h"
#include "ledger/error.h"

namespace annals {
namespace {

// Lists and authorities run out of time as well.
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

CertificateIdentitySource::Judged CertificateIdentitySource::Judge(
    absl::string_view chain_pem, absl::Time now) const {
  const TlsCertificates::Current current = certificates_.current();
  const absl::StatusOr<PeerCertificate> certificate =
      current.identity->verifier->Verify(chain_pem, now);
  if (!certificate.ok()) {
    return {certificate.status(), current.generation, now, now + kRefusalTime};
  }
  absl::StatusOr<CallerIdentity> caller =
      CertifiedCaller(certificate->uris, certificate->common_name,
                      std::string(ledger::AsStringView(certificate->sha256)));
  const absl::Time until =
      caller.ok() ? std::min(now + kJudgementTime, certificate->not_after)
                  : now + kRefusalTime;
  return {std::move(caller), current.generation, now, until};
}

}  // namespace annals
