// Agencies' own signatures, through a real server.

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/note_signer.h"
#include "service/report/content_signature.h"
#include "service/report/days.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::IsEmpty;

class SignatureTest
    : public ServerTest,
      public ::testing::WithParamInterface<ledger::KeyAlgorithm> {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_THAT(Register(code_), GrpcOk());
    signer_ = NewSigner();
  }

  std::unique_ptr<ledger::NoteSigner> NewSigner() {
    auto pair = ledger::KeyPair::Generate(GetParam());
    EXPECT_OK(pair);
    auto signer =
        ledger::NoteSigner::Create("agencies/" + code_, *std::move(pair));
    EXPECT_OK(signer);
    return *std::move(signer);
  }

  v1::Agency Agency() {
    v1::GetAgencyRequest request;
    request.set_name("agencies/" + code_);
    v1::Agency agency;
    EXPECT_THAT(
        Call(agencies_, &v1::AgencyService::Stub::GetAgency, request, &agency),
        GrpcOk());
    return agency;
  }

  grpc::Status Change(const v1::Agency& agency, v1::Agency* changed) {
    v1::UpdateAgencyRequest request;
    *request.mutable_agency() = agency;
    request.mutable_update_mask()->add_paths("signing_keys");
    request.mutable_update_mask()->add_paths("signature_required");
    request.set_reason("签名公钥");
    request.set_request_id(NewRequestId());
    return Call(agencies_, &v1::AgencyService::Stub::UpdateAgency, request,
                changed);
  }

  // Registers the signer's key, and says whether the agency must sign.
  v1::Agency RegisterKey(bool is_required) {
    v1::Agency agency = Agency();
    agency.clear_signing_keys();
    agency.add_signing_keys()->set_vkey(signer_->key().ToString());
    agency.set_signature_required(is_required);
    v1::Agency changed;
    EXPECT_THAT(Change(agency, &changed), GrpcOk());
    return changed;
  }

  template <typename Request>
  void Sign(const std::string& origin, bool as_published, Request* request) {
    v1::Report report = request->report();
    report.clear_etag();
    const std::string bytes = report.SerializeAsString();
    const std::string salt(report::kSignatureSaltBytes, 's');
    report::SignedStatement statement;
    statement.origin = origin;
    statement.report = request->name();
    statement.base_etag = request->report().etag();
    statement.reason_code = request->reason_code();
    statement.reason = request->reason();
    statement.as_published = as_published;
    statement.salt = salt;
    statement.report_bytes = bytes;
    auto signature = report::SignStatement(statement, *signer_);
    ASSERT_OK(signature);
    *request->mutable_signature() = *std::move(signature);
  }

  v1::SubmitRevisionRequest Signed(v1::SubmitRevisionRequest request) {
    Sign(options_.origin, false, &request);
    return request;
  }

  void ExpectRefused(const v1::SubmitRevisionRequest& request, StatusCode code,
                     const std::string& reason) {
    const uint64_t before = LedgerSize();
    v1::SubmitRevisionResponse response;
    EXPECT_THAT(Submit(request, &response), GrpcError(code, reason));
    EXPECT_EQ(LedgerSize(), before);
  }

  const std::string code_ = MakeAgencyCode(1);
  std::unique_ptr<ledger::NoteSigner> signer_;
};

