// LedgerService, AgencyService, health and reflection, through a real server.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Message>
std::vector<ledger::Hash> HashesOf(const Message& proof) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& hash : proof.hashes()) {
    hashes.push_back(ledger::HashFromBytes(hash));
  }
  return hashes;
}

class LedgerServiceTest : public ServerTest {
 protected:
  void RegisterMany(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_THAT(Register(MakeAgencyCode(i)), GrpcOk());
    }
  }

  v1::Checkpoint Checkpoint() {
    v1::Checkpoint checkpoint;
    EXPECT_THAT(Call(ledger_, &v1::LedgerService::Stub::GetCheckpoint,
                     v1::GetCheckpointRequest(), &checkpoint),
                GrpcOk());
    return checkpoint;
  }

  grpc::Status GetEntry(uint64_t index, uint64_t tree_size, v1::Entry* entry) {
    v1::GetEntryRequest request;
    request.set_index(index);
    request.set_tree_size(tree_size);
    return Call(ledger_, &v1::LedgerService::Stub::GetEntry, request, entry);
  }

  // Serialized.
  std::string Receipt(const v1::GetReceiptRequest& request) {
    v1::Receipt receipt;
    EXPECT_THAT(
        Call(ledger_, &v1::LedgerService::Stub::GetReceipt, request, &receipt),
        GrpcOk());
    return receipt.SerializeAsString();
  }

  grpc::Status Consistency(uint64_t old_size, uint64_t new_size,
                           v1::ConsistencyProof* proof) {
    v1::GetConsistencyProofRequest request;
    request.set_old_size(old_size);
    request.set_new_size(new_size);
    return Call(ledger_, &v1::LedgerService::Stub::GetConsistencyProof, request,
                proof);
  }
};

TEST_F(LedgerServiceTest, ServesTheSignedCheckpointFromTheEmptyTreeOn) {
  ASSERT_OK_AND_ASSIGN(const auto verifier,
                       ledger::NoteVerifier::Parse(daemon_->verifier_key()));
  for (uint64_t size = 0; size < 3; ++size) {
    const v1::Checkpoint message = Checkpoint();
    ASSERT_OK_AND_ASSIGN(const auto checkpoint,
                         ledger::OpenCheckpoint(message.note(), verifier));
    EXPECT_EQ(checkpoint.size, size);
    EXPECT_EQ(message.tree_size(), size);
    EXPECT_EQ(message.root_hash(), ledger::HashBytes(checkpoint.root));
    ASSERT_THAT(Register(MakeAgencyCode(static_cast<int>(size))), GrpcOk());
  }
}

TEST_F(LedgerServiceTest, EveryEntryProvesItself) {
  constexpr int kEntries = 7;
  RegisterMany(kEntries);
  const v1::Checkpoint latest = Checkpoint();
  const ledger::Hash root = ledger::HashFromBytes(latest.root_hash());
  for (uint64_t index = 0; index < kEntries; ++index) {
    v1::Entry entry;
    ASSERT_THAT(GetEntry(index, 0, &entry), GrpcOk());
    EXPECT_EQ(entry.checkpoint().note(), latest.note());
    EXPECT_OK(ledger::VerifyInclusion({index, kEntries},
                                      ledger::LeafHash(entry.leaf()),
                                      HashesOf(entry.proof()), root));
    v1::GetInclusionProofRequest request;
    request.set_index(index);
    v1::InclusionProof proof;
    ASSERT_THAT(Call(ledger_, &v1::LedgerService::Stub::GetInclusionProof,
                     request, &proof),
                GrpcOk());
    EXPECT_EQ(proof.SerializeAsString(), entry.proof().SerializeAsString());
    v1::LedgerEntry leaf;
    ASSERT_TRUE(leaf.ParseFromString(entry.leaf()));
    EXPECT_EQ(leaf.index(), index);
    EXPECT_EQ(leaf.actor().subject(), "local:zhang");
  }
}

