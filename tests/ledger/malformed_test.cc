// A table of inputs that must all be refused: each is a true sample of its
// format with one thing changed. The samples themselves are accepted, so that
// a row can only be refused for what it changes.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base64.h"
#include "ledger/error.h"
#include "tests/support/matchers.h"
#include "tests/support/wire_samples.h"

namespace annals::ledger {
namespace {

using ::testing::Ge;
using ::testing::SizeIs;

constexpr size_t kRowsMin = 150;

struct MalformedRow {
  WireFormat format;
  std::string what;
  std::string bytes;
};

// A change of a sample: the first `from` becomes `to`. An empty `from` stands
// for the beginning, "$" for the end.
struct Change {
  std::string what;
  std::string from;
  std::string to;
};

std::string Changed(const std::string& sample, const Change& change) {
  if (change.from.empty()) return change.to + sample;
  if (change.from == "$") return sample + change.to;
  const size_t at = sample.find(change.from);
  EXPECT_NE(at, std::string::npos) << change.what << ": " << change.from;
  if (at == std::string::npos) return "";
  return sample.substr(0, at) + change.to +
         sample.substr(at + change.from.size());
}

class MalformedTest : public ::testing::Test {
 protected:
  MalformedTest() {
    AddVkeys();
    AddCheckpoints();
    AddCosigned();
    AddPolicies();
    AddProofs();
    AddAddCheckpoints();
    AddTiles();
  }

  void Add(WireFormat format, const std::vector<Change>& changes) {
    const std::string sample = samples_.Sample(format);
    for (const Change& change : changes) {
      rows_.push_back({format, change.what, Changed(sample, change)});
    }
  }

  std::string Lines(size_t begin, size_t end, const std::string& text) {
    const std::vector<std::string> lines = absl::StrSplit(text, '\n');
    std::string part;
    for (size_t i = begin; i < end; ++i) part += lines[i] + "\n";
    return part;
  }

  void AddVkeys();
  void AddCheckpoints();
  void AddCosigned();
  void AddPolicies();
  void AddProofs();
  void AddAddCheckpoints();
  void AddTiles();

