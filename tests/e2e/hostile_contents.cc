// Submissions and questions whose values are out of bounds.

#include <limits>

#include "annals/v1/ledger_service.grpc.pb.h"
#include "service/wire_format.h"
#include "tests/e2e/hostile_stage.h"

namespace annals {
namespace {

using grpc::StatusCode;

constexpr uint64_t kEnd = std::numeric_limits<uint64_t>::max();

// A submission of the stranger's own, but for what `spoil` does to it.
template <typename Spoil>
HostileCall Submission(HostileStage* stage, const std::string& name,
                       const char* reason, Spoil spoil) {
  v1::SubmitRevisionRequest request = stage->First(stage->other_);
  spoil(&request);
  const std::string bytes = request.SerializeAsString();
  return {name,
          [=] {
            return stage->RawCall(stage->stranger_, HostileStage::kSubmit,
                                  bytes);
          },
          StatusCode::INVALID_ARGUMENT, reason};
}

void AddSubmissions(HostileStage* stage, std::vector<HostileCall>* calls) {
  using Request = v1::SubmitRevisionRequest;
  const auto add = [&](const char* name, const char* reason, auto spoil) {
    calls->push_back(Submission(stage, name, reason, spoil));
  };
  add("a text beyond --text_bytes_max", "TEXT_TOO_LONG", [](Request* request) {
    request->mutable_report()->set_s6_other(std::string(5000, 'a'));
  });
  add("a text with a NUL", "INVALID_VALUE", [](Request* request) {
    request->mutable_report()->set_s6_other(std::string("a\0b", 3));
  });
  add("a reason that turns letters around", "INVALID_VALUE",
      [](Request* request) { request->set_reason("gnahz\u202e"); });
  add("no reason", "MISSING_FIELD",
      [](Request* request) { request->clear_reason(); });
  add("a reason of 50,000 letters", "TEXT_TOO_LONG",
      [](Request* request) { request->set_reason(std::string(50'000, 'a')); });
  add("a request id that is none", "INVALID_REQUEST_ID",
      [](Request* request) { request->set_request_id("../1"); });
  add("a count below zero", "NEGATIVE_COUNT", [](Request* request) {
    request->mutable_report()
        ->mutable_t3()
        ->mutable_new_received()
        ->set_natural_person(-1);
  });
  add("a count as large as can be", "COUNT_OUT_OF_RANGE", [](Request* request) {
    request->mutable_report()
        ->mutable_t3()
        ->mutable_new_received()
        ->set_natural_person(std::numeric_limits<int64_t>::max());
  });
  add("a report of another year", "YEAR_MISMATCH",
      [](Request* request) { request->mutable_report()->set_year(1999); });
  add("a field that nobody knows", "UNKNOWN_FIELD", [](Request* request) {
    AppendField(500, "hidden",
                request->mutable_report()
                    ->GetReflection()
                    ->MutableUnknownFields(request->mutable_report())
                    ->AddLengthDelimited(500));
  });
  add("10,000 acknowledgements", "INVALID_VALUE", [](Request* request) {
    for (int i = 0; i < 10'000; ++i) request->add_acknowledgements();
  });
}

template <typename Request>
HostileCall Question(HostileStage* stage, const std::string& name,
                     const std::string& method, const Request& request,
                     StatusCode code, const char* reason) {
  const std::string bytes = request.SerializeAsString();
  return {name, [=] { return stage->RawCall(stage->auditor_, method, bytes); },
          code, reason};
}

void AddProofs(HostileStage* stage, std::vector<HostileCall>* calls) {
  v1::GetEntryRequest entry;
  for (const uint64_t index : {uint64_t{4}, kEnd}) {
    entry.set_index(index);
    calls->push_back(Question(stage, absl::StrCat("entry ", index),
                              "LedgerService/GetEntry", entry,
                              StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
  }
  v1::GetInclusionProofRequest inclusion;
  inclusion.set_index(kEnd);
  calls->push_back(Question(stage, "a proof of an entry beyond the end",
                            "LedgerService/GetInclusionProof", inclusion,
                            StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
  inclusion.set_index(0);
  inclusion.set_tree_size(kEnd);
  calls->push_back(Question(stage, "a proof under a size beyond the end",
                            "LedgerService/GetInclusionProof", inclusion,
                            StatusCode::OUT_OF_RANGE, "TREE_SIZE_NOT_REACHED"));
  v1::GetConsistencyProofRequest consistency;
  consistency.set_old_size(3);
  consistency.set_new_size(2);
  calls->push_back(Question(
      stage, "a ledger that shrank", "LedgerService/GetConsistencyProof",
      consistency, StatusCode::INVALID_ARGUMENT, "INVALID_TREE_RANGE"));
  v1::GetReceiptRequest receipt;
  receipt.set_index(kEnd);
  calls->push_back(Question(stage, "a receipt beyond the end",
                            "LedgerService/GetReceipt", receipt,
                            StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
}

HostileCall Watch(HostileStage* stage, const std::string& name,
                  const v1::WatchEntriesRequest& request, StatusCode code,
                  const char* reason) {
  return {name,
          [=] {
            const auto stub =
                v1::LedgerService::NewStub(stage->ChannelOf(stage->auditor_));
            grpc::ClientContext context;
            const auto reader = stub->WatchEntries(&context, request);
            v1::WatchEntriesResponse response;
            EXPECT_FALSE(reader->Read(&response));
            return reader->Finish();
          },
          code, reason};
}

void AddWatches(HostileStage* stage, std::vector<HostileCall>* calls) {
  v1::WatchEntriesRequest request;
  request.set_start_index(3);
  request.set_end_index(1);
  calls->push_back(Watch(stage, "a watch that ends before it begins", request,
                         StatusCode::INVALID_ARGUMENT, "INVALID_ENTRY_RANGE"));
  request.Clear();
  request.set_heartbeat_seconds(-1);
  calls->push_back(Watch(stage, "a watch with a negative heartbeat", request,
                         StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request.Clear();
  request.set_agency("agencies/..");
  calls->push_back(Watch(stage, "a watch of an agency that is none", request,
                         StatusCode::INVALID_ARGUMENT, "INVALID_AGENCY_CODE"));
}

}  // namespace

std::vector<HostileCall> HostileContents(HostileStage* stage) {
  std::vector<HostileCall> calls;
  AddSubmissions(stage, &calls);
  AddProofs(stage, &calls);
  AddWatches(stage, &calls);
  return calls;
}

}  // namespace annals