TEST_F(LedgerServiceTest, ProvesAnEntryInAnOlderTree) {
  RegisterMany(3);
  const v1::Checkpoint old = Checkpoint();
  ASSERT_THAT(Register(MakeAgencyCode(9)), GrpcOk());
  v1::Entry entry;
  ASSERT_THAT(GetEntry(1, 3, &entry), GrpcOk());
  EXPECT_FALSE(entry.has_checkpoint());
  EXPECT_OK(ledger::VerifyInclusion({1, 3}, ledger::LeafHash(entry.leaf()),
                                    HashesOf(entry.proof()),
                                    ledger::HashFromBytes(old.root_hash())));
}

TEST_F(LedgerServiceTest, ProvesThatTheTreeOnlyGrew) {
  RegisterMany(3);
  const v1::Checkpoint old = Checkpoint();
  RegisterMany(0);
  for (int i = 3; i < 6; ++i) {
    ASSERT_THAT(Register(MakeAgencyCode(i)), GrpcOk());
  }
  const v1::Checkpoint latest = Checkpoint();
  v1::ConsistencyProof proof;
  ASSERT_THAT(Consistency(3, 0, &proof), GrpcOk());
  EXPECT_EQ(proof.new_size(), 6u);
  EXPECT_OK(ledger::VerifyConsistency(
      {3, 6}, ledger::HashFromBytes(old.root_hash()),
      ledger::HashFromBytes(latest.root_hash()), HashesOf(proof)));
}

TEST_F(LedgerServiceTest, AReceiptProvesItsLeafAndContentOffline) {
  RegisterMany(3);
  const v1::Revision first = Record(FirstSubmission(MakeAgencyCode(1), 1));
  ASSERT_OK_AND_ASSIGN(const auto verifier,
                       ledger::NoteVerifier::Parse(daemon_->verifier_key()));
  v1::GetReceiptRequest request;
  request.set_include_content(true);
  request.set_name(first.name());
  const std::string by_name = Receipt(request);
  request.set_name(first.name().substr(0, first.name().find("/revisions/")));
  EXPECT_EQ(Receipt(request), by_name);
  request.set_index(first.entry_index());
  EXPECT_EQ(Receipt(request), by_name);
  v1::Receipt receipt;
  ASSERT_TRUE(receipt.ParseFromString(by_name));
  ASSERT_OK_AND_ASSIGN(const auto proof,
                       ledger::ParseTlogProof(receipt.proof()));
  EXPECT_EQ(proof.index, first.entry_index());
  ASSERT_OK_AND_ASSIGN(const auto checkpoint,
                       ledger::VerifyTlogProof(
                           proof, ledger::LeafHash(receipt.leaf()), verifier));
  EXPECT_EQ(checkpoint.size, 4u);
  v1::LedgerEntry leaf;
  ASSERT_TRUE(leaf.ParseFromString(receipt.leaf()));
  EXPECT_EQ(leaf.content_hash(),
            ledger::HashBytes(ledger::ContentHash(
                ledger::HashFromBytes(receipt.salt()), receipt.content())));
}