TEST_P(SignatureTest, IsRecordedInLeafAndContent) {
  const v1::Agency registered = RegisterKey(false);
  EXPECT_EQ(registered.signing_keys_size(), 1);
  v1::SubmitRevisionRequest request = Signed(FirstSubmission(code_, 7));
  request.set_include_content(true);
  v1::SubmitRevisionResponse response;
  ASSERT_THAT(Submit(request, &response), GrpcOk());
  const v1::ContentSignature& shown = response.revision().signature();
  EXPECT_EQ(shown.vkey(), signer_->key().ToString());
  EXPECT_EQ(shown.register_entry(), registered.entry_index());
  EXPECT_THAT(shown.salt(), IsEmpty());
  v1::LedgerEntry entry;
  ASSERT_TRUE(entry.ParseFromString(response.receipt().leaf()));
  EXPECT_EQ(entry.revision_recorded().signature().SerializeAsString(),
            shown.SerializeAsString());
  EXPECT_OK(report::VerifyRecordedSignature(entry, response.receipt().content(),
                                            options_.origin));
  v1::RevisionContent content;
  ASSERT_TRUE(content.ParseFromString(response.receipt().content()));
  EXPECT_EQ(content.signature_salt(), request.signature().salt());
  // A correction, and both after a restart.
  Restart();
  const v1::Revision second =
      Record(Signed(Correction(code_, 8, response.revision().etag())));
  EXPECT_TRUE(second.has_signature());
  v1::Revision read;
  ASSERT_THAT(Get(response.revision().name(), &read), GrpcOk());
  EXPECT_EQ(read.signature().SerializeAsString(), shown.SerializeAsString());
  // A repetition, signed anew, is answered with the first.
  v1::SubmitRevisionResponse again;
  ASSERT_THAT(Submit(Signed(request), &again), GrpcOk());
  EXPECT_EQ(again.revision().signature().SerializeAsString(),
            shown.SerializeAsString());
  // Not signed, it asks for something else.
  request.clear_signature();
  ExpectRefused(request, StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED");
}

TEST_P(SignatureTest, NothingElseThanWhatWasSignedIsRecorded) {
  RegisterKey(false);
  const v1::SubmitRevisionRequest good = Signed(FirstSubmission(code_, 7));
  const auto refuse = [this](const v1::SubmitRevisionRequest& request) {
    ExpectRefused(request, StatusCode::INVALID_ARGUMENT,
                  "CONTENT_SIGNATURE_FALSE");
  };
  v1::SubmitRevisionRequest request = good;
  request.set_reason("别的理由");
  refuse(request);
  request = good;
  *request.mutable_report() = MakeReport(8, 2024);
  refuse(request);
  request = good;
  request.add_acknowledgements()->set_rule_id("N-1");
  request.mutable_acknowledgements(0)->set_reason("属实");
  refuse(request);
  request = good;
  request.mutable_signature()->mutable_salt()->front() ^= 1;
  refuse(request);
  request = good;
  request.mutable_signature()->mutable_signature()->back() ^= 1;
  refuse(request);
  request = good;
  request.mutable_signature()->clear_signature();
  refuse(request);
  // For another ledger.
  request = FirstSubmission(code_, 7);
  Sign("other.local/annals", false, &request);
  refuse(request);
  // As if an archivist had found it.
  request = FirstSubmission(code_, 7);
  Sign(options_.origin, true, &request);
  refuse(request);
  // Another year's report with the same content, but for the year.
  request = FirstSubmission(code_, 7, 2023);
  *request.mutable_signature() = good.signature();
  refuse(request);
  // On another base.
  const v1::Revision first = Record(good);
  request = Correction(code_, 8, first.etag());
  v1::SubmitRevisionRequest on_other_base = request;
  on_other_base.mutable_report()->set_etag(std::string(32, '0'));
  Sign(options_.origin, false, &on_other_base);
  *request.mutable_signature() = on_other_base.signature();
  refuse(request);
}

TEST_P(SignatureTest, MalformedSignaturesAreNamed) {
  RegisterKey(false);
  const v1::SubmitRevisionRequest good = Signed(FirstSubmission(code_, 7));
  v1::SubmitRevisionRequest request = good;
  request.mutable_signature()->set_salt("short");
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT, "INVALID_VALUE");
  request = good;
  request.mutable_signature()->set_register_entry(1);
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT, "INVALID_VALUE");
  request = good;
  request.mutable_signature()->set_vkey("key");
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT,
                "VERIFIER_KEY_MALFORMED");
  request = good;
  auto pair = ledger::KeyPair::Generate(GetParam());
  ASSERT_OK(pair);
  auto stranger = ledger::NoteSigner::Create("agencies/" + MakeAgencyCode(2),
                                             *std::move(pair));
  ASSERT_OK(stranger);
  request.mutable_signature()->set_vkey((*stranger)->key().ToString());
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT,
                "SIGNING_KEY_OF_OTHER_NAME");
}

