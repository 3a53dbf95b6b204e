// The daemon's command line: flags, log, signals.

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"
#include "ledger/witness_policy.h"
#include "service/access_policy.h"
#include "service/answer_cache.h"
#include "service/backup_flags.h"
#include "service/console.h"
#include "service/daemon.h"
#include "service/daemon_help.h"
#include "service/flag_range.h"
#include "service/follow_flags.h"
#include "service/fsck.h"
#include "service/limit_flags.h"
#include "service/log.h"
#include "service/system_limits.h"
#include "service/telemetry/library_log.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, data_dir, "",
          "The directory of the ledger; created on the first start. Required.");
ABSL_FLAG(std::string, listen, "127.0.0.1:7432",
          "HOST:PORT to listen on, loopback only unless --tls_cert is given; "
          "port 0 takes any free port.");
ABSL_FLAG(std::string, origin, "",
          "The ledger's name in its checkpoints, such as "
          "annals.example.gov.cn/disclosure. Required on the first start, "
          "fixed for good then.");
ABSL_FLAG(int64_t, worker_threads, 0,
          "Threads that check, read and file; 0 for one per processor, at "
          "least 2.");
ABSL_FLAG(int64_t, batch_entries_max, 256,
          "Entries per batch, each batch one synced write and one signature.");
ABSL_FLAG(absl::Duration, batch_wait, absl::ZeroDuration(),
          "How long a batch that is not full waits for more entries.");
ABSL_FLAG(int64_t, block_cache_bytes, int64_t{256} << 20,
          "Memory for blocks of the database.");
ABSL_FLAG(int64_t, report_cache_bytes, annals::kDefaultAnswerCacheBytes,
          "Memory for reports that were read lately; 0 for none.");
ABSL_FLAG(int64_t, disk_floor_bytes, int64_t{256} << 20,
          "While less is free on the disk of --data_dir, nothing is recorded; "
          "reads go on, and so does recording once there is room.");
ABSL_FLAG(std::string, publish_dir, "",
          "A directory that is kept up to date with the ledger as static files "
          "(C2SP tlog-tiles), for any web server to serve.");
ABSL_FLAG(bool, publish_contents, true,
          "Whether --publish_dir holds the reports' contents as well.");
ABSL_FLAG(absl::Duration, publish_interval, absl::Seconds(1),
          "Between two checkpoints in --publish_dir, at least.");
ABSL_FLAG(bool, fsck, false,
          "Do not serve: check every entry, tile and index row of the stopped "
          "ledger in --data_dir, and the published mark. Changes nothing. Ends "
          "with 0 if all is well, 1 if there are faults.");
ABSL_FLAG(int64_t, fsck_faults_max, 100, "Faults that --fsck prints.");
ABSL_FLAG(bool, rebuild_indexes, false,
          "Build the indexes anew from the entries on this start, as after an "
          "INDEX_DAMAGED error. No entry changes.");
ABSL_FLAG(bool, accept_damaged_mark_slot, false,
          "Start although one slot of the published mark is damaged and the "
          "store is not ahead of the other one. Only if you are sure that no "
          "entry is lost: if one is, the ledger forks for all who saw it.");
ABSL_FLAG(std::string, signing_key, "",
          "The private key that signs: a file of mode 0600, or a URI that "
          "OpenSSL opens, such as pkcs11:object=annals. Empty: "
          "signing_key.pem in the data directory, made on the first start.");
ABSL_FLAG(std::string, openssl_provider, "",
          "The provider of OpenSSL to load for key URIs, such as pkcs11.");
ABSL_FLAG(std::string, sm2_key, "",
          "An SM2 key, as in --signing_key, that signs checkpoints as well.");
ABSL_FLAG(std::string, next_key, "",
          "Step 1 of a change of keys: the new private key, as in "
          "--signing_key. Each checkpoint is then signed by both keys, and the "
          "ledger records the change.");
ABSL_FLAG(std::string, previous_vkey, "",
          "Step 2 of a change of keys: the old verifier key, with the new key "
          "in --signing_key. From then on only the new key signs; what the old "
          "one signed stays valid. Can stay set.");
ABSL_FLAG(std::string, key_change_reason, "",
          "Why the keys change, for the ledger's entry.");
