// A plain web server publishes an exported ledger, and a client that knows
// nothing but C2SP tlog-tiles and a verifier key verifies it through HTTP.

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/tile_path.h"
#include "tests/e2e/audit_fixture.h"

namespace annals {
namespace {

constexpr char kNginx[] = "/usr/sbin/nginx";

// A socket that listens on a free port of the loopback. A connection waits in
// it until somebody accepts, so that nobody has to wait for the server.
class ListeningSocket {
 public:
  ListeningSocket() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof(address);
    EXPECT_EQ(bind(fd_, any, length), 0);
    EXPECT_EQ(listen(fd_, SOMAXCONN), 0);
    EXPECT_EQ(getsockname(fd_, any, &length), 0);
    port_ = ntohs(address.sin_port);
  }
  ~ListeningSocket() { close(fd_); }

  int fd() const { return fd_; }
  int port() const { return port_; }

 private:
  const int fd_;
  int port_ = 0;
};

// Who runs the test, and may read the directory.
std::string UserName() {
  const passwd* entry = getpwuid(getuid());
  return entry == nullptr ? "nobody" : entry->pw_name;
}

// nginx as an operator would configure it, serving `root`. It takes over the
// socket (environment NGINX, as in its own upgrade without a break).
std::string NginxConfig(const std::string& home, const std::string& root,
                        int port) {
  std::string config =
      absl::StrCat("daemon off;\nworker_processes 1;\nuser ", UserName(),
                   ";\npid ", home, "/pid;\n", "error_log ", home,
                   "/error.log;\nevents {}\n", "http {\n  access_log off;\n");
  for (const char* kind :
       {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    absl::StrAppend(&config, "  ", kind, "_temp_path ", home, "/", kind, ";\n");
  }
  absl::StrAppend(&config, "  default_type application/octet-stream;\n",
                  "  server {\n    listen 127.0.0.1:", port, ";\n    root ",
                  root,
                  ";\n    location = /checkpoint {\n"
                  "      default_type \"text/plain; charset=utf-8\";\n"
                  "      add_header Cache-Control no-cache;\n    }\n  }\n}\n");
  return config;
}

class StaticServingTest : public AuditFixture {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(kNginx))
        << "install nginx-light (deploy/packages.txt)";
    StartDaemon();
    FillLedger();
    Export();
    ASSERT_EQ(StopDaemon(), 0);
    const std::string home = dir_.Path("nginx");
    std::filesystem::create_directory(home);
    WriteFile(home + "/nginx.conf",
              NginxConfig(home, export_dir_, socket_.port()));
    nginx_ = std::make_unique<Process>(
        ProcessOptions{{kNginx, "-p", home, "-e", home + "/error.log", "-c",
                        home + "/nginx.conf"},
                       {absl::StrCat("NGINX=", socket_.fd(), ";")},
                       home + "/out",
                       home + "/err"});
    http_ = std::make_unique<httplib::Client>("127.0.0.1", socket_.port());
  }

  // Its worker ends with it only if it is asked to.
  void TearDown() override {
    if (nginx_ == nullptr) return;
    nginx_->Signal(SIGTERM);
    EXPECT_EQ(nginx_->Wait(), 0);
  }

  std::string Get(const std::string& path) {
    const auto result = http_->Get(("/" + path).c_str());
    if (!result || result->status != 200) {
      ADD_FAILURE() << path << ": "
                    << (result ? absl::StrCat(result->status)
                               : httplib::to_string(result.error()))
                    << ReadFile(dir_.Path("nginx") + "/error.log");
      return "";
    }
    return result->body;
  }

  ListeningSocket socket_;
  std::unique_ptr<Process> nginx_;
  std::unique_ptr<httplib::Client> http_;
};

// Reads nodes from tiles fetched by HTTP.
class HttpHashReader : public ledger::HashReader {
 public:
  HttpHashReader(std::function<std::string(const std::string&)> get,
                 uint64_t size)
      : get_(std::move(get)), size_(size) {}

