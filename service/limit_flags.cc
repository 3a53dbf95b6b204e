#include "service/limit_flags.h"

#include <cstddef>
#include <cstdint>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/status_macros.h"
#include "service/caller_limiter.h"
#include "service/connection_limits.h"
#include "service/documents.h"
#include "service/flag_range.h"
#include "service/page_token.h"

namespace annals {
namespace {

// A limit of a caller that holds only where callers can be told apart.
constexpr int64_t kWhereCallersDiffer = -1;

}  // namespace
}  // namespace annals

ABSL_FLAG(int64_t, queue_max, 4096,
          "Calls that wait for a worker, and entries that wait for the "
          "sequencer; more are refused with RESOURCE_EXHAUSTED. Callers take "
          "turns, however many of their calls wait.");
ABSL_FLAG(int64_t, watch_streams_max, 256,
          "Streams of WatchEntries at a time.");
ABSL_FLAG(int64_t, answer_streams_max, 64,
          "Answers at a time that are streamed as fast as their readers take "
          "them (ListFilings), and streams of reflection.");
ABSL_FLAG(int64_t, batch_streams_max, 16,
          "Batches (SubmitRevisions) that are taken at a time.");
ABSL_FLAG(int64_t, batch_items_max, 64,
          "Items of a batch that were accepted and whose result is not sent; "
          "no more are read until one is.");
ABSL_FLAG(int64_t, page_size_max, annals::kPageSizeMax,
          "Items of a page of a list; who asks for more is given so many, and "
          "the token of the next page.");
ABSL_FLAG(absl::Duration, stream_stall_timeout, absl::Minutes(2),
          "A stream whose reader takes nothing for so long is cancelled, as is "
          "an answer that is not taken (a second longer for each 32 KiB); and "
          "a batch in which nothing is recorded for so long while it waits is "
          "ended. 0 for none.");
ABSL_FLAG(int64_t, caller_calls_per_second, annals::kWhereCallersDiffer,
          "Calls of one caller a second, on average; items of a batch count. "
          "A caller is who a certificate names; without one, the address (of "
          "IPv6: the first 64 bits). 0 for no limit; -1 for 1000 with TLS and "
          "none without, where all callers are one.");
ABSL_FLAG(int64_t, caller_calls_burst, annals::CallerLimits().calls_burst,
          "Calls that a caller may make at once after a pause.");
ABSL_FLAG(int64_t, caller_calls_max, annals::kWhereCallersDiffer,
          "Calls of one caller under way, and as many answers that it has not "
          "taken. 0 for no limit; -1 for 256 with TLS "
          "and none without.");
ABSL_FLAG(
    int64_t, caller_streams_max, annals::kWhereCallersDiffer,
    "Streams of one caller: watches, lists, batches; of each kind no more "
    "than a quarter of what the server takes. 0 for no limit; -1 for 8 "
    "with TLS and none without.");
ABSL_FLAG(
    int64_t, request_bytes_max,
    static_cast<int64_t>(annals::CallerLimits().request_bytes_max),
    "Bytes of requests of calls under way, batches and other streams aside; of "
    "one caller no more than a quarter, if --caller_calls_max limits it. A "
    "caller without a call may make one in any case. 0 for no limit.");
ABSL_FLAG(
    int64_t, answer_bytes_max,
    static_cast<int64_t>(annals::CallerLimits().answer_bytes_max),
    "Bytes of answers that were given and not taken yet; of one caller no "
    "more than a quarter, if --caller_calls_max limits it. A caller that "
    "has taken all of its answers is given one in any case. 0 for no "
    "limit.");
ABSL_FLAG(absl::Duration, refusal_hold, annals::ServerOptions().refusal_hold,
          "How long a caller that is over its limits waits to hear so: who "
          "asks again at once is slowed down by it. 0 for not at all.");
ABSL_FLAG(int64_t, connections_max, annals::ConnectionLimits().connections_max,
          "Connections; more are closed as they come. If the system's limit "
          "of file descriptors leaves fewer, fewer are taken.");
ABSL_FLAG(int64_t, address_connections_max,
          annals::ConnectionLimits().address_connections_max,
          "Connections from one address. 0 for no limit.");
