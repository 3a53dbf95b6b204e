// Export, audit and publishing through the two programs, and a suite of
// tampering: each kind of byte changed, entries dropped, reordered and
// replayed.

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/tile_path.h"
#include "tests/e2e/audit_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AuditTest : public AuditFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    FillLedger();
  }
};

TEST_F(AuditTest, AnHonestLedgerPasses) {
  const Outcome audit = Annals({"audit"});
  EXPECT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.out, AllOf(HasSubstr(absl::StrCat(kEntries, " entries")),
                               HasSubstr("Audit passed.")));
  const Outcome json = Annals({"audit", "--json"});
  EXPECT_THAT(json, Succeeded());
  EXPECT_THAT(
      json.out,
      AllOf(HasSubstr("\"verified\": true"),
            HasSubstr(absl::StrCat("\"reports\": \"", kReports, "\""))));
}

TEST_F(AuditTest, TheNextAuditReadsWhatIsNew) {
  const std::string state = dir_.Path("state");
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  Submit(1, 2030);
  const Outcome next = Annals({"audit", "--state", state});
  EXPECT_THAT(next, Succeeded());
  EXPECT_THAT(next.err, HasSubstr(absl::StrCat("at entry ", kEntries)));
  EXPECT_THAT(next.out, HasSubstr("1 entry hashed again"));
  // And once more with nothing new.
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
}

TEST_F(AuditTest, ADamagedStateIsRefused) {
  const std::string state = dir_.Path("state");
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  std::string bytes = ReadFile(state);
  bytes[bytes.size() / 2] ^= 1;
  WriteFile(state, bytes);
  EXPECT_THAT(Annals({"audit", "--state", state}),
              RefusedWith(6, "STATE_FILE_DAMAGED"));
}

// The operator goes back to an older copy of the whole directory.
TEST_F(AuditTest, ARollbackIsNoticed) {
  const std::string state = dir_.Path("state");
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartDaemon();
  Submit(1, 2030);
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(dir_.Path("copy"), data_dir_);
  StartDaemon();
  EXPECT_THAT(Annals({"audit", "--state", state}),
              RefusedWith(11, "LEDGER_ROLLED_BACK"));
  // Another history of the same length: a fork.
  Submit(1, 2032);
  EXPECT_THAT(Annals({"audit", "--state", state}),
              RefusedWith(11, "LEDGER_FORKED"));
}

TEST_F(AuditTest, AnotherKeyDidNotSign) {
  EXPECT_THAT(Annals({"audit", "--key", OtherKey()}),
              RefusedWith(8, "CHECKPOINT_NOT_SIGNED"));
  EXPECT_THAT(Annals({"export", dir_.Path("x"), "--key", OtherKey()}),
              RefusedWith(8, "CHECKPOINT_NOT_SIGNED"));
}

TEST_F(AuditTest, ThePinnedKeyIsEnough) {
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  verifier_key_.clear();
  EXPECT_THAT(Annals({"audit"}).out, HasSubstr("Audit passed."));
  Export();
  EXPECT_THAT(AuditOffline(), Succeeded());
  ASSERT_THAT(Annals({"trust", "remove", server_}), Succeeded());
  for (const Words& words : {Words{"audit"}, Words{"export", export_dir_},
                             Words{"audit", "--offline", export_dir_}}) {
    const Outcome outcome = Annals(words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("annals trust add"));
  }
}

// What the default server is pinned to says nothing of a directory.
TEST_F(AuditTest, AnExportIsAuditedUnderItsKeyWhateverIsPinned) {
  Export();
  ASSERT_THAT(Annals({"trust", "add", OtherKey("other.local/annals")}),
              Succeeded());
  EXPECT_THAT(AuditOffline(), Succeeded());
  const Outcome online = Annals({"audit"});
  EXPECT_EQ(online.code, 2);
  EXPECT_THAT(online.err, HasSubstr("is pinned to ledger other.local/annals"));
}

TEST_F(AuditTest, AnExportIsAuditedWithoutAServer) {
  Export();
  ASSERT_EQ(StopDaemon(), 0);
  const Outcome audit = AuditOffline();
  EXPECT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.out, HasSubstr("Audit passed."));
}

