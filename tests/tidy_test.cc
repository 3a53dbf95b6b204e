// The project's habits as a test: which folder may include which, words that
// are banned and what to write instead, and sizes. It reads the sources as
// text.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::IsEmpty;

struct SourceFile {
  std::string path;  // From the project's root.
  std::vector<std::string> lines;
};

bool IsCpp(absl::string_view path) {
  return absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc");
}

std::vector<SourceFile> ReadSources(const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  const std::filesystem::path root(ANNALS_SOURCE_DIR);
  for (const std::string& folder : folders) {
    std::error_code error;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(root / folder, error)) {
      const std::string path =
          std::filesystem::relative(entry.path(), root, error).string();
      if (!entry.is_regular_file() || !IsCpp(path)) continue;
      SourceFile file{path, {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);)
        file.lines.push_back(line);
      files.push_back(std::move(file));
    }
    EXPECT_FALSE(error) << folder << ": " << error.message();
  }
  EXPECT_FALSE(files.empty());
  return files;
}

std::vector<SourceFile> ProductSources() {
  return ReadSources({"ledger", "service", "client"});
}

std::string At(const SourceFile& file, size_t line) {
  return absl::StrCat(file.path, ":", line + 1, ": ", file.lines[line]);
}

bool StartsWithAny(absl::string_view text,
                   const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    if (absl::StartsWith(text, prefix)) return true;
  }
  return false;
}

// Files under `folder` include none of `forbidden`, but for `excepted` files.
struct Arrow {
  std::string folder;
  std::vector<std::string> forbidden;
  std::vector<std::string> excepted;
  std::string why;
};

const std::vector<Arrow>& Arrows() {
  static const auto* arrows = new std::vector<Arrow>{
      {"ledger/",
       {"grpc", "annals/v1", "service/", "client/", "google/protobuf",
        "prometheus/"},
       {},
       "the ledger knows nothing of reports and nothing of gRPC"},
      {"service/report/",
       {"grpc", "rocksdb/", "openssl/", "client/", "ledger/store",
        "ledger/ledger", "ledger/clock", "fstream", "iostream"},
       {},
       "the report domain has no gRPC, no database, no clock, no I/O"},
      {"service/", {"client/", "rocksdb/"}, {}, "arrows point down"},
      {"service/",
       {"openssl/"},
       {"service/tls/"},
       "OpenSSL's certificates stand behind service/tls"},
      {"service/",
       {"prometheus/"},
       {"service/telemetry/"},
       "prometheus-cpp stands behind service/telemetry"},
      {"client/",
       {"ledger/store", "ledger/ledger.h", "ledger/rocksdb", "ledger/sequencer",
        "rocksdb/"},
       {},
       "the client links the ledger's pure core only"},
      {"client/",
       {"openssl/"},
       {"client/certificate_check.cc"},
       "the client's keys are the ledger's; certificates are looked at in one "
       "place"},
      {"client/import/", {"grpc"}, {}, "an importer needs no server"},
      {"ledger/",
       {"rocksdb/"},
       {"ledger/rocksdb_store.cc", "ledger/rocksdb_directory.h",
        "ledger/rocksdb_directory.cc", "ledger/rocksdb_log.h",
        "ledger/rocksdb_log.cc", "ledger/rocksdb_open.h",
        "ledger/rocksdb_open.cc", "ledger/rocksdb_statistics.h",
        "ledger/rocksdb_statistics.cc", "ledger/rocksdb_tables.h",
        "ledger/rocksdb_tables.cc", "ledger/rocksdb_status.h",
        "ledger/rocksdb_status.cc", "ledger/backup.cc", "ledger/backup_files.h",
        "ledger/backup_files.cc"},
       "RocksDB stands behind the seam"},
      {"ledger/",
       {"openssl/"},
       {"ledger/hash.cc", "ledger/clock.cc", "ledger/signer.cc",
        "ledger/evp_ed25519.cc", "ledger/evp_key.cc", "ledger/key_pair.cc",
        "ledger/openssl_ptr.h", "ledger/secret_file.cc"},
       "OpenSSL stands behind hash, clock and the signers"},
  };
  return *arrows;
}

