#include <google/protobuf/struct.pb.h>

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/exit_code.h"
#include "client/files.h"
#include "ledger/key_file.h"
#include "ledger/note.h"
#include "ledger/note_signer.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct KeyOptions {
  std::string file;
  std::string output;
  std::string name;
  std::string format;
  std::string agency;
  std::string algorithm = "ed25519";
  std::string sm2_id;
  bool witness = false;
};

constexpr char kEd25519Word[] = "ed25519";
constexpr char kSm2Word[] = "sm2";

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

// The name, and for what; `--agency` says both.
struct NameAndUse {
  std::string name;
  ledger::KeyUse use = ledger::KeyUse::kLog;
};

absl::StatusOr<NameAndUse> NameAndUseOf(const KeyOptions& options) {
  if (options.agency.empty()) {
    return NameAndUse{options.name, ledger::KeyUse::kLog};
  }
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   AgencyArgument(options.agency));
  return NameAndUse{agency.ToString(), ledger::KeyUse::kAgency};
}

absl::StatusOr<ExitCode> PrintNoteKey(const ledger::NoteKey& key,
                                      ledger::KeyUse use, Session* session) {
  if (!session->json()) {
    session->out() << key.ToString() << "\n";
    return ExitCode::kOk;
  }
  google::protobuf::Struct answer;
  auto& fields = *answer.mutable_fields();
  fields["verifier_key"].set_string_value(key.ToString());
  fields["name"].set_string_value(key.name());
  fields["use"].set_string_value(std::string(ledger::KeyUseWord(use)));
  fields["algorithm"].set_string_value(
      key.key().algorithm == ledger::KeyAlgorithm::kSm2 ? kSm2Word
                                                        : kEd25519Word);
  RETURN_IF_ERROR(session->PrintJson(answer));
  return ExitCode::kOk;
}

void TellSaved(const std::string& path, Session* session) {
  session->Tell({"私钥已写入 " + path + "（权限 0600）；请妥善备份",
                 "the private key is in " + path +
                     " (mode 0600); keep a copy in a safe place"});
}

// An agency's key, or an SM2 key of a log.
absl::StatusOr<ExitCode> GenerateNoteKey(const KeyOptions& options,
                                         Session* session) {
  if (options.witness) {
    return UsageError(
        {"见证方的密钥只能是 Ed25519", "a witness's key is of Ed25519 only"});
  }
  ASSIGN_OR_RETURN(const NameAndUse whose, NameAndUseOf(options));
  ASSIGN_OR_RETURN(auto pair, ledger::KeyPair::Generate(
                                  options.algorithm == kSm2Word
                                      ? ledger::KeyAlgorithm::kSm2
                                      : ledger::KeyAlgorithm::kEd25519));
  if (!options.sm2_id.empty()) pair->set_sm2_id(options.sm2_id);
  ASSIGN_OR_RETURN(const auto signer,
                   ledger::NoteSigner::Create(whose.name, std::move(pair)));
  RETURN_IF_ERROR(signer->Save(options.output, whose.use));
  TellSaved(options.output, session);
  return PrintNoteKey(signer->key(), whose.use, session);
}

absl::StatusOr<ExitCode> RunGenerate(const KeyOptions& options,
                                     Session* session) {
  if (options.agency.empty() && options.name.empty()) {
    return UsageError({"请给出 --name，或机关的 --agency",
                       "give --name, or --agency for an agency's key"});
  }
  if (!options.sm2_id.empty() && options.algorithm != kSm2Word) {
    return UsageError({"--sm2-id 须与 --algorithm sm2 一起使用",
                       "--sm2-id goes with --algorithm sm2"});
  }
  if (!options.agency.empty() || options.algorithm == kSm2Word) {
    return GenerateNoteKey(options, session);
  }
  ledger::NamedKey key;
  key.name = options.name;
  if (options.witness) key.type = ledger::kNoteTypeCosignature;
  ASSIGN_OR_RETURN(key.signer, ledger::Ed25519Signer::Generate());
  RETURN_IF_ERROR(ledger::SaveKeyFile(key, options.output));
  TellSaved(options.output, session);
  return PrintVkey(key, session);
}

