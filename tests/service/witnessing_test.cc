// The daemon's side of the witness protocol, with a witness that answers what
// the test says.

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/add_checkpoint.h"
#include "ledger/tlog_proof.h"
#include "service/ledger_view.h"
#include "service/witnessing/witness_client.h"
#include "service/witnessing/witness_connection.h"
#include "service/witnessing/witnessed_checkpoint.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/parties.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ledger::CheckpointText;
using ledger::FormatSignatureLine;
using ::testing::ElementsAre;
using ::testing::IsNull;

TEST(WitnessUrlTest, TakesSubmissionPrefixes) {
  struct Example {
    const char* url;
    const char* server;
    const char* prefix;
  };
  for (const Example& example : std::vector<Example>{
           {"http://w.example", "http://w.example", ""},
           {"http://w.example/", "http://w.example", ""},
           {"https://w.example:8443/a/b/", "https://w.example:8443", "/a/b"},
           {"http://127.0.0.1:1", "http://127.0.0.1:1", ""},
           {"http://[::1]:8080/x", "http://[::1]:8080", "/x"},
           {"http://[::1]", "http://[::1]", ""}}) {
    ASSERT_OK_AND_ASSIGN(const WitnessUrl url, ParseWitnessUrl(example.url));
    EXPECT_EQ(url.server, example.server);
    EXPECT_EQ(url.prefix, example.prefix);
  }
}

TEST(WitnessUrlTest, RefusesTheRest) {
  for (const char* url :
       {"", "w.example", "ftp://w.example", "HTTP://w.example", "http://",
        "http:///a", "http://:80", "http://w.example:", "http://w.example:0",
        "http://w.example:65536", "http://w.example:99999999999999999999",
        "http://w.example:+80", "http://w.example:8o", "http://w.example/?a",
        "http://w.example/#a", "http://me@w.example", "http://w example/"}) {
    EXPECT_THAT(ParseWitnessUrl(url),
                StatusHasReason(absl::StatusCode::kInvalidArgument,
                                "WITNESS_URL_INVALID"))
        << url;
  }
}

// Gives the answers in their order, and keeps what it was sent.
class ScriptedConnection : public WitnessConnection {
 public:
  ScriptedConnection(std::deque<WitnessReply>* replies,
                     std::vector<std::string>* bodies)
      : replies_(*replies), bodies_(*bodies) {}

  absl::StatusOr<WitnessReply> Post(const std::string& body) override {
    bodies_.push_back(body);
    if (replies_.empty()) return absl::UnavailableError("no more");
    WitnessReply reply = std::move(replies_.front());
    replies_.pop_front();
    return reply;
  }
  void Cancel() override {}

 private:
  std::deque<WitnessReply>& replies_;
  std::vector<std::string>& bodies_;
};

class WitnessClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(harness_.Open());
    harness_.AppendSeeds(0, 9, 4);
    client_ = std::make_unique<WitnessClient>(
        identity_.verifier,
        std::make_unique<ScriptedConnection>(&replies_, &bodies_),
        &harness_.ledger(), &harness_.clock());
  }

  auto Cosign() { return client_->Cosign(*harness_.ledger().checkpoint()); }

  // What the witness answers if it cosigns the present checkpoint.
  WitnessReply Cosignature(absl::Duration skew = absl::ZeroDuration()) {
    const auto checkpoint = harness_.ledger().checkpoint()->checkpoint;
    const int64_t seconds = absl::ToUnixSeconds(harness_.clock().Now() + skew);
    return {200,
            FormatSignatureLine(identity_.Cosign(
                CheckpointText(checkpoint), static_cast<uint64_t>(seconds)))};
  }

  std::vector<uint64_t> OldSizes() {
    std::vector<uint64_t> sizes;
    for (const std::string& body : bodies_) {
      const auto request = ledger::ParseAddCheckpoint(body);
      EXPECT_OK(request);
      sizes.push_back(request->old_size);
    }
    return sizes;
  }

  ledger::MemoryStore store_;
  ledger::MemoryMark mark_;
  ledger::LedgerHarness harness_{&store_, &mark_};
  ledger::TestWitness identity_ = ledger::MakeWitness("w.example/1", 'w');
  std::deque<WitnessReply> replies_;
  std::vector<std::string> bodies_;
  std::unique_ptr<WitnessClient> client_;
};

