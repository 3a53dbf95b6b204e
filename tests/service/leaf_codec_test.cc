#include "service/leaf_codec.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report_history.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

using ::testing::SizeIs;

constexpr char kCode[] = "11341702486344515H";
constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;

ledger::LeafContext Context() {
  ledger::LeafContext context;
  context.index = 5;
  context.recorded_at = absl::FromUnixMicros(1738339200123456);
  context.request_hash.fill(0xAB);
  context.content_hash.emplace();
  context.content_hash->fill(0xCD);
  return context;
}

v1::LedgerEntry RevisionEntry(int number, const std::string& id = "2024") {
  v1::LedgerEntry entry;
  entry.mutable_actor()->set_subject("local:zhang");
  entry.mutable_actor()->set_assurance(v1::ASSURANCE_SELF_DECLARED);
  entry.set_reason("首次提交");
  entry.set_request_id("123e4567-e89b-12d3-a456-426614174000");
  entry.mutable_revision_recorded()->set_report(std::string("agencies/") +
                                                kCode + "/reports/" + id);
  entry.mutable_revision_recorded()->set_number(number);
  return entry;
}

TEST(LeafCodecTest, TellsTheLedgerWhatItMustKnow) {
  const std::string leaf = EncodeLeaf(RevisionEntry(1), Context());
  ASSERT_OK_AND_ASSIGN(const ledger::LeafFacts facts,
                       LeafCodec().Decode(5, leaf));
  EXPECT_EQ(facts.recorded_at, Context().recorded_at);
  EXPECT_EQ(facts.stream, std::string("agencies/") + kCode + "/reports/2024");
  EXPECT_EQ(facts.caller, "local:zhang");
  EXPECT_EQ(facts.request_id, "123e4567-e89b-12d3-a456-426614174000");
  EXPECT_EQ(facts.request_hash, Context().request_hash);
  EXPECT_EQ(facts.content_hash, Context().content_hash);
  ASSERT_THAT(facts.index_rows, SizeIs(2));
  for (const ledger::IndexRow& row : facts.index_rows) {
    EXPECT_EQ(row.value, facts.stream);
  }
  EXPECT_TRUE(absl::StartsWith(facts.index_rows[0].key, ReportRowPrefix()));
  EXPECT_TRUE(
      absl::StartsWith(facts.index_rows[0].key, ReportRowPrefix(kCode, 2024)));
  EXPECT_TRUE(absl::StartsWith(facts.index_rows[1].key, YearRowPrefix(2024)));
}

TEST(LeafCodecTest, OnlyTheFirstRevisionAddsRows) {
  ASSERT_OK_AND_ASSIGN(
      const ledger::LeafFacts facts,
      LeafCodec().Decode(5, EncodeLeaf(RevisionEntry(2), Context())));
  EXPECT_THAT(facts.index_rows, SizeIs(0));
}

