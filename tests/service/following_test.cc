// Following in this process: the stream of entries, TLS, and what a follower
// does to the calls that it gets.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/note.h"
#include "service/access_policy.h"
#include "service/following/entry_feed.h"
#include "service/following/primary.h"
#include "tests/support/server_fixture.h"
#include "tests/support/test_pki.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

class EntryFeedTest : public ServerTest {
 protected:
  void SetUp() override {
    // Those that were given up may not be over yet.
    options_.server.caller.streams_max = 0;
    ServerTest::SetUp();
    for (int n = 0; n < 10; ++n) {
      ASSERT_THAT(Register(MakeAgencyCode(n)), GrpcOk());
    }
  }
  std::unique_ptr<EntryFeed> Watch(uint64_t start, uint64_t end = 0) {
    v1::WatchEntriesRequest request;
    request.set_start_index(start);
    request.set_end_index(end);
    request.set_heartbeat_seconds(1);
    return std::make_unique<EntryFeed>(ledger_.get(), request, "test");
  }
};

TEST_F(EntryFeedTest, BringsEachEntryAndThenTheEnd) {
  const auto feed = Watch(3, 6);
  for (uint64_t index = 3; index < 6; ++index) {
    const EntryFeed::Next next = feed->Take(absl::Seconds(30));
    ASSERT_TRUE(next.response.has_value());
    EXPECT_EQ(next.response->index(), index);
  }
  const EntryFeed::Next last = feed->Take(absl::Seconds(30));
  ASSERT_TRUE(last.end.has_value());
  EXPECT_THAT(*last.end, GrpcOk());
}

TEST_F(EntryFeedTest, SaysWhenNothingCameInTime) {
  const auto feed = Watch(10);
  EntryFeed::Next next = feed->Take(absl::Seconds(30));
  ASSERT_TRUE(next.response.has_value());
  EXPECT_TRUE(next.response->has_heartbeat());
  next = feed->Take(absl::Milliseconds(1));
  EXPECT_FALSE(next.response.has_value());
  EXPECT_FALSE(next.end.has_value());
}

// Whatever is under way: a read that brings a message after the stream was
// cancelled, a message that nobody took, or nothing.
TEST_F(EntryFeedTest, CanBeGivenUpAtAnyMoment) {
  for (int i = 0; i < 300; ++i) {
    const auto feed = Watch(0);
    for (int taken = 0; taken < i % 12; ++taken) {
      EXPECT_TRUE(feed->Take(absl::Seconds(30)).response.has_value());
    }
  }
}

TEST_F(EntryFeedTest, EndsWithTheServer) {
  const auto feed = Watch(10);
  EXPECT_TRUE(feed->Take(absl::Seconds(30)).response.has_value());
  daemon_->Drain(absl::Seconds(5));
  EntryFeed::Next next;
  while (!next.end.has_value()) next = feed->Take(absl::Seconds(30));
  EXPECT_EQ(next.end->error_code(), grpc::StatusCode::UNAVAILABLE);
}

// Both in this process, so that a thread checker sees the follower's threads.
TEST_F(EntryFeedTest, AFollowerIsReadWhileItCopies) {
  DaemonOptions options;
  options.data_dir = dir_.Path("follower");
  options.listen = "127.0.0.1:0";
  options.metrics_listen = "127.0.0.1:0";
  options.server.caller.calls_per_second = 1'000'000;
  options.follow.emplace();
  options.follow->primary.address = daemon_->address();
  const auto key = ledger::NoteVerifier::Parse(daemon_->verifier_key());
  ASSERT_OK(key.status());
  options.follow->keys = {*key};
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Daemon> follower,
                       Daemon::Start(options));
  const auto channel = grpc::CreateChannel(follower->address(),
                                           grpc::InsecureChannelCredentials());
  const auto copied = v1::LedgerService::NewStub(channel);
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      while (!done) {
        v1::Checkpoint checkpoint;
        EXPECT_THAT(Call(copied, &v1::LedgerService::Stub::GetCheckpoint,
                         v1::GetCheckpointRequest(), &checkpoint),
                    GrpcOk());
        v1::GetEntryRequest request;
        request.set_index(checkpoint.tree_size() - 1);
        v1::Entry entry;
        EXPECT_THAT(
            Call(copied, &v1::LedgerService::Stub::GetEntry, request, &entry),
            GrpcOk());
        v1::ListAgenciesResponse agencies;
        EXPECT_THAT(Call(v1::AgencyService::NewStub(channel),
                         &v1::AgencyService::Stub::ListAgencies,
                         v1::ListAgenciesRequest(), &agencies),
                    GrpcOk());
      }
    });
  }
  for (int n = 10; n < 110; ++n) {
    ASSERT_THAT(Register(MakeAgencyCode(n)), GrpcOk());
  }
  v1::WatchEntriesRequest request;
  request.set_start_index(109);
  EntryFeed last(copied.get(), request, "test");
  EXPECT_TRUE(last.Take(absl::Seconds(60)).response.has_value());
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(follower->ledger_size(), 110u);
  // The primary goes first; the follower waits for it, and can be stopped.
  daemon_->Drain(absl::Seconds(5));
  follower->Drain(absl::Seconds(5));
}