// What was verified before binds a copy as well as the server.
class CopyOfForkTest : public AuditFixture {
 protected:
  // Two histories under one key, apart from entry 1 on; the honest one is
  // pinned, and three of its entries are verified.
  void SetUp() override {
    StartDaemon();
    Register(0);
    ASSERT_EQ(StopDaemon(), 0);
    CopyAll(data_dir_, dir_.Path("copy"));
    StartDaemon();
    Register(1);
    Register(2);
    ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
    ASSERT_THAT(Annals({"audit", "--state", state_}), Succeeded());
    ASSERT_EQ(StopDaemon(), 0);
  }

  // The other history, of so many entries, exported without the pin.
  void ExportFork(int entries) {
    const std::string honest = server_;
    StartDaemon({ANNALSD_PATH, "--data_dir=" + dir_.Path("copy"),
                 "--origin=test.local/annals", "--listen=127.0.0.1:0"});
    for (int n = 1; n < entries; ++n) Register(10 + n);
    const Outcome exported =
        Annals({"export", export_dir_, "--config-dir", dir_.Path("nobody")});
    EXPECT_THAT(exported, Succeeded());
    ASSERT_EQ(StopDaemon(), 0);
    server_ = honest;
    verifier_key_.clear();
  }

  const std::string state_ = dir_.Path("state");
};

TEST_F(CopyOfForkTest, IsAForkWithEvidence) {
  ExportFork(4);
  for (const Words& more : {Words{}, Words{"--state", state_}}) {
    const Outcome audit = AuditOffline(more);
    EXPECT_THAT(audit, RefusedWith(11, "LEDGER_FORKED"));
    EXPECT_THAT(audit.err,
                AllOf(HasSubstr("no continuation of the 3"),
                      HasSubstr("Both checkpoints are kept as evidence")));
  }
  EXPECT_THAT(AuditOffline({"--lang", "zh"}).err, HasSubstr("账本已分叉"));
}

TEST_F(CopyOfForkTest, OfTheSameLengthToo) {
  ExportFork(3);
  EXPECT_THAT(AuditOffline(), RefusedWith(11, "LEDGER_FORKED"));
}

TEST_F(CopyOfForkTest, AShorterOneIsSaidToBeOlder) {
  ExportFork(2);
  const Outcome audit = AuditOffline();
  EXPECT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.err, AllOf(HasSubstr("older than what was verified before"),
                               HasSubstr("can't be checked offline")));
  EXPECT_THAT(AuditOffline({"--json"}).out,
              AllOf(HasSubstr("\"extends\": \"0\""),
                    HasSubstr("\"verified_before\": \"3\"")));
}

TEST_F(CopyOfForkTest, AnHonestCopyExtendsWhatWasVerified) {
  StartDaemon();
  Register(3);
  Export();
  EXPECT_THAT(AuditOffline({"--state", state_}).out,
              HasSubstr("extends the 3 entries"));
}

TEST_F(AuditTest, AnExportGrows) {
  Export();
  const auto tile_time =
      std::filesystem::last_write_time(InExport("tile/0/000"));
  Submit(1, 2030);
  const Outcome again = Annals({"export", export_dir_});
  EXPECT_THAT(again, Succeeded());
  EXPECT_THAT(again.out, HasSubstr("1 of them new"));
  EXPECT_EQ(std::filesystem::last_write_time(InExport("tile/0/000")),
            tile_time);
  EXPECT_THAT(AuditOffline(), Succeeded());
}

TEST_F(AuditTest, AnExportMayLeaveContentsOut) {
  EXPECT_THAT(Annals({"export", export_dir_, "--without-contents"}),
              Succeeded());
  EXPECT_FALSE(std::filesystem::exists(InExport("content")));
  EXPECT_THAT(AuditOffline({"--without-contents"}), Succeeded());
  EXPECT_THAT(AuditOffline(), RefusedWith(8, "AUDIT_CONTENT_MISSING"));
  EXPECT_THAT(Annals({"export", export_dir_, "--add-contents"}), Succeeded());
  EXPECT_THAT(AuditOffline(), Succeeded());
}