TEST(LeafCodecTest, RowsSortAsNamesDo) {
  std::vector<std::string> keys;
  for (const char* id : {"2023", "2023-regional", "2024", "2024-regional"}) {
    ASSERT_OK_AND_ASSIGN(
        const ledger::LeafFacts facts,
        LeafCodec().Decode(5, EncodeLeaf(RevisionEntry(1, id), Context())));
    keys.push_back(facts.index_rows[0].key);
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_FALSE(absl::StartsWith(keys[0], ReportRowPrefix(kCode, 2024)));
}

TEST(LeafCodecTest, KnowsAnAgencysRegistration) {
  v1::LedgerEntry entry;
  entry.mutable_agency_registered()->mutable_agency()->set_name(
      std::string("agencies/") + kCode);
  ledger::LeafContext context = Context();
  context.content_hash.reset();
  ASSERT_OK_AND_ASSIGN(const ledger::LeafFacts facts,
                       LeafCodec().Decode(5, EncodeLeaf(entry, context)));
  EXPECT_EQ(facts.stream, std::string("agencies/") + kCode);
  EXPECT_FALSE(facts.content_hash.has_value());
  ASSERT_THAT(facts.index_rows, SizeIs(1));
  EXPECT_TRUE(absl::StartsWith(facts.index_rows[0].key, AgencyRowPrefix()));
  // With a supervisor there is a row under that one's code.
  const std::string supervisor = MakeAgencyCode(7);
  entry.mutable_agency_registered()->mutable_agency()->set_supervisor(
      "agencies/" + supervisor);
  ASSERT_OK_AND_ASSIGN(const ledger::LeafFacts supervised,
                       LeafCodec().Decode(5, EncodeLeaf(entry, context)));
  ASSERT_THAT(supervised.index_rows, SizeIs(2));
  EXPECT_TRUE(absl::StartsWith(supervised.index_rows[1].key,
                               SupervisedRowPrefix(supervisor)));
  EXPECT_EQ(supervised.index_rows[1].value, facts.stream);
}

TEST(LeafCodecTest, KnowsAChangeOfKeys) {
  v1::LedgerEntry entry;
  entry.mutable_key_changed()->set_old_vkey("old");
  ledger::LeafContext context = Context();
  context.content_hash.reset();
  EXPECT_THAT(LeafCodec().Decode(5, EncodeLeaf(entry, context)),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  entry.mutable_key_changed()->set_new_vkey("new");
  ASSERT_OK_AND_ASSIGN(const ledger::LeafFacts facts,
                       LeafCodec().Decode(5, EncodeLeaf(entry, context)));
  EXPECT_EQ(facts.stream, kKeyStream);
  EXPECT_THAT(facts.index_rows, SizeIs(0));
}

TEST(LeafCodecTest, KnowsADocument) {
  v1::LedgerEntry entry;
  entry.mutable_document_recorded()->set_document("documents/12");
  EXPECT_THAT(LeafCodec().Decode(5, EncodeLeaf(entry, Context())),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  const std::string name = "documents/" + std::string(64, 'a');
  entry.mutable_document_recorded()->set_document(name);
  ASSERT_OK_AND_ASSIGN(const ledger::LeafFacts facts,
                       LeafCodec().Decode(5, EncodeLeaf(entry, Context())));
  EXPECT_EQ(facts.stream, name);
  EXPECT_THAT(facts.index_rows, SizeIs(0));
}

TEST(LeafCodecTest, RefusesWhatIsNoLeaf) {
  const std::string leaf = EncodeLeaf(RevisionEntry(1), Context());
  const LeafCodec codec;
  EXPECT_THAT(codec.Decode(6, leaf),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  EXPECT_THAT(codec.Decode(5, leaf.substr(0, leaf.size() - 1)),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  EXPECT_THAT(codec.Decode(0, ""),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  EXPECT_THAT(codec.Decode(5, EncodeLeaf(v1::LedgerEntry(), Context())),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  EXPECT_THAT(codec.Decode(5, EncodeLeaf(RevisionEntry(0), Context())),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
  EXPECT_THAT(codec.Decode(5, EncodeLeaf(RevisionEntry(1, "x"), Context())),
              StatusHasReason(kDataLoss, "LEAF_UNREADABLE"));
}

// The bytes of a leaf are for good: field numbers and order may not change. The
// etag was computed with protobuf and hashlib of Python.
TEST(LeafCodecTest, TheBytesOfAFixedLeafDoNotChange) {
  EXPECT_EQ(EtagOfLeaf(EncodeLeaf(RevisionEntry(1), Context())),
            "9efe20a081eb47a36578102d0673da6a");
}

TEST(LeafCodecTest, TimestampsKeepEveryNanosecond) {
  for (const absl::Time time : {absl::FromUnixNanos(1738339200123456789),
                                absl::FromUnixNanos(-1), absl::UnixEpoch()}) {
    EXPECT_EQ(FromTimestamp(ToTimestamp(time)), time);
    EXPECT_TRUE(IsValidTimestamp(ToTimestamp(time)));
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(253402300800);
  EXPECT_FALSE(IsValidTimestamp(timestamp));
  timestamp.set_seconds(-62135596801);
  EXPECT_FALSE(IsValidTimestamp(timestamp));
  timestamp.set_seconds(0);
  timestamp.set_nanos(1000000000);
  EXPECT_FALSE(IsValidTimestamp(timestamp));
}

// Content bytes that no serializer would write come back as they are.
TEST(EncodeRevisionTest, PutsTheContentInAsItIs) {
  v1::Revision revision;
  revision.set_name("agencies/x/reports/2024/revisions/1");
  revision.set_number(1);
  const std::string content("\x0A\x82\x00\x18\x00", 5);
  const std::string bytes = EncodeRevision(revision, content);
  EXPECT_TRUE(absl::EndsWith(bytes, std::string("\x7A\x05") + content));
  v1::Revision parsed;
  ASSERT_TRUE(parsed.ParseFromString(bytes));
  EXPECT_EQ(parsed.name(), revision.name());
  EXPECT_TRUE(parsed.has_content());
}

TEST(LeafCodecTest, PoliciesAreListedInTheirOrder) {
  v1::LedgerEntry entry = RevisionEntry(1);
  entry.mutable_policy_set()->set_agency("agencies/" + MakeAgencyCode(0));
  ledger::LeafContext context = Context();
  std::vector<std::string> keys;
  for (const uint64_t index : {uint64_t{9}, uint64_t{10}, uint64_t{1} << 40}) {
    context.index = index;
    const auto facts = LeafCodec().Decode(index, EncodeLeaf(entry, context));
    ASSERT_OK(facts);
    ASSERT_EQ(facts->index_rows.size(), 1u);
    keys.push_back(facts->index_rows[0].key);
    EXPECT_TRUE(absl::StartsWith(keys.back(), PolicyRowPrefix()));
    EXPECT_THAT(EntryOfPolicyRow(keys.back()), IsOkAndHolds(index));
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_THAT(EntryOfPolicyRow("P-x"),
              StatusHasReason(kDataLoss, "INDEX_DAMAGED"));
}

}  // namespace
}  // namespace annals
