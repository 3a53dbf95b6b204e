#include "service/foreign_calls.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "service/recorded_call.h"

namespace annals {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerInterceptorFactoryInterface;
using grpc::experimental::ServerRpcInfo;

constexpr absl::string_view kReflection =
    "grpc.reflection.v1alpha.ServerReflection/";

// Lives as long as its call, and a little longer than what the call's context
// can tell.
class ForeignCall final : public Interceptor {
 public:
  ForeignCall(CallRecorder* recorder, const IdentitySource* identities,
              ServerRpcInfo* info)
      : identities_(*identities),
        context_(*info->server_context()),
        call_(recorder,
              RecordedMethod(
                  absl::StripPrefix(absl::string_view(info->method()), "/")),
              info->server_context()) {}

  ~ForeignCall() override {
    if (!has_ended_) call_.ForgetContext();
  }

  void Intercept(InterceptorBatchMethods* methods) override {
    if (!has_ended_ && methods->QueryInterceptionHookPoint(
                           InterceptionHookPoints::PRE_SEND_STATUS)) {
      End(methods->GetSendStatus().error_code());
    }
    methods->Proceed();
  }

 private:
  void End(grpc::StatusCode code) {
    has_ended_ = true;
    const absl::StatusOr<CallerIdentity> caller =
        identities_.Identify(context_);
    if (caller.ok()) call_.SetCaller(*caller);
    // The codes are the same.
    call_.End(static_cast<absl::StatusCode>(code), "");
  }

  const IdentitySource& identities_;
  const grpc::ServerContextBase& context_;
  RecordedCall call_;
  bool has_ended_ = false;
};

class ForeignCalls final : public ServerInterceptorFactoryInterface {
 public:
  ForeignCalls(CallRecorder* recorder, const IdentitySource* identities)
      : recorder_(recorder), identities_(identities) {}

  // The context knows no call yet.
  Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    const absl::string_view method =
        absl::StripPrefix(absl::string_view(info->method()), "/");
    // A service of ours has no method but those that are recorded.
    const bool is_ours = absl::StartsWith(method, "annals.v1.") ||
                         absl::StartsWith(method, kReflection);
    if (is_ours && RecordedMethod(method) != RecordedMethod("")) {
      return nullptr;
    }
    return new ForeignCall(recorder_, identities_, info);
  }

 private:
  CallRecorder* const recorder_;
  const IdentitySource* const identities_;
};

}  // namespace

std::vector<std::unique_ptr<ServerInterceptorFactoryInterface>>
MakeForeignCallInterceptors(CallRecorder* recorder,
                            const IdentitySource* identities) {
  std::vector<std::unique_ptr<ServerInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<ForeignCalls>(recorder, identities));
  return factories;
}

}  // namespace annals