ABSL_FLAG(int64_t, connection_calls_max, annals::ConnectionLimits().calls_max,
          "Calls under way on one connection.");
ABSL_FLAG(int64_t, connection_resets_per_second, annals::kWhereCallersDiffer,
          "Calls of one connection a second, on average, that end without an "
          "answer: reset by their caller, or out of time. A connection with "
          "more is cut off, and one whose resets leave more behind than twice "
          "--connection_calls_max. 0 for no limit; -1 for 1000 with TLS and "
          "none without.");
ABSL_FLAG(int64_t, incomplete_bytes_max, annals::kWhereCallersDiffer,
          "Bytes of requests that have come in part; of one connection no more "
          "than a quarter. A connection with more is cut off, and if all "
          "together have more, those of the address that has most. 0 for no "
          "limit; -1 for 268435456 with TLS and none without.");
ABSL_FLAG(absl::Duration, connection_cut_off_pause,
          annals::ConnectionLimits().cut_off_pause,
          "How long nobody is let in from the address of a connection that was "
          "cut off by --connection_resets_per_second or "
          "--incomplete_bytes_max.");
ABSL_FLAG(int64_t, metadata_bytes_max,
          annals::ConnectionLimits().metadata_bytes_max,
          "The metadata of a call.");
ABSL_FLAG(absl::Duration, connection_age_max,
          annals::ConnectionLimits().age_max,
          "How old a connection may become before it is asked to go (GOAWAY). "
          "0 for no limit.");
ABSL_FLAG(absl::Duration, connection_age_grace,
          annals::ConnectionLimits().age_grace,
          "How long the calls of such a connection have to end.");
ABSL_FLAG(absl::Duration, connection_idle_max,
          annals::ConnectionLimits().idle_max,
          "How long a connection may be without a call. 0 for no limit.");
ABSL_FLAG(absl::Duration, handshake_timeout,
          annals::ConnectionLimits().handshake_timeout,
          "How long the handshakes of TLS and HTTP/2 may take.");
ABSL_FLAG(absl::Duration, keepalive_time,
          annals::ConnectionLimits().keepalive_time,
          "After so much silence a connection is asked for a sign of life.");
ABSL_FLAG(absl::Duration, keepalive_timeout,
          annals::ConnectionLimits().keepalive_timeout,
          "How long that sign may take before the connection is closed.");
ABSL_FLAG(absl::Duration, ping_interval_min,
          annals::ConnectionLimits().ping_interval_min,
          "Who pings more often is sent away.");
ABSL_FLAG(int64_t, document_bytes_max, annals::kDefaultDocumentBytesMax,
          "The longest source document (DocumentService).");
ABSL_FLAG(int64_t, text_bytes_max, 256 << 10,
          "The longest single text of a report.");
ABSL_FLAG(int64_t, report_bytes_max, 1 << 20,
          "All texts of a report together.");
ABSL_FLAG(int64_t, message_bytes_max, 2 << 20, "The longest request.");
ABSL_FLAG(int64_t, message_nesting_max, annals::kMessageNestingMax,
          "How deep messages may be nested in a request.");

