#include "service/stream_counts.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "grpc/grpc.h"
#include "grpc/support/alloc.h"
#include "service/peer_address.h"

namespace annals {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// Of gRPC's answers, at most.
constexpr intptr_t kPageSize = 500;

// What gRPC answered, which is freed; empty if it is null or no JSON.
Struct Parse(char* json) {
  Struct parsed;
  if (json == nullptr) return parsed;
  const std::unique_ptr<char, void (*)(void*)> owned(json, &gpr_free);
  if (!google::protobuf::util::JsonStringToMessage(json, &parsed).ok()) {
    parsed.Clear();
  }
  return parsed;
}

// The value of a field; a default one if there is none.
const Value& Field(const Struct& message, const std::string& name) {
  static const auto* const none = new Value();
  const auto found = message.fields().find(name);
  return found == message.fields().end() ? *none : found->second;
}

// 64-bit numbers are texts in JSON.
template <typename Number>
std::optional<Number> NumberIn(const Value& value) {
  Number number = 0;
  if (!absl::SimpleAtoi(value.string_value(), &number)) return std::nullopt;
  return number;
}

class ChannelzStreamCounts : public StreamCounts {
 public:
  StreamCountByName Read(const std::vector<std::string>& names) override {
    StreamCountByName counts;
    if (ReadKnown(names, &counts)) return counts;
    // One is new, or the one that had its name before is gone.
    FindSockets();
    ReadKnown(names, &counts);
    return counts;
  }

  void Forget(const std::string& name) override { sockets_.erase(name); }

 private:
  // False if one is not found.
  bool ReadKnown(const std::vector<std::string>& names,
                 StreamCountByName* counts) const {
    bool has_all = true;
    for (const std::string& name : names) {
      if (counts->contains(name)) continue;
      const auto socket = sockets_.find(name);
      const std::optional<StreamCount> count =
          socket == sockets_.end() ? std::nullopt : CountOf(socket->second);
      if (count.has_value()) {
        counts->emplace(name, *count);
      } else {
        has_all = false;
      }
    }
    return has_all;
  }

  static std::optional<StreamCount> CountOf(intptr_t socket) {
    const Struct answer = Parse(grpc_channelz_get_socket(socket));
    const Struct& data =
        Field(Field(answer, "socket").struct_value(), "data").struct_value();
    const auto begun = NumberIn<uint64_t>(Field(data, "streamsStarted"));
    if (!begun.has_value()) return std::nullopt;
    // Left out while they are zero.
    return StreamCount{
        *begun, NumberIn<uint64_t>(Field(data, "streamsSucceeded")).value_or(0),
        NumberIn<uint64_t>(Field(data, "streamsFailed")).value_or(0)};
  }

  void FindSockets() {
    sockets_.clear();
    const Struct servers = Parse(grpc_channelz_get_servers(0));
    for (const Value& server : Field(servers, "server").list_value().values()) {
      const Struct& ref = Field(server.struct_value(), "ref").struct_value();
      const auto id = NumberIn<intptr_t>(Field(ref, "serverId"));
      if (id.has_value()) FindSocketsOf(*id);
    }
  }

  void FindSocketsOf(intptr_t server) {
    intptr_t next = 0;
    bool is_end = false;
    while (!is_end) {
      const Struct page =
          Parse(grpc_channelz_get_server_sockets(server, next, kPageSize));
      is_end = true;
      for (const Value& value :
           Field(page, "socketRef").list_value().values()) {
        const Struct& ref = value.struct_value();
        const auto id = NumberIn<intptr_t>(Field(ref, "socketId"));
        if (!id.has_value()) continue;
        AddSocket(Field(ref, "name").string_value(), *id);
        next = *id + 1;
        is_end = Field(page, "end").bool_value();
      }
    }
  }

  // `name`: "chttp2 " and the peer as a call's context has it.
  void AddSocket(absl::string_view name, intptr_t id) {
    sockets_[PeerName(name.substr(name.rfind(' ') + 1))] = id;
  }

  absl::flat_hash_map<std::string, intptr_t> sockets_;
};

}  // namespace

std::unique_ptr<StreamCounts> MakeChannelzStreamCounts() {
  return std::make_unique<ChannelzStreamCounts>();
}

}  // namespace annals
