// A daemon under a steady load for a long time: writers, readers, watchers and
// backups. Ends with 1 if a call failed or took over a second, if a watcher
// missed an entry or got one twice, or if the daemon's memory or its open files
// went on growing. Run by hand.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/process_use.h"
#include "tests/benchmark/soak_calls.h"
#include "tests/benchmark/soak_party.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

ABSL_FLAG(absl::Duration, time, absl::Minutes(20), "How long.");
ABSL_FLAG(int, writers, 8, "Threads that submit and correct.");
ABSL_FLAG(int, readers, 4, "Threads that read.");
ABSL_FLAG(int, watchers, 2, "Watches; they connect anew now and then.");
ABSL_FLAG(double, writes_per_second, 200, "Of all writers.");
ABSL_FLAG(double, reads_per_second, 400, "Of all readers.");
ABSL_FLAG(absl::Duration, backup_interval, absl::Seconds(60),
          "Between two backups.");

namespace annals::benchmark {
namespace {

constexpr double kStallMilliseconds = 1000;
// Backups are no calls that somebody waits for.
constexpr char kBackups[] = "backup";
// What the daemon keeps in memory fills up early, so that what grows after that
// is a leak.
constexpr char kBlockCache[] = "--block_cache_bytes=67108864";
constexpr char kReportCache[] = "--report_cache_bytes=33554432";
constexpr double kGrowthMax = 1.10;
constexpr auto kReconnectPeriod = std::chrono::seconds(20);

// The mean of `member` over a part of the samples, from `begin` to `end` of 1.
template <typename Member>
double MeanOver(const std::vector<ProcessUse>& samples, Member member,
                double begin, double end) {
  const auto place = [&samples](double part) {
    return static_cast<size_t>(part * static_cast<double>(samples.size()));
  };
  double sum = 0;
  for (size_t i = place(begin); i < place(end); ++i) {
    sum += static_cast<double>(samples[i].*member);
  }
  return sum / static_cast<double>(place(end) - place(begin));
}

class Soak {
 public:
  Soak(const std::string& server, pid_t daemon) : daemon_(daemon) {
    const int callers = absl::GetFlag(FLAGS_writers) +
                        absl::GetFlag(FLAGS_readers) +
                        absl::GetFlag(FLAGS_watchers) + 1;
    channels_ = MakeChannels(server, callers);
    for (int i = 0; i < absl::GetFlag(FLAGS_writers); ++i) {
      writers_.push_back(
          std::make_unique<SoakWriter>(NextChannel(), i, &recorded_));
      Add("write",
          absl::GetFlag(FLAGS_writes_per_second) / absl::GetFlag(FLAGS_writers),
          [writer = writers_.back().get()](uint64_t n) {
            return writer->Write(n);
          });
    }
    for (int i = 0; i < absl::GetFlag(FLAGS_readers); ++i) {
      readers_.push_back(std::make_unique<SoakReader>(
          NextChannel(), static_cast<uint64_t>(i), &recorded_));
      Add("read",
          absl::GetFlag(FLAGS_reads_per_second) / absl::GetFlag(FLAGS_readers),
          [reader = readers_.back().get()](uint64_t n) {
            return reader->Read(n);
          });
    }
    for (int i = 0; i < absl::GetFlag(FLAGS_watchers); ++i) {
      watchers_.push_back(std::make_unique<SoakWatcher>(NextChannel()));
    }
    backups_ = v1::BackupService::NewStub(NextChannel());
    Add(kBackups,
        1 / absl::ToDoubleSeconds(absl::GetFlag(FLAGS_backup_interval)),
        [this](uint64_t) { return BackUp(backups_.get(), &random_); });
  }

  // Whether all went well.
  bool Run() {
    const auto begin = SteadyClock::now();
    const auto end =
        begin + absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_time));
    for (const auto& party : parties_) party->Start(end);
    auto reconnect = begin + kReconnectPeriod;
    for (auto now = begin; now < end; now += std::chrono::seconds(1)) {
      std::this_thread::sleep_until(now);
      samples_.push_back(UseOf(daemon_));
      if (now < reconnect) continue;
      reconnect += kReconnectPeriod;
      for (const auto& watcher : watchers_) watcher->Reconnect();
    }
    for (const auto& party : parties_) party->Join();
    bool is_well = true;
    for (const char* name : {"write", "read", kBackups}) {
      is_well &= ReportCalls(name);
    }
    is_well &= ReportWatchers();
    is_well &= ReportGrowth("resident MiB", &ProcessUse::resident_mib);
    is_well &= ReportGrowth("open files", &ProcessUse::open_files);
    return is_well;
  }

