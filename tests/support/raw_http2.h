// A client of HTTP/2 that does what no client of gRPC would: it begins calls
// and gives them up, and sends requests that never end. Without TLS.

#ifndef ANNALS_TESTS_SUPPORT_RAW_HTTP2_H_
#define ANNALS_TESTS_SUPPORT_RAW_HTTP2_H_

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/file_descriptor.h"
#include "tests/support/tcp_connection.h"

namespace annals {

class RawHttp2 {
 public:
  // `server`: an IPv4 address and a port. `own_port`: zero for any.
  explicit RawHttp2(const std::string& server, uint16_t own_port = 0)
      : socket_(ConnectTcp(server, own_port)) {
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    SendFrame(kSettings, 0, 0, "");
  }

  uint16_t own_port() const {
    sockaddr_in address = {};
    socklen_t size = sizeof(address);
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  // Ends it so that its port is free at once.
  void Abort() {
    const linger at_once = {1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    socket_ = ledger::FileDescriptor(-1);
    is_open_ = false;
  }

  // Whether the server has not closed it.
  bool IsOpen() const { return is_open_; }

  // Begins a call of `path`; its stream.
  uint32_t Begin(absl::string_view path) {
    const uint32_t stream = std::exchange(next_stream_, next_stream_ + 2);
    windows_[stream] = initial_window_;
    // Literals without indexing (RFC 7541 section 6.2.2), but for the method
    // POST and the scheme http, which stand in the static table.
    std::string head = "\x83\x86";
    AppendField(":path", path, &head);
    AppendField(":authority", "localhost", &head);
    AppendField("content-type", "application/grpc", &head);
    AppendField("te", "trailers", &head);
    SendFrame(kHeaders, kEndHeaders, stream, head);
    return stream;
  }

  void Reset(uint32_t stream) {
    windows_.erase(stream);
    SendFrame(kResetStream, 0, stream, BigEndian(8));  // CANCEL.
  }

  // Sends data that do not end the stream, as fast as the server lets it, for
  // `time` at most. False if the connection was closed, or time is up.
  bool SendData(uint32_t stream, absl::string_view data,
                std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!data.empty() && is_open_) {
      const int64_t room = std::min({windows_[0], windows_[stream],
                                     static_cast<int64_t>(data.size()),
                                     int64_t{kFrameBytesMax}});
      if (room > 0) {
        const auto sent = static_cast<size_t>(room);
        SendFrame(kData, 0, stream, data.substr(0, sent));
        windows_[0] -= room;
        windows_[stream] -= room;
        data.remove_prefix(sent);
        continue;
      }
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0 || !Receive(left)) return false;
    }
    return is_open_;
  }

  // Whether the server closes it in that time.
  bool IsClosedWithin(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (is_open_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      Receive(left);
    }
    return true;
  }

 private:
  // Types and flags of frames (RFC 9113 section 6).
  static constexpr uint8_t kData = 0;
  static constexpr uint8_t kHeaders = 1;
  static constexpr uint8_t kResetStream = 3;
  static constexpr uint8_t kSettings = 4;
  static constexpr uint8_t kPing = 6;
  static constexpr uint8_t kWindowUpdate = 8;
  static constexpr uint8_t kEndHeaders = 4;
  static constexpr uint8_t kAck = 1;
  static constexpr uint16_t kInitialWindowSize = 4;  // Of the settings.
  static constexpr size_t kHeadBytes = 9;
  static constexpr size_t kFrameBytesMax = 16384;

  static std::string BigEndian(uint32_t number) {
    std::string bytes(4, '\0');
    for (size_t i = 0; i < 4; ++i) {
      bytes[i] = static_cast<char>(number >> (24 - 8 * i));
    }
    return bytes;
  }

  static uint32_t ReadBigEndian(absl::string_view bytes) {
    uint32_t number = 0;
    for (const char byte : bytes) {
      number = number << 8 | static_cast<uint8_t>(byte);
    }
    return number;
  }

  static void AppendField(absl::string_view name, absl::string_view value,
                          std::string* head) {
    head->push_back('\0');
    for (const absl::string_view text : {name, value}) {
      head->push_back(static_cast<char>(text.size()));  // Less than 127.
      head->append(text.data(), text.size());
    }
  }

  void Send(absl::string_view bytes) {
    while (!bytes.empty() && is_open_) {
      const ssize_t sent =
          send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        is_open_ = false;
      } else {
        bytes.remove_prefix(static_cast<size_t>(sent));
      }
    }
  }

  void SendFrame(uint8_t type, uint8_t flags, uint32_t stream,
                 absl::string_view payload) {
    std::string head =
        BigEndian(static_cast<uint32_t>(payload.size())).substr(1);
    head.push_back(static_cast<char>(type));
    head.push_back(static_cast<char>(flags));
    Send(absl::StrCat(head, BigEndian(stream), payload));
  }

  // Waits for more and takes it up. False if nothing came.
  bool Receive(std::chrono::milliseconds time) {
    pollfd wait = {socket_.get(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(time.count())) <= 0) return false;
    char bytes[kFrameBytesMax];
    const ssize_t size = recv(socket_.get(), bytes, sizeof(bytes), 0);
    if (size <= 0) {
      is_open_ = false;
      return false;
    }
    received_.append(bytes, static_cast<size_t>(size));
    while (TakeFrame()) {
    }
    return true;
  }

  bool TakeFrame() {
    if (received_.size() < kHeadBytes) return false;
    const absl::string_view frame = received_;
    const size_t size = ReadBigEndian(frame.substr(0, 3));
    if (frame.size() < kHeadBytes + size) return false;
    const auto type = static_cast<uint8_t>(frame[3]);
    const auto flags = static_cast<uint8_t>(frame[4]);
    const uint32_t stream = ReadBigEndian(frame.substr(5, 4));
    const std::string payload(frame.substr(kHeadBytes, size));
    received_.erase(0, kHeadBytes + size);
    if (type == kWindowUpdate) windows_[stream] += ReadBigEndian(payload);
    if (type == kSettings && flags != kAck) TakeSettings(payload);
    if (type == kPing && flags != kAck) SendFrame(kPing, kAck, 0, payload);
    return true;
  }

  void TakeSettings(absl::string_view settings) {
    for (; settings.size() >= 6; settings.remove_prefix(6)) {
      if (ReadBigEndian(settings.substr(0, 2)) != kInitialWindowSize) continue;
      const int64_t window = ReadBigEndian(settings.substr(2, 4));
      for (auto& [stream, room] : windows_) {
        if (stream != 0) room += window - initial_window_;
      }
      initial_window_ = window;
    }
    SendFrame(kSettings, kAck, 0, "");
  }

  ledger::FileDescriptor socket_;
  bool is_open_ = true;
  uint32_t next_stream_ = 1;
  int64_t initial_window_ = 65535;
  // How many bytes of data may be sent, by stream; of all, under zero.
  std::map<uint32_t, int64_t> windows_ = {{0, 65535}};
  std::string received_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_RAW_HTTP2_H_