TEST_F(WitnessClientTest, LearnsTheSizeFromTheAnswer409) {
  replies_ = {{409, "4\n"}, Cosignature()};
  EXPECT_OK(Cosign());
  EXPECT_THAT(OldSizes(), ElementsAre(0, 4));
  const auto request = ledger::ParseAddCheckpoint(bodies_[1]);
  EXPECT_FALSE(request->proof.empty());
  // It remembers what was accepted.
  harness_.AppendSeeds(9, 12, 3);
  replies_ = {Cosignature()};
  EXPECT_OK(Cosign());
  EXPECT_THAT(OldSizes(), ElementsAre(0, 4, 9));
}

TEST_F(WitnessClientTest, TellsARollbackAndAFork) {
  replies_ = {{409, "10\n"}};
  EXPECT_THAT(Cosign(),
              StatusHasReason(absl::StatusCode::kDataLoss, "WITNESS_AHEAD"));
  replies_ = {{409, "9\n"}, {409, "9\n"}};
  const auto fork =
      StatusHasReason(absl::StatusCode::kDataLoss, "WITNESS_SAW_FORK");
  EXPECT_THAT(Cosign(), fork);
  replies_ = {{422, ""}};
  EXPECT_THAT(Cosign(), fork);
}

TEST_F(WitnessClientTest, RefusesWhatIsNoTrueCosignature) {
  const WitnessReply truth = Cosignature();
  const auto refused =
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "WITNESS_REFUSED");
  ledger::TestWitness other = ledger::MakeWitness("w.example/1", 'x');
  ledger::TestWitness renamed = ledger::MakeWitness("w.example/2", 'w');
  const std::string text =
      CheckpointText(harness_.ledger().checkpoint()->checkpoint);
  for (const WitnessReply& reply : std::vector<WitnessReply>{
           {200, ""},
           {200, "nonsense"},
           {200, truth.body.substr(0, truth.body.size() - 1)},
           {200, FormatSignatureLine(other.Cosign(text, 1))},
           {200, FormatSignatureLine(renamed.Cosign(text, 1))},
           {200, FormatSignatureLine(identity_.Cosign(
                     CheckpointText({"ledger.example/annals", 9, {}}), 1))},
           {200, truth.body + FormatSignatureLine({"w.example/1",
                                                   identity_.verifier.key_id(),
                                                   std::string(72, 'x')})},
           Cosignature(absl::Hours(1)),
           {201, truth.body},
           {301, ""},
           {400, ""},
           {403, ""},
           {404, ""},
           {500, truth.body},
           {409, ""},
           {409, "x\n"},
           {409, "4"}}) {
    replies_ = {reply};
    EXPECT_THAT(Cosign(), refused) << reply.status << reply.body;
  }
  // Another size each time.
  replies_ = {{409, "1\n"}, {409, "2\n"}, {409, "3\n"}};
  EXPECT_THAT(Cosign(), refused);
  // Lines of others beside its own are ignored.
  replies_ = {{200, FormatSignatureLine(renamed.Cosign(text, 1)) + truth.body}};
  EXPECT_OK(Cosign());
}

class WitnessedCheckpointTest : public WitnessClientTest {
 protected:
  ledger::SignedCheckpoint Cosigned(int witnesses) {
    ledger::SignedCheckpoint checkpoint = *harness_.ledger().checkpoint();
    const std::string text = CheckpointText(checkpoint.checkpoint);
    ledger::TestWitness* const all[] = {&identity_, &second_};
    for (int i = 0; i < witnesses; ++i) {
      checkpoint.note += FormatSignatureLine(all[i]->Cosign(text, 5));
    }
    return checkpoint;
  }

  std::unique_ptr<WitnessedCheckpoint> Make() {
    return std::make_unique<WitnessedCheckpoint>(path_, &policy_);
  }