// Every kind of byte in the directory.
struct Tampering {
  std::string file;
  size_t position;
  std::string reason;
  std::string named;
};

TEST_F(AuditTest, AStateKnowsThatContentsWereLeftOut) {
  Export();
  const std::string state = dir_.Path("state");
  const Words audit = {"audit", "--offline", export_dir_, "--state", state};
  Words without = audit;
  without.push_back("--without-contents");
  ASSERT_THAT(Annals(without), Succeeded());
  Words json = audit;
  json.push_back("--json");
  const Outcome resumed = Annals(json);
  EXPECT_THAT(resumed, Succeeded());
  EXPECT_THAT(resumed.out, HasSubstr("\"contents_checked\": false"));
}

TEST_F(AuditTest, AStateThatOthersCanWriteIsNotBelieved) {
  Export();
  const std::string state = dir_.Path("state");
  const Words audit = {"audit", "--offline", export_dir_, "--state", state};
  ASSERT_THAT(Annals(audit), Succeeded());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(state).permissions(),
            perms::owner_read | perms::owner_write);
  std::filesystem::permissions(state, perms::others_write,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(Annals(audit), RefusedWith(6, "STATE_FILE_NOT_PRIVATE"));
}

TEST_F(AuditTest, EveryKindOfChangedByteIsNamed) {
  Export();
  const uint64_t entry = kRevisionEntry;
  const std::string place =
      absl::StrCat("entry ", entry, " (revision 1 of ", revision_report_, ")");
  const std::string content = ledger::ContentPath(entry);
  const std::vector<Tampering> all = {
      {"tile/entries/000", LeafOffset(entry) + 40, "AUDIT_LEAF_MISMATCH",
       absl::StrCat("entry ", entry)},
      {"tile/entries/000", LeafOffset(entry) - 1, "AUDIT_LEAF_MISMATCH",
       absl::StrCat("entry ", entry)},
      {"tile/0/000", 32 * entry + 7, "AUDIT_TILE_MISMATCH", "hash 5"},
      {"tile/1/000.p/1", 3, "AUDIT_TILE_MISMATCH", "tile/1/000.p/1"},
      {content, 4, "AUDIT_CONTENT_MISMATCH", place},
      {content, 400, "AUDIT_CONTENT_MISMATCH", place},
      {"checkpoint", 25, "CHECKPOINT_NOT_SIGNED", "signature"},
  };
  for (const Tampering& one : all) {
    SCOPED_TRACE(absl::StrCat(one.file, " @", one.position));
    const std::string whole = ReadFile(InExport(one.file));
    ASSERT_LT(one.position, whole.size());
    std::string changed = whole;
    changed[one.position] ^= 1;
    WriteFile(InExport(one.file), changed);
    const Outcome audit = AuditOffline();
    EXPECT_THAT(audit, RefusedWith(8, one.reason));
    EXPECT_THAT(audit.err, HasSubstr(one.named));
    WriteFile(InExport(one.file), whole);
  }
  EXPECT_THAT(AuditOffline(), Succeeded());
}

// What is named is the very hash that was expected, and the one that is there.
TEST_F(AuditTest, ExpectedAndActualHashAreNamed) {
  Export();
  std::vector<std::string> leaves = Leaves("tile/entries/000", 256);
  const std::string expected = HexOfLeaf(leaves[kRevisionEntry]);
  v1::LedgerEntry entry;
  ASSERT_TRUE(entry.ParseFromString(leaves[kRevisionEntry]));
  entry.set_reason("没有改动");
  leaves[kRevisionEntry] = entry.SerializeAsString();
  WriteLeaves("tile/entries/000", leaves);
  const Outcome audit = AuditOffline();
  EXPECT_THAT(audit, RefusedWith(8, "AUDIT_LEAF_MISMATCH"));
  EXPECT_THAT(audit.err,
              HasSubstr(absl::StrCat(
                  "entry ", kRevisionEntry,
                  " (the altered entry calls itself revision 1 of ",
                  revision_report_, "): leaf hash: expected ", expected,
                  ", found ", HexOfLeaf(leaves[kRevisionEntry]))));
}

