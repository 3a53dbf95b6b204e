#include "tests/support/ledger_harness.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/result_box.h"
#include "tests/support/rfc6962_reference.h"

namespace annals::ledger {
namespace {

using ::testing::ElementsAreArray;
using ::testing::Optional;

using AppendBox = ResultBox<absl::StatusOr<AppendResult>>;

AppendCallback PutInto(AppendBox* box) {
  return [box](absl::StatusOr<AppendResult> result) {
    box->Put(std::move(result));
  };
}

std::vector<std::string> AsStrings(const std::vector<Hash>& hashes) {
  std::vector<std::string> strings;
  for (const Hash& hash : hashes) strings.push_back(HashBytes(hash));
  return strings;
}

}  // namespace

std::unique_ptr<Ed25519Signer> TestSigner(char byte) {
  auto signer = Ed25519Signer::FromSeed(std::string(32, byte));
  EXPECT_OK(signer);
  return *std::move(signer);
}

std::string TestContent(uint64_t seed) {
  return absl::StrCat("content ", seed, std::string(seed % 7, '.'));
}

AppendRequest TestRequest(uint64_t seed, const StreamLength& stream) {
  AppendRequest request;
  request.caller = absl::StrCat("caller-", seed % 3);
  request.request_id = absl::StrCat("request-", seed);
  request.request_digest = Sha256(absl::StrCat("digest ", seed));
  request.stream = stream;
  if (seed % 4 != 3) request.content = TestContent(seed);
  request.make_leaf = [stream = stream.stream, caller = request.caller,
                       id = request.request_id](const LeafContext& context) {
    return MakeSimpleLeaf(context, stream, caller, id);
  };
  return request;
}

AppendRequest TestRequest(uint64_t seed) {
  return TestRequest(seed, {absl::StrCat("stream-", seed), 0});
}

absl::Status LedgerHarness::Open() {
  Close();
  ASSIGN_OR_RETURN(ledger_,
                   Ledger::Open(options_, {store_, mark_, signer_, decoder_,
                                           &clock_, &random_, next_signer_,
                                           observer_, nullptr, space_}));
  return absl::OkStatus();
}

absl::StatusOr<AppendResult> LedgerHarness::Append(AppendRequest request) {
  AppendBox box;
  ledger_->Append(std::move(request), PutInto(&box));
  return box.Take();
}

std::vector<absl::StatusOr<AppendResult>> LedgerHarness::AppendTogether(
    std::vector<AppendRequest> requests) {
  // A request that is refused for its leaf holds the sequencer meanwhile.
  Gate entered;
  Gate release;
  AppendRequest holder = TestRequest(~uint64_t{0});
  holder.make_leaf = [&entered, &release](const LeafContext&) {
    entered.Open();
    release.Wait();
    return std::string("no leaf");
  };
  AppendBox holder_box;
  ledger_->Append(std::move(holder), PutInto(&holder_box));
  // After a stop the holder is refused at once and its leaf never made.
  if (ledger_->WriteStatus().ok()) entered.Wait();
  std::vector<AppendBox> boxes(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    ledger_->Append(std::move(requests[i]), PutInto(&boxes[i]));
  }
  release.Open();
  EXPECT_FALSE(holder_box.Take().ok());
  std::vector<absl::StatusOr<AppendResult>> results;
  for (AppendBox& box : boxes) results.push_back(box.Take());
  return results;
}

void LedgerHarness::AppendSeeds(uint64_t begin, uint64_t end, uint64_t batch) {
  for (uint64_t seed = begin; seed < end;) {
    std::vector<AppendRequest> requests;
    for (uint64_t i = 0; i < batch && seed < end; ++i) {
      requests.push_back(TestRequest(seed++));
    }
    for (const auto& result : AppendTogether(std::move(requests))) {
      ASSERT_OK(result);
      ASSERT_FALSE(result->replayed);
    }
  }
}

void LedgerHarness::CheckWholeLedger(uint64_t size) {
  const auto signed_checkpoint = ledger_->checkpoint();
  ASSERT_EQ(signed_checkpoint->checkpoint.size, size);
  ASSERT_OK_AND_ASSIGN(
      const NoteVerifier verifier,
      NoteVerifier::Create(kTestOrigin, default_signer_->public_key()));
  EXPECT_THAT(OpenCheckpoint(signed_checkpoint->note, verifier),
              IsOkAndHolds(signed_checkpoint->checkpoint));
  EXPECT_THAT(mark_->Read(), IsOkAndHolds(Optional(signed_checkpoint->note)));

  std::vector<std::string> leaves;
  CheckEntries(size, &leaves);
  ASSERT_EQ(leaves.size(), size);
  CheckStreams(leaves);

  Rfc6962Reference reference(leaves);
  EXPECT_EQ(HashBytes(signed_checkpoint->checkpoint.root),
            reference.Mth(0, size));
  for (uint64_t index = 0; index < size; ++index) {
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                         ledger_->InclusionProof({index, size}));
    ASSERT_THAT(AsStrings(proof),
                ElementsAreArray(reference.Path(index, 0, size)));
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> consistency,
                         ledger_->ConsistencyProof({index + 1, size}));
    ASSERT_THAT(AsStrings(consistency),
                ElementsAreArray(reference.Proof(index + 1, size)));
  }
}

void LedgerHarness::CheckEntries(uint64_t size,
                                 std::vector<std::string>* leaves) {
  absl::Time last = absl::InfinitePast();
  for (uint64_t index = 0; index < size; ++index) {
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                         ledger_->ReadEntry(index, true));
    ASSERT_OK_AND_ASSIGN(const LeafFacts facts,
                         decoder_->Decode(index, entry.leaf));
    ASSERT_GT(facts.recorded_at, last);
    last = facts.recorded_at;
    ASSERT_EQ(entry.content.has_value(), facts.content_hash.has_value());
    ASSERT_OK_AND_ASSIGN(
        const std::optional<std::string> row,
        store_->ReadIndex(RequestKey(facts.caller, facts.request_id)));
    ASSERT_EQ(row, RequestValue(index));
    leaves->push_back(entry.leaf);
  }
  EXPECT_THAT(
      ledger_->ReadEntry(size, false),
      StatusHasReason(absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND"));
}

void LedgerHarness::CheckStreams(const std::vector<std::string>& leaves) {
  std::map<std::string, std::vector<uint64_t>> streams;
  for (uint64_t index = 0; index < leaves.size(); ++index) {
    ASSERT_OK_AND_ASSIGN(const LeafFacts facts,
                         decoder_->Decode(index, leaves[index]));
    streams[facts.stream].push_back(index);
  }
  for (const auto& [stream, indexes] : streams) {
    ASSERT_THAT(ledger_->LengthOf(stream), IsOkAndHolds(indexes.size()));
    ASSERT_OK_AND_ASSIGN(const std::vector<StreamEntry> entries,
                         ledger_->ReadStream({stream, 0, ~uint64_t{0}}));
    ASSERT_EQ(entries.size(), indexes.size());
    for (uint64_t position = 0; position < entries.size(); ++position) {
      ASSERT_EQ(entries[position].position, position);
      ASSERT_EQ(entries[position].index, indexes[position]);
    }
  }
}

}  // namespace annals::ledger