TEST_P(SignatureTest, TheKeyMustBeInForceToday) {
  const v1::SubmitRevisionRequest request = Signed(FirstSubmission(code_, 7));
  const auto refused = [&] {
    ExpectRefused(request, StatusCode::FAILED_PRECONDITION,
                  "SIGNING_KEY_NOT_IN_FORCE");
  };
  refused();
  v1::Agency agency = RegisterKey(false);
  const absl::CivilDay today =
      report::DayInShanghai(ledger::Clock::System()->Now());
  v1::Agency changed;
  v1::SigningKey* const key = agency.mutable_signing_keys(0);
  *key->mutable_valid_from() = report::DateOf(today + 1);
  ASSERT_THAT(Change(agency, &changed), GrpcOk());
  refused();
  agency.set_etag(changed.etag());
  key->clear_valid_from();
  *key->mutable_expires_on() = report::DateOf(today);
  ASSERT_THAT(Change(agency, &changed), GrpcOk());
  refused();
  agency.set_etag(changed.etag());
  agency.clear_signing_keys();
  agency.add_signing_keys()->set_vkey(NewSigner()->key().ToString());
  ASSERT_THAT(Change(agency, &changed), GrpcOk());
  refused();
  RegisterKey(false);
  Record(request);
}

TEST_P(SignatureTest, AnAgencyThatMustSignIsHeldToIt) {
  RegisterKey(true);
  ExpectRefused(FirstSubmission(code_, 7), StatusCode::FAILED_PRECONDITION,
                "SIGNATURE_REQUIRED");
  const v1::Revision first = Record(Signed(FirstSubmission(code_, 7)));
  ExpectRefused(Correction(code_, 8, first.etag()),
                StatusCode::FAILED_PRECONDITION, "SIGNATURE_REQUIRED");
  // What an archivist found is not the agency's word.
  v1::ArchiveReportRequest found;
  found.set_name(ReportOf(code_, 2022));
  *found.mutable_report() = MakeReport(9, 2022);
  found.set_reason("按公开原样归档");
  found.set_request_id(NewRequestId());
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::ArchiveReport, found, &response),
      GrpcOk());
  // It may be signed as well.
  found.set_name(ReportOf(code_, 2021));
  *found.mutable_report() = MakeReport(9, 2021);
  found.set_request_id(NewRequestId());
  Sign(options_.origin, true, &found);
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::ArchiveReport, found, &response),
      GrpcOk());
  EXPECT_TRUE(response.revision().has_signature());
  RegisterKey(false);
  Record(Correction(code_, 8, first.etag()));
}

TEST_P(SignatureTest, TheRegisterTakesOnlyKeysOfTheAgency) {
  v1::Agency agency = Agency();
  v1::Agency changed;
  const auto refused = [&](const std::string& reason) {
    EXPECT_THAT(Change(agency, &changed),
                GrpcError(StatusCode::INVALID_ARGUMENT, reason));
  };
  agency.set_signature_required(true);
  refused("INVALID_VALUE");
  v1::SigningKey* const key = agency.add_signing_keys();
  key->set_vkey(daemon_->verifier_key());
  refused("SIGNING_KEY_OF_OTHER_NAME");
  key->set_vkey("x");
  refused("VERIFIER_KEY_MALFORMED");
  key->set_vkey(signer_->key().ToString());
  key->mutable_valid_from()->set_year(2026);
  refused("INVALID_VALUE");
  *key->mutable_valid_from() = report::DateOf(absl::CivilDay(2026, 1, 1));
  *key->mutable_expires_on() = key->valid_from();
  refused("INVALID_VALUE");
  key->clear_expires_on();
  *agency.add_signing_keys() = *key;
  refused("INVALID_VALUE");
  agency.clear_signing_keys();
  for (int i = 0; i <= report::kSigningKeysMax; ++i) {
    agency.add_signing_keys()->set_vkey(NewSigner()->key().ToString());
  }
  refused("INVALID_VALUE");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, SignatureTest,
                         ::testing::Values(ledger::KeyAlgorithm::kEd25519,
                                           ledger::KeyAlgorithm::kSm2),
                         [](const auto& info) {
                           return std::string(
                               ledger::KeyAlgorithmName(info.param));
                         });

}  // namespace
}  // namespace annals
