#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/certificate_check.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/exit_code.h"
#include "client/json_text.h"
#include "client/profiles.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/tls.h"
#include "client/trust/trust_store.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct ProfileOptions {
  std::string name;
};

// As it is found from every directory.
std::string Absolute(const std::string& path) {
  if (path.empty()) return path;
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

absl::StatusOr<ExitCode> RunAdd(const ProfileOptions& options,
                                Session* session) {
  RETURN_IF_ERROR(ValidateProfileName(options.name));
  const GlobalOptions& global = session->options();
  Profile profile{options.name, global.server, global.tls};
  // Before it is kept: what can't be used helps nobody.
  ASSIGN_OR_RETURN(const TlsPems pems, ReadTlsFiles(profile.tls));
  RETURN_IF_ERROR(
      CheckCertificates(profile.tls, pems, session->clock()->Now()));
  profile.tls.authorities = Absolute(profile.tls.authorities);
  profile.tls.certificate = Absolute(profile.tls.certificate);
  profile.tls.private_key = Absolute(profile.tls.private_key);
  ASSIGN_OR_RETURN(const TrustStore store, TrustStore::Open(global.config_dir));
  ASSIGN_OR_RETURN(const ledger::FileLock lock, store.Lock());
  ASSIGN_OR_RETURN(std::vector<Profile> profiles,
                   ReadProfiles(global.config_dir));
  std::erase_if(profiles, [&options](const Profile& other) {
    return other.name == options.name;
  });
  profiles.push_back(std::move(profile));
  RETURN_IF_ERROR(WriteProfiles(global.config_dir, profiles));
  session->Tell(
      {absl::StrCat("已保存配置档 ", options.name, "；使用：annals --profile ",
                    options.name),
       absl::StrCat("kept the profile ", options.name,
                    "; use it with annals --profile ", options.name)});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunRemove(const ProfileOptions& options,
                                   Session* session) {
  const std::string& config_dir = session->options().config_dir;
  ASSIGN_OR_RETURN(const TrustStore store, TrustStore::Open(config_dir));
  ASSIGN_OR_RETURN(const ledger::FileLock lock, store.Lock());
  RETURN_IF_ERROR(FindProfile(config_dir, options.name).status());
  ASSIGN_OR_RETURN(std::vector<Profile> profiles, ReadProfiles(config_dir));
  std::erase_if(profiles, [&options](const Profile& other) {
    return other.name == options.name;
  });
  RETURN_IF_ERROR(WriteProfiles(config_dir, profiles));
  session->Tell({absl::StrCat("已删除配置档 ", options.name),
                 absl::StrCat("removed the profile ", options.name)});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunList(Session* session) {
  ASSIGN_OR_RETURN(const std::vector<Profile> profiles,
                   ReadProfiles(session->options().config_dir));
  ListTable table;
  for (const Text& head :
       {Text{"名称", "Name"}, Text{"服务器", "Server"},
        Text{"签发机构", "Authorities"}, Text{"证书", "Certificate"}}) {
    table.head.push_back(session->Pick(head));
  }
  table.aligns = {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft};
  for (const Profile& profile : profiles) {
    if (session->json()) {
      JsonObject json;
      json.Add("name", profile.name);
      json.Add("server", profile.server);
      json.Add("ca", profile.tls.authorities);
      json.Add("cert", profile.tls.certificate);
      json.Add("cert_key", profile.tls.private_key);
      ASSIGN_OR_RETURN(const std::string line, json.Line());
      session->out() << line << "\n";
      continue;
    }
    const auto shown = [](const std::string& path) {
      return path.empty() ? std::string("-") : PrintableLine(path);
    };
    table.rows.push_back({profile.name, PrintableLine(profile.server),
                          shown(profile.tls.authorities),
                          shown(profile.tls.certificate)});
  }
  if (session->json()) return ExitCode::kOk;
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  if (profiles.empty()) {
    session->Tell({"尚无配置档", "there is no profile yet"});
  }
  return ExitCode::kOk;
}

CLI::App* AddNamed(CommandLine* line, CLI::App* parent, const std::string& name,
                   const Text& text, const std::string& example,
                   ProfileOptions* options) {
  CLI::App* command = line->Add(parent, name, text, example);
  line->Option(command, "NAME", &options->name, "NAME",
               {"配置档的名称", "The profile's name"})
      ->Required();
  return command;
}

}  // namespace

void AddProfileCommand(CommandLine* line) {
  auto options = std::make_shared<ProfileOptions>();
  CLI::App* parent = line->Add(
      &line->app(), "profile",
      {"保存服务器地址与证书，供 --profile 使用",
       "Keep a server's address and the certificates to call it with, for "
       "--profile"},
      "annals profile add office --server ledger.example.gov:7432 --ca ca.pem "
      "--cert clerk.pem --cert-key clerk.key\n"
      "annals --profile office list --agency 11410303005450123N");
  CommandLine::RequireCommandUnder(parent);
  line->OnCall(
      AddNamed(line, parent, "add",
               {"把 --server、--ca、--cert、--cert-key 保存为一个配置档；同名的"
                "被替换",
                "Keep --server, --ca, --cert and --cert-key as a profile; one "
                "of the same name is replaced"},
               "annals profile add office --server ledger.example.gov:7432 "
               "--ca ca.pem --cert clerk.pem --cert-key clerk.key",
               options.get()),
      [options](Session& session) { return RunAdd(*options, &session); });
  line->OnCall(
      AddNamed(line, parent, "remove", {"删除配置档", "Remove a profile"},
               "annals profile remove office", options.get()),
      [options](Session& session) { return RunRemove(*options, &session); });
  line->OnCall(line->Add(parent, "list", {"列出配置档", "List the profiles"},
                         "annals profile list"),
               [](Session& session) { return RunList(&session); });
}

}  // namespace annals::client