ABSL_FLAG(std::string, witness_policy, "",
          "The file of a C2SP tlog-policy: the witnesses to ask for "
          "cosignatures, each with its URL, and how many are a quorum. Empty: "
          "none are asked.");
ABSL_FLAG(absl::Duration, witness_interval, absl::Seconds(10),
          "The least time between two checkpoints that witnesses are asked to "
          "cosign.");
ABSL_FLAG(absl::Duration, witness_timeout, absl::Seconds(5),
          "How long a witness may take to answer.");
ABSL_FLAG(std::string, tls_cert, "",
          "The server's certificate (PEM), with those that lead to its "
          "authority. With it callers prove by certificates who they are, and "
          "--listen may be any address. Read anew when it changes, as are the "
          "three files below.");
ABSL_FLAG(std::string, tls_key, "",
          "The private key of --tls_cert (PEM, mode 0600).");
ABSL_FLAG(std::string, tls_client_ca, "",
          "The authorities that issue the callers' certificates (PEM). A "
          "certificate's URI annals://agency/CODE/ROLE says for which agency, "
          "and in which role, its holder acts.");
ABSL_FLAG(std::string, tls_crl_dir, "",
          "A directory of certificate revocation lists (PEM), one of each "
          "authority at least. A list that is out of date lets nobody in; "
          "of several the newest counts. "
          "Empty: revocation is not looked at.");
ABSL_FLAG(absl::Duration, tls_reload_interval, absl::Seconds(10),
          "Between two looks at the files of TLS.");
ABSL_FLAG(std::string, tls_min_version, "1.3", "1.3, or 1.2 for old clients.");
ABSL_FLAG(bool, allow_public, false,
          "Whether connections without a certificate are let in, in the role "
          "public: they see what is published, and proofs.");
ABSL_FLAG(bool, print_policy, false,
          "Do not serve: print which role may call what.");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(30),
          "How long a shutdown waits for calls before it cancels them.");
ABSL_FLAG(std::string, access_log, "",
          "A file to which a line of JSON is appended for each finished call, "
          "or - for standard error. Opened anew on SIGHUP. Empty: none.");
ABSL_FLAG(std::string, metrics_listen, "",
          "IP:PORT that answers GET /metrics for Prometheus, without TLS; such "
          "as 127.0.0.1:9464. Empty: no metrics.");
ABSL_FLAG(std::string, log_level, "info",
          "trace, debug, info, warn, error or off.");
ABSL_FLAG(std::string, log_format, "text",
          "text, or json for one object a line.");