// A leaf and its hash changed together: the tile above tells in which range,
// and a forged hash is not called the expected one. Without a tile above that
// can be believed nothing but the signed root tells.
TEST_F(AuditTest, AHashForgedWithItsLeafIsNoExpectedOne) {
  Export();
  const std::string last = absl::StrCat("001.p/", kEntries - 256);
  struct Case {
    std::string tile;
    uint64_t width;
    uint64_t position;
    std::string named;
  };
  const std::vector<Case> cases = {
      {"000", 256, kRevisionEntry, "entries 0–255:"},
      {last, kEntries - 256, 1, absl::StrCat("entries 0–", kEntries - 1, ":")}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.tile);
    const std::string bundle = absl::StrCat("tile/entries/", one.tile);
    const std::string tile = InExport(absl::StrCat("tile/0/", one.tile));
    const std::string whole_bundle = ReadFile(InExport(bundle));
    const std::string whole_tile = ReadFile(tile);
    std::vector<std::string> leaves = Leaves(bundle, one.width);
    v1::LedgerEntry entry;
    ASSERT_TRUE(entry.ParseFromString(leaves[one.position]));
    entry.set_reason("没有改动");
    leaves[one.position] = entry.SerializeAsString();
    WriteLeaves(bundle, leaves);
    const ledger::Hash forged = ledger::LeafHash(leaves[one.position]);
    std::string hashes = whole_tile;
    hashes.replace(one.position * ledger::kHashBytes, ledger::kHashBytes,
                   ledger::HashBytes(forged));
    WriteFile(tile, hashes);
    const Outcome audit = AuditOffline();
    EXPECT_THAT(audit, RefusedWith(8, "AUDIT_HASHES_FORGED"));
    EXPECT_THAT(audit.err,
                AllOf(HasSubstr(one.named),
                      Not(HasSubstr(HexOfLeaf(leaves[one.position])))));
    WriteFile(InExport(bundle), whole_bundle);
    WriteFile(tile, whole_tile);
  }
}

TEST_F(AuditTest, NothingStandsAfterTheEndOfAPartialTile) {
  Export();
  const std::string last = absl::StrCat("001.p/", kEntries - 256);
  const std::vector<std::pair<std::string, std::string>> files = {
      {"tile/entries/" + last, "AUDIT_BUNDLE_DAMAGED"},
      {"tile/0/" + last, "AUDIT_TILE_MISMATCH"}};
  for (const auto& [file, reason] : files) {
    const std::string whole = ReadFile(InExport(file));
    WriteFile(InExport(file), whole + std::string(252 * 32, 'x'));
    const Outcome audit = AuditOffline();
    EXPECT_THAT(audit, RefusedWith(8, reason));
    EXPECT_THAT(audit.err, HasSubstr(file));
    WriteFile(InExport(file), whole);
  }
}

TEST_F(AuditTest, MissingFilesAreNamed) {
  Export();
  const std::string last = absl::StrCat("001.p/", kEntries - 256);
  for (const std::string& file :
       {std::string("tile/entries/000"), std::string("tile/0/000"),
        "tile/0/" + last, std::string("tile/1/000.p/1")}) {
    SCOPED_TRACE(file);
    const std::string whole = ReadFile(InExport(file));
    std::filesystem::remove(InExport(file));
    const Outcome audit = AuditOffline();
    EXPECT_THAT(audit, RefusedWith(8, "AUDIT_FILE_MISSING"));
    EXPECT_THAT(audit.err, HasSubstr(file));
    WriteFile(InExport(file), whole);
  }
  std::filesystem::remove(InExport(ledger::ContentPath(kRevisionEntry)));
  EXPECT_THAT(AuditOffline(), RefusedWith(8, "AUDIT_CONTENT_MISSING"));
}