  absl::StatusOr<std::vector<ledger::Hash>> ReadHashes(
      absl::Span<const ledger::NodeId> ids) override {
    std::vector<ledger::Hash> hashes;
    for (const ledger::NodeId& id : ids) {
      const ledger::TileId tile = ledger::TileOf(id);
      const uint64_t width = ledger::TileEntries(tile, size_);
      const auto row = ledger::DecodeHashTile(
          get_(ledger::TilePath({ledger::TileKind::kHashes, tile, width})),
          width);
      if (!row.ok()) return row.status();
      const int height = id.level % ledger::kTileHeight;
      const uint64_t first = (id.index << height) % ledger::kTileWidth;
      ledger::Frontier subtree;
      for (uint64_t i = 0; i < (uint64_t{1} << height); ++i) {
        subtree.Append((*row)[first + i],
                       [](const ledger::NodeId&, const ledger::Hash&) {});
      }
      hashes.push_back(subtree.Root());
    }
    return hashes;
  }

 private:
  const std::function<std::string(const std::string&)> get_;
  const uint64_t size_;
};

TEST_F(StaticServingTest, ARevisionIsVerifiedThroughHttpAlone) {
  ASSERT_OK_AND_ASSIGN(const ledger::NoteVerifier key,
                       ledger::NoteVerifier::Parse(verifier_key_));
  ASSERT_OK_AND_ASSIGN(const ledger::Checkpoint checkpoint,
                       ledger::OpenCheckpoint(Get("checkpoint"), key));
  ASSERT_EQ(checkpoint.size, static_cast<uint64_t>(kEntries));
  HttpHashReader tiles([this](const std::string& path) { return Get(path); },
                       checkpoint.size);
  for (const uint64_t index : {kRevisionEntry, uint64_t{kEntries - 1}}) {
    const ledger::TileId tile{0, index / ledger::kTileWidth};
    const uint64_t width = ledger::TileEntries(tile, checkpoint.size);
    ASSERT_OK_AND_ASSIGN(
        const std::vector<std::string> leaves,
        ledger::DecodeEntryBundle(
            Get(ledger::TilePath({ledger::TileKind::kEntries, tile, width})),
            width));
    const std::string& leaf = leaves[index % ledger::kTileWidth];
    const ledger::LeafPosition position{index, checkpoint.size};
    ASSERT_OK_AND_ASSIGN(const std::vector<ledger::Hash> proof,
                         ledger::ProveInclusion(position, &tiles));
    EXPECT_OK(ledger::VerifyInclusion(position, ledger::LeafHash(leaf), proof,
                                      checkpoint.root));
    if (index != kRevisionEntry) continue;
    v1::LedgerEntry entry;
    ASSERT_TRUE(entry.ParseFromString(leaf));
    EXPECT_EQ(entry.revision_recorded().report(), revision_report_);
    const std::string content = Get(ledger::ContentPath(index));
    ASSERT_GT(content.size(), ledger::kSaltBytes);
    EXPECT_EQ(entry.content_hash(),
              ledger::HashBytes(ledger::ContentHash(
                  ledger::HashFromBytes(content.substr(0, ledger::kSaltBytes)),
                  content.substr(ledger::kSaltBytes))));
  }
}

// C2SP tlog-tiles: the checkpoint is text, the rest is bytes; a partial tile
// of no checkpoint is not there.
TEST_F(StaticServingTest, ServesWhatTheDocumentSays) {
  const auto checkpoint = http_->Get("/checkpoint");
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->get_header_value("Content-Type"),
            "text/plain; charset=utf-8");
  const auto tile = http_->Get("/tile/0/000");
  ASSERT_TRUE(tile);
  EXPECT_EQ(tile->get_header_value("Content-Type"), "application/octet-stream");
  EXPECT_EQ(tile->body.size(), 256 * ledger::kHashBytes);
  const auto none = http_->Get("/tile/0/001.p/3");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->status, 404);
}

}  // namespace
}  // namespace annals
