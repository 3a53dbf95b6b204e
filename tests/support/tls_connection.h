// A connection on which a test says what it wants: bytes on TCP, on TLS, and
// frames of HTTP/2 (RFC 9113).

#ifndef ANNALS_TESTS_SUPPORT_TLS_CONNECTION_H_
#define ANNALS_TESTS_SUPPORT_TLS_CONNECTION_H_

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "openssl/ssl.h"
#include "tests/support/tcp_connection.h"
#include "tests/support/test_pki.h"

namespace annals {

class TlsConnection {
 public:
  // `server` is an IPv4 address and a port.
  explicit TlsConnection(const std::string& server)
      : socket_(ConnectTcp(server)) {
    // OpenSSL writes to what the server has closed.
    signal(SIGPIPE, SIG_IGN);
    // Longer than anything that is tested takes.
    const timeval wait = {30, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
  }
  ~TlsConnection() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    if (socket_ >= 0) close(socket_);
  }
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  bool is_connected() const { return socket_ >= 0; }

  // `alpn` in its wire form, such as "\x02h2"; empty for none.
  bool Handshake(const TestCertificate& client, const std::string& alpn,
                 int version = TLS1_3_VERSION) {
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    SSL_CTX_use_certificate_file(context_, client.certificate.c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_, client.key.c_str(), SSL_FILETYPE_PEM);
    ssl_ = SSL_new(context_);
    SSL_set_alpn_protos(ssl_,
                        reinterpret_cast<const unsigned char*>(alpn.data()),
                        static_cast<unsigned>(alpn.size()));
    SSL_set_fd(ssl_, socket_);
    return SSL_connect(ssl_) == 1;
  }

  // On TLS once there was a handshake, before that on TCP.
  bool Write(const std::string& bytes) {
    const auto size = static_cast<int>(bytes.size());
    if (ssl_ != nullptr) return SSL_write(ssl_, bytes.data(), size) == size;
    return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }

  // Reads on until the server closes; false if nothing comes for long.
  bool IsClosed() {
    char bytes[4096];
    while (true) {
      errno = 0;
      const auto read =
          ssl_ != nullptr
              ? SSL_read(ssl_, bytes, sizeof(bytes))
              : static_cast<int>(recv(socket_, bytes, sizeof(bytes), 0));
      if (read <= 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    }
  }

 private:
  const int socket_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
};

namespace http2 {

inline constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr int kData = 0;
inline constexpr int kHeaders = 1;
inline constexpr int kRstStream = 3;
inline constexpr int kSettings = 4;
inline constexpr int kPing = 6;
inline constexpr int kWindowUpdate = 8;
inline constexpr int kContinuation = 9;
inline constexpr int kEndHeaders = 4;

inline std::string BigEndian(uint32_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) {
    text.push_back(static_cast<char>(value >> (8 * i)));
  }
  return text;
}

inline std::string Frame(int type, int flags, uint32_t stream,
                         const std::string& payload) {
  return absl::StrCat(BigEndian(static_cast<uint32_t>(payload.size()), 3),
                      BigEndian(static_cast<uint32_t>(type), 1),
                      BigEndian(static_cast<uint32_t>(flags), 1),
                      BigEndian(stream, 4), payload);
}

// A length as HPACK writes it, in 7 bits and what does not fit after them.
inline std::string Length(size_t length) {
  if (length < 127) return std::string(1, static_cast<char>(length));
  std::string bytes(1, '\x7f');
  for (length -= 127; length >= 128; length /= 128) {
    bytes.push_back(static_cast<char>(length % 128 + 128));
  }
  bytes.push_back(static_cast<char>(length));
  return bytes;
}

inline std::string Header(const std::string& name, const std::string& value) {
  return absl::StrCat(std::string(1, '\0'), Length(name.size()), name,
                      Length(value.size()), value);
}

// The head of a call.
inline std::string CallHeaders(const std::string& path) {
  return absl::StrCat(Header(":method", "POST"), Header(":scheme", "https"),
                      Header(":path", path), Header(":authority", "localhost"),
                      Header("content-type", "application/grpc"),
                      Header("te", "trailers"));
}

}  // namespace http2
}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_TLS_CONNECTION_H_