// Entries dropped, reordered, replayed, in the bundle alone.
TEST_F(AuditTest, DroppedReorderedAndReplayedEntriesAreNamed) {
  Export();
  const std::vector<std::string> honest = Leaves("tile/entries/000", 256);
  const std::vector<std::function<void(std::vector<std::string>*)>> edits = {
      [](auto* leaves) { leaves->erase(leaves->begin() + 3); },
      [](auto* leaves) { std::swap((*leaves)[3], (*leaves)[4]); },
      [](auto* leaves) { (*leaves)[3] = (*leaves)[2]; },
      [](auto* leaves) { leaves->insert(leaves->begin() + 3, (*leaves)[2]); },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    SCOPED_TRACE(i);
    std::vector<std::string> leaves = honest;
    edits[i](&leaves);
    WriteLeaves("tile/entries/000", leaves);
    const Outcome audit = AuditOffline();
    EXPECT_THAT(audit, RefusedWith(8, "AUDIT_LEAF_MISMATCH"));
    EXPECT_THAT(audit.err, HasSubstr("entry 3"));
  }
}

TEST_F(AuditTest, AnAuditOfAnExportGoesOnWhereTheLastOneEnded) {
  const std::string state = dir_.Path("state");
  Export();
  EXPECT_THAT(AuditOffline({"--state", state}), Succeeded());
  Submit(1, 2030);
  Submit(2, 2030);
  Export();
  const Outcome next = AuditOffline({"--state", state});
  EXPECT_THAT(next, Succeeded());
  EXPECT_THAT(next.out, HasSubstr("2 entries hashed again"));
  // The same state serves an audit of the server.
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  // An older export is a rollback.
  ASSERT_EQ(StopDaemon(), 0);
  std::filesystem::remove(InExport("checkpoint"));
  StartDaemon();
  Submit(3, 2030);
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  EXPECT_THAT(AuditOffline({"--state", state}),
              RefusedWith(9, "FILE_NOT_FOUND"));
}

// What a crash leaves is no fault, and looking at it repairs nothing.
TEST_F(AuditTest, AKilledDaemonsLedgerHasNoFault) {
  daemon_->Signal(SIGKILL);
  daemon_->Wait();
  const Outcome fsck =
      Run({ANNALSD_PATH, "--fsck", "--data_dir=" + data_dir_}, {});
  EXPECT_EQ(fsck.code, 0) << fsck.out << fsck.err;
  EXPECT_THAT(fsck.out, HasSubstr(absl::StrCat(kEntries, " entries")));
}

TEST_F(AuditTest, TheFaultIsToldInChineseAsWell) {
  Export();
  std::filesystem::remove(InExport(ledger::ContentPath(kRevisionEntry)));
  const Outcome audit = AuditOffline({"--lang", "zh"});
  EXPECT_EQ(audit.code, 8);
  EXPECT_THAT(audit.err,
              HasSubstr(absl::StrCat("条目 ", kRevisionEntry, "（",
                                     revision_report_, " 的修订 1）")));
}

TEST_F(AuditTest, TheDaemonKeepsADirectoryUpToDate) {
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon(
      DaemonCommand({"--publish_dir=" + export_dir_, "--publish_interval=0s"}));
  Submit(1, 2030);
  const std::string checkpoint = Checkpoint();
  // A shutdown publishes what there is.
  ASSERT_EQ(StopDaemon(), 0);
  EXPECT_EQ(ReadFile(InExport("checkpoint")), checkpoint);
  EXPECT_THAT(AuditOffline(), Succeeded());
  // The client's export continues the daemon's directory.
  StartDaemon();
  Submit(1, 2032);
  EXPECT_THAT(Annals({"export", export_dir_}), Succeeded());
  EXPECT_THAT(AuditOffline(), Succeeded());
}

TEST_F(AuditTest, TheLedgerGoesOnWithoutTheDirectory) {
  ASSERT_EQ(StopDaemon(), 0);
  WriteFile(export_dir_, "not a directory");
  StartDaemon(DaemonCommand({"--publish_dir=" + export_dir_}));
  Submit(1, 2030);
  ASSERT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(), HasSubstr("publishing to"));
}

}  // namespace
}  // namespace annals