namespace annals {
namespace {

constexpr int kExitFaults = 1;
constexpr int kExitRefused = 2;
constexpr int kExitSecondSignal = 3;
constexpr int kExitUncaught = 4;
constexpr int kThreadsMin = 2;

int WorkerThreads(int64_t asked) {
  if (asked > 0) return static_cast<int>(asked);
  return std::max<int>(kThreadsMin,
                       static_cast<int>(std::thread::hardware_concurrency()));
}

absl::Status CheckFlags() {
  if (absl::GetFlag(FLAGS_data_dir).empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
                     {"--data_dir is required: the directory of the ledger.",
                      "须指定 --data_dir：账本所在目录。"});
  }
  const int64_t gib = int64_t{1} << 30;
  const std::vector<FlagRange> ranges = {
      {"worker_threads", absl::GetFlag(FLAGS_worker_threads), 0, 1024},
      {"batch_entries_max", absl::GetFlag(FLAGS_batch_entries_max), 1, 4096},
      {"batch_wait (ms)",
       absl::ToInt64Milliseconds(absl::GetFlag(FLAGS_batch_wait)), 0, 1000},
      {"block_cache_bytes", absl::GetFlag(FLAGS_block_cache_bytes), 1 << 20,
       1024 * gib},
      {"report_cache_bytes", absl::GetFlag(FLAGS_report_cache_bytes), 0,
       1024 * gib},
      {"disk_floor_bytes", absl::GetFlag(FLAGS_disk_floor_bytes), 0,
       1024 * gib},
      {"fsck_faults_max", absl::GetFlag(FLAGS_fsck_faults_max), 1, 1 << 20},
      {"publish_interval (ms)",
       absl::ToInt64Milliseconds(absl::GetFlag(FLAGS_publish_interval)), 0,
       3600 * 1000},
      {"witness_interval (ms)",
       absl::ToInt64Milliseconds(absl::GetFlag(FLAGS_witness_interval)), 10,
       24 * 3600 * 1000},
      {"witness_timeout (ms)",
       absl::ToInt64Milliseconds(absl::GetFlag(FLAGS_witness_timeout)), 10,
       60 * 1000},
      {"tls_reload_interval (ms)",
       absl::ToInt64Milliseconds(absl::GetFlag(FLAGS_tls_reload_interval)), 100,
       24 * 3600 * 1000},
      {"drain_timeout (s)",
       absl::ToInt64Seconds(absl::GetFlag(FLAGS_drain_timeout)), 0, 3600}};
  RETURN_IF_ERROR(CheckRanges(ranges));
  RETURN_IF_ERROR(CheckBackupFlags());
  return CheckLimitFlags();
}

absl::Status ReadWitnessPolicy(WitnessingOptions* witnessing) {
  witnessing->interval = absl::GetFlag(FLAGS_witness_interval);
  witnessing->timeout = absl::GetFlag(FLAGS_witness_timeout);
  const std::string path = absl::GetFlag(FLAGS_witness_policy);
  if (path.empty()) return absl::OkStatus();
  const auto policy = ledger::ReadFileOrPipe(path, ledger::kPolicyBytesMax);
  if (!policy.ok() && !absl::IsNotFound(policy.status())) {
    return policy.status();
  }
  if (!policy.ok() || policy->empty()) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
        {absl::StrCat("--witness_policy=", path,
                      ": there is no such file, or it is empty."),
         absl::StrCat("--witness_policy=", path, "：文件不存在或为空。")});
  }
  witnessing->policy = *std::move(policy);
  return absl::OkStatus();
}

void SetKeys(DaemonOptions* options) {
  options->keys.signing_key = absl::GetFlag(FLAGS_signing_key);
  options->keys.sm2_key = absl::GetFlag(FLAGS_sm2_key);
  options->keys.next_key = absl::GetFlag(FLAGS_next_key);
  options->keys.previous_vkey = absl::GetFlag(FLAGS_previous_vkey);
  options->keys.openssl_provider = absl::GetFlag(FLAGS_openssl_provider);
  if (!absl::GetFlag(FLAGS_key_change_reason).empty()) {
    options->key_change_reason = absl::GetFlag(FLAGS_key_change_reason);
  }
}

absl::Status SetTls(DaemonOptions* options) {
  const std::string min_version = absl::GetFlag(FLAGS_tls_min_version);
  if (min_version != "1.3" && min_version != "1.2") {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
                     {"--tls_min_version must be 1.3 or 1.2.",
                      "--tls_min_version 只能是 1.3 或 1.2。"});
  }
  TlsOptions tls;
  tls.paths.certificate = absl::GetFlag(FLAGS_tls_cert);
  tls.paths.private_key = absl::GetFlag(FLAGS_tls_key);
  tls.paths.client_authorities = absl::GetFlag(FLAGS_tls_client_ca);
  tls.paths.crl_directory = absl::GetFlag(FLAGS_tls_crl_dir);
  tls.reload_interval = absl::GetFlag(FLAGS_tls_reload_interval);
  const int given = (tls.paths.certificate.empty() ? 0 : 1) +
                    (tls.paths.private_key.empty() ? 0 : 1) +
                    (tls.paths.client_authorities.empty() ? 0 : 1);
  const bool has_more =
      !tls.paths.crl_directory.empty() || absl::GetFlag(FLAGS_allow_public);
  if (given == 0 && !has_more) return absl::OkStatus();
  if (given != 3) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
        {"TLS needs --tls_cert, --tls_key and --tls_client_ca together, and "
         "--tls_crl_dir and --allow_public need TLS.",
         "启用 TLS 须同时给出 --tls_cert、--tls_key 和 --tls_client_ca；"
         "--tls_crl_dir 和 --allow_public 须启用 TLS。"});
  }
  SetTlsVersions(min_version == "1.2");
  options->tls = std::move(tls);
  options->client_certificate = absl::GetFlag(FLAGS_allow_public)
                                    ? ClientCertificate::kOptional
                                    : ClientCertificate::kRequired;
  return absl::OkStatus();
}

