// Who comes with a certificate that proves nothing, or not what is claimed.

#include "absl/strings/str_cat.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/e2e/hostile_stage.h"

namespace annals {
namespace {

using grpc::StatusCode;

constexpr char kUnfit[] = "CERTIFICATE_UNFIT";

// A certificate of the authority whose URIs no office issues.
struct OddUri {
  const char* what;
  std::string extension;
  std::string subject = "/CN=mallory";
};

std::vector<OddUri> OddUris(const std::string& code) {
  const std::string agency = absl::StrCat("annals://agency/", code);
  const std::string uri = absl::StrCat("subjectAltName=URI:", agency);
  return {
      {"no name but the subject's", "keyUsage=digitalSignature"},
      {"a host's name", "subjectAltName=DNS:localhost"},
      {"two URIs", absl::StrCat(uri, "/submitter,URI:", agency, "/operator")},
      {"the same URI twice",
       absl::StrCat(uri, "/auditor,URI:", agency, "/auditor")},
      {"an unknown role", uri + "/root"},
      {"the role public", uri + "/public"},
      {"a role in capitals", uri + "/OPERATOR"},
      {"no role", uri},
      {"more than a role", uri + "/operator/x"},
      {"another scheme",
       absl::StrCat("subjectAltName=URI:spiffe://agency/", code, "/operator")},
      {"a code that is none",
       "subjectAltName=URI:annals://agency/11410303005450123X/operator"},
      {"a code with dots", "subjectAltName=URI:annals://agency/../operator"},
      {"a common name that turns others around", uri + "/operator",
       "/CN=gnahz\u202e"},
      {"no common name", uri + "/operator", "/O=mallory"},
      {"two common names", uri + "/operator", "/CN=zhang/CN=li"},
      {"a name in two forms", uri + "/operator", "/CN=Rene\u0301"},
      {"a common name of 2 lines", uri + "/operator", "/CN=zhang\nli"},
  };
}

grpc::Status Ask(HostileStage* stage, const TestCertificate& who) {
  return stage->Call(who, "LedgerService/GetCheckpoint",
                     v1::GetCheckpointRequest());
}

// A certificate that the handshake does not let pass.
HostileCall Unproved(HostileStage* stage, const std::string& name,
                     const TestCertificate& who) {
  return {name, [stage, who] { return Ask(stage, who); },
          StatusCode::UNAVAILABLE, ""};
}

// The server looks for new lists every 100 ms; the wait is bounded by the
// test's own time.
grpc::Status AskUntilRefused(HostileStage* stage, const TestCertificate& who) {
  while (true) {
    grpc::Status status = Ask(stage, who);
    if (!status.ok()) return status;
  }
}

grpc::Status Reflect(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  const auto stub =
      grpc::reflection::v1alpha::ServerReflection::NewStub(channel);
  const auto stream = stub->ServerReflectionInfo(&context);
  grpc::reflection::v1alpha::ServerReflectionRequest request;
  request.set_list_services("*");
  stream->Write(request);
  stream->WritesDone();
  return stream->Finish();
}

}  // namespace

std::vector<HostileCall> HostileIdentities(HostileStage* stage) {
  TestPki& pki = stage->pki();
  TestPki strangers(stage->DirectoryFor("strangers"));
  const std::string& code = stage->office_;
  std::vector<HostileCall> calls = {
      Unproved(stage, "no certificate", {}),
      Unproved(stage, "an authority that nobody trusts",
               strangers.Client(code, "operator", "mallory")),
      Unproved(stage, "an expired certificate",
               pki.Client(code, "operator", "late", "20200101000000Z",
                          "20210101000000Z")),
      Unproved(stage, "a certificate that is not valid yet",
               pki.Client(code, "operator", "early", "20900101000000Z",
                          "20910101000000Z")),
      Unproved(stage, "a certificate made for servers",
               stage->server_certificate()),
  };
  int number = 0;
  for (const OddUri& odd : OddUris(code)) {
    const TestCertificate who =
        pki.Odd(absl::StrCat("odd", number++), odd.subject,
                absl::StrCat("extendedKeyUsage=clientAuth\n", odd.extension));
    calls.push_back({absl::StrCat("a certificate with ", odd.what),
                     [stage, who] { return Ask(stage, who); },
                     StatusCode::UNAUTHENTICATED, kUnfit});
  }
  const TestCertificate revoked = pki.Client(code, "auditor", "gone");
  calls.push_back({"a certificate that is revoked while connected",
                   [stage, revoked] {
                     HostileStage::Expect(Ask(stage, revoked));
                     stage->pki().Revoke(revoked);
                     return AskUntilRefused(stage, revoked);
                   },
                   StatusCode::UNAUTHENTICATED, "CERTIFICATE_REVOKED"});
  calls.push_back({"a revoked certificate on a new connection",
                   [stage, revoked] {
                     std::string unused;
                     grpc::ClientContext context;
                     return RawUnaryCall(
                         stage->NewChannel(revoked), &context,
                         "/annals.v1.LedgerService/GetCheckpoint", "", &unused);
                   },
                   StatusCode::UNAUTHENTICATED, "CERTIFICATE_REVOKED"});
  calls.push_back(
      {"a revoked certificate that asks for reflection",
       [stage, revoked] { return Reflect(stage->NewChannel(revoked)); },
       StatusCode::UNAUTHENTICATED, "CERTIFICATE_REVOKED"});
  return calls;
}

}  // namespace annals
