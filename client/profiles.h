// Named servers: where each is, and the certificates with which it is called.
//
//   file    (line '\n')*, a word and, after one space, the rest of the line
//   line    "profile" name     begins a profile
//         | "server" address   of the profile
//         | "ca" path | "cert" path | "cert-key" path
//         | '#' comment, or nothing

#ifndef ANNALS_CLIENT_PROFILES_H_
#define ANNALS_CLIENT_PROFILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::client {

// The files of TLS; empty where there is none.
struct TlsFileOptions {
  std::string authorities;
  std::string certificate;
  std::string private_key;

  bool IsEmpty() const {
    return authorities.empty() && certificate.empty() && private_key.empty();
  }
};

struct Profile {
  std::string name;
  std::string server;
  TlsFileOptions tls;
};

// INVALID_ARGUMENT (PROFILE_FILE_MALFORMED), naming `path` and the line, if the
// text is anything but what stands above, or has a name twice.
absl::StatusOr<std::vector<Profile>> ParseProfiles(absl::string_view text,
                                                   absl::string_view path);
std::string FormatProfiles(const std::vector<Profile>& profiles);

// OK for 1 to 64 letters, digits, dots, dashes and underscores; a usage error
// otherwise.
absl::Status ValidateProfileName(absl::string_view name);

// Those of the configuration directory; none if there is no file.
absl::StatusOr<std::vector<Profile>> ReadProfiles(
    const std::string& config_dir);
absl::Status WriteProfiles(const std::string& config_dir,
                           const std::vector<Profile>& profiles);

// NOT_FOUND with reason PROFILE_NOT_FOUND.
absl::StatusOr<Profile> FindProfile(const std::string& config_dir,
                                    const std::string& name);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_PROFILES_H_
