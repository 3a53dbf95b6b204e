#include "client/run.h"

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/command_line.h"
#include "client/error_printer.h"
#include "client/files.h"
#include "client/trust/trust_store.h"
#include "ledger/error.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// $USER, or the name of the process's user.
std::string DefaultActor(const Environment& environment) {
  if (std::string user = environment("USER"); !user.empty()) return user;
  const passwd* entry = getpwuid(getuid());
  return entry == nullptr ? absl::StrCat("uid-", getuid())
                          : std::string(entry->pw_name);
}

// https://no-color.org: a set NO_COLOR means none.
Colors ChooseColors(const std::string& option,
                    const Surroundings& surroundings) {
  if (option == "always") return {true, true};
  if (option == "never" || !surroundings.environment("NO_COLOR").empty()) {
    return {false, false};
  }
  return surroundings.terminals;
}

// The part of `Run` after the words were read.
ExitCode Execute(const CommandLine& line, Session* session) {
  if (line.action() == nullptr) {
    PrintError(UsageError({"缺少命令；annals --help 列出全部命令",
                           "a command is missing; annals --help lists them"}),
               session);
    return ExitCode::kUsage;
  }
  const absl::StatusOr<ExitCode> result = line.action()(*session);
  session->out().flush();
  if (result.ok()) {
    if (session->out().good()) return *result;
    PrintError(
        MakeError(absl::StatusCode::kInternal, "OUTPUT_NOT_WRITTEN",
                  {"can't write to standard output", "无法写到标准输出"}),
        session);
    return ExitCode::kInternal;
  }
  PrintError(result.status(), session);
  return ExitCodeFor(result.status());
}

// Beside --cert, --key may name the certificate's key, as it does with other
// programs; a verifier key is never in such a file.
void TakeCertificateKey(GlobalOptions* options) {
  if (options->tls.certificate.empty() || !options->tls.private_key.empty() ||
      options->key.empty() || ledger::NoteVerifier::Parse(options->key).ok()) {
    return;
  }
  const absl::StatusOr<std::string> file = ReadInput(options->key);
  if (file.ok() && absl::StrContains(*file, "PRIVATE KEY-----")) {
    options->tls.private_key = std::exchange(options->key, "");
  }
}

// What the options leave open; a certificate and its key go together.
void FillFrom(const TlsFileOptions& profile, TlsFileOptions* tls) {
  if (tls->authorities.empty()) tls->authorities = profile.authorities;
  if (!tls->certificate.empty() || !tls->private_key.empty()) return;
  tls->certificate = profile.certificate;
  tls->private_key = profile.private_key;
}

// What is needed to reach the server: the options, then the profile, then the
// default.
absl::Status Connect(Session* session) {
  GlobalOptions& options = session->options();
  TakeCertificateKey(&options);
  if (!options.profile.empty()) {
    ASSIGN_OR_RETURN(const Profile profile,
                     FindProfile(options.config_dir, options.profile));
    if (options.server.empty()) options.server = profile.server;
    FillFrom(profile.tls, &options.tls);
  }
  if (options.server.empty()) options.server = kDefaultServer;
  options.server = WithPort(options.server);
  return session->LoadTls();
}

ExitCode ParseAndExecute(std::vector<std::string> arguments,
                         const Surroundings& surroundings, Session* session) {
  GlobalOptions& options = session->options();
  CommandLine line(session->language(), &options);
  try {
    line.Parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    session->out() << line.app().help();
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    PrintError(line.ParseErrorStatus(error), session);
    return ExitCode::kUsage;
  }
  if (options.actor.empty()) {
    options.actor = DefaultActor(surroundings.environment);
  }
  if (options.config_dir.empty()) {
    options.config_dir = DefaultConfigDirectory(surroundings.environment);
  }
  session->colors() = ChooseColors(options.color, surroundings);
  if (absl::Status status = Connect(session); !status.ok()) {
    PrintError(status, session);
    return ExitCodeFor(status);
  }
  return Execute(line, session);
}

}  // namespace

ExitCode Run(std::vector<std::string> arguments,
             const Surroundings& surroundings) {
  Session session(SelectLanguage(arguments, surroundings.environment),
                  surroundings.out, surroundings.err);
  // The edge: what libraries throw ends here and nowhere else.
  try {
    return ParseAndExecute(std::move(arguments), surroundings, &session);
  } catch (const std::exception& error) {
    PrintError(MakeError(absl::StatusCode::kInternal, "INTERNAL_ERROR",
                         {absl::StrCat("internal error: ", error.what()),
                          absl::StrCat("内部错误：", error.what())}),
               &session);
    return ExitCode::kInternal;
  }
}

}  // namespace annals::client