// Whether a signal to stop has come that WaitForStop will take.
bool StopIsPending() {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 ||
         sigismember(&pending, SIGINT) == 1;
}

absl::StatusOr<DaemonOptions> OptionsFromFlags() {
  DaemonOptions options;
  RETURN_IF_ERROR(SetTls(&options));
  RETURN_IF_ERROR(ReadWitnessPolicy(&options.witnessing));
  SetKeys(&options);
  SetBackups(&options);
  options.data_dir = absl::GetFlag(FLAGS_data_dir);
  options.listen = absl::GetFlag(FLAGS_listen);
  options.origin = absl::GetFlag(FLAGS_origin);
  ServerOptions& server = options.server;
  SetLimitsFromFlags(options.tls.has_value(), &server);
  server.worker_threads = WorkerThreads(absl::GetFlag(FLAGS_worker_threads));
  server.answer_cache_bytes =
      static_cast<size_t>(absl::GetFlag(FLAGS_report_cache_bytes));
  options.ledger.batch_entries_max =
      static_cast<size_t>(absl::GetFlag(FLAGS_batch_entries_max));
  options.ledger.batch_wait = absl::GetFlag(FLAGS_batch_wait);
  options.ledger.queue_entries_max = server.queue_max;
  options.ledger.rebuild_indexes = absl::GetFlag(FLAGS_rebuild_indexes);
  options.ledger.accept_damaged_mark_slot =
      absl::GetFlag(FLAGS_accept_damaged_mark_slot);
  options.publish.directory = absl::GetFlag(FLAGS_publish_dir);
  options.publish.with_contents = absl::GetFlag(FLAGS_publish_contents);
  options.publish.interval = absl::GetFlag(FLAGS_publish_interval);
  options.access_log.path = absl::GetFlag(FLAGS_access_log);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics_listen);
  options.disk_floor_bytes =
      static_cast<uint64_t>(absl::GetFlag(FLAGS_disk_floor_bytes));
  options.store.block_cache_bytes =
      static_cast<size_t>(absl::GetFlag(FLAGS_block_cache_bytes));
  RETURN_IF_ERROR(SetFollow(StopIsPending, &options));
  return options;
}

absl::StatusOr<std::unique_ptr<Daemon>> StartDaemon() {
  ASSIGN_OR_RETURN(const DaemonOptions options, OptionsFromFlags());
  RETURN_IF_ERROR(RequireSystemLimits(options.store.block_cache_bytes +
                                      options.server.answer_cache_bytes));
  return Daemon::Start(options);
}

absl::Status Restore() {
  ASSIGN_OR_RETURN(const DaemonOptions options, OptionsFromFlags());
  return RunRestore(options,
                    WorkerThreads(absl::GetFlag(FLAGS_worker_threads)));
}

// SIGTERM, SIGINT and SIGHUP, blocked in every thread and taken by sigwait
// only: Server::Shutdown takes a mutex, which a handler must not.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

// The next signal to stop. Those before it that say the logs were moved have
// them opened anew, if there is a daemon that goes on.
int WaitForStop(const sigset_t& signals, Daemon* daemon) {
  while (true) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    if (number != SIGHUP) return number;
    if (daemon != nullptr) daemon->ReopenLogs();
  }
}

void ExitOnNextSignal(const sigset_t& signals) {
  std::thread([signals] {
    WaitForStop(signals, nullptr);
    spdlog::warn("second signal: exiting without waiting for calls");
    _exit(kExitSecondSignal);
  }).detach();
}

int RunFsck() {
  FsckOptions options;
  options.data_dir = absl::GetFlag(FLAGS_data_dir);
  options.check.threads = WorkerThreads(absl::GetFlag(FLAGS_worker_threads));
  options.check.faults_max =
      static_cast<size_t>(absl::GetFlag(FLAGS_fsck_faults_max));
  options.check.progress = ShowProgress;
  const auto result = CheckDataDir(options);
  if (!result.ok()) {
    PrintRefusal(result.status());
    // What can't even be opened is a fault, and not a refusal to look.
    return absl::IsDataLoss(result.status()) ? kExitFaults : kExitRefused;
  }
  PrintResult(*result);
  return result->faults.count() == 0 ? 0 : kExitFaults;
}

