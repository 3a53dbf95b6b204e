#include <memory>
#include <string>

#include "annals/v1/report_service.grpc.pb.h"
#include "client/commands/commands.h"
#include "client/json_text.h"
#include "client/stubs.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

using ::grpc::health::v1::Health;
using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

// `service` is a full name; empty: the server as a whole.
absl::StatusOr<bool> IsServing(const std::string& service, Session* session) {
  HealthCheckRequest request;
  request.set_service(service);
  ASSIGN_OR_RETURN(
      const HealthCheckResponse response,
      session->connection().Call(session->connection().stubs().health,
                                 &Health::Stub::Check, request));
  return response.status() == HealthCheckResponse::SERVING;
}

Text StateText(bool serving) {
  return serving ? Text{"正常", "serving"} : Text{"停止", "not serving"};
}

absl::Status PrintStates(bool server, bool recording, Session* session) {
  if (session->json()) {
    JsonObject states;
    states.AddFlag("server", server);
    states.AddFlag("recording", recording);
    ASSIGN_OR_RETURN(const std::string line, states.Line());
    session->out() << line << "\n";
    return absl::OkStatus();
  }
  const Text server_text = StateText(server);
  const Text recording_text = StateText(recording);
  session->Print({"服务：" + server_text.zh, "server: " + server_text.en});
  session->Print(
      {"记录：" + recording_text.zh, "recording: " + recording_text.en});
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunHealth(bool reads_only, Session* session) {
  ASSIGN_OR_RETURN(const bool server, IsServing("", session));
  ASSIGN_OR_RETURN(const bool recording,
                   IsServing(v1::ReportService::service_full_name(), session));
  RETURN_IF_ERROR(PrintStates(server, recording, session));
  const bool is_well = server && (recording || reads_only);
  return is_well ? ExitCode::kOk : ExitCode::kUnavailable;
}

}  // namespace

void AddHealthCommand(CommandLine* line) {
  auto reads_only = std::make_shared<bool>(false);
  CLI::App* command = line->Add(
      &line->app(), "health",
      {"查看服务器是否在服务、是否在记录\n"
       "两者都正常则退出码为 0，否则为 7。供监控和容器的健康检查使用。",
       "Ask if the server serves, and if it records\n"
       "Exit code 0 if it does both, else 7. For monitoring and containers."},
      "annals health\n"
      "annals health --reads-only --timeout 3");
  line->Flag(command, "--reads-only", reads_only.get(),
             {"只要能查询就算正常，即使已停止记录",
              "Reads are enough: well even if it records no more"});
  line->OnCall(command, [reads_only](Session& session) {
    return RunHealth(*reads_only, &session);
  });
}

}  // namespace annals::client
