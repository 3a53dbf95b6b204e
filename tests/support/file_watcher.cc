#include "tests/support/file_watcher.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace annals {
namespace {

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

absl::string_view ActionName(FileAction action) {
  switch (action) {
    case FileAction::kCreate:
    case FileAction::kMakeDirectory:
      return "create";
    case FileAction::kWrite:
      return "write";
    case FileAction::kTruncate:
      return "truncate";
    case FileAction::kSync:
    case FileAction::kSyncDirectory:
      return "sync";
    case FileAction::kRename:
      return "rename";
    case FileAction::kLink:
      return "link";
    case FileAction::kRemove:
      return "remove";
  }
  return "";
}

absl::string_view FileKind(absl::string_view name) {
  if (absl::StartsWith(name, "published_checkpoint")) return "mark";
  if (absl::EndsWith(name, ".log")) return "log";
  if (absl::EndsWith(name, ".sst")) return "table";
  if (absl::StartsWith(name, "MANIFEST-")) return "manifest";
  if (absl::StartsWith(name, "OPTIONS-")) return "options";
  if (absl::StartsWith(name, "LOG")) return "trace";
  if (absl::StartsWith(name, "verifier_key")) return "verifier key";
  if (absl::StartsWith(name, "signing_key")) return "signing key";
  // CURRENT and IDENTITY come about under other names.
  if (name == "CURRENT" || name == "IDENTITY" ||
      absl::EndsWith(name, ".dbtmp")) {
    return "pointer";
  }
  return name;
}

}  // namespace

std::string StepName(const FileEvent& event) {
  const bool is_directory = event.action == FileAction::kMakeDirectory ||
                            event.action == FileAction::kSyncDirectory;
  const absl::string_view name = BaseName(event.path);
  if (is_directory) {
    return absl::StrCat(name == "db" ? "database" : "data", " directory ",
                        ActionName(event.action));
  }
  // A draft is what it becomes.
  const bool is_renamed = event.action == FileAction::kRename;
  return absl::StrCat(FileKind(is_renamed ? BaseName(event.target) : name), " ",
                      ActionName(event.action));
}

}  // namespace annals