// A primary with TLS.
class TlsFollowerTest : public ServerTest {
 protected:
  TlsFollowerTest() : pki_(dir_.Path("pki")) {
    const TestCertificate server = pki_.Server();
    options_.tls.emplace();
    options_.tls->paths = {server.certificate, server.key, pki_.authority(),
                           pki_.crl_directory()};
    options_.client_certificate = ClientCertificate::kOptional;
  }

  void SetUp() override {
    ServerTest::SetUp();
    const TestCertificate keeper =
        pki_.Client(MakeAgencyCode(0), "operator", "keeper");
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = ReadFile(pki_.authority());
    ssl.pem_cert_chain = ReadFile(keeper.certificate);
    ssl.pem_private_key = ReadFile(keeper.key);
    channel_ =
        grpc::CreateChannel(daemon_->address(), grpc::SslCredentials(ssl));
    agencies_ = v1::AgencyService::NewStub(channel_);
    ASSERT_THAT(Register(MakeAgencyCode(1)), GrpcOk());
    ASSERT_THAT(Register(MakeAgencyCode(2)), GrpcOk());
  }

  absl::StatusOr<std::unique_ptr<Daemon>> Follow(
      const TestCertificate& certificate) {
    DaemonOptions options;
    options.data_dir = dir_.Path("follower");
    options.listen = "127.0.0.1:0";
    options.follow.emplace();
    options.follow->primary.address = daemon_->address();
    options.follow->primary.authorities = pki_.authority();
    options.follow->primary.certificate = certificate.certificate;
    options.follow->primary.private_key = certificate.key;
    const auto key = ledger::NoteVerifier::Parse(daemon_->verifier_key());
    if (!key.ok()) return key.status();
    options.follow->keys = {*key};
    return Daemon::Start(options);
  }

  TestPki pki_;
};

TEST_F(TlsFollowerTest, AnAuditorsCertificateIsLetIn) {
  const auto follower =
      Follow(pki_.Client(MakeAgencyCode(0), "auditor", "auditor"));
  ASSERT_OK(follower.status());
  EXPECT_EQ((*follower)->ledger_size(), 2u);
  EXPECT_EQ((*follower)->verifier_key(), daemon_->verifier_key());
  EXPECT_EQ((*follower)->origin(), "test.local/annals");
}

// Who sees only what is published, or has no certificate, can't copy.
TEST_F(TlsFollowerTest, NobodyElseIs) {
  for (const TestCertificate& certificate :
       {pki_.Client(MakeAgencyCode(0), "operator", "other"),
        TestCertificate{}}) {
    const auto follower = Follow(certificate);
    EXPECT_THAT(follower.status(),
                StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                kPrimaryRefuses));
    EXPECT_THAT(follower.status().message(), HasSubstr("auditor"));
  }
}

TEST_F(TlsFollowerTest, FilesThatAreNotThereAreNamed) {
  const auto follower = Follow({dir_.Path("none.pem"), dir_.Path("none.key")});
  EXPECT_FALSE(follower.ok());
  EXPECT_THAT(follower.status().message(), HasSubstr("none.pem"));
}

TEST(FollowerPolicyTest, EveryMethodThatRecordsIsOneOfTheApi) {
  int recording = 0;
  for (const AccessRule& rule : AccessRules()) {
    if (RecordsEntries(rule.method)) ++recording;
  }
  EXPECT_EQ(recording, 9);
  EXPECT_FALSE(RecordsEntries("ReportService.CheckReport"));
  EXPECT_FALSE(RecordsEntries("BackupService.CreateBackup"));
}

}  // namespace
}  // namespace annals