namespace annals {
namespace {

// No request of the API is nested as deep.
constexpr int kSchemaNesting = 10;
constexpr int kManyMax = 1 << 20;
constexpr int kStreamsMax = 65536;
constexpr absl::Duration kDay = absl::Hours(24);

FlagRange Milliseconds(const char* flag, absl::Duration value, int64_t min,
                       absl::Duration max) {
  return {absl::StrCat(flag, " (ms)"), absl::ToInt64Milliseconds(value), min,
          absl::ToInt64Milliseconds(max)};
}

absl::Status CheckConnectionFlags() {
  const absl::Duration month = 30 * kDay;
  return CheckRanges({
      {"connections_max", absl::GetFlag(FLAGS_connections_max), 1, kManyMax},
      {"address_connections_max", absl::GetFlag(FLAGS_address_connections_max),
       0, kManyMax},
      {"connection_calls_max", absl::GetFlag(FLAGS_connection_calls_max), 1,
       kStreamsMax},
      {"connection_resets_per_second",
       absl::GetFlag(FLAGS_connection_resets_per_second), kWhereCallersDiffer,
       kManyMax},
      {"incomplete_bytes_max", absl::GetFlag(FLAGS_incomplete_bytes_max),
       kWhereCallersDiffer, int64_t{1} << 40},
      Milliseconds("connection_cut_off_pause",
                   absl::GetFlag(FLAGS_connection_cut_off_pause), 0,
                   absl::Hours(1)),
      {"metadata_bytes_max", absl::GetFlag(FLAGS_metadata_bytes_max), 4096,
       1 << 20},
      Milliseconds("connection_age_max",
                   absl::GetFlag(FLAGS_connection_age_max), 0, month),
      Milliseconds("connection_age_grace",
                   absl::GetFlag(FLAGS_connection_age_grace), 0, kDay),
      Milliseconds("connection_idle_max",
                   absl::GetFlag(FLAGS_connection_idle_max), 0, month),
      Milliseconds("handshake_timeout", absl::GetFlag(FLAGS_handshake_timeout),
                   100, absl::Minutes(10)),
      Milliseconds("keepalive_time", absl::GetFlag(FLAGS_keepalive_time), 1000,
                   kDay),
      Milliseconds("keepalive_timeout", absl::GetFlag(FLAGS_keepalive_timeout),
                   100, absl::Hours(1)),
      Milliseconds("ping_interval_min", absl::GetFlag(FLAGS_ping_interval_min),
                   0, kDay),
  });
}

}  // namespace

absl::Status CheckLimitFlags() {
  RETURN_IF_ERROR(CheckRanges({
      {"queue_max", absl::GetFlag(FLAGS_queue_max), 1, kManyMax},
      {"message_bytes_max", absl::GetFlag(FLAGS_message_bytes_max), 65536,
       64 << 20},
      {"message_nesting_max", absl::GetFlag(FLAGS_message_nesting_max),
       kSchemaNesting, kMessageNestingMax},
      {"document_bytes_max", absl::GetFlag(FLAGS_document_bytes_max), 0,
       60 << 20},
      {"text_bytes_max", absl::GetFlag(FLAGS_text_bytes_max), 1024, 16 << 20},
      {"report_bytes_max", absl::GetFlag(FLAGS_report_bytes_max), 1024,
       32 << 20},
      {"watch_streams_max", absl::GetFlag(FLAGS_watch_streams_max), 0,
       kStreamsMax},
      {"answer_streams_max", absl::GetFlag(FLAGS_answer_streams_max), 1,
       kStreamsMax},
      {"batch_streams_max", absl::GetFlag(FLAGS_batch_streams_max), 0,
       kStreamsMax},
      {"batch_items_max", absl::GetFlag(FLAGS_batch_items_max), 1, kStreamsMax},
      {"page_size_max", absl::GetFlag(FLAGS_page_size_max), 1, kPageSizeMax},
      Milliseconds("stream_stall_timeout",
                   absl::GetFlag(FLAGS_stream_stall_timeout), 0, kDay),
      {"caller_calls_per_second", absl::GetFlag(FLAGS_caller_calls_per_second),
       kWhereCallersDiffer, kManyMax},
      {"caller_calls_burst", absl::GetFlag(FLAGS_caller_calls_burst), 1,
       kManyMax},
      {"caller_calls_max", absl::GetFlag(FLAGS_caller_calls_max),
       kWhereCallersDiffer, kManyMax},
      {"caller_streams_max", absl::GetFlag(FLAGS_caller_streams_max),
       kWhereCallersDiffer, kStreamsMax},
      {"request_bytes_max", absl::GetFlag(FLAGS_request_bytes_max), 0,
       int64_t{1} << 40},
      {"answer_bytes_max", absl::GetFlag(FLAGS_answer_bytes_max), 0,
       int64_t{1} << 40},
      Milliseconds("refusal_hold", absl::GetFlag(FLAGS_refusal_hold), 0,
                   absl::Seconds(10)),
  }));
  return CheckConnectionFlags();
}

namespace {

// `usual`: where callers differ.
template <typename Number>
Number CallerLimit(int64_t flag, Number usual, bool callers_differ) {
  if (flag != kWhereCallersDiffer) return static_cast<Number>(flag);
  return callers_differ ? usual : 0;
}

ConnectionLimits ConnectionLimitsFromFlags(bool callers_differ) {
  ConnectionLimits limits;
  limits.connections_max =
      static_cast<int>(absl::GetFlag(FLAGS_connections_max));
  limits.address_connections_max =
      static_cast<int>(absl::GetFlag(FLAGS_address_connections_max));
  limits.calls_max =
      static_cast<int>(absl::GetFlag(FLAGS_connection_calls_max));
  limits.resets_per_second =
      CallerLimit(absl::GetFlag(FLAGS_connection_resets_per_second),
                  ConnectionLimits::kUsualResetsPerSecond, callers_differ);
  limits.incomplete_bytes_max =
      CallerLimit(absl::GetFlag(FLAGS_incomplete_bytes_max),
                  ConnectionLimits::kUsualIncompleteBytes, callers_differ);
  limits.cut_off_pause = absl::GetFlag(FLAGS_connection_cut_off_pause);
  limits.metadata_bytes_max =
      static_cast<int>(absl::GetFlag(FLAGS_metadata_bytes_max));
  limits.age_max = absl::GetFlag(FLAGS_connection_age_max);
  limits.age_grace = absl::GetFlag(FLAGS_connection_age_grace);
  limits.idle_max = absl::GetFlag(FLAGS_connection_idle_max);
  limits.handshake_timeout = absl::GetFlag(FLAGS_handshake_timeout);
  limits.keepalive_time = absl::GetFlag(FLAGS_keepalive_time);
  limits.keepalive_timeout = absl::GetFlag(FLAGS_keepalive_timeout);
  limits.ping_interval_min = absl::GetFlag(FLAGS_ping_interval_min);
  return limits;
}

CallerLimits CallerLimitsFromFlags(bool callers_differ) {
  CallerLimits limits;
  limits.calls_per_second =
      CallerLimit(absl::GetFlag(FLAGS_caller_calls_per_second),
                  limits.calls_per_second, callers_differ);
  limits.calls_burst =
      static_cast<int>(absl::GetFlag(FLAGS_caller_calls_burst));
  limits.calls_max = CallerLimit(absl::GetFlag(FLAGS_caller_calls_max),
                                 limits.calls_max, callers_differ);
  limits.streams_max = CallerLimit(absl::GetFlag(FLAGS_caller_streams_max),
                                   limits.streams_max, callers_differ);
  limits.request_bytes_max =
      static_cast<size_t>(absl::GetFlag(FLAGS_request_bytes_max));
  limits.answer_bytes_max =
      static_cast<size_t>(absl::GetFlag(FLAGS_answer_bytes_max));
  return limits;
}

}  // namespace

void SetLimitsFromFlags(bool callers_differ, ServerOptions* options) {
  const auto size = [](int64_t value) { return static_cast<size_t>(value); };
  options->queue_max = size(absl::GetFlag(FLAGS_queue_max));
  options->message.bytes_max = size(absl::GetFlag(FLAGS_message_bytes_max));
  options->message.nesting_max =
      static_cast<int>(absl::GetFlag(FLAGS_message_nesting_max));
  options->document_bytes_max = size(absl::GetFlag(FLAGS_document_bytes_max));
  options->limits.text_bytes_max = size(absl::GetFlag(FLAGS_text_bytes_max));
  options->limits.report_bytes_max =
      size(absl::GetFlag(FLAGS_report_bytes_max));
  options->watch_streams_max = size(absl::GetFlag(FLAGS_watch_streams_max));
  options->answer_streams_max = size(absl::GetFlag(FLAGS_answer_streams_max));
  options->batch_streams_max = size(absl::GetFlag(FLAGS_batch_streams_max));
  options->batch_items_max = size(absl::GetFlag(FLAGS_batch_items_max));
  options->page_size_max = size(absl::GetFlag(FLAGS_page_size_max));
  options->stream_stall_timeout = absl::GetFlag(FLAGS_stream_stall_timeout);
  options->caller = CallerLimitsFromFlags(callers_differ);
  options->refusal_hold = absl::GetFlag(FLAGS_refusal_hold);
  options->connections = ConnectionLimitsFromFlags(callers_differ);
}

}  // namespace annals
