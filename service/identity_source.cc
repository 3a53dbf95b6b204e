#include "service/identity_source.h"

#include <iterator>

#include "ledger/error.h"

namespace annals {
namespace {

constexpr char kActorKey[] = "annals-actor";

}  // namespace

absl::StatusOr<CallerIdentity> LoopbackIdentitySource::Identify(
    const grpc::ServerContextBase& context) const {
  const auto [first, last] = context.client_metadata().equal_range(kActorKey);
  if (first == last) return AnonymousCaller();
  if (std::next(first) != last) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_ACTOR",
                     {"The metadata annals-actor is given more than once.",
                      "元数据 annals-actor 出现多次。"});
  }
  return SelfDeclaredCaller(
      absl::string_view(first->second.data(), first->second.size()));
}

}  // namespace annals
