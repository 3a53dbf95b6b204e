#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/days.h"
#include "client/commands/pin_print.h"
#include "client/counted.h"
#include "client/files.h"
#include "client/hex.h"
#include "client/json_text.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/trust/agency_pin.h"
#include "client/trust/trust_store.h"
#include "ledger/error.h"
#include "ledger/note_key.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"

namespace annals::client {
namespace {

struct AddOptions {
  std::string key;
  std::string policy;
};

struct AgencyOptions {
  std::string key;
  std::string from;
};

struct RemoveOptions {
  std::string server;
  std::string key;
};

absl::StatusOr<TrustStore> OpenStore(Session* session) {
  return TrustStore::Open(session->options().config_dir);
}

absl::Status NotPinned(const std::string& server) {
  return MakeError(absl::StatusCode::kNotFound, "SERVER_NOT_PINNED",
                   {absl::StrCat("no key is pinned for ", server,
                                 "; annals trust list shows what is"),
                    absl::StrCat("没有为 ", server,
                                 " 固定公钥；annals trust list 列出已固定的")});
}

absl::Status KeyNotPinned(const std::string& key, const Pin& pin) {
  return MakeError(
      absl::StatusCode::kNotFound, "KEY_NOT_PINNED",
      {absl::StrCat("the key ", key, " is not pinned for ", pin.server,
                    "; annals trust list shows what is"),
       absl::StrCat("没有为 ", pin.server, " 固定公钥 ", key,
                    "；annals trust list 列出已固定的")});
}

absl::Status PinnedToOther(const Pin& pin, const ledger::NoteVerifier& key) {
  return MakeError(
      absl::StatusCode::kAlreadyExists, "SERVER_PINNED_TO_OTHER_LEDGER",
      {absl::StrCat(pin.server, " is pinned to ledger ", pin.origin(),
                    ", and this key is of ", key.name(),
                    ". If the server really serves another ledger now, first "
                    "annals trust remove ",
                    pin.server),
       absl::StrCat(pin.server, " 已固定为账本 ", pin.origin(),
                    "，而这个公钥属于 ", key.name(),
                    "。若该服务器确已改为另一账本，请先 annals trust remove ",
                    pin.server)});
}

std::vector<Pin>::iterator Find(const std::string& server,
                                std::vector<Pin>* pins) {
  return std::find_if(pins->begin(), pins->end(),
                      [&](const Pin& pin) { return pin.server == server; });
}

// The key of any kind that the text, or the file that it names, is.
std::optional<ledger::NoteKey> AnyKeyOf(const std::string& text) {
  auto key = ledger::NoteKey::Parse(text);
  if (key.ok()) return *std::move(key);
  const auto file = ReadInput(text);
  if (!file.ok()) return std::nullopt;
  key = ledger::NoteKey::Parse(absl::StripAsciiWhitespace(*file));
  if (!key.ok()) return std::nullopt;
  return *std::move(key);
}

// The same of an SM2 key.
std::optional<ledger::NoteKey> SecondKeyArgument(const std::string& text) {
  std::optional<ledger::NoteKey> key = AnyKeyOf(text);
  if (key.has_value() && key->key().algorithm != ledger::KeyAlgorithm::kSm2) {
    key.reset();
  }
  return key;
}

// Reads and checks the policy; nothing if none is given.
absl::StatusOr<std::string> ReadPolicy(const std::string& path) {
  if (path.empty()) return std::string();
  ASSIGN_OR_RETURN(std::string text, ReadInput(path));
  RETURN_IF_ERROR(ParsePolicy(text, path).status());
  return text;
}

absl::Status LedgerNotPinnedFor(const std::string& server) {
  return UsageError(
      {absl::StrCat("请先固定 ", server,
                    " 的账本的 Ed25519 公钥：annals trust add VKEY --server ",
                    server),
       absl::StrCat("first pin the Ed25519 key of the ledger at ", server,
                    ": annals trust add VKEY --server ", server)});
}

// An SM2 key, which must then have signed as well.
absl::StatusOr<ExitCode> AddSecondKey(const ledger::NoteKey& key,
                                      Session* session) {
  const std::string& server = session->options().server;
  ASSIGN_OR_RETURN(const TrustStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const ledger::FileLock lock, store.Lock());
  ASSIGN_OR_RETURN(std::vector<Pin> pins, store.ReadPins());
  const auto pin = Find(server, &pins);
  if (pin == pins.end() || pin->origin() != key.name()) {
    return LedgerNotPinnedFor(server);
  }
  auto& keys = pin->second_keys;
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
    keys.push_back(key);
  }
  RETURN_IF_ERROR(store.WritePins(pins));
  session->Tell(
      {absl::StrCat(server, " 的检查点此后还须有 SM2 密钥 ", key.ShortName(),
                    "（或所固定的另一把）的签名"),
       absl::StrCat("checkpoints of ", server,
                    " must from now on be signed by the SM2 key ",
                    key.ShortName(), ", or another pinned, as well")});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunAgency(const AgencyOptions& options,
                                   Session* session) {
  const std::string& server = session->options().server;
  ASSIGN_OR_RETURN(const ledger::NoteKey key,
                   AgencyKeyArgument("VKEY", options.key));
  AgencyPin added{key, std::nullopt};
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(const v1::Date day, DayArgument(options.from));
    added.from = report::CivilDayOf(day);
  }
  ASSIGN_OR_RETURN(const TrustStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const ledger::FileLock lock, store.Lock());
  ASSIGN_OR_RETURN(std::vector<Pin> pins, store.ReadPins());
  const auto pin = Find(server, &pins);
  if (pin == pins.end()) return LedgerNotPinnedFor(server);
  std::erase_if(pin->agency_keys,
                [&](const AgencyPin& other) { return other.key == key; });
  pin->agency_keys.push_back(std::move(added));
  RETURN_IF_ERROR(store.WritePins(pins));
  const std::string& from = options.from;
  session->Tell(
      {absl::StrCat("已固定机关公钥 ", key.ShortName(), "：", server,
                    " 上该机关",
                    from.empty() ? "" : absl::StrCat("自 ", from, " 起记录"),
                    "的报告须由它签名，",
                    from.empty() ? "此前的（--from 除外）" : "当天的", "亦然"),
       absl::StrCat("pinned the agency's key ", key.ShortName(),
                    ": what that agency submits to ", server,
                    from.empty() ? "" : absl::StrCat(" from ", from, " on"),
                    " must be signed with it, what was recorded ",
                    from.empty() ? "before (--from excepts it)" : "on that day",
                    " as well")});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunAdd(const AddOptions& options, Session* session) {
  if (const auto second = SecondKeyArgument(options.key); second.has_value()) {
    return AddSecondKey(*second, session);
  }
  const std::string& server = session->options().server;
  RETURN_IF_ERROR(ValidateServerName(server));
  ASSIGN_OR_RETURN(ledger::NoteVerifier key, VerifierKey(options.key));
  ASSIGN_OR_RETURN(const std::string policy, ReadPolicy(options.policy));
  ASSIGN_OR_RETURN(const TrustStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const ledger::FileLock lock, store.Lock());
  ASSIGN_OR_RETURN(std::vector<Pin> pins, store.ReadPins());
  auto pin = Find(server, &pins);
  if (pin != pins.end() && pin->origin() != key.name()) {
    return PinnedToOther(*pin, key);
  }
  if (pin == pins.end()) pin = pins.insert(pin, Pin{server, {}, ""});
  const bool is_known =
      std::any_of(pin->keys.begin(), pin->keys.end(),
                  [&](const auto& other) { return other.key() == key.key(); });
  if (!is_known) pin->keys.push_back(key);
  if (!policy.empty()) {
    ASSIGN_OR_RETURN(const auto parsed, ParsePolicy(policy, options.policy));
    RETURN_IF_ERROR(RequirePolicyOf(parsed, {pin->keys, std::nullopt}));
    ASSIGN_OR_RETURN(pin->policy_file, store.WritePolicy(server, policy));
  }
  RETURN_IF_ERROR(store.WritePins(pins));
  const bool has_policy = !pin->policy_file.empty();
  session->Tell(
      {absl::StrCat("已固定 ", server, " → 账本 ", key.name(), "，密钥 ",
                    KeyNames(*pin), has_policy ? "，并要求见证策略" : ""),
       absl::StrCat("pinned ", server, " to ledger ", key.name(), ", key ",
                    KeyNames(*pin),
                    has_policy ? ", under a witness policy" : "")});
  return ExitCode::kOk;
}

// What is remembered must stay readable by the keys that are left.
absl::Status RequireNotNeeded(const TrustStore& store, const Pin& left) {
  ASSIGN_OR_RETURN(const std::optional<std::string> note,
                   store.ReadCheckpoint(left.server));
  if (!note.has_value() ||
      OpenCheckpoint(*note, {left.keys, std::nullopt}).ok()) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "KEY_STILL_NEEDED",
      {absl::StrCat("the checkpoint verified last of ", left.server,
                    " is signed by this key only; read from the server once "
                    "after the ledger has grown under the other key, then "
                    "remove this one"),
       absl::StrCat(
           left.server,
           " 上次核验的检查点只有这个密钥的签名；请在账本以另一密钥增长"
           "后从服务器读取一次，再移除它")});
}

// Removes a pinned SM2 key or an agency's key; false if it is none of them.
bool RemoveOtherKey(const std::string& text, Pin* pin) {
  const std::optional<ledger::NoteKey> key = AnyKeyOf(text);
  if (!key.has_value()) return false;
  return std::erase(pin->second_keys, *key) +
             std::erase_if(
                 pin->agency_keys,
                 [&](const AgencyPin& agency) { return agency.key == *key; }) >
         0;
}

absl::StatusOr<ExitCode> RunRemove(const RemoveOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const TrustStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const ledger::FileLock lock, store.Lock());
  ASSIGN_OR_RETURN(std::vector<Pin> pins, store.ReadPins());
  const auto pin = Find(options.server, &pins);
  if (pin == pins.end()) return NotPinned(options.server);
  if (!options.key.empty() && RemoveOtherKey(options.key, &*pin)) {
    RETURN_IF_ERROR(store.WritePins(pins));
    session->Tell({"不再要求该密钥的签名",
                   "a signature by that key is no longer demanded"});
    return ExitCode::kOk;
  }
  if (!options.key.empty()) {
    const absl::StatusOr<ledger::NoteVerifier> key = VerifierKey(options.key);
    if (!key.ok()) {
      const std::optional<ledger::NoteKey> other = AnyKeyOf(options.key);
      return other.has_value() ? KeyNotPinned(other->ShortName(), *pin)
                               : key.status();
    }
    const size_t removed = std::erase_if(pin->keys, [&](const auto& other) {
      return other.ToString() == key->ToString();
    });
    if (removed == 0) return KeyNotPinned(KeyName(*key), *pin);
  }
  if (options.key.empty() || pin->keys.empty()) {
    pins.erase(pin);
    RETURN_IF_ERROR(store.WritePins(pins));
    RETURN_IF_ERROR(store.RemoveFilesOf(options.server));
    session->Tell({absl::StrCat("不再信任 ", options.server,
                                "；此前核验到哪里也不再记得"),
                   absl::StrCat(options.server,
                                " is no longer trusted, and what was verified "
                                "of it is forgotten")});
    return ExitCode::kOk;
  }
  RETURN_IF_ERROR(RequireNotNeeded(store, *pin));
  RETURN_IF_ERROR(store.WritePins(pins));
  session->Tell(
      {absl::StrCat(options.server, " 仍固定的密钥：", KeyNames(*pin)),
       absl::StrCat("still pinned for ", options.server, ": ",
                    KeyNames(*pin))});
  return ExitCode::kOk;
}

