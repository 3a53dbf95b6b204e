// A ledger over TLS with a few agencies and a report, and those who mean no
// good.

#ifndef ANNALS_TESTS_E2E_HOSTILE_STAGE_H_
#define ANNALS_TESTS_E2E_HOSTILE_STAGE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "annals/v1/agency_service.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/agency_code.h"
#include "tests/support/raw_call.h"
#include "tests/support/report_maker.h"
#include "tests/support/test_pki.h"

namespace annals {

class HostileStage;

// One way to misuse the service. A connection that the server refuses or closes
// is UNAVAILABLE; an empty reason is an answer of gRPC itself, or none.
struct HostileCall {
  std::string name;
  std::function<grpc::Status()> call;
  grpc::StatusCode code;
  std::string reason;
};

class HostileStage : public EndToEndTest {
 protected:
  HostileStage() : pki_(dir_.Path("pki")), server_certificate_(pki_.Server()) {}

  // Flags; low enough to be reached here.
  virtual Words Limits() const {
    return {"--message_bytes_max=65536",     "--document_bytes_max=65536",
            "--text_bytes_max=4096",         "--handshake_timeout=3s",
            "--address_connections_max=100", "--connection_cut_off_pause=0"};
  }

  void SetUp() override {
    Words flags = {"--tls_cert=" + server_certificate_.certificate,
                   "--tls_key=" + server_certificate_.key,
                   "--tls_client_ca=" + pki_.authority(),
                   "--tls_crl_dir=" + pki_.crl_directory(),
                   "--tls_reload_interval=100ms"};
    const Words limits = Limits();
    flags.insert(flags.end(), limits.begin(), limits.end());
    StartDaemon(DaemonCommand(flags));
    Expect(Register(above_, ""));
    Expect(Register(office_, above_));
    Expect(Register(other_, ""));
    first_ = First(office_);
    Expect(Call(clerk_, kSubmit, first_));
  }

 public:
  static constexpr char kSubmit[] = "ReportService/SubmitRevision";

  // A new UUID for each call.
  std::string NewRequestId() {
    return absl::StrFormat("00000000-0000-4000-8000-%012x", ++request_ids_);
  }

  static std::string Report(const std::string& code) {
    return absl::StrCat("agencies/", code, "/reports/2024");
  }

  v1::SubmitRevisionRequest First(const std::string& code) {
    v1::SubmitRevisionRequest request;
    request.set_name(Report(code));
    *request.mutable_report() = MakeReport(1);
    request.set_reason("年度报告首次提交");
    request.set_request_id(NewRequestId());
    return request;
  }

  // The one connection of a certificate's holder.
  std::shared_ptr<grpc::Channel> ChannelOf(const TestCertificate& who) {
    std::shared_ptr<grpc::Channel>& channel = channels_[who.certificate];
    if (channel == nullptr) channel = NewChannel(who);
    return channel;
  }

  std::shared_ptr<grpc::Channel> NewChannel(const TestCertificate& who) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(pki_.authority());
    if (!who.certificate.empty()) {
      options.pem_cert_chain = ReadFile(who.certificate);
      options.pem_private_key = ReadFile(who.key);
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    return grpc::CreateCustomChannel(server_, grpc::SslCredentials(options),
                                     arguments);
  }

  // Metadata, and what else is said of a call.
  using Prepare = std::function<void(grpc::ClientContext*)>;

  // `method` is such as "LedgerService/GetCheckpoint".
  grpc::Status RawCall(const TestCertificate& who, const std::string& method,
                       const std::string& request,
                       const Prepare& prepare = nullptr,
                       std::string* response = nullptr) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(30));
    if (prepare != nullptr) prepare(&context);
    return RawUnaryCall(ChannelOf(who), &context, "/annals.v1." + method,
                        request, response);
  }

  grpc::Status Call(const TestCertificate& who, const std::string& method,
                    const google::protobuf::Message& request,
                    std::string* response = nullptr) {
    return RawCall(who, method, request.SerializeAsString(), nullptr, response);
  }

  // The checkpoint's note, which holds size and root hash.
  std::string LedgerState() {
    std::string bytes;
    const grpc::Status status = Call(auditor_, "LedgerService/GetCheckpoint",
                                     v1::GetCheckpointRequest(), &bytes);
    v1::Checkpoint checkpoint;
    EXPECT_THAT(status, RpcOk());
    EXPECT_TRUE(checkpoint.ParseFromString(bytes));
    return absl::StrCat(checkpoint.tree_size(), " ", checkpoint.root_hash());
  }

  grpc::Status Register(const std::string& code,
                        const std::string& supervisor) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(code);
    request.mutable_agency()->set_display_name("某市某局");
    request.mutable_agency()->set_division_code("410303");
    if (!supervisor.empty()) {
      request.mutable_agency()->set_supervisor("agencies/" + supervisor);
    }
    request.set_reason("登记");
    request.set_request_id(NewRequestId());
    return Call(keeper_, "AgencyService/CreateAgency", request);
  }

  static void Expect(const grpc::Status& status) {
    EXPECT_THAT(status, RpcOk()) << ReasonOf(status);
  }

  TestPki& pki() { return pki_; }
  const std::string& server() const { return server_; }
  const TestCertificate& server_certificate() const {
    return server_certificate_;
  }
  // What the clerk has submitted for the office.
  const v1::SubmitRevisionRequest& first() const { return first_; }
  std::string DirectoryFor(const std::string& name) { return dir_.Path(name); }

  const std::string office_ = MakeAgencyCode(1);
  const std::string other_ = MakeAgencyCode(2);
  const std::string above_ = MakeAgencyCode(3);

 private:
  TestPki pki_;
  const TestCertificate server_certificate_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  int request_ids_ = 0;
  v1::SubmitRevisionRequest first_;

 public:
  const TestCertificate keeper_ = pki_.Client(office_, "operator", "keeper");
  const TestCertificate clerk_ = pki_.Client(office_, "submitter", "zhang");
  const TestCertificate second_clerk_ =
      pki_.Client(office_, "submitter", "qian");
  const TestCertificate stranger_ = pki_.Client(other_, "submitter", "li");
  const TestCertificate reviewer_ = pki_.Client(above_, "reviewer", "wang");
  const TestCertificate own_reviewer_ =
      pki_.Client(office_, "reviewer", "zhou");
  const TestCertificate archivist_ = pki_.Client(office_, "archivist", "sun");
  const TestCertificate auditor_ = pki_.Client(office_, "auditor", "zhao");
};

// The table, by what is misused.
std::vector<HostileCall> HostileIdentities(HostileStage* stage);
std::vector<HostileCall> HostileRights(HostileStage* stage);
std::vector<HostileCall> HostileRequests(HostileStage* stage);
std::vector<HostileCall> HostileContents(HostileStage* stage);
std::vector<HostileCall> HostileConnections(HostileStage* stage);

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_HOSTILE_STAGE_H_
