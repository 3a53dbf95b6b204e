#include "service/telemetry/metrics.h"

#include <algorithm>
#include <cstdint>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "prometheus/text_serializer.h"

namespace annals {
namespace {

constexpr auto kCounter = prometheus::MetricType::Counter;
constexpr auto kGauge = prometheus::MetricType::Gauge;
constexpr auto kHistogram = prometheus::MetricType::Histogram;

// The rows of the process have the names that every exporter gives them.
const MetricInfo kRows[] = {
    {Metric::kBuildInfo, kGauge, "annals_build_info", "version",
     "1, with the daemon's version", "恒为 1，标签为程序版本"},
    {Metric::kDraining, kGauge, "annals_draining", "",
     "1 while the daemon shuts down", "正在关闭时为 1"},
    {Metric::kCalls, kCounter, "annals_calls_total", "method,code",
     "Finished calls", "已结束的调用数"},
    {Metric::kCallDuration, kHistogram, "annals_call_duration_seconds",
     "method", "From a call's arrival to its answer; of a stream, its life",
     "从调用到达至应答的时长；数据流则为其存续时间"},
    {Metric::kCallsInFlight, kGauge, "annals_calls_in_flight", "method",
     "Calls under way", "进行中的调用数"},
    {Metric::kConnections, kGauge, "annals_connections", "",
     "Connections that are open (--connections_max)",
     "打开的连接数（上限为 --connections_max）"},
    {Metric::kLimitsHit, kCounter, "annals_limits_hit_total", "reason",
     "What was refused or closed because of a limit, by the reason of the "
     "error or of the closing",
     "因达到上限而被拒绝或关闭的次数，按错误原因或关闭原因"},
    {Metric::kAccessLogDropped, kCounter, "annals_access_log_dropped_total", "",
     "Lines of the access log that did not fit into its queue",
     "访问日志因队列已满而丢弃的行数"},
    {Metric::kAccessLogErrors, kCounter, "annals_access_log_errors_total", "",
     "Lines of the access log that could not be written",
     "访问日志未能写入的行数"},
    {Metric::kWorkerQueue, kGauge, "annals_worker_queue_length", "",
     "Tasks that wait for a worker", "等待工作线程的任务数"},
    {Metric::kWorkerQueueMax, kGauge, "annals_worker_queue_max", "",
     "The queue's limit (--queue_max)", "该队列的上限（--queue_max）"},
    {Metric::kTreeSize, kGauge, "annals_ledger_tree_size_entries", "",
     "Entries under the latest checkpoint", "最新检查点所含的条目数"},
    {Metric::kCheckpointTime, kGauge,
     "annals_ledger_checkpoint_timestamp_seconds", "",
     "When the latest checkpoint was published, or the daemon started",
     "最新检查点的发布时间，或程序的启动时间"},
    {Metric::kBatchEntries, kHistogram, "annals_ledger_batch_entries", "",
     "Entries recorded in one batch", "每批记录的条目数"},
    {Metric::kBatchStep, kHistogram,
     "annals_ledger_batch_step_duration_seconds", "step",
     "A batch's steps: store_sync, verify, sign, mark_sync",
     "一批的各步用时：存储落盘、核验、签名、标记落盘"},
    {Metric::kSequencerQueue, kGauge, "annals_ledger_queue_length", "",
     "Entries that wait for the sequencer", "等待定序的条目数"},
    {Metric::kSequencerQueueMax, kGauge, "annals_ledger_queue_max", "",
     "The queue's limit (--queue_max)", "该队列的上限（--queue_max）"},
    {Metric::kWritesStopped, kGauge, "annals_ledger_writes_stopped", "",
     "1 while nothing is recorded", "停止记录时为 1"},
    {Metric::kDamage, kCounter, "annals_ledger_damage_found_total", "",
     "Reads and writes that found stored bytes damaged",
     "读写时发现存储数据损坏的次数"},
    {Metric::kWitnessedTreeSize, kGauge, "annals_witnessed_tree_size_entries",
     "",
     "Entries under the latest checkpoint that a quorum of witnesses cosigned",
     "经法定数目见证方联署的最新检查点所含的条目数"},
    {Metric::kWitnessLag, kGauge, "annals_witness_lag_entries", "",
     "Entries that no quorum of witnesses has cosigned yet",
     "尚未经法定数目见证方联署的条目数"},
    {Metric::kWitnessUp, kGauge, "annals_witness_up", "witness",
     "1 if the witness's last answer was a cosignature",
     "该见证方最近一次应答为联署时为 1"},
    {Metric::kFollowerLag, kGauge, "annals_follower_lag_entries", "",
     "Entries of the primary that this follower does not serve yet",
     "主服务已有而本从服务尚未提供的条目数"},
    {Metric::kFollowerHeard, kGauge,
     "annals_follower_checkpoint_timestamp_seconds", "",
     "When a checkpoint of the primary was verified last, or the daemon "
     "started",
     "最近一次核验主服务检查点的时间，或程序的启动时间"},
    {Metric::kFollowerRefused, kGauge, "annals_follower_refused", "",
     "1 if the primary contradicted what was verified and is not followed",
     "主服务与已核验的内容相矛盾、已不再跟随时为 1"},
    {Metric::kStoreTableBytes, kGauge, "annals_store_table_bytes", "",
     "Files of RocksDB's tables", "RocksDB 数据文件的字节数"},
    {Metric::kStoreMemtableBytes, kGauge, "annals_store_memtable_bytes", "",
     "RocksDB's tables in memory", "RocksDB 内存表的字节数"},
    {Metric::kStoreCacheBytes, kGauge, "annals_store_block_cache_bytes", "",
     "Blocks in RocksDB's cache", "RocksDB 块缓存已用字节数"},
    {Metric::kStoreCacheHits, kCounter, "annals_store_block_cache_hits_total",
     "", "Blocks found in the cache", "命中块缓存的次数"},
    {Metric::kStoreCacheMisses, kCounter,
     "annals_store_block_cache_misses_total", "", "Blocks read from the disk",
     "未命中块缓存的次数"},
    {Metric::kStoreCompactions, kGauge, "annals_store_compactions_running", "",
     "Compactions under way", "进行中的压实任务数"},
    {Metric::kStoreCompactionPending, kGauge,
     "annals_store_compaction_pending_bytes", "",
     "What compactions have still to rewrite, estimated",
     "尚待压实的字节数（估计值）"},
    {Metric::kStoreCompactionRead, kCounter,
     "annals_store_compaction_read_bytes_total", "", "Read by compactions",
     "压实所读取的字节数"},
    {Metric::kStoreCompactionWritten, kCounter,
     "annals_store_compaction_written_bytes_total", "",
     "Written by compactions", "压实所写入的字节数"},
    {Metric::kStoreStallSeconds, kCounter,
     "annals_store_write_stall_seconds_total", "",
     "How long RocksDB held writes up", "RocksDB 延缓写入的累计时长"},
    {Metric::kStoreWriteStopped, kGauge, "annals_store_write_stopped", "",
     "1 while RocksDB takes no writes", "RocksDB 暂停写入时为 1"},
    {Metric::kStoreLogSyncs, kCounter, "annals_store_log_syncs_total", "",
     "Syncs of RocksDB's log", "RocksDB 日志落盘次数"},
    {Metric::kStoreBackgroundErrors, kCounter,
     "annals_store_background_errors_total", "",
     "Flushes and compactions that failed", "落盘与压实失败的次数"},
    {Metric::kDiskFree, kGauge, "annals_data_dir_free_bytes", "",
     "Free on the disk of --data_dir", "--data_dir 所在磁盘的可用字节数"},
    {Metric::kDiskSize, kGauge, "annals_data_dir_disk_bytes", "",
     "The size of that disk", "该磁盘的总字节数"},
    {Metric::kTlsExpiry, kGauge,
     "annals_tls_certificate_expiry_timestamp_seconds", "",
     "Until when the server's certificate is valid", "服务端证书的失效时间"},
    {Metric::kTlsCrlExpiry, kGauge, "annals_tls_crl_expiry_timestamp_seconds",
     "", "When the first revocation list ends; then it lets nobody in",
     "最早到期的吊销列表的到期时间，此后任何人都无法通过验证"},
    {Metric::kTlsReloadFailures, kCounter, "annals_tls_reload_failures_total",
     "", "Looks at the files of TLS that found them not in order",
     "TLS 文件重新读取失败的次数"},
    {Metric::kTlsHandshakeFailures, kCounter,
     "annals_tls_handshake_failures_total", "",
     "Connections of which no TLS came to be", "TLS 握手失败的次数"},
    {Metric::kProcessStart, kGauge, "process_start_time_seconds", "",
     "When the process started", "进程启动时间"},
    {Metric::kProcessCpu, kCounter, "process_cpu_seconds_total", "",
     "User and system time", "进程占用的处理器时间"},
    {Metric::kProcessMemory, kGauge, "process_resident_memory_bytes", "",
     "Resident memory", "进程常驻内存"},
    {Metric::kProcessOpenFds, kGauge, "process_open_fds", "",
     "Open file descriptors", "已打开的文件描述符数"},
    {Metric::kProcessMaxFds, kGauge, "process_max_fds", "",
     "The most file descriptors that may be open", "文件描述符数上限"},
};

std::vector<prometheus::ClientMetric::Label> LabelsOf(
    const MetricLabels& labels) {
  std::vector<prometheus::ClientMetric::Label> result;
  result.reserve(labels.size());
  for (const auto& [name, value] : labels) result.push_back({name, value});
  return result;
}

}  // namespace

const std::vector<MetricInfo>& MetricTable() {
  static const auto* const table =
      new std::vector<MetricInfo>(std::begin(kRows), std::end(kRows));
  return *table;
}

MetricWriter::MetricWriter() {
  for (const MetricInfo& info : MetricTable()) {
    ANNALS_CHECK(static_cast<size_t>(info.metric) == families_.size());
    families_.push_back({std::string(info.name),
                         absl::StrCat(info.help_en, " / ", info.help_zh),
                         info.type,
                         {}});
  }
}

void MetricWriter::Add(Metric metric, double value,
                       const MetricLabels& labels) {
  prometheus::ClientMetric sample;
  sample.label = LabelsOf(labels);
  std::vector<prometheus::ClientMetric>& samples =
      families_[static_cast<size_t>(metric)].metric;
  const auto same = std::find_if(
      samples.begin(), samples.end(), [&sample](const auto& other) {
        return std::equal(sample.label.begin(), sample.label.end(),
                          other.label.begin(), other.label.end(),
                          [](const auto& a, const auto& b) {
                            return a.name == b.name && a.value == b.value;
                          });
      });
  if (same == samples.end()) {
    samples.push_back(std::move(sample));
    samples.back().counter.value = samples.back().gauge.value = value;
  } else {
    same->counter.value += value;
    same->gauge.value += value;
  }
}

void MetricWriter::AddHistogram(Metric metric,
                                const Histogram::Snapshot& histogram,
                                const MetricLabels& labels) {
  prometheus::ClientMetric sample;
  sample.label = LabelsOf(labels);
  uint64_t count = 0;
  for (size_t i = 0; i < histogram.bounds.size(); ++i) {
    count += histogram.counts[i];
    sample.histogram.bucket.push_back({count, histogram.bounds[i]});
  }
  sample.histogram.sample_count = count + histogram.counts.back();
  sample.histogram.sample_sum = histogram.sum;
  families_[static_cast<size_t>(metric)].metric.push_back(std::move(sample));
}

std::string MetricWriter::ToText() const {
  std::vector<prometheus::MetricFamily> present;
  for (const prometheus::MetricFamily& family : families_) {
    if (!family.metric.empty()) present.push_back(family);
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, present);
  return std::move(text).str();
}

}  // namespace annals
