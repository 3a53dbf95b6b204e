// Connections that do not behave, on bare TCP and TLS. What the server closes
// is UNAVAILABLE; OK is a server that bears it and goes on serving others,
// which each row of the table asks it for.

#include <memory>

#include "tests/e2e/hostile_stage.h"
#include "tests/support/tls_connection.h"

namespace annals {
namespace {

using grpc::StatusCode;
using http2::CallHeaders;
using http2::Frame;

constexpr char kH2[] = "\x02h2";
constexpr char kPath[] = "/annals.v1.LedgerService/GetCheckpoint";

grpc::Status Closed(bool is_closed) {
  return is_closed ? grpc::Status(StatusCode::UNAVAILABLE, "closed")
                   : grpc::Status::OK;
}

// Says `bytes` on TCP.
HostileCall OnTcp(HostileStage* stage, const std::string& name,
                  const std::string& bytes) {
  return {name,
          [=] {
            TlsConnection connection(stage->server());
            connection.Write(bytes);
            return Closed(connection.IsClosed());
          },
          StatusCode::UNAVAILABLE, ""};
}

// Says `bytes` on TLS, with a certificate that is in order.
HostileCall OnTls(HostileStage* stage, const std::string& name,
                  const std::string& alpn, const std::string& bytes) {
  return {name,
          [=] {
            TlsConnection connection(stage->server());
            if (connection.Handshake(stage->clerk_, alpn)) {
              connection.Write(bytes);
            }
            return Closed(connection.IsClosed());
          },
          StatusCode::UNAVAILABLE, ""};
}

// The same after the greetings of HTTP/2.
HostileCall OnHttp2(HostileStage* stage, const std::string& name,
                    const std::string& frames) {
  return OnTls(
      stage, name, kH2,
      absl::StrCat(http2::kPreface, Frame(http2::kSettings, 0, 0, ""), frames));
}

// Says `bytes` and goes; the server has to bear it.
HostileCall Borne(HostileStage* stage, const std::string& name, int times,
                  const std::string& frames) {
  return {name,
          [=] {
            for (int i = 0; i < times; ++i) {
              TlsConnection connection(stage->server());
              // A busy server may be too slow for it, and then has its peace.
              if (!connection.Handshake(stage->clerk_, kH2)) continue;
              connection.Write(absl::StrCat(
                  http2::kPreface, Frame(http2::kSettings, 0, 0, ""), frames));
            }
            return grpc::Status::OK;
          },
          StatusCode::OK, ""};
}

std::string Repeat(int times, const std::string& bytes) {
  std::string all;
  for (int i = 0; i < times; ++i) all += bytes;
  return all;
}

// Calls that are reset as soon as they are begun, with `message` of their
// request.
std::string ResetStorm(int streams, const std::string& message) {
  std::string frames;
  for (int i = 0; i < streams; ++i) {
    const auto stream = static_cast<uint32_t>(2 * i + 1);
    frames +=
        Frame(http2::kHeaders, http2::kEndHeaders, stream, CallHeaders(kPath));
    if (!message.empty()) frames += Frame(http2::kData, 0, stream, message);
    frames += Frame(http2::kRstStream, 0, stream, http2::BigEndian(8, 4));
  }
  return frames;
}

// Calls that are begun and never go on.
std::string HalfOpenCalls(int streams) {
  std::string frames;
  for (int i = 0; i < streams; ++i) {
    frames += Frame(http2::kHeaders, http2::kEndHeaders,
                    static_cast<uint32_t>(2 * i + 1), CallHeaders(kPath));
  }
  return frames;
}

grpc::Status PlainChannel(HostileStage* stage) {
  grpc::ClientContext context;
  return RawUnaryCall(
      grpc::CreateChannel(stage->server(), grpc::InsecureChannelCredentials()),
      &context, kPath, "", nullptr);
}

grpc::Status OldTls(HostileStage* stage) {
  TlsConnection connection(stage->server());
  return Closed(!connection.Handshake(stage->clerk_, kH2, TLS1_2_VERSION));
}

// More than --address_connections_max: the last ones are closed.
grpc::Status ManyConnections(HostileStage* stage) {
  std::vector<std::unique_ptr<TlsConnection>> connections;
  for (int i = 0; i < 150; ++i) {
    connections.push_back(std::make_unique<TlsConnection>(stage->server()));
  }
  return Closed(!connections.back()->Handshake(stage->clerk_, kH2));
}

// Connections that come and go at once.
grpc::Status HitAndRun(HostileStage* stage) {
  for (int i = 0; i < 500; ++i) {
    TlsConnection connection(stage->server());
  }
  return grpc::Status::OK;
}

void AddFrames(HostileStage* stage, std::vector<HostileCall>* calls) {
  const std::string ping = Frame(http2::kPing, 0, 0, std::string(8, 'p'));
  calls->push_back(OnHttp2(stage, "a flood of pings", Repeat(1000, ping)));
  calls->push_back(OnHttp2(
      stage, "a frame of 16 MB",
      absl::StrCat("\xff\xff\xff", std::string(1, '\0'), std::string(1, '\0'),
                   http2::BigEndian(1, 4), std::string(100, 'x'))));
  // gRPC 1.51 looks over these two.
  calls->push_back(Borne(stage, "data on stream zero", 1,
                         Frame(http2::kData, 0, 0, "data")));
  calls->push_back(OnHttp2(
      stage, "headers that are none",
      Frame(http2::kHeaders, http2::kEndHeaders, 1, "\xff\xff\xff\xff\x7f")));
  calls->push_back(OnHttp2(stage, "a continuation of nothing",
                           Frame(http2::kContinuation, 0, 1, "x")));
  calls->push_back(OnHttp2(stage, "settings of a wrong size",
                           Frame(http2::kSettings, 0, 0, "abc")));
  calls->push_back(Borne(stage, "a window that overflows", 1,
                         Repeat(4, Frame(http2::kWindowUpdate, 0, 0,
                                         http2::BigEndian(0x7fffffff, 4)))));
  calls->push_back(Borne(stage, "a storm of resets", 1, ResetStorm(3000, "")));
  // An empty message of gRPC, so that each is a call; cut off meanwhile.
  calls->push_back(OnHttp2(stage, "a storm of calls that are given up",
                           ResetStorm(20'000, std::string(5, '\0'))));
  calls->push_back(
      Borne(stage, "calls that are begun and left", 5, HalfOpenCalls(900)));
  calls->push_back(Borne(stage, "a storm of settings", 1,
                         Repeat(3000, Frame(http2::kSettings, 0, 0, ""))));
  calls->push_back(Borne(
      stage, "headers without an end", 1,
      absl::StrCat(
          Frame(http2::kHeaders, 0, 1, CallHeaders(kPath)),
          Repeat(200, Frame(http2::kContinuation, 0, 1,
                            http2::Header("x", std::string(9000, 'x')))))));
}

}  // namespace

std::vector<HostileCall> HostileConnections(HostileStage* stage) {
  std::vector<HostileCall> calls = {
      {"no TLS at all", [stage] { return PlainChannel(stage); },
       StatusCode::UNAVAILABLE, ""},
      {"TLS 1.2", [stage] { return OldTls(stage); }, StatusCode::UNAVAILABLE,
       ""},
      OnTcp(stage, "a connection that says nothing", ""),
      OnTcp(stage, "the first bytes of a handshake, and no more",
            std::string("\x16\x03\x01\x02\x00\x01", 6)),
      OnTcp(stage, "a request in HTTP/1.1", "GET / HTTP/1.1\r\n\r\n"),
      OnTcp(stage, "noise", std::string(5000, '\xa5')),
      OnTls(stage, "TLS without a protocol", "", http2::kPreface),
      OnTls(stage, "TLS for another protocol", "\x08http/1.1",
            "GET / HTTP/1.1\r\n\r\n"),
      OnTls(stage, "TLS, and then nothing", kH2, ""),
      OnTls(stage, "half of HTTP/2's preface", kH2, "PRI * HTTP/2.0\r\n"),
      OnTls(stage, "noise on TLS", kH2, std::string(5000, '\xa5')),
      {"more connections than one address may have",
       [stage] { return ManyConnections(stage); }, StatusCode::UNAVAILABLE, ""},
      {"connections that come and go", [stage] { return HitAndRun(stage); },
       StatusCode::OK, ""},
  };
  AddFrames(stage, &calls);
  return calls;
}

}  // namespace annals
