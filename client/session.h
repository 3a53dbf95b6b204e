// What every command works with: where it prints, in which language, and how
// it reaches the server.

#ifndef ANNALS_CLIENT_SESSION_H_
#define ANNALS_CLIENT_SESSION_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/connection.h"
#include "client/exit_code.h"
#include "client/import/source_text.h"
#include "client/profiles.h"
#include "client/retry.h"
#include "client/text.h"
#include "client/tls.h"
#include "google/protobuf/message.h"
#include "ledger/clock.h"

namespace annals::client {

// Where annalsd listens unless it is told otherwise.
inline constexpr char kDefaultPort[] = "7432";
inline constexpr char kDefaultServer[] = "127.0.0.1:7432";

// `server` with the default port if it names none, as gRPC would take another.
std::string WithPort(const std::string& server);

// The options that every command takes.
struct GlobalOptions {
  std::string server;
  std::string lang;
  std::string actor;
  std::string key;
  std::string color = "auto";
  // Where the pins are; empty if there is no such place.
  std::string config_dir;
  // A profile that fills what the options leave open; empty for none.
  std::string profile;
  TlsFileOptions tls;
  bool no_verify = false;
  double timeout_seconds = 30;
  // Of the commands that read published files.
  ImportLimits import_limits;
  bool json = false;
};

// The use of colour on a stream.
struct Colors {
  bool out = false;
  bool err = false;
};

// A way to print a piece of text on a terminal that has colours.
enum class Tone { kPlain, kBold, kDim, kRed, kYellow, kGreen };

// `text`, in the tone if `colored`.
std::string Paint(absl::string_view text, Tone tone, bool colored);

// A message as JSON in one line, without newline, with the schema's own field
// names. INTERNAL (JSON_NOT_WRITTEN) if a text is not UTF-8.
absl::StatusOr<std::string> JsonLineOf(
    const google::protobuf::Message& message);

class Session {
 public:
  // The streams are not owned and must outlive this.
  Session(Language language, std::ostream* out, std::ostream* err)
      : language_(language), out_(*out), err_(*err) {}

  Language language() const { return language_; }
  GlobalOptions& options() { return options_; }
  bool json() const { return options_.json; }
  Colors& colors() { return colors_; }

  // Data; and everything else.
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  const std::string& Pick(const Text& text) const { return text.In(language_); }
  // Prints a line of data; of messages.
  void Print(const Text& text) { out_ << Pick(text) << "\n"; }
  void Tell(const Text& text) { err_ << Pick(text) << "\n"; }

  std::string Out(absl::string_view text, Tone tone) const {
    return Paint(text, tone, colors_.out);
  }
  std::string Err(absl::string_view text, Tone tone) const {
    return Paint(text, tone, colors_.err);
  }

  // Prints a message as JSON with the schema's own field names: indented, or
  // as one line of a list.
  absl::Status PrintJson(const google::protobuf::Message& message);
  absl::Status PrintJsonLine(const google::protobuf::Message& message);

  // Takes the files of TLS that the options name. Before `connection`; errors
  // as of ReadTlsFiles and CheckCertificates.
  absl::Status LoadTls();

  // Takes them again if they have changed and are in order, and connects anew
  // with the next call. True if so; what is not in order is left for what was.
  bool RenewTls();

  // Made with the first call, from the options.
  Connection& connection();

  ledger::Clock* clock() const { return ledger::Clock::System(); }
  ledger::RandomSource* random() const {
    return ledger::RandomSource::System();
  }

 private:
  const Language language_;
  std::ostream& out_;
  std::ostream& err_;
  GlobalOptions options_;
  Colors colors_;
  TlsPems tls_;
  std::unique_ptr<Connection> connection_;
};

// What a command does once its line is read.
using Action = std::function<absl::StatusOr<ExitCode>(Session&)>;

}  // namespace annals::client

#endif  // ANNALS_CLIENT_SESSION_H_
