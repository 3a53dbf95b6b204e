#include "service/recorded_call.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "ledger/error.h"
#include "service/access_policy.h"
#include "service/grpc_status.h"
#include "service/peer_address.h"
#include "service/report/wire_fields.h"
#include "service/request.h"
#include "service/telemetry/trace_context.h"

namespace annals {
namespace {

constexpr char kOtherMethod[] = "other";
// Of a certificate's SHA-256: enough to find it.
constexpr size_t kFingerprintBytes = 8;
// Of the code that an agency is registered by.
constexpr size_t kAgencyCodeBytes = 18;
// Of a year and the numbers of its revisions.
constexpr size_t kYearDigits = 4;
constexpr size_t kNumberDigitsMax = 10;
// Of a document's SHA-256, in hexadecimal.
constexpr size_t kDocumentBytes = 64;

bool HasOnly(absl::string_view text, bool (*is_allowed)(unsigned char)) {
  return std::all_of(text.begin(), text.end(), [is_allowed](char c) {
    return is_allowed(static_cast<unsigned char>(c));
  });
}

// Takes `bytes` of text that are all allowed.
bool ConsumeAllowed(absl::string_view* text, size_t bytes,
                    bool (*is_allowed)(unsigned char)) {
  if (text->size() < bytes || !HasOnly(text->substr(0, bytes), is_allowed)) {
    return false;
  }
  text->remove_prefix(bytes);
  return true;
}

bool IsAgencyCodeLetter(unsigned char c) {
  return absl::ascii_isdigit(c) || absl::ascii_isupper(c);
}

// What names look like, be there such a thing or not; so nothing that a person
// wrote.
bool IsResourceName(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "documents/")) {
    return text.size() == kDocumentBytes && HasOnly(text, absl::ascii_isxdigit);
  }
  absl::ConsumePrefix(&text, "agencies/");
  if (!ConsumeAllowed(&text, kAgencyCodeBytes, IsAgencyCodeLetter)) {
    return false;
  }
  if (!absl::ConsumePrefix(&text, "/reports/")) return text.empty();
  if (!ConsumeAllowed(&text, kYearDigits, absl::ascii_isdigit)) return false;
  absl::ConsumePrefix(&text, "-regional");
  if (!absl::ConsumePrefix(&text, "/revisions/")) return text.empty();
  return !text.empty() && text.size() <= kNumberDigitsMax &&
         HasOnly(text, absl::ascii_isdigit);
}

std::string TraceId(const grpc::ServerContextBase& context) {
  const auto [first, last] =
      context.client_metadata().equal_range(kTraceparentKey);
  // More than one is none (section 3.2 of the recommendation).
  if (first == last || std::next(first) != last) return "";
  return std::string(TraceIdOf({first->second.data(), first->second.size()}));
}

// While the call is under way: once it is cut off, gRPC forgets the peer.
void ReadContext(const grpc::ServerContextBase& context, CallRecord* record) {
  record->peer = context.peer();
  record->trace_id = TraceId(context);
}

int StringField(const google::protobuf::Descriptor& type, const char* name) {
  const google::protobuf::FieldDescriptor* const field =
      type.FindFieldByName(name);
  return field != nullptr &&
                 field->type() ==
                     google::protobuf::FieldDescriptor::TYPE_STRING &&
                 !field->is_repeated()
             ? field->number()
             : 0;
}

using Places = absl::flat_hash_map<std::string, size_t>;
using PlacesByRequest =
    absl::flat_hash_map<const google::protobuf::Descriptor*, size_t>;

PlacesByRequest MakePlacesByRequest() {
  PlacesByRequest places;
  const auto* const pool = google::protobuf::DescriptorPool::generated_pool();
  for (const AccessRule& rule : AccessRules()) {
    const std::string name = absl::StrCat("annals.v1.", rule.method);
    const auto* const method = pool->FindMethodByName(name);
    // Of methods with the same request, the first is the unary one.
    if (method == nullptr || places.contains(method->input_type())) continue;
    const size_t dot = name.rfind('.');
    places.emplace(method->input_type(),
                   RecordedMethod(absl::StrCat(name.substr(0, dot), "/",
                                               name.substr(dot + 1))));
  }
  return places;
}

}  // namespace

std::vector<std::string> RecordedMethods() {
  std::vector<std::string> methods;
  for (const AccessRule& rule : AccessRules()) {
    methods.push_back(absl::StrCat(
        "annals.v1.", absl::StrReplaceAll(rule.method, {{".", "/"}})));
  }
  for (const char* const method :
       {"grpc.health.v1.Health/Check", "grpc.health.v1.Health/Watch",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        kOtherMethod}) {
    methods.push_back(method);
  }
  return methods;
}

size_t RecordedMethod(absl::string_view method) {
  static const auto* const places = [] {
    auto* const made = new Places();
    for (const std::string& name : RecordedMethods()) {
      made->emplace(name, made->size());
    }
    return made;
  }();
  const auto found = places->find(method);
  return found == places->end() ? places->size() - 1 : found->second;
}

