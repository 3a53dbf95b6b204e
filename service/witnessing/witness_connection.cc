#include "service/witnessing/witness_connection.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "httplib.h"
#include "ledger/add_checkpoint.h"
#include "ledger/clock.h"
#include "ledger/error.h"

namespace annals {
namespace {

// A hundred signature lines are shorter.
constexpr size_t kReplyBytesMax = 64 << 10;
constexpr uint32_t kPortMax = 65535;

absl::Status UrlInvalid(absl::string_view url) {
  return MakeError(absl::StatusCode::kInvalidArgument, "WITNESS_URL_INVALID",
                   {absl::StrCat("\"", url,
                                 "\" is no URL of a witness, such as "
                                 "https://witness.example.org/prefix"),
                    absl::StrCat("“", url,
                                 "”不是见证方的网址，例如 "
                                 "https://witness.example.org/prefix")});
}

absl::Status Unreachable(const WitnessUrl& url, absl::string_view cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "WITNESS_UNREACHABLE",
      {absl::StrCat(url.server, url.prefix, " gives no answer: ", cause),
       absl::StrCat(url.server, url.prefix, " 没有应答：", cause)});
}

// The library would throw at a number that is none.
bool HasValidPort(absl::string_view authority) {
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  const bool has_port = colon != absl::string_view::npos &&
                        (bracket == absl::string_view::npos || colon > bracket);
  if (!has_port) return true;
  uint32_t port = 0;
  return absl::SimpleAtoi(authority.substr(colon + 1), &port) && port >= 1 &&
         port <= kPortMax && absl::ascii_isdigit(authority[colon + 1]);
}

class HttpWitnessConnection final : public WitnessConnection {
 public:
  HttpWitnessConnection(const WitnessUrl& url, absl::Duration timeout)
      : url_(url), timeout_(timeout), client_(url.server) {
    client_.set_connection_timeout(absl::ToChronoMilliseconds(timeout));
    client_.set_read_timeout(absl::ToChronoMilliseconds(timeout));
    client_.set_write_timeout(absl::ToChronoMilliseconds(timeout));
    client_.set_keep_alive(true);
    client_.set_follow_location(false);
  }

  absl::StatusOr<WitnessReply> Post(const std::string& body) override {
    if (cancelled_) return Unreachable(url_, "cancelled");
    WitnessReply reply;
    const absl::Time deadline = ledger::Clock::System()->Now() + timeout_;
    httplib::Request request;
    request.method = "POST";
    request.path = url_.prefix + ledger::kAddCheckpointPath;
    request.body = body;
    request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    request.content_receiver = [&reply, deadline](const char* data, size_t size,
                                                  uint64_t, uint64_t) {
      if (reply.body.size() + size > kReplyBytesMax) return false;
      reply.body.append(data, size);
      return ledger::Clock::System()->Now() < deadline;
    };
    const httplib::Result result = client_.send(request);
    if (!result) return Unreachable(url_, httplib::to_string(result.error()));
    reply.status = result->status;
    return reply;
  }

  void Cancel() override {
    cancelled_ = true;
    client_.stop();
  }

 private:
  const WitnessUrl url_;
  const absl::Duration timeout_;
  httplib::Client client_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

absl::StatusOr<WitnessUrl> ParseWitnessUrl(absl::string_view url) {
  absl::string_view rest = url;
  const bool tls = absl::ConsumePrefix(&rest, "https://");
  if (!tls && !absl::ConsumePrefix(&rest, "http://")) return UrlInvalid(url);
  if (rest.find_first_of("?#@ \\") != absl::string_view::npos) {
    return UrlInvalid(url);
  }
  const size_t slash = std::min(rest.find('/'), rest.size());
  if (slash == 0 || rest[0] == ':') return UrlInvalid(url);
  if (!HasValidPort(rest.substr(0, slash))) return UrlInvalid(url);
  absl::string_view prefix = rest.substr(slash);
  while (absl::ConsumeSuffix(&prefix, "/")) {
  }
  return WitnessUrl{
      absl::StrCat(tls ? "https://" : "http://", rest.substr(0, slash)),
      std::string(prefix)};
}

std::unique_ptr<WitnessConnection> ConnectToWitness(const WitnessUrl& url,
                                                    absl::Duration timeout) {
  return std::make_unique<HttpWitnessConnection>(url, timeout);
}

}  // namespace annals