TEST(TidyTest, IncludesPointOneWay) {
  std::vector<std::string> faults;
  for (const SourceFile& file : ProductSources()) {
    for (const Arrow& arrow : Arrows()) {
      if (!absl::StartsWith(file.path, arrow.folder)) continue;
      if (StartsWithAny(file.path, arrow.excepted)) continue;
      for (size_t i = 0; i < file.lines.size(); ++i) {
        absl::string_view line = file.lines[i];
        if (!absl::ConsumePrefix(&line, "#include ")) continue;
        line.remove_prefix(1);
        if (StartsWithAny(line, arrow.forbidden)) {
          faults.push_back(absl::StrCat(At(file, i), "   (", arrow.why, ")"));
        }
      }
    }
  }
  EXPECT_THAT(faults, IsEmpty()) << absl::StrJoin(faults, "\n");
}

struct BannedWord {
  std::string word;
  std::string instead;
  std::vector<std::string> excepted;
};

const std::vector<BannedWord>& BannedWords() {
  static const auto* words = new std::vector<BannedWord>{
      {"system_clock::now", "Clock", {"ledger/clock.cc"}},
      {"absl::Now()", "Clock", {"ledger/clock.cc"}},
      {".value()", "ok() and *", {"ledger/system_error.cc"}},
      {"std::stoi", "absl::SimpleAtoi", {}},
      {"std::stol", "absl::SimpleAtoi", {}},
      {"std::stod", "absl::SimpleAtod", {}},
      {"isalpha(", "absl::ascii_isalpha", {}},
      {"isdigit(", "absl::ascii_isdigit", {}},
      {"isspace(", "absl::ascii_isspace", {}},
      {"setlocale", "the --lang option", {}},
      {"using namespace", "a using-declaration", {}},
      {"sleep_for", "a condition", {}},
      {"srand(", "a seed", {}},
      {"throw ", "absl::Status", {}},
      {"std::shared_mutex", "Mutex", {}},
      {"std::mutex", "Mutex of ledger/mutex.h", {"ledger/mutex.h"}},
  };
  return *words;
}

bool IsComment(absl::string_view line) {
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "//");
}

TEST(TidyTest, NoBannedWords) {
  std::vector<std::string> faults;
  for (const SourceFile& file : ProductSources()) {
    for (const BannedWord& banned : BannedWords()) {
      if (StartsWithAny(file.path, banned.excepted)) continue;
      for (size_t i = 0; i < file.lines.size(); ++i) {
        // The absl_ascii forms contain the banned ones.
        const std::string line = absl::StrReplaceAll(
            file.lines[i], {{"absl::ascii_is", "absl::ascii_"}});
        if (IsComment(line) || !absl::StrContains(line, banned.word)) continue;
        faults.push_back(
            absl::StrCat(At(file, i), "   (write ", banned.instead, ")"));
      }
    }
  }
  EXPECT_THAT(faults, IsEmpty()) << absl::StrJoin(faults, "\n");
}

TEST(TidyTest, HeaderGuardsAreThePath) {
  std::vector<std::string> faults;
  for (const SourceFile& file :
       ReadSources({"ledger", "service", "client", "tests"})) {
    if (!absl::EndsWith(file.path, ".h")) continue;
    const std::string guard =
        absl::StrCat("#ifndef ANNALS_",
                     absl::AsciiStrToUpper(absl::StrReplaceAll(
                         file.path, {{"/", "_"}, {".", "_"}, {"-", "_"}})),
                     "_");
    bool found = false;
    for (const std::string& line : file.lines) found = found || line == guard;
    if (!found) faults.push_back(absl::StrCat(file.path, ": no ", guard));
  }
  EXPECT_THAT(faults, IsEmpty()) << absl::StrJoin(faults, "\n");
}

