#include "client/profiles.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/exit_code.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;
constexpr size_t kNameBytesMax = 64;
constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;

std::string PathIn(const std::string& config_dir) {
  return absl::StrCat(config_dir, "/profiles");
}

absl::Status Malformed(absl::string_view path, int line) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "PROFILE_FILE_MALFORMED",
      {absl::StrCat(path, ": line ", line,
                    " is none of a profile; mend it, or remove the file and "
                    "add the profiles anew."),
       absl::StrCat(path, "：第 ", line,
                    " 行不是配置档的内容；请改正，或删除该文件后重新添加。")});
}

// Where the value of a word goes; null for other words.
std::string* FieldOf(absl::string_view word, Profile* profile) {
  if (word == "server") return &profile->server;
  if (word == "ca") return &profile->tls.authorities;
  if (word == "cert") return &profile->tls.certificate;
  if (word == "cert-key") return &profile->tls.private_key;
  return nullptr;
}

bool HasName(const std::vector<Profile>& profiles, absl::string_view name) {
  return std::any_of(
      profiles.begin(), profiles.end(),
      [name](const Profile& profile) { return profile.name == name; });
}

// False if the line can't stand there.
bool ReadLine(absl::string_view line, std::vector<Profile>* profiles) {
  if (line.empty() || line[0] == '#') return true;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  if (parts.second.empty()) return false;
  if (parts.first == "profile") {
    if (!ValidateProfileName(parts.second).ok() ||
        HasName(*profiles, parts.second)) {
      return false;
    }
    profiles->push_back({std::string(parts.second), "", {}});
    return true;
  }
  if (profiles->empty()) return false;
  std::string* const field = FieldOf(parts.first, &profiles->back());
  if (field == nullptr || !field->empty()) return false;
  *field = std::string(parts.second);
  return true;
}

}  // namespace

absl::Status ValidateProfileName(absl::string_view name) {
  const bool is_valid =
      !name.empty() && name.size() <= kNameBytesMax &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
               c == '-' || c == '_';
      });
  if (is_valid) return absl::OkStatus();
  return UsageError(
      {"配置档的名称应为 1 至 64 个字母、数字、“.”、“-”、“_”",
       "a profile's name is 1 to 64 letters, digits, dots, dashes and "
       "underscores"});
}

absl::StatusOr<std::vector<Profile>> ParseProfiles(absl::string_view text,
                                                   absl::string_view path) {
  std::vector<Profile> profiles;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (!ReadLine(line, &profiles)) return Malformed(path, number);
  }
  return profiles;
}

std::string FormatProfiles(const std::vector<Profile>& profiles) {
  std::string text;
  const auto line = [&text](absl::string_view word, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&text, word, " ", value, "\n");
  };
  for (const Profile& profile : profiles) {
    line("profile", profile.name);
    line("server", profile.server);
    line("ca", profile.tls.authorities);
    line("cert", profile.tls.certificate);
    line("cert-key", profile.tls.private_key);
  }
  return text;
}

absl::StatusOr<std::vector<Profile>> ReadProfiles(
    const std::string& config_dir) {
  const std::string path = PathIn(config_dir);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ledger::ReadFileIfAny(path, kFileBytesMax));
  if (!text.has_value()) return std::vector<Profile>();
  return ParseProfiles(*text, path);
}

absl::Status WriteProfiles(const std::string& config_dir,
                           const std::vector<Profile>& profiles) {
  RETURN_IF_ERROR(ledger::MakeDirectories(config_dir, kDirectoryMode));
  return ledger::ReplaceFile(PathIn(config_dir), {FormatProfiles(profiles)},
                             kFileMode);
}

absl::StatusOr<Profile> FindProfile(const std::string& config_dir,
                                    const std::string& name) {
  ASSIGN_OR_RETURN(std::vector<Profile> profiles, ReadProfiles(config_dir));
  for (Profile& profile : profiles) {
    if (profile.name == name) return std::move(profile);
  }
  return MakeError(
      absl::StatusCode::kNotFound, "PROFILE_NOT_FOUND",
      {absl::StrCat("there is no profile ", name,
                    "; annals profile list lists them, annals profile add "
                    "makes one"),
       absl::StrCat("没有配置档 ", name,
                    "；annals profile list 列出全部，annals profile add "
                    "添加")});
}

}  // namespace annals::client
