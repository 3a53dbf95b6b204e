// What a flood from one caller does to the others: a daemon over TLS holds idle
// and active connections, first in peace, then while another process calls as
// fast as it can. Prints the others' p99 in both and the ratio.
//
// Run by hand. The flooder is niced: a real one does not take the server's
// processors for its own side.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "tests/support/agency_code.h"
#include "tests/support/process.h"
#include "tests/support/raw_call.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

ABSL_FLAG(int, idle, 1000, "Connections without a call.");
ABSL_FLAG(int, active, 200, "Connections with a call every --period.");
ABSL_FLAG(absl::Duration, period, absl::Milliseconds(250),
          "Between two calls of an active connection.");
ABSL_FLAG(absl::Duration, time, absl::Seconds(20), "Of each measurement.");
ABSL_FLAG(int, flood_calls, 64, "Calls that the flooder has under way.");
ABSL_FLAG(std::string, flood, "", "Internal: the server to flood.");
ABSL_FLAG(std::string, files, "", "Internal: authority, certificate, key.");

namespace annals {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kCallers = 20;
constexpr int kFloodNice = 19;
// What the flood says once it is limited.
constexpr char kRefused[] = "refused";
constexpr char kMethod[] = "/annals.v1.LedgerService/GetCheckpoint";

std::shared_ptr<grpc::Channel> NewChannel(const std::string& server,
                                          const std::string& authority,
                                          const TestCertificate& who) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(authority);
  options.pem_cert_chain = ReadFile(who.certificate);
  options.pem_private_key = ReadFile(who.key);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(server, grpc::SslCredentials(options),
                                   arguments);
}

grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  std::string response;
  return RawUnaryCall(channel, &context, kMethod, "", &response);
}

// Until it is killed.
int Flood() {
  if (nice(kFloodNice) == -1) std::perror("nice");
  const std::vector<std::string> files =
      absl::StrSplit(absl::GetFlag(FLAGS_files), ',');
  const auto channel =
      NewChannel(absl::GetFlag(FLAGS_flood), files[0], {files[1], files[2]});
  std::atomic<bool> is_refused = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < absl::GetFlag(FLAGS_flood_calls); ++i) {
    threads.emplace_back([&] {
      while (true) {
        if (Ask(channel).ok() || is_refused.exchange(true)) continue;
        std::printf("%s\n", kRefused);
        std::fflush(stdout);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

struct Peace {
  size_t calls = 0;
  size_t failures = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// Each connection calls at its own times; a late answer delays no other's call.
Peace Measure(const std::vector<std::shared_ptr<grpc::Channel>>& channels) {
  const auto period = absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_period));
  const auto begin = SteadyClock::now();
  const auto end = begin + absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_time));
  std::vector<std::vector<double>> latencies(channels.size());
  std::atomic<size_t> failures = 0;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < channels.size(); ++i) {
    threads.emplace_back([&, i] {
      auto next = begin + period * static_cast<int64_t>(i) /
                              static_cast<int64_t>(channels.size());
      for (; next < end; next += period) {
        std::this_thread::sleep_until(next);
        const auto start = SteadyClock::now();
        if (!Ask(channels[i]).ok()) ++failures;
        latencies[i].push_back(std::chrono::duration<double, std::milli>(
                                   SteadyClock::now() - start)
                                   .count());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& some : latencies) {
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  return {all.size(), failures, all[all.size() / 2],
          all[all.size() * 99 / 100]};
}

void Print(const char* what, const Peace& peace) {
  std::printf("%-14s %zu calls, %zu failed, p50 %.2f ms, p99 %.2f ms\n", what,
              peace.calls, peace.failures, peace.p50_ms, peace.p99_ms);
  std::fflush(stdout);
}

int Run(const char* self) {
  TempDir directory;
  TestPki pki(directory.Path("pki"));
  const TestCertificate certificate = pki.Server();
  Process daemon(ProcessOptions{
      {ANNALSD_PATH, "--data_dir=" + directory.Path("data"),
       "--origin=test.local/annals", "--listen=127.0.0.1:0",
       "--tls_cert=" + certificate.certificate, "--tls_key=" + certificate.key,
       "--tls_client_ca=" + pki.authority()},
      {},
      "",
      directory.Path("log")});
  daemon.ReadLine();
  const std::string line = daemon.ReadLine();
  const std::string server(absl::StripPrefix(line, "serving on "));
  const std::string code = MakeAgencyCode(1);
  std::vector<TestCertificate> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(pki.Client(code, "submitter", absl::StrCat("clerk", i)));
  }
  std::vector<std::shared_ptr<grpc::Channel>> idle;
  std::vector<std::shared_ptr<grpc::Channel>> active;
  const int connections =
      absl::GetFlag(FLAGS_idle) + absl::GetFlag(FLAGS_active);
  for (int i = 0; i < connections; ++i) {
    auto channel = NewChannel(server, pki.authority(), callers[i % kCallers]);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                   std::chrono::seconds(60))) {
      std::fprintf(stderr, "connection %d can't be made\n", i);
      return 1;
    }
    (i < absl::GetFlag(FLAGS_idle) ? idle : active)
        .push_back(std::move(channel));
  }
  std::printf("%zu idle and %zu active connections of %d callers\n",
              idle.size(), active.size(), kCallers);
  const Peace before = Measure(active);
  Print("without flood", before);
  const TestCertificate flooder = pki.Client(code, "auditor", "flooder");
  Process flood(ProcessOptions{
      {self, "--flood=" + server,
       absl::StrCat("--flood_calls=", absl::GetFlag(FLAGS_flood_calls)),
       absl::StrCat("--files=", pki.authority(), ",", flooder.certificate, ",",
                    flooder.key)},
      {},
      "",
      directory.Path("flood")});
  // Not before: a flood that nobody limits is another measurement.
  if (flood.ReadLine() != kRefused) {
    std::fprintf(stderr, "the flood was not refused\n");
    return 1;
  }
  const Peace during = Measure(active);
  Print("with a flood", during);
  const auto held = std::count_if(idle.begin(), idle.end(), [](auto& channel) {
    return channel->GetState(false) == GRPC_CHANNEL_READY;
  });
  std::printf("idle connections held: %td; p99 with / without: %.2f\n", held,
              during.p99_ms / before.p99_ms);
  return 0;
}

}  // namespace
}  // namespace annals

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("What a flood does to those who do not flood.");
  absl::ParseCommandLine(argc, argv);
  return absl::GetFlag(FLAGS_flood).empty() ? annals::Run("/proc/self/exe")
                                            : annals::Flood();
}