  absl::Status Load(WitnessedCheckpoint* witnessed) {
    const auto key = ledger::NoteVerifier::Create(
        ledger::kTestOrigin, ledger::TestSigner('s')->public_key());
    return witnessed->Load({*key}, &harness_.ledger());
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("witnessed");
  ledger::TestWitness second_ = ledger::MakeWitness("w.example/2", '2');
  const ledger::WitnessPolicy policy_ =
      *ledger::WitnessPolicy::Parse(absl::StrCat(
          "witness a ", identity_.verifier.ToString(), "\nwitness b ",
          second_.verifier.ToString(), "\ngroup g any a b\nquorum g\n"));
};

TEST_F(WitnessedCheckpointTest, TakesAQuorumAndKeepsTheBest) {
  const auto witnessed = Make();
  EXPECT_THAT(witnessed->Offer(Cosigned(0)), IsOkAndHolds(false));
  EXPECT_THAT(witnessed->latest(), IsNull());
  EXPECT_THAT(witnessed->Offer(Cosigned(1)), IsOkAndHolds(true));
  const ledger::SignedCheckpoint both = Cosigned(2);
  EXPECT_THAT(witnessed->Offer(both), IsOkAndHolds(true));
  EXPECT_EQ(witnessed->latest()->note, both.note);
  EXPECT_THAT(witnessed->Offer(Cosigned(1)), IsOkAndHolds(true));
  EXPECT_EQ(witnessed->latest()->note, both.note);
  harness_.AppendSeeds(9, 10, 1);
  EXPECT_THAT(witnessed->Offer(Cosigned(1)), IsOkAndHolds(true));
  EXPECT_EQ(witnessed->latest()->checkpoint.size, 10u);
  EXPECT_THAT(witnessed->Offer(both), IsOkAndHolds(true));
  EXPECT_EQ(witnessed->latest()->checkpoint.size, 10u);
}

TEST_F(WitnessedCheckpointTest, AReceiptIsOfTheWitnessedCheckpointIfAsked) {
  const auto witnessed = Make();
  const LedgerView view({&harness_.ledger(), witnessed.get()});
  v1::GetReceiptRequest request;
  request.set_index(8);
  request.set_witnessed(true);
  EXPECT_THAT(
      LedgerView({&harness_.ledger()}).GetReceipt(request, View::kAll).status(),
      StatusHasReason(absl::StatusCode::kFailedPrecondition,
                      "NO_WITNESSED_CHECKPOINT"));
  EXPECT_THAT(view.GetReceipt(request, View::kAll).status(),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "NO_WITNESSED_CHECKPOINT"));
  const ledger::SignedCheckpoint cosigned = Cosigned(2);
  ASSERT_OK(witnessed->Offer(cosigned));
  harness_.AppendSeeds(9, 12, 3);
  ASSERT_OK_AND_ASSIGN(const v1::Receipt receipt,
                       view.GetReceipt(request, View::kAll));
  ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof,
                       ledger::ParseTlogProof(receipt.proof()));
  EXPECT_EQ(proof.checkpoint, cosigned.note);
  EXPECT_OK(ledger::VerifyTlogProof(
      proof, ledger::LeafHash(receipt.leaf()),
      *ledger::NoteVerifier::Create(ledger::kTestOrigin,
                                    ledger::TestSigner('s')->public_key())));
  // Recorded, but not witnessed; and not even recorded.
  request.set_index(9);
  EXPECT_THAT(view.GetReceipt(request, View::kAll).status(),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "ENTRY_NOT_WITNESSED"));
  request.set_index(12);
  EXPECT_THAT(
      view.GetReceipt(request, View::kAll).status(),
      StatusHasReason(absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND"));
  request.set_index(9);
  request.set_witnessed(false);
  EXPECT_OK(view.GetReceipt(request, View::kAll));
}

TEST_F(WitnessedCheckpointTest, IsThereAgainAfterARestart) {
  ASSERT_OK(Load(Make().get()));
  const ledger::SignedCheckpoint checkpoint = Cosigned(2);
  ASSERT_OK(Make()->Offer(checkpoint));
  harness_.AppendSeeds(9, 20, 4);
  const auto again = Make();
  ASSERT_OK(Load(again.get()));
  ASSERT_NE(again->latest(), nullptr);
  EXPECT_EQ(again->latest()->note, checkpoint.note);
}

TEST_F(WitnessedCheckpointTest, TakesUpNothingThatDoesNotHold) {
  const ledger::SignedCheckpoint truth = Cosigned(2);
  ledger::TestLog other = ledger::MakeLog(ledger::kTestOrigin, 'o');
  const std::string forked = CheckpointText({ledger::kTestOrigin, 9, {}});
  ledger::TestLog own = ledger::MakeLog(ledger::kTestOrigin, 's');
  for (const std::string& note : std::vector<std::string>{
           "", "x", Cosigned(0).note, truth.note.substr(1),
           // By another key; of another tree; of a larger one.
           other.Sign(CheckpointText(truth.checkpoint)) +
               FormatSignatureLine(
                   second_.Cosign(CheckpointText(truth.checkpoint), 5)),
           own.Sign(forked) + FormatSignatureLine(second_.Cosign(forked, 5)),
           own.Sign("ledger.example/annals\n99\n" +
                    forked.substr(forked.find('\n') + 3))}) {
    WriteFile(path_, note);
    const auto witnessed = Make();
    EXPECT_FALSE(Load(witnessed.get()).ok()) << note;
    EXPECT_THAT(witnessed->latest(), IsNull());
  }
}

}  // namespace
}  // namespace annals
