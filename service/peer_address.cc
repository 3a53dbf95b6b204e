#include "service/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace annals {
namespace {

constexpr int kNetworkBytes = 8;

std::string Text(const in_addr& address) {
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address, text, sizeof(text));
  return text;
}

// Of an IPv6 address: the host's, or that of the network it is in.
enum class Part { kHost, kNetwork };

std::string Text(in6_addr address, Part part) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr v4 = {};
    std::copy(address.s6_addr + 12, address.s6_addr + 16,
              reinterpret_cast<uint8_t*>(&v4));
    return Text(v4);
  }
  if (part == Part::kNetwork) {
    std::fill(address.s6_addr + kNetworkBytes, std::end(address.s6_addr), 0);
  }
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, &address, text, sizeof(text));
  return part == Part::kNetwork ? absl::StrCat(text, "/64") : text;
}

std::string Text(const sockaddr_storage& address, Part part) {
  if (address.ss_family == AF_INET) {
    return Text(reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  }
  if (address.ss_family == AF_INET6) {
    return Text(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, part);
  }
  return "";
}

std::string Text(absl::string_view grpc_peer, Part part) {
  const std::string host = absl::StrReplaceAll(
      grpc_peer.substr(0, grpc_peer.rfind(':')), {{"%5B", ""}, {"%5D", ""}});
  absl::string_view rest = host;
  in_addr v4 = {};
  if (absl::ConsumePrefix(&rest, "ipv4:")) {
    const std::string text(rest);
    return inet_pton(AF_INET, text.c_str(), &v4) == 1 ? Text(v4) : "";
  }
  in6_addr v6 = {};
  if (!absl::ConsumePrefix(&rest, "ipv6:")) return "";
  // Without the zone of a link-local address.
  const std::string text(rest.substr(0, rest.find('%')));
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 ? Text(v6, part) : "";
}

}  // namespace

std::string PeerAddress(const sockaddr_storage& address) {
  return Text(address, Part::kNetwork);
}

std::string PeerAddress(absl::string_view grpc_peer) {
  return Text(grpc_peer, Part::kNetwork);
}

std::string PeerName(const sockaddr_storage& address) {
  // At the same place in both kinds of addresses.
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  return absl::StrCat(Text(address, Part::kHost), ":", ntohs(v4.sin_port));
}

std::string PeerName(absl::string_view grpc_peer) {
  // As it is; this is asked for each call.
  if (absl::ConsumePrefix(&grpc_peer, "ipv4:")) return std::string(grpc_peer);
  const size_t colon = std::min(grpc_peer.rfind(':'), grpc_peer.size());
  return absl::StrCat(Text(grpc_peer, Part::kHost), grpc_peer.substr(colon));
}

}  // namespace annals
