#include "tests/benchmark/bench.h"

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "tests/benchmark/ledger_fill.h"

namespace annals::benchmark {
namespace {

constexpr int kChannels = 4;

}  // namespace

Bench::Bench(const std::string& data_dir) : baseline_(dir_.Path("baseline")) {
  DaemonOptions options;
  options.data_dir = data_dir;
  options.listen = "127.0.0.1:0";
  // The one caller is to take all that there is.
  options.server.caller = {0, 1, 0, 0};
  options.origin = kOrigin;
  auto daemon = Daemon::Start(options);
  ANNALS_CHECK(daemon.ok());
  daemon_ = *std::move(daemon);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&baseline_);
  server_ = builder.BuildAndStart();
  ANNALS_CHECK(server_ != nullptr);
  channels_ = MakeChannels(daemon_->address(), kChannels);
  baseline_channels_ =
      MakeChannels(absl::StrCat("127.0.0.1:", port), kChannels);
}

Bench::~Bench() { server_->Shutdown(); }

Target Bench::Of(const std::string& method) const {
  return {absl::StrCat("/", method), channels_};
}

Target Bench::OfBaseline(const std::string& method) const {
  return {absl::StrCat("/annals.benchmark.Baseline/", method),
          baseline_channels_};
}

LoadResult RunNull(const LoadShape& shape, const Bench& bench,
                   uint32_t answer_bytes) {
  NullRequest request;
  request.set_answer_bytes(answer_bytes);
  const grpc::ByteBuffer bytes = ToBytes(request);
  return RunCalls(shape, bench.OfBaseline("Null"),
                  [&bytes](uint64_t) { return &bytes; });
}

}  // namespace annals::benchmark