// Shows an agency's key, or an SM2 key of a log; NOT_FOUND if it is neither.
absl::StatusOr<ExitCode> ShowNoteKey(const KeyOptions& options,
                                     Session* session) {
  ASSIGN_OR_RETURN(const NameAndUse whose, NameAndUseOf(options));
  std::string preamble;
  ASSIGN_OR_RETURN(const auto pair,
                   ledger::KeyPair::Load(options.file, &preamble));
  ASSIGN_OR_RETURN(const ledger::KeyHeader header,
                   ledger::ParseKeyHeader(preamble, options.file));
  const bool is_sm2 =
      pair->public_key().algorithm == ledger::KeyAlgorithm::kSm2;
  if (!is_sm2 && options.agency.empty() &&
      header.use != ledger::KeyUse::kAgency) {
    return absl::NotFoundError("");
  }
  ledger::NoteKeySource source{options.file, "", whose.name, whose.use};
  if (options.agency.empty() && !header.name.empty()) source.use = header.use;
  if (source.name.empty() && header.name.empty()) {
    return UsageError(
        {options.file + " 中没有名称；请用 --name 或 --agency 给出",
         options.file + " holds no name; give it with --name or --agency"});
  }
  ASSIGN_OR_RETURN(const auto signer, ledger::NoteSigner::Load(source));
  return PrintNoteKey(signer->key(), source.use, session);
}

// A verifier key, or a public key in PEM: no secret, whoever can read it.
bool HoldsPublicKey(const std::string& path) {
  const auto text = ReadInput(path);
  return text.ok() && !absl::StrContains(*text, "PRIVATE") &&
         (absl::StrContains(*text, "-----BEGIN PUBLIC KEY-----") ||
          ledger::ParseVkey(absl::StripAsciiWhitespace(*text)).ok());
}

absl::StatusOr<ExitCode> RunShow(const KeyOptions& options, Session* session) {
  const absl::StatusOr<ExitCode> shown = ShowNoteKey(options, session);
  if (!shown.ok() && HoldsPublicKey(options.file)) {
    return UsageError(
        {options.file + " 中是公钥；key show 由私钥文件显示其公钥",
         options.file +
             " holds a public key; key show shows the public key of a private "
             "key's file"});
  }
  // A note key of Go's is no PEM.
  if (!absl::IsNotFound(shown.status()) && !absl::IsDataLoss(shown.status())) {
    return shown;
  }
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

void AddAgency(CommandLine* line, CLI::App* command, KeyOptions* options) {
  line->Option(command, "--agency", &options->agency, "CODE",
               {"机关自己的密钥，用于签署所提交的报告",
                "An agency's own key, with which it signs what it submits"})
      ->Excludes(line->Find(command, "--name"))
      ->Excludes(line->Find(command, "--witness"));
}

void AddGenerate(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command = line->Add(
      parent, "generate",
      {"生成 Ed25519 或 SM2 私钥，写入新文件，并打印其公钥（verifier key）",
       "Make a key of Ed25519 or SM2, write it into a new file, print its "
       "verifier key"},
      "annals key generate --name annals.example.gov.cn/disclosure -o next.pem"
      "\n"
      "annals key generate --witness --name witness.example.gov.cn/w1 -o "
      "w1.pem\n"
      "annals key generate --agency 11410303005450123N --algorithm sm2 -o "
      "agency.pem");
  AddName(line, command, options.get());
  AddAgency(line, command, options.get());
  line->Option(command, "--algorithm", &options->algorithm, "ed25519|sm2",
               {"算法（默认 ed25519）；sm2 为 SM2 与 SM3（GB/T 32918）",
                "The algorithm (default ed25519); sm2 is SM2 with SM3 (GB/T "
                "32918)"})
      ->Check(OneOf({kEd25519Word, kSm2Word}, line->language()));
  line->Option(command, "--sm2-id", &options->sm2_id, "ID",
               {"SM2 的可辨别标识（默认 1234567812345678）",
                "The distinguishing id of SM2 (default 1234567812345678)"});
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
  AddAgency(line, command, options.get());
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