// The log first: who waits for the address may look there at once.
void Announce(const Daemon& daemon) {
  spdlog::info("serving {} with {} entries on {}", daemon.origin(),
               daemon.ledger_size(), daemon.address());
  if (!daemon.primary().empty()) {
    spdlog::info("follows {}; records nothing itself", daemon.primary());
  }
  if (!daemon.has_tls()) {
    spdlog::info(
        "TLS is off: loopback connections only, and callers name themselves");
  } else if (absl::GetFlag(FLAGS_tls_crl_dir).empty()) {
    spdlog::warn(
        "no --tls_crl_dir: a revoked certificate lets in until it ends");
  }
  if (absl::GetFlag(FLAGS_allow_public)) {
    spdlog::info(
        "--allow_public: whoever reaches the address may read what is "
        "published");
  }
  std::printf("verifier key: %s\nserving on %s\n",
              daemon.verifier_key().c_str(), daemon.address().c_str());
  if (!daemon.metrics_address().empty()) {
    std::printf("metrics on http://%s/metrics\n",
                daemon.metrics_address().c_str());
  }
  const std::string sm2 = daemon.sm2_verifier_key();
  if (!sm2.empty()) std::printf("SM2 verifier key: %s\n", sm2.c_str());
  const std::string next = daemon.next_verifier_key();
  if (!next.empty()) std::printf("next verifier key: %s\n", next.c_str());
  std::fflush(stdout);
}

int Run(const std::vector<char*>& arguments) {
  absl::Status status =
      SetUpLog(absl::GetFlag(FLAGS_log_level), absl::GetFlag(FLAGS_log_format));
  RouteLibraryLogs();
  if (status.ok() && arguments.size() > 1) {
    status = MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
                       {absl::StrCat("unexpected argument ", arguments[1],
                                     "; every setting is a flag, see --help."),
                        absl::StrCat("多余的参数 ", arguments[1],
                                     "；所有设置均为选项，见 --help。")});
  }
  if (status.ok() && absl::GetFlag(FLAGS_print_policy)) {
    std::fputs(AccessPolicyText().c_str(), stdout);
    return 0;
  }
  if (status.ok()) status = CheckFlags();
  if (!status.ok()) {
    PrintRefusal(status);
    return kExitRefused;
  }
  if (absl::GetFlag(FLAGS_fsck)) return RunFsck();
  if (IsRestore()) {
    status = Restore();
    if (!status.ok()) PrintRefusal(status);
    return status.ok() ? 0 : kExitRefused;
  }
  const sigset_t signals = BlockStopSignals();
  absl::StatusOr<std::unique_ptr<Daemon>> daemon = StartDaemon();
  if (!daemon.ok()) {
    if (ErrorReason(daemon.status()) == kFollowInterrupted) {
      spdlog::info("{}", std::string(daemon.status().message()));
      return 0;
    }
    PrintRefusal(daemon.status());
    return kExitRefused;
  }
  Announce(**daemon);
  const int number = WaitForStop(signals, daemon->get());
  ExitOnNextSignal(signals);
  spdlog::info("signal {}: answering the calls under way, then stopping",
               number);
  (*daemon)->Drain(absl::GetFlag(FLAGS_drain_timeout));
  spdlog::info("stopped");
  return 0;
}

}  // namespace
}  // namespace annals

int main(int argc, char** argv) {
  annals::ExitOnUncaught(annals::kExitUncaught);
  // A follower reaches its primary again at once, as client/main.cc says.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100", 0);
  // Beyond a limit of file sizes a write then fails, as on a full disk.
  signal(SIGXFSZ, SIG_IGN);
  // Debian's Abseil is a debug build, which looks for cycles in the order of
  // locks at each of them, and aborts at one. All that lock this way are
  // gRPC's.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  absl::FlagsUsageConfig usage;
  usage.version_string = [] {
    return std::string("annalsd " ANNALS_VERSION "\n");
  };
  absl::SetFlagsUsageConfig(usage);
  absl::SetProgramUsageMessage(annals::DaemonUsage());
  if (annals::AsksForHelp(argc, argv)) {
    std::fputs(annals::DaemonHelp().c_str(), stdout);
    return 0;
  }
  return annals::Run(absl::ParseCommandLine(argc, argv));
}