  WireSamples samples_;
  std::vector<MalformedRow> rows_;
};

void MalformedTest::AddVkeys() {
  for (const WireFormat format :
       {WireFormat::kVkey, WireFormat::kWitnessVkey}) {
    const std::string vkey = samples_.Sample(format);
    const std::vector<std::string> parts =
        absl::StrSplit(vkey, absl::MaxSplits('+', 2));
    const std::string& id = parts[1];
    const std::string& key = parts[2];
    Add(format, {{"nothing", vkey, ""},
                 {"only the name", absl::StrCat("+", id, "+", key), ""},
                 {"no key", key, ""},
                 {"no key id", id, ""},
                 {"no name", parts[0], ""},
                 {"a space in the name", "example", "exa mple"},
                 {"an ideographic space in the name", "example", "ex\u3000a"},
                 {"a tab in the name", "example", "exa\tmple"},
                 {"a name that is no UTF-8", "example", "exampl\xFF"},
                 {"another name", "example", "example2"},
                 {"another key id", id, id == "00000000" ? "1" : "00000000"},
                 {"a key id in upper case", id, "ABCDEF01"},
                 {"a key id of 7 digits", id, id.substr(1)},
                 {"a key id of 9 digits", id, id + "0"},
                 {"a newline after it", "$", "\n"},
                 {"a space before it", "", " "},
                 {"a key cut short", key, key.substr(0, key.size() - 4)},
                 {"a letter more than the key has", "$", "A"},
                 {"a key in base64url", key, "_-" + key.substr(2)}});
  }
  rows_.push_back({WireFormat::kVkey, "a witness's key for a log's",
                   samples_.Sample(WireFormat::kWitnessVkey)});
  rows_.push_back({WireFormat::kWitnessVkey, "a log's key for a witness's",
                   samples_.Sample(WireFormat::kVkey)});
}

void MalformedTest::AddCheckpoints() {
  const std::string note = samples_.Sample(WireFormat::kCheckpoint);
  const std::string root =
      EncodeBase64(AsStringView(samples_.log().At(8).root));
  const std::string signature = note.substr(note.find("\n\n") + 2);
  const std::string base64 = signature.substr(signature.rfind(' ') + 1);
  Add(WireFormat::kCheckpoint,
      {{"nothing", note, ""},
       {"no signature", "\n" + signature, ""},
       {"no empty line", "\n\n", "\n"},
       {"an empty line too many", "\n\n", "\n\n\n"},
       {"no final newline", base64, base64.substr(0, base64.size() - 1)},
       {"an empty line after it", "$", "\n"},
       {"text after it", "$", "more\n"},
       {"a byte order mark", "", "\xEF\xBB\xBF"},
       {"another origin", "log.example", "log.exampl3"},
       {"no origin", "log.example/annals\n8", "8"},
       {"an empty origin", "log.example/annals\n8", "\n8"},
       {"another size", "\n8\n", "\n9\n"},
       {"a leading zero", "\n8\n", "\n08\n"},
       {"a sign", "\n8\n", "\n+8\n"},
       {"a size in hex", "\n8\n", "\n0x8\n"},
       {"a space after the size", "\n8\n", "\n8 \n"},
       {"a size above 64 bits", "\n8\n", "\n18446744073709551624\n"},
       {"a full-width digit", "\n8\n", "\n８\n"},
       {"no size", "\n8\n", "\n"},
       {"another root", root, "A" + root.substr(1)},
       {"a root cut short", root, root.substr(4)},
       {"a root without padding", root, root.substr(0, root.size() - 1)},
       {"no root", root + "\n", ""},
       {"an extension that was not signed", "\n\n", "\nmore\n\n"},
       {"a carriage return", "\n8\n", "\r\n8\n"},
       {"a null byte", "annals\n", std::string("annals\0\n", 8)},
       {"bytes that are no UTF-8", "annals\n", "annals\xC3\n"},
       {"a hyphen for the dash", "— ", "- "},
       {"no space after the dash", "— ", "—"},
       {"an en dash", "— ", "– "},
       {"another signer", "— log", "— lag"},
       {"no signer", "— log.example/annals ", "— "},
       {"two spaces", "annals " + base64, "annals  " + base64},
       {"another key id", base64, "AAAA" + base64.substr(4)},
       {"a changed signature", base64,
        base64.substr(0, 20) + (base64[20] == 'A' ? "B" : "A") +
            base64.substr(21)},
       {"a signature cut short", base64, base64.substr(0, 40) + "\n"},
       {"only a key id", base64, base64.substr(0, 4) + "AA==\n"},
       {"a false signature beside the true one", "$",
        "— log.example/annals " + base64.substr(0, 8) +
            EncodeBase64(std::string(62, 'x')) + "\n"}});
  GrowingLog& log = samples_.log();
  const Checkpoint other{"other.example/x", 8, log.At(8).root};
  rows_.push_back({WireFormat::kCheckpoint, "signed, but of another origin",
                   log.log().Sign(CheckpointText(other))});
  rows_.push_back({WireFormat::kCheckpoint, "signed, but no checkpoint",
                   log.log().Sign("hello\n")});
  rows_.push_back({WireFormat::kCheckpoint, "a cosignature for the signature",
                   absl::StrCat(CheckpointText(log.At(8)), "\n",
                                FormatSignatureLine(samples_.witness().Cosign(
                                    CheckpointText(log.At(8)), 1)))});
}

void MalformedTest::AddCosigned() {
  const std::string note = samples_.Sample(WireFormat::kCosignedCheckpoint);
  const std::string text = CheckpointText(samples_.log().At(8));
  const size_t second = note.rfind("— ");
  const std::string line = note.substr(second);
  const std::string base64 = line.substr(line.rfind(' ') + 1);
  const std::string bytes = *DecodeBase64(base64.substr(0, base64.size() - 1));
  const auto with = [&](std::string changed) {
    return EncodeBase64(changed) + "\n";
  };
  std::string earlier = bytes;
  earlier[11] ^= 1;
  std::string beyond = bytes;
  beyond[4] = '\xFF';
  Add(WireFormat::kCosignedCheckpoint,
      {{"no cosignature", line, ""},
       {"another witness", "— witness", "— wytness"},
       {"another time", base64, with(earlier)},
       {"a time above 2^63", base64, with(beyond)},
       {"no time", base64, with(bytes.substr(0, 4) + bytes.substr(12))},
       {"a byte more", base64, with(bytes + "x")},
       {"a byte less", base64, with(bytes.substr(0, bytes.size() - 1))},
       {"another key id", base64, with("xxxx" + bytes.substr(4))},
       {"only a key id and a time", base64, with(bytes.substr(0, 12))},
       {"a plain signature of the witness", base64,
        with(bytes.substr(0, 12) + *samples_.witness().signer->Sign(text))},
       {"a cosignature of another size", line,
        FormatSignatureLine(samples_.witness().Cosign(
            CheckpointText(samples_.log().At(7)), 1))},
       {"a false one beside the true one", "$",
        FormatSignatureLine({"witness.example/w1",
                             samples_.witness().verifier.key_id(),
                             std::string(kCosignatureBytes, 'x')})},
       {"the log's signature missing",
        note.substr(text.size() + 1, second - text.size() - 1), ""}});
}

void MalformedTest::AddPolicies() {
  const std::string log = samples_.Sample(WireFormat::kVkey);
  const std::string witness = samples_.Sample(WireFormat::kWitnessVkey);
  Add(WireFormat::kPolicy,
      {{"nothing", samples_.Sample(WireFormat::kPolicy), ""},
       {"no quorum", "quorum g\n", ""},
       {"two quorums", "$", "quorum g\n"},
       {"an unknown quorum", "quorum g", "quorum h"},
       {"a quorum before its group", "", "quorum g\n"},
       {"no final newline", "quorum g\n", "quorum g"},
       {"a carriage return", "quorum g\n", "quorum g\r\n"},
       {"a null byte", "quorum g", std::string("quorum g\0", 9)},
       {"a form feed", "all", "\fall"},
       {"a delete character in a comment", "", "# \x7F\n"},
       {"an unknown keyword", "group", "team"},
       {"a keyword in upper case", "quorum", "QUORUM"},
       {"a log without a key", " " + log, ""},
       {"a witness's key for a log", log, witness},
       {"a log's key for a witness", witness, log},
       {"a log twice", "", "log " + log + "\n"},
       {"a log with two addresses", "https://l/", "https://l/ https://m/"},
       {"a witness without a key", " " + witness, ""},
       {"a witness without a name", "witness w1 ", "witness "},
       {"a witness named none", "witness w1", "witness none"},
       {"a witness's key twice", "group", "witness w2 " + witness + "\ngroup"},
       {"a name twice", "group g", "group w1"},
       {"a group without members", "all w1", "all"},
       {"a group without a threshold", "all w1", "w1"},
       {"a threshold of 0", "all w1", "0 w1"},
       {"a threshold above the members", "all w1", "2 w1"},
       {"a threshold with a leading zero", "all w1", "01 w1"},
       {"a negative threshold", "all w1", "-1 w1"},
       {"an unknown member", "all w1", "all w2"},
       {"the group as its own member", "all w1", "all g"},
       {"a member twice", "all w1", "all w1 w1"},
       {"none as a member", "all w1", "all none"},
       {"a member of two groups", "quorum", "group h all w1\nquorum"}});
}

void MalformedTest::AddProofs() {
  const std::string text = samples_.Sample(WireFormat::kTlogProof);
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  const std::string& hash = lines[3];
  Add(WireFormat::kTlogProof,
      {{"nothing", text, ""},
       {"no first line", lines[0] + "\n", ""},
       {"another version", "@v1", "@v2"},
       {"a space after the version", "@v1", "@v1 "},
       {"extra without data", "extra YQ==", "extra "},
       {"extra that is not base64", "extra YQ==", "extra Y"},
       {"extra twice", "extra YQ==\n", "extra YQ==\nextra YQ==\n"},
       {"extra after the index", "extra YQ==\nindex 5\n",
        "index 5\nextra YQ==\n"},
       {"no index", "index 5\n", ""},
       {"another index", "index 5", "index 4"},
       {"an index beyond the tree", "index 5", "index 8"},
       {"an index with a leading zero", "index 5", "index 05"},
       {"a negative index", "index 5", "index -5"},
       {"an index above 64 bits", "index 5", "index 18446744073709551621"},
       {"a tab before the index", "index 5", "index\t5"},
       {"a hash less", hash + "\n", ""},
       {"a hash more", hash + "\n", hash + "\n" + hash + "\n"},
       {"another hash", hash, (hash[0] == 'A' ? "B" : "A") + hash.substr(1)},
       {"a hash cut short", hash, hash.substr(0, 40)},
       {"two hashes exchanged", lines[3] + "\n" + lines[4],
        lines[4] + "\n" + lines[3]},
       {"a space after a hash", hash, hash + " "},
       {"no empty line", "\n\n", "\n"},
       {"another root", "\n8\n", "\n7\n"},
       {"no checkpoint", Lines(7, lines.size() - 1, text), ""},
       {"no cosignature", text.substr(text.rfind("— ")), ""},
       {"a carriage return", "index 5\n", "index 5\r\n"}});
}

void MalformedTest::AddAddCheckpoints() {
  const std::string body = samples_.Sample(WireFormat::kAddCheckpoint);
  const std::vector<std::string> lines = absl::StrSplit(body, '\n');
  const std::string& hash = lines[1];
  Add(WireFormat::kAddCheckpoint,
      {{"nothing", body, ""},
       {"no old size", "old 3\n", ""},
       {"another keyword", "old 3", "size 3"},
       {"an old size with a leading zero", "old 3", "old 03"},
       {"an old size above 64 bits", "old 3", "old 99999999999999999999"},
       {"two spaces", "old 3", "old  3"},
       {"a space after the old size", "old 3", "old 3 "},
       {"a carriage return", "old 3\n", "old 3\r\n"},
       {"another old size", "old 3", "old 4"},
       {"an old size of 0", "old 3", "old 0"},
       {"an old size above the new one", "old 3", "old 9"},
       {"a hash less", hash + "\n", ""},
       {"a hash more", hash + "\n", hash + "\n" + hash + "\n"},
       {"another hash", hash, (hash[0] == 'A' ? "B" : "A") + hash.substr(1)},
       {"a hash of 31 bytes", hash, EncodeBase64(std::string(31, 'x'))},
       {"a hash of 33 bytes", hash, EncodeBase64(std::string(33, 'x'))},
       {"no empty line", "\n\n", "\n"},
       {"no checkpoint", body.substr(body.find("\n\n") + 2), ""},
       {"another size", "\n8\n", "\n9\n"}});
}

void MalformedTest::AddTiles() {
  Add(WireFormat::kTilePath, {{"a slash before it", "", "/"},
                              {"a slash after it", "$", "/"},
                              {"another folder", "tile", "tiles"},
                              {"level 64", "/1/", "/64/"},
                              {"a level with a leading zero", "/1/", "/01/"},
                              {"a group without its x", "x234", "234"},
                              {"an x before the last group", "067", "x067"},
                              {"a group of two digits", "067", "67"},
                              {"a group of four digits", "067", "0067"},
                              {"a group of zeros in front", "x001", "x000"},
                              {"a width of 0", "p/8", "p/0"},
                              {"a width of 256", "p/8", "p/256"},
                              {"a width with a leading zero", "p/8", "p/08"},
                              {"no width", "p/8", "p/"},
                              {"a width as an index", "p/8", "p/008"},
                              {"a step up", "x001", ".."},
                              {"a query", "$", "?x"},
                              {"a newline", "$", "\n"}});
  const std::string tile = samples_.Sample(WireFormat::kHashTile);
  Add(WireFormat::kHashTile, {{"nothing", tile, ""},
                              {"a byte less", tile, tile.substr(1)},
                              {"a byte more", "$", "x"},
                              {"a hash less", tile, tile.substr(32)},
                              {"a hash more", "$", tile.substr(32)}});
  const std::string bundle = samples_.Sample(WireFormat::kEntryBundle);
  Add(WireFormat::kEntryBundle,
      {{"nothing", bundle, ""},
       {"a byte less", bundle, bundle.substr(0, bundle.size() - 1)},
       {"a byte more", "$", "x"},
       {"an entry more", "$", std::string("\0\0", 2)},
       {"an entry less", bundle, bundle.substr(7)},
       {"a length too large", bundle.substr(0, 2), std::string("\0\6", 2)},
       {"a length too small", bundle.substr(0, 2), std::string("\0\4", 2)},
       {"a length in little-endian", bundle.substr(0, 2),
        std::string("\5\0", 2)}});
}

TEST_F(MalformedTest, TheSamplesAreAccepted) {
  for (const WireFormat format : kWireFormats) {
    EXPECT_THAT(samples_.Accept(format, samples_.Sample(format)), IsOk())
        << samples_.Sample(format);
  }
}

TEST_F(MalformedTest, EveryRowIsRefused) {
  for (const MalformedRow& row : rows_) {
    EXPECT_FALSE(samples_.Accept(row.format, row.bytes).ok())
        << row.what << ":\n"
        << row.bytes;
  }
}

// A refusal of the parsers says what is wrong, in both languages.
TEST_F(MalformedTest, EveryRefusalHasAReasonAndTexts) {
  for (const MalformedRow& row : rows_) {
    const absl::Status status = samples_.Accept(row.format, row.bytes);
    EXPECT_FALSE(ErrorReason(status).empty()) << row.what << status.ToString();
    EXPECT_FALSE(ErrorTextZh(status).empty()) << row.what << status.ToString();
  }
}

TEST_F(MalformedTest, TheRowsAreManyAndAllDifferent) {
  std::set<std::pair<WireFormat, std::string>> distinct;
  for (const MalformedRow& row : rows_) {
    EXPECT_TRUE(distinct.emplace(row.format, row.bytes).second) << row.what;
    EXPECT_NE(row.bytes, samples_.Sample(row.format)) << row.what;
  }
  EXPECT_THAT(distinct, SizeIs(Ge(kRowsMin)));
  ::testing::Test::RecordProperty("rows", static_cast<int>(distinct.size()));
}

// Whatever is cut off the end of a sample, what is left is refused.
TEST_F(MalformedTest, EveryCutIsRefused) {
  for (const WireFormat format : kWireFormats) {
    if (format == WireFormat::kTilePath) continue;  // A prefix of one is one.
    const std::string sample = samples_.Sample(format);
    for (size_t length = 0; length < sample.size(); ++length) {
      EXPECT_FALSE(samples_.Accept(format, sample.substr(0, length)).ok())
          << sample.substr(0, length);
    }
  }
}

// Every bit of what is signed or hashed counts. The address in a policy, the
// extra data and the leaves of a bundle are covered by nothing.
TEST_F(MalformedTest, EveryFlippedBitIsRefused) {
  for (const WireFormat format :
       {WireFormat::kVkey, WireFormat::kWitnessVkey, WireFormat::kCheckpoint,
        WireFormat::kCosignedCheckpoint}) {
    const std::string sample = samples_.Sample(format);
    for (size_t bit = 0; bit < 8 * sample.size(); ++bit) {
      std::string flipped = sample;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(samples_.Accept(format, flipped).ok()) << flipped;
    }
  }
}

}  // namespace
}  // namespace annals::ledger
