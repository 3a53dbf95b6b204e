#include <google/protobuf/struct.pb.h>

#include <memory>
#include <utility>

#include "client/commands/commands.h"
#include "client/exit_code.h"
#include "ledger/key_file.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct KeyOptions {
  std::string file;
  std::string output;
  std::string name;
  std::string format;
  bool witness = false;
};

constexpr char kFormatKey[] = "key";
constexpr char kFormatPem[] = "pem";
constexpr char kFormatNote[] = "note";

absl::StatusOr<ExitCode> PrintVkey(const ledger::NamedKey& key,
                                   Session* session) {
  ASSIGN_OR_RETURN(const std::string vkey, ledger::VkeyOf(key));
  if (!session->json()) {
    session->out() << vkey << "\n";
    return ExitCode::kOk;
  }
  google::protobuf::Struct answer;
  auto& fields = *answer.mutable_fields();
  fields["verifier_key"].set_string_value(vkey);
  fields["name"].set_string_value(key.name);
  fields["use"].set_string_value(
      key.type == ledger::kNoteTypeCosignature ? "witness" : "log");
  RETURN_IF_ERROR(session->PrintJson(answer));
  return ExitCode::kOk;
}

// The key in the file; what the options say of it counts.
absl::StatusOr<ledger::NamedKey> LoadKey(const KeyOptions& options) {
  ASSIGN_OR_RETURN(ledger::NamedKey key, ledger::LoadNamedKey(options.file));
  if (!options.name.empty()) key.name = options.name;
  if (options.witness) key.type = ledger::kNoteTypeCosignature;
  return key;
}

absl::Status RequireName(const ledger::NamedKey& key,
                         const KeyOptions& options) {
  if (!key.name.empty()) return absl::OkStatus();
  return UsageError({options.file + " 中没有名称；请用 --name 给出",
                     options.file + " holds no name; give it with --name"});
}

absl::StatusOr<ExitCode> RunGenerate(const KeyOptions& options,
                                     Session* session) {
  ledger::NamedKey key;
  key.name = options.name;
  if (options.witness) key.type = ledger::kNoteTypeCosignature;
  ASSIGN_OR_RETURN(key.signer, ledger::Ed25519Signer::Generate());
  RETURN_IF_ERROR(ledger::SaveKeyFile(key, options.output));
  session->Tell({"私钥已写入 " + options.output + "（权限 0600）；请妥善备份",
                 "the private key is in " + options.output +
                     " (mode 0600); keep a copy in a safe place"});
  return PrintVkey(key, session);
}

absl::StatusOr<ExitCode> RunShow(const KeyOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const ledger::NamedKey key, LoadKey(options));
  RETURN_IF_ERROR(RequireName(key, options));
  return PrintVkey(key, session);
}

absl::StatusOr<ExitCode> RunConvert(const KeyOptions& options,
                                    Session* session) {
  ASSIGN_OR_RETURN(ledger::NamedKey key, LoadKey(options));
  const std::string name = key.name;
  if (options.format == kFormatPem) {
    key.name.clear();
    RETURN_IF_ERROR(ledger::SaveKeyFile(key, options.output));
  } else {
    RETURN_IF_ERROR(RequireName(key, options));
    RETURN_IF_ERROR(options.format == kFormatNote
                        ? ledger::SaveNoteKey(key, options.output)
                        : ledger::SaveKeyFile(key, options.output));
  }
  key.name = name;
  if (name.empty()) return ExitCode::kOk;
  return PrintVkey(key, session);
}

void AddFile(CommandLine* line, CLI::App* command, KeyOptions* options) {
  line->Option(command, "FILE", &options->file, "FILE",
               {"私钥文件（权限须为 0600）",
                "The file of the private key; its mode must be 0600"})
      ->Required();
}

void AddOutput(CommandLine* line, CLI::App* command, KeyOptions* options) {
  line->Option(command, "-o,--output", &options->output, "FILE",
               {"写入这个新文件；已存在则拒绝",
                "The new file to write; refused if it exists"})
      ->Required();
}

CommandOption* AddName(CommandLine* line, CLI::App* command,
                       KeyOptions* options) {
  line->Flag(command, "--witness", &options->witness,
             {"见证方的密钥（见证签名），而非日志的密钥",
              "A witness's key (for cosignatures), not a log's"});
  return line->Option(command, "--name", &options->name, "NAME",
                      {"签名所用的名称；日志的即其 origin",
                       "The name to sign under; a log's is its origin"});
}

void AddGenerate(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command = line->Add(
      parent, "generate",
      {"生成 Ed25519 私钥，写入新文件，并打印其公钥（verifier key）",
       "Make an Ed25519 key, write it into a new file, print its verifier key"},
      "annals key generate --name annals.example.gov.cn/disclosure -o next.pem"
      "\n"
      "annals key generate --witness --name witness.example.gov.cn/w1 -o "
      "w1.pem");
  AddName(line, command, options.get())->Required();
  AddOutput(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunGenerate(*options, &session);
  });
}

void AddShow(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command =
      line->Add(parent, "show",
                {"打印私钥的公钥（verifier key），不显示私钥",
                 "Print the verifier key of a private key, never the key"},
                "annals key show w1.pem\n"
                "annals key show /var/lib/annals/signing_key.pem --name "
                "annals.example.gov.cn/disclosure");
  AddFile(line, command, options.get());
  AddName(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunShow(*options, &session);
  });
}

void AddConvert(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command = line->Add(
      parent, "convert",
      {"转换私钥的格式：pem 为 PKCS#8；key 为带名称的 PKCS#8，本项目所用；"
       "note 为 Go 签名文书工具所用\n"
       "输入的格式自动识别。",
       "Convert a private key: pem is PKCS#8; key is PKCS#8 with the name "
       "before it, as this project writes it; note is what Go's tools for "
       "signed notes take\n"
       "The form of the input is recognized."},
      "annals key convert w1.pem --to note -o w1.note\n"
      "annals key convert key.pem --to key --witness --name "
      "witness.example.gov.cn/w1 -o w1.pem");
  AddFile(line, command, options.get());
  line->Option(command, "--to", &options->format, "pem|key|note",
               {"要写的格式", "The form to write"})
      ->Check(OneOf({kFormatPem, kFormatKey, kFormatNote}, line->language()))
      ->Required();
  AddName(line, command, options.get());
  AddOutput(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunConvert(*options, &session);
  });
}

}  // namespace

void AddKeyCommands(CommandLine* line) {
  CLI::App* key =
      line->Add(&line->app(), "key",
                {"签名密钥：生成、查看公钥、转换格式",
                 "Signing keys: make one, show its verifier key, convert it"},
                "annals key show w1.pem");
  CommandLine::RequireCommandUnder(key);
  AddGenerate(line, key);
  AddShow(line, key);
  AddConvert(line, key);
}

}  // namespace annals::client