 private:
  const Channel& NextChannel() { return channels_[next_channel_++]; }

  void Add(const char* name, double per_second, SoakParty::Step step) {
    parties_.push_back(
        std::make_unique<SoakParty>(name, per_second, std::move(step)));
  }

  bool ReportCalls(absl::string_view name) const {
    std::vector<float> latencies;
    uint64_t errors = 0;
    for (const auto& party : parties_) {
      if (party->name() != name) continue;
      latencies.insert(latencies.end(), party->latencies().begin(),
                       party->latencies().end());
      errors += party->errors();
      if (party->errors() > 0) {
        absl::PrintF("  %s failed: %s\n", name, party->first_error());
      }
    }
    std::sort(latencies.begin(), latencies.end());
    const auto stalls =
        latencies.end() - std::upper_bound(latencies.begin(), latencies.end(),
                                           kStallMilliseconds);
    absl::PrintF(
        "%-7s %8u calls, %u failed, p50 %.2f ms, p99 %.2f ms, longest %.0f ms, "
        "%d over 1 s\n",
        name, latencies.size(), errors, latencies[latencies.size() / 2],
        latencies[latencies.size() * 99 / 100], latencies.back(), stalls);
    return errors == 0 && (stalls == 0 || name == kBackups);
  }

  // A watcher must come to have everything that was recorded.
  bool ReportWatchers() {
    grpc::ClientContext context;
    v1::Checkpoint latest;
    const grpc::Status status = v1::LedgerService::NewStub(channels_[0])
                                    ->GetCheckpoint(&context, {}, &latest);
    bool is_well = status.ok();
    const auto patience = SteadyClock::now() + std::chrono::seconds(30);
    for (const auto& watcher : watchers_) {
      while (watcher->next_index() < latest.tree_size() &&
             SteadyClock::now() < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      watcher->Stop();
      absl::PrintF("watcher has %u of %u entries, %u out of turn\n",
                   watcher->next_index(), latest.tree_size(),
                   watcher->out_of_turn());
      is_well &= watcher->next_index() == latest.tree_size() &&
                 watcher->out_of_turn() == 0;
    }
    return is_well;
  }

  template <typename Member>
  bool ReportGrowth(const char* what, Member member) const {
    const double before = MeanOver(samples_, member, 0.25, 0.5);
    const double after = MeanOver(samples_, member, 0.75, 1);
    absl::PrintF(
        "%s: %.0f in the second quarter, %.0f in the last, ratio "
        "%.3f\n",
        what, before, after, after / before);
    return after / before <= kGrowthMax;
  }

  const pid_t daemon_;
  std::vector<Channel> channels_;
  size_t next_channel_ = 0;
  RecordedReports recorded_;
  std::vector<std::unique_ptr<SoakWriter>> writers_;
  std::vector<std::unique_ptr<SoakReader>> readers_;
  std::vector<std::unique_ptr<SoakWatcher>> watchers_;
  std::unique_ptr<v1::BackupService::Stub> backups_;
  std::mt19937_64 random_{99};
  std::vector<std::unique_ptr<SoakParty>> parties_;
  std::vector<ProcessUse> samples_;
};

int Run() {
  TempDir directory;
  Process daemon(ProcessOptions{
      {ANNALSD_PATH, "--data_dir=" + directory.Path("data"),
       "--origin=soak.local/annals", "--listen=127.0.0.1:0",
       "--backup_dir=" + directory.Path("backups"), kBlockCache, kReportCache},
      {},
      "",
      directory.Path("log")});
  daemon.ReadLine();
  const std::string line = daemon.ReadLine();
  if (!absl::StartsWith(line, "serving on ")) {
    std::fprintf(stderr, "annalsd does not start: %s\n", line.c_str());
    return 1;
  }
  const bool is_well =
      Soak(std::string(absl::StripPrefix(line, "serving on ")), daemon.pid())
          .Run();
  daemon.Signal(SIGTERM);
  const int code = daemon.Wait();
  absl::PrintF("annalsd ended with %d\n%s\n", code,
               is_well && code == 0 ? "all well" : "NOT WELL");
  return is_well && code == 0 ? 0 : 1;
}

}  // namespace
}  // namespace annals::benchmark

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("A daemon under a steady load for a long time.");
  absl::ParseCommandLine(argc, argv);
  return annals::benchmark::Run();
}