TEST_F(LedgerServiceTest, AReceiptIsOfWhatIsRecorded) {
  RegisterMany(2);
  v1::GetReceiptRequest request;
  v1::Receipt receipt;
  const auto get = [&] {
    return Call(ledger_, &v1::LedgerService::Stub::GetReceipt, request,
                &receipt);
  };
  EXPECT_THAT(get(), GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request.set_index(2);
  EXPECT_THAT(get(), GrpcError(StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
  request.set_name("elsewhere");
  EXPECT_THAT(get(),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
  const std::string report =
      absl::StrCat("agencies/", MakeAgencyCode(1), "/reports/2024");
  request.set_name(report);
  EXPECT_THAT(get(), GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  Record(FirstSubmission(MakeAgencyCode(1), 1));
  request.set_name(absl::StrCat(report, "/revisions/2"));
  EXPECT_THAT(get(), GrpcError(StatusCode::NOT_FOUND, "REVISION_NOT_FOUND"));
  // An entry without content has a receipt, too.
  request.set_index(0);
  request.set_include_content(true);
  EXPECT_THAT(get(), GrpcOk());
  EXPECT_EQ(receipt.content(), "");
}

TEST_F(LedgerServiceTest, RefusesWhatIsNotInTheTree) {
  RegisterMany(2);
  v1::Entry entry;
  EXPECT_THAT(GetEntry(2, 0, &entry),
              GrpcError(StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
  EXPECT_THAT(GetEntry(1, 1, &entry),
              GrpcError(StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
  EXPECT_THAT(GetEntry(0, 99, &entry),
              GrpcError(StatusCode::OUT_OF_RANGE, "TREE_SIZE_NOT_REACHED"));
  v1::ConsistencyProof proof;
  EXPECT_THAT(Consistency(0, 2, &proof),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_TREE_RANGE"));
  EXPECT_THAT(Consistency(2, 1, &proof),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_TREE_RANGE"));
  EXPECT_THAT(Consistency(1, 99, &proof),
              GrpcError(StatusCode::OUT_OF_RANGE, "TREE_SIZE_NOT_REACHED"));
}

class AgencyServiceTest : public ServerTest {
 protected:
  static v1::CreateAgencyRequest Request(int n) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(MakeAgencyCode(n));
    request.mutable_agency()->set_display_name("西工区财政局");
    request.mutable_agency()->set_division_code("410303");
    request.mutable_agency()->set_kind(v1::AGENCY_KIND_DEPARTMENT);
    request.set_reason("登记");
    request.set_request_id(NewRequestId());
    return request;
  }

  grpc::Status Create(const v1::CreateAgencyRequest& request,
                      v1::Agency* agency) {
    return Call(agencies_, &v1::AgencyService::Stub::CreateAgency, request,
                agency);
  }
};

TEST_F(AgencyServiceTest, RegistersAndReads) {
  v1::Agency created;
  v1::CreateAgencyRequest request = Request(3);
  request.mutable_agency()->set_entry_index(77);  // The service's business.
  ASSERT_THAT(Create(request, &created), GrpcOk());
  EXPECT_EQ(created.name(), "agencies/" + MakeAgencyCode(3));
  EXPECT_EQ(created.display_name(), "西工区财政局");
  EXPECT_EQ(created.entry_index(), 0u);
  EXPECT_GT(created.create_time().seconds(), 0);
  v1::GetAgencyRequest get;
  get.set_name(created.name());
  v1::Agency read;
  ASSERT_THAT(Call(agencies_, &v1::AgencyService::Stub::GetAgency, get, &read),
              GrpcOk());
  EXPECT_EQ(read.SerializeAsString(), created.SerializeAsString());
  get.set_name("agencies/" + MakeAgencyCode(4));
  EXPECT_THAT(Call(agencies_, &v1::AgencyService::Stub::GetAgency, get, &read),
              GrpcError(StatusCode::NOT_FOUND, "AGENCY_NOT_FOUND"));
}

TEST_F(AgencyServiceTest, RefusesWhatIsMalformed) {
  using Change = void (*)(v1::CreateAgencyRequest*);
  const struct {
    Change change;
    const char* reason;
  } cases[] = {
      {[](auto* r) { r->mutable_agency_id()->back() ^= 1; },
       "INVALID_AGENCY_CODE"},
      {[](auto* r) { r->mutable_agency()->set_name("agencies/x"); },
       "NAME_MISMATCH"},
      {[](auto* r) { r->mutable_agency()->clear_display_name(); },
       "MISSING_FIELD"},
      {[](auto* r) { r->mutable_agency()->set_division_code("41"); },
       "INVALID_DIVISION_CODE"},
      {[](auto* r) {
         r->mutable_agency()->set_kind(static_cast<v1::AgencyKind>(99));
       },
       "INVALID_VALUE"},
      {[](auto* r) {
         r->mutable_agency()->set_supervisor("agencies/" + r->agency_id());
       },
       "SUPERVISOR_IS_SELF"},
      {[](auto* r) { r->mutable_agency()->set_supervisor("x"); },
       "INVALID_RESOURCE_NAME"},
      {[](auto* r) { r->clear_reason(); }, "MISSING_FIELD"},
      {[](auto* r) { r->set_request_id("x"); }, "INVALID_REQUEST_ID"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.reason);
    v1::CreateAgencyRequest request = Request(3);
    one.change(&request);
    v1::Agency agency;
    EXPECT_THAT(Create(request, &agency),
                GrpcError(StatusCode::INVALID_ARGUMENT, one.reason));
  }
  EXPECT_EQ(LedgerSize(), 0u);
}

TEST_F(AgencyServiceTest, WantsTheSupervisorRegistered) {
  v1::CreateAgencyRequest request = Request(3);
  request.mutable_agency()->set_supervisor("agencies/" + MakeAgencyCode(1));
  v1::Agency agency;
  EXPECT_THAT(
      Create(request, &agency),
      GrpcError(StatusCode::FAILED_PRECONDITION, "SUPERVISOR_NOT_REGISTERED"));
  ASSERT_THAT(Register(MakeAgencyCode(1)), GrpcOk());
  EXPECT_THAT(Create(request, &agency), GrpcOk());
}

TEST_F(AgencyServiceTest, ARepeatedRequestGetsItsFirstAnswer) {
  const v1::CreateAgencyRequest request = Request(3);
  v1::Agency first;
  ASSERT_THAT(Create(request, &first), GrpcOk());
  v1::Agency again;
  ASSERT_THAT(Create(request, &again), GrpcOk());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(LedgerSize(), 1u);
  v1::CreateAgencyRequest other = Request(3);
  EXPECT_THAT(Create(other, &again),
              GrpcError(StatusCode::ALREADY_EXISTS, "AGENCY_EXISTS"));
  other.set_request_id(request.request_id());
  EXPECT_THAT(Create(other, &again), GrpcOk());
  other.set_reason("别的");
  EXPECT_THAT(Create(other, &again),
              GrpcError(StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED"));
}

TEST_F(AgencyServiceTest, ListsByCodePageByPage) {
  std::vector<std::string> codes;
  for (int n : {5, 3, 8, 1}) {
    ASSERT_THAT(Register(MakeAgencyCode(n)), GrpcOk());
    codes.push_back("agencies/" + MakeAgencyCode(n));
  }
  std::sort(codes.begin(), codes.end());
  std::vector<std::string> listed;
  v1::ListAgenciesRequest request;
  request.set_page_size(3);
  do {
    v1::ListAgenciesResponse response;
    ASSERT_THAT(Call(agencies_, &v1::AgencyService::Stub::ListAgencies, request,
                     &response),
                GrpcOk());
    for (const auto& agency : response.agencies()) {
      listed.push_back(agency.name());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, codes);
}

// With bytes, so that the tests need no stub for the method.
class GenericCallTest : public ServerTest {};

// grpc.health.v1: HealthCheckRequest.service is field 1, a string;
// HealthCheckResponse.status is field 1, an enum, SERVING = 1.
TEST_F(GenericCallTest, HealthIsServingForTheServerAndEachService) {
  for (const std::string service :
       {"", "annals.v1.ReportService", "annals.v1.AgencyService",
        "annals.v1.LedgerService"}) {
    std::string request;
    if (!service.empty()) {
      request =
          std::string("\x0A") + static_cast<char>(service.size()) + service;
    }
    std::string response;
    ASSERT_THAT(RawCall("/grpc.health.v1.Health/Check", request, &response),
                GrpcOk());
    EXPECT_EQ(response, std::string("\x08\x01"));
  }
}

// ServerReflectionRequest.list_services is field 7, a string. The answer names
// the services; that is all that is looked for.
TEST_F(GenericCallTest, ReflectionListsTheServices) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto stream = stub.PrepareCall(
      &context,
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  stream->StartCall(this);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice request(std::string("\x3A\x01*"));
  stream->Write(grpc::ByteBuffer(&request, 1), this);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer answer;
  stream->Read(&answer, this);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::Slice bytes;
  ASSERT_TRUE(answer.DumpToSingleSlice(&bytes).ok());
  const std::string text(reinterpret_cast<const char*>(bytes.begin()),
                         bytes.size());
  EXPECT_THAT(text, HasSubstr("annals.v1.ReportService"));
  EXPECT_THAT(text, HasSubstr("annals.v1.LedgerService"));
  EXPECT_THAT(text, HasSubstr("grpc.health.v1.Health"));
  stream->WritesDone(this);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  grpc::Status status;
  stream->Finish(&status, this);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_THAT(status, GrpcOk());
}

}  // namespace
}  // namespace annals