constexpr size_t kFileLinesMax = 500;
constexpr size_t kFunctionLinesMax = 60;
constexpr size_t kColumnsMax = 80;

size_t CodePoints(absl::string_view line) {
  size_t count = 0;
  for (const char c : line) count += (c & 0xC0) != 0x80;
  return count;
}

TEST(TidyTest, FilesAndLinesAreShort) {
  std::vector<std::string> faults;
  for (const SourceFile& file :
       ReadSources({"ledger", "service", "client", "tests"})) {
    if (file.lines.size() > kFileLinesMax) {
      faults.push_back(absl::StrCat(file.path, ": ", file.lines.size(),
                                    " lines; one subject each"));
    }
    for (size_t i = 0; i < file.lines.size(); ++i) {
      if (CodePoints(file.lines[i]) <= kColumnsMax) continue;
      // What can't be broken: literals.
      if (absl::StrContains(file.lines[i], "\"")) continue;
      faults.push_back(At(file, i));
    }
  }
  EXPECT_THAT(faults, IsEmpty()) << absl::StrJoin(faults, "\n");
}

// True for the first line of something at file scope that has a body and is no
// function.
bool IsNotAFunction(absl::string_view line) {
  return StartsWithAny(line, {"namespace", "class ", "struct ", "enum ",
                              "union ", "extern ", "using ", "template",
                              "ABSL_FLAG(", "#", "//", "}"}) ||
         absl::StrContains(line, " = ") || absl::StrContains(line, "[] ");
}

TEST(TidyTest, FunctionsFitOnAScreen) {
  std::vector<std::string> faults;
  for (const SourceFile& file : ProductSources()) {
    size_t begin = 0;
    bool inside = false;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (line.empty() || line[0] == ' ') continue;
      if (inside && line[0] == '}') {
        if (i - begin + 1 > kFunctionLinesMax) {
          faults.push_back(
              absl::StrCat(At(file, begin), "   (", i - begin + 1, " lines)"));
        }
        inside = false;
      } else if (!inside && !IsNotAFunction(line) &&
                 absl::StrContains(line, "(")) {
        begin = i;
        inside = true;
      }
      if (inside && absl::EndsWith(line, ";")) inside = false;
    }
  }
  EXPECT_THAT(faults, IsEmpty()) << absl::StrJoin(faults, "\n");
}

// The name that `line` begins to define at file scope; empty if it defines
// none.
std::string DefinedType(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "struct ") &&
      !absl::ConsumePrefix(&line, "class ")) {
    return "";
  }
  if (absl::EndsWith(line, ";") || absl::StrContains(line, "<")) return "";
  const size_t end = line.find_first_of(" {");
  return std::string(line.substr(0, end));
}

// Two types of one name in one program are one type to the linker, which takes
// the functions of either for both: no compiler tells.
TEST(TidyTest, EachTypeIsDefinedOnce) {
  std::map<std::string, std::string> defined;
  std::vector<std::string> faults;
  for (const SourceFile& file :
       ReadSources({"ledger", "service", "client", "tests"})) {
    std::vector<std::string> scopes;
    int unnamed = 0;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (absl::StartsWith(line, "namespace ") && absl::EndsWith(line, "{")) {
        scopes.push_back(line);
        if (line == "namespace {") ++unnamed;
      } else if (absl::StartsWith(line, "}  // namespace") && !scopes.empty()) {
        if (scopes.back() == "namespace {") --unnamed;
        scopes.pop_back();
      }
      const std::string type = DefinedType(line);
      if (type.empty() || unnamed > 0) continue;
      const auto [first, is_new] = defined.emplace(
          absl::StrCat(absl::StrJoin(scopes, " "), type), At(file, i));
      if (!is_new) faults.push_back(first->second + "\n  " + At(file, i));
    }
  }
  EXPECT_GT(defined.size(), 500u);
  EXPECT_THAT(faults, IsEmpty()) << absl::StrJoin(faults, "\n");
}

}  // namespace
}  // namespace annals