// What is remembered of a pin: nothing, or the checkpoint.
absl::StatusOr<std::optional<ledger::Checkpoint>> Remembered(
    const TrustStore& store, const Pin& pin) {
  ASSIGN_OR_RETURN(const std::optional<std::string> note,
                   store.ReadCheckpoint(pin.server));
  if (!note.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                   OpenCheckpoint(*note, {pin.keys, std::nullopt}));
  return opened.checkpoint;
}

absl::StatusOr<std::string> PinJson(const TrustStore& store, const Pin& pin) {
  ASSIGN_OR_RETURN(const auto checkpoint, Remembered(store, pin));
  JsonObject json;
  json.Add("server", pin.server);
  json.Add("origin", pin.origin());
  std::vector<std::string> keys;
  for (const auto& key : pin.keys) keys.push_back(key.ToString());
  json.Add("keys", keys);
  std::vector<std::string> second;
  for (const auto& key : pin.second_keys) second.push_back(key.ToString());
  if (!second.empty()) json.Add("second_keys", second);
  std::vector<std::string> agencies;
  for (const auto& agency : pin.agency_keys) {
    agencies.push_back(agency.key.ToString());
  }
  if (!agencies.empty()) json.Add("agency_keys", agencies);
  if (!pin.policy_file.empty()) json.Add("policy_file", pin.policy_file);
  if (checkpoint.has_value()) {
    json.Add("tree_size", absl::StrCat(checkpoint->size));
    json.Add("root_hash", HexOf(checkpoint->root));
  }
  return json.Line();
}