size_t RecordedMethodOf(const google::protobuf::Descriptor& request_type) {
  static const auto* const places = new PlacesByRequest(MakePlacesByRequest());
  const auto found = places->find(&request_type);
  return found == places->end() ? RecordedMethod(kOtherMethod) : found->second;
}

RequestFacts RequestFacts::Of(
    const google::protobuf::Descriptor& request_type) {
  RequestFacts facts;
  for (const char* const name : {"name", "parent", "agency", "agency_id"}) {
    if (facts.resource == 0) facts.resource = StringField(request_type, name);
  }
  facts.request_id = StringField(request_type, "request_id");
  const auto* const index = request_type.FindFieldByName("index");
  if (index != nullptr &&
      index->type() == google::protobuf::FieldDescriptor::TYPE_UINT64) {
    facts.entry = index->number();
  }
  return facts;
}

RecordedCall::RecordedCall(CallRecorder* recorder, size_t method,
                           const grpc::ServerContextBase* context)
    : state_(new State{recorder, method, context,
                       std::chrono::steady_clock::now()}) {
  recorder->Begin(method);
  if (recorder->handled() == nullptr) return;
  state_->connection = recorder->handled()->Find(PeerName(context->peer()));
  if (state_->connection == nullptr) return;
  ++state_->connection->begun;
  ++state_->connection->under_way;
}

RecordedCall::~RecordedCall() {
  if (state_ != nullptr) End(absl::StatusCode::kInternal, "INTERNAL_ERROR");
}

void RecordedCall::StopClock() {
  state_->stopped = std::chrono::steady_clock::now();
}

void RecordedCall::SetCaller(const CallerIdentity& caller) {
  if (state_->connection != nullptr &&
      caller.assurance == v1::ASSURANCE_CERTIFICATE) {
    state_->connection->is_proved = true;
  }
  if (!state_->recorder->wants_details()) return;
  CallRecord& record = state_->record;
  record.caller = caller.subject;
  if (caller.role.has_value())
    record.role = std::string(RoleName(*caller.role));
  record.certificate = absl::BytesToHexString(
      caller.certificate_sha256.substr(0, kFingerprintBytes));
  if (state_->context != nullptr) ReadContext(*state_->context, &record);
}

void RecordedCall::Describe(const RequestFacts& facts,
                            absl::string_view request) {
  if (!state_->recorder->wants_details()) return;
  report::WireFields fields(request);
  while (fields.Next()) {
    if (fields.kind() == report::WireKind::kVarint &&
        fields.number() == facts.entry) {
      state_->record.resource = absl::StrCat("entries/", fields.varint());
    }
    if (fields.kind() != report::WireKind::kBytes) continue;
    if (fields.number() == facts.resource && IsResourceName(fields.bytes())) {
      state_->record.resource = std::string(fields.bytes());
    } else if (fields.number() == facts.request_id) {
      state_->record.request_id =
          NormalizeRequestId(fields.bytes()).value_or("");
    }
  }
}

void RecordedCall::AddRequestBytes(size_t bytes) {
  state_->record.request_bytes += bytes;
  if (state_->connection != nullptr) state_->connection->bytes += bytes;
}

void RecordedCall::AddResponseBytes(size_t bytes) {
  state_->record.response_bytes += bytes;
}

void RecordedCall::RecordItem(CallRecord item) const {
  if (state_->recorder->wants_details()) {
    item.caller = state_->record.caller;
    item.role = state_->record.role;
    item.certificate = state_->record.certificate;
    item.peer = state_->context->peer();
    item.trace_id = TraceId(*state_->context);
    if (!IsResourceName(item.resource)) item.resource.clear();
  }
  state_->recorder->RecordItem(state_->method, std::move(item));
}

void RecordedCall::End(const absl::Status& status) {
  if (state_->recorder->wants_details() && state_->record.certificate.empty()) {
    for (const auto& [key, value] : ErrorMetadata(status)) {
      if (key == kCallerMetadata) state_->record.caller = value;
      if (key != kCertificateMetadata) continue;
      state_->record.certificate = value.substr(0, 2 * kFingerprintBytes);
    }
  }
  End(status.code(), ReasonOf(status));
}

void RecordedCall::End(absl::StatusCode code, absl::string_view reason) {
  const std::unique_ptr<State> state = std::move(state_);
  if (state->connection != nullptr) --state->connection->under_way;
  CallRecord& record = state->record;
  record.code = code;
  record.reason = std::string(reason);
  record.latency = absl::FromChrono(
      state->stopped.value_or(std::chrono::steady_clock::now()) - state->start);
  if (state->recorder->wants_details() && state->context != nullptr &&
      record.peer.empty()) {
    ReadContext(*state->context, &record);
  }
  state->recorder->End(state->method, std::move(record));
}

}  // namespace annals
