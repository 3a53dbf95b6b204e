#include "service/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

constexpr int kPortMax = 65535;
constexpr uint32_t kLoopbackNetwork = 127;

absl::Status InvalidAddress(absl::string_view text, absl::string_view flag) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_LISTEN_ADDRESS",
      {absl::StrCat(flag, "=", text,
                    " is no address; write HOST:PORT, such as 127.0.0.1:7432 "
                    "or [::1]:7432."),
       absl::StrCat(flag, "=", text,
                    " 不是地址；格式为 HOST:PORT，例如 127.0.0.1:7432 或 "
                    "[::1]:7432。")});
}

absl::Status NotLoopback(absl::string_view host) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "LISTEN_NOT_LOOPBACK",
      {absl::StrCat("--listen: ", host,
                    " is not a loopback address. Without TLS this server "
                    "takes every caller's word for who it is and encrypts "
                    "nothing, so it listens on 127.0.0.0/8, [::1] or "
                    "localhost only."),
       absl::StrCat("--listen：", host,
                    " 不是本机回环地址。未启用 TLS 时，服务端只凭调用者自报"
                    "身份，且不加密，因此只在 127.0.0.0/8、[::1] 或 "
                    "localhost 上监听。")});
}

bool IsAddress(const std::string& host) {
  in_addr v4 = {};
  in6_addr v6 = {};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

bool IsLoopback(const std::string& host) {
  in_addr v4 = {};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return ntohl(v4.s_addr) >> 24 == kLoopbackNetwork;
  }
  in6_addr v6 = {};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

absl::StatusOr<ListenAddress> ReadHostAndPort(absl::string_view text,
                                              absl::string_view flag) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return InvalidAddress(text, flag);
  absl::string_view host = text.substr(0, colon);
  ListenAddress address;
  if (!absl::SimpleAtoi(text.substr(colon + 1), &address.port) ||
      address.port < 0 || address.port > kPortMax) {
    return InvalidAddress(text, flag);
  }
  if (absl::ConsumePrefix(&host, "[") != absl::ConsumeSuffix(&host, "]")) {
    return InvalidAddress(text, flag);
  }
  address.host = host == "localhost" ? "127.0.0.1" : std::string(host);
  return address;
}

}  // namespace

std::string ListenAddress::ToString() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return is_v6 ? absl::StrCat("[", host, "]:", port)
               : absl::StrCat(host, ":", port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text,
                                                 absl::string_view flag) {
  ASSIGN_OR_RETURN(ListenAddress address, ReadHostAndPort(text, flag));
  if (!IsAddress(address.host)) return InvalidAddress(text, flag);
  return address;
}

absl::StatusOr<ListenAddress> ParseLoopbackAddress(absl::string_view text) {
  ASSIGN_OR_RETURN(ListenAddress address, ReadHostAndPort(text, "--listen"));
  if (address.host.empty()) return NotLoopback("every address");
  if (!IsLoopback(address.host)) return NotLoopback(address.host);
  return address;
}

}  // namespace annals