absl::StatusOr<ExitCode> RunList(Session* session) {
  ASSIGN_OR_RETURN(const TrustStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const std::vector<Pin> pins, store.ReadPins());
  ListTable table;
  for (const Text& head :
       {Text{"服务器", "Server"}, Text{"账本", "Ledger"}, Text{"密钥", "Keys"},
        Text{"见证策略", "Policy"}, Text{"已核验条目", "Entries verified"},
        Text{"机关公钥", "Agencies' keys"}}) {
    table.head.push_back(session->Pick(head));
  }
  table.aligns = {Align::kLeft, Align::kLeft,  Align::kLeft,
                  Align::kLeft, Align::kRight, Align::kLeft};
  for (const Pin& pin : pins) {
    if (session->json()) {
      ASSIGN_OR_RETURN(const std::string line, PinJson(store, pin));
      session->out() << line << "\n";
      continue;
    }
    ASSIGN_OR_RETURN(const auto checkpoint, Remembered(store, pin));
    table.rows.push_back(
        {pin.server, PrintableLine(pin.origin()),
         PrintableLine(KeyNames(pin) + SecondKeyNames(pin)),
         pin.policy_file.empty() ? "-" : pin.policy_file,
         checkpoint.has_value() ? absl::StrCat(checkpoint->size) : "-",
         pin.agency_keys.empty() ? "-" : PrintableLine(AgencyKeyNames(pin))});
  }
  if (session->json()) return ExitCode::kOk;
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
  if (pins.empty()) {
    session->Tell({"尚未固定任何公钥", "no key is pinned"});
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunShow(Session* session) {
  const std::string& server = session->options().server;
  ASSIGN_OR_RETURN(const TrustStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const std::optional<Pin> pin, store.FindPin(server));
  if (!pin.has_value()) return NotPinned(server);
  if (session->json()) {
    ASSIGN_OR_RETURN(const std::string line, PinJson(store, *pin));
    session->out() << line << "\n";
    return ExitCode::kOk;
  }
  ASSIGN_OR_RETURN(const auto checkpoint, Remembered(store, *pin));
  session->out() << FormatPins({*pin}).substr(FormatPins({}).size() + 1);
  if (!checkpoint.has_value()) {
    session->Print({"尚未核验过检查点", "no checkpoint was verified yet"});
    return ExitCode::kOk;
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> note,
                   store.ReadCheckpoint(server));
  session->Print(
      {absl::StrCat("\n上次核验的检查点（", checkpoint->size,
                    " 个条目），存于 ", store.CheckpointPath(server), "："),
       absl::StrCat("\nthe checkpoint verified last (",
                    Counted(checkpoint->size, "entry", "entries"),
                    "), kept in ", store.CheckpointPath(server), ":")});
  session->out() << PrintableText(note.value_or(""));
  return ExitCode::kOk;
}

void AddAdd(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<AddOptions>();
  CLI::App* command = line->Add(
      parent, "add",
      {"为 --server 固定账本及其公钥\n"
       "再次使用可加入同一账本的另一公钥（轮换密钥时，任一已固定的公钥签名即可"
       "）"
       "或换上另一见证策略；固定 SM2 "
       "公钥后，检查点还须有它的签名。公钥须从可信渠道取得，不要向服务器索取。",
       "Pin a ledger and its verifier key to --server\n"
       "Used again it adds another key of the same ledger (while keys are "
       "rotated one signature is enough), an SM2 key that must then "
       "have signed as well, or replaces the witness policy. Get "
       "the key in a way you trust, not from the server."},
      "annals trust add "
      "example.gov/annals+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
      "LDE4izWy10TW --server ledger.example.gov:7432\n"
      "annals trust add verifier_key --policy witnesses.txt");
  line->Option(command, "VKEY", &options->key, "VKEY|FILE",
               {"公钥（verifier key），或存有它的文件",
                "The verifier key, or a file that holds it"})
      ->Required();
  line->Option(command, "--policy", &options->policy, "FILE",
               {"见证策略（C2SP tlog-policy），检查点须满足它",
                "A witness policy (C2SP tlog-policy) that checkpoints must "
                "satisfy"});
  line->OnCall(command, [options](Session& session) {
    return RunAdd(*options, &session);
  });
}

void AddAgency(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<AgencyOptions>();
  CLI::App* command = line->Add(
      parent, "agency",
      {"固定一个机关自己的签名公钥\n"
       "该机关在 --server 上的报告须由它签名，按公开原样归档的除外；登记中换了"
       "公钥也不改变。公钥须向机关索取，不要取自账本的登记。",
       "Pin an agency's own signing key\n"
       "What that agency submits to --server must then be signed with it, but "
       "for what was archived as published, whatever the register says. Get "
       "the key from the agency, not from the ledger's register."},
      "annals trust agency agency.vkey --from 2026-01-01 --server "
      "ledger.example.gov:7432");
  line->Option(command, "VKEY", &options->key, "VKEY|FILE",
               {"机关的公钥，或存有它的文件",
                "The agency's verifier key, or a file that holds it"})
      ->Required();
  line->Option(command, "--from", &options->from, "DATE",
               {"此日之前记录的可以没有签名（默认：全部须签名）",
                "What was recorded before this day need not be signed "
                "(default: all must be)"});
  line->OnCall(command, [options](Session& session) {
    return RunAgency(*options, &session);
  });
}

void AddRemove(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<RemoveOptions>();
  CLI::App* command = line->Add(
      parent, "remove",
      {"不再信任一个服务器，或其一个公钥\n"
       "移除服务器时，此前核验过的检查点一并忘记；证据文件保留。",
       "No longer trust a server, or one of its keys\n"
       "With the server, the checkpoint verified last is forgotten; evidence "
       "files stay."},
      "annals trust remove ledger.example.gov:7432\n"
      "annals trust remove ledger.example.gov:7432 old_verifier_key");
  line->Option(command, "SERVER", &options->server, "SERVER",
               {"服务器地址，如 annals trust list 所列",
                "The server's address as annals trust list shows it"})
      ->Required();
  line->Option(command, "VKEY", &options->key, "VKEY|FILE",
               {"只移除这个公钥", "Only this key"});
  line->OnCall(command, [options](Session& session) {
    options->server = WithPort(options->server);
    return RunRemove(*options, &session);
  });
}

}  // namespace

void AddTrustCommands(CommandLine* line) {
  CLI::App* trust = line->Add(
      &line->app(), "trust",
      {"固定的公钥：信任哪个服务器提供哪个账本\n"
       "已固定的服务器，每次读取都核验检查点的签名，且账本只增不改；否则以退出"
       "码 11 结束并保存证据。",
       "Pinned keys: which server is trusted to serve which ledger\n"
       "Of a pinned server every read verifies that the checkpoint is signed "
       "and the ledger has only grown; else it ends with exit code 11 and "
       "keeps evidence."},
      "annals trust add verifier_key --server ledger.example.gov:7432\n"
      "annals trust list");
  CommandLine::RequireCommandUnder(trust);
  AddAdd(line, trust);
  AddAgency(line, trust);
  CLI::App* list =
      line->Add(trust, "list", {"列出已固定的公钥", "List what is pinned"},
                "annals trust list --json");
  line->OnCall(list, [](Session& session) { return RunList(&session); });
  CLI::App* show = line->Add(
      trust, "show",
      {"--server 固定了什么，上次核验到哪里",
       "What is pinned for --server, and the checkpoint verified last"},
      "annals trust show --server ledger.example.gov:7432");
  line->OnCall(show, [](Session& session) { return RunShow(&session); });
  AddRemove(line, trust);
}

}  // namespace annals::client
