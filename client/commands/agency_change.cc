#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/agency_print.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/days.h"
#include "client/commands/recorded_entry.h"
#include "client/enum_words.h"
#include "client/fetch.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/agency_pin.h"
#include "client/uuid.h"
#include "client/verify.h"
#include "google/protobuf/util/field_mask_util.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/register_change.h"

namespace annals::client {
namespace {

struct UpdateOptions {
  std::string code;
  std::string name;
  std::string division;
  std::string kind;
  std::string supervisor;
  std::string dissolved;
  std::string successor;
  std::string valid_from;
  bool replaces_pending = false;
  std::string replace_from;
  std::vector<std::string> add_keys;
  std::vector<std::string> remove_keys;
  std::string key_valid_from;
  std::string key_expires_on;
  std::string signature_required;
  std::string etag;
  std::string reason;
  std::string request_id;
};

constexpr int kPageSize = 500;
constexpr absl::string_view kNone = "none";
constexpr char kYes[] = "yes";
constexpr char kNo[] = "no";

// `agencies/CODE` of a code; nothing of `none`.
absl::StatusOr<std::string> LinkArgument(const std::string& text) {
  if (text == kNone) return std::string();
  ASSIGN_OR_RETURN(const report::AgencyName name, AgencyArgument(text));
  return name.ToString();
}

// That the keys change, and whether it must sign.
absl::Status SetSigning(const UpdateOptions& options,
                        v1::UpdateAgencyRequest* request) {
  if (options.add_keys.empty() &&
      !(options.key_valid_from.empty() && options.key_expires_on.empty())) {
    return UsageError(
        {"--key-valid-from 和 --key-expires-on 须与 --add-signing-key 一起使用",
         "--key-valid-from and --key-expires-on go with --add-signing-key"});
  }
  if (!options.signature_required.empty()) {
    request->mutable_agency()->set_signature_required(
        options.signature_required == kYes);
    request->mutable_update_mask()->add_paths("signature_required");
  }
  if (!options.add_keys.empty() || !options.remove_keys.empty()) {
    request->mutable_update_mask()->add_paths("signing_keys");
  }
  return absl::OkStatus();
}

absl::Status SetFields(const UpdateOptions& options,
                       v1::UpdateAgencyRequest* request) {
  v1::Agency* const agency = request->mutable_agency();
  google::protobuf::FieldMask* const mask = request->mutable_update_mask();
  if (!options.name.empty()) {
    agency->set_display_name(options.name);
    mask->add_paths("display_name");
  }
  if (!options.division.empty()) {
    RETURN_IF_ERROR(report::ValidateDivisionCode(options.division));
    agency->set_division_code(options.division);
    mask->add_paths("division_code");
  }
  if (!options.kind.empty()) {
    agency->set_kind(EnumFromWord<v1::AgencyKind>(options.kind));
    mask->add_paths("kind");
  }
  if (!options.supervisor.empty()) {
    ASSIGN_OR_RETURN(*agency->mutable_supervisor(),
                     LinkArgument(options.supervisor));
    mask->add_paths("supervisor");
  }
  if (!options.dissolved.empty()) {
    mask->add_paths("dissolved_on");
    if (options.dissolved != kNone) {
      ASSIGN_OR_RETURN(*agency->mutable_dissolved_on(),
                       DayArgument(options.dissolved));
    }
  }
  if (!options.successor.empty()) {
    ASSIGN_OR_RETURN(*agency->mutable_successor(),
                     LinkArgument(options.successor));
    mask->add_paths("successor");
  }
  RETURN_IF_ERROR(SetSigning(options, request));
  if (!options.valid_from.empty()) {
    ASSIGN_OR_RETURN(*request->mutable_valid_from(),
                     DayArgument(options.valid_from));
  }
  if (!options.replace_from.empty()) {
    ASSIGN_OR_RETURN(*request->mutable_replace_from(),
                     DayArgument(options.replace_from));
  }
  if (!mask->paths().empty() || options.replaces_pending ||
      request->has_replace_from()) {
    return absl::OkStatus();
  }
  return UsageError(
      {"没有要变更的内容：请给出 --name、--division、--kind、--supervisor、"
       "--dissolved、--successor、--add-signing-key、--remove-signing-key 或 "
       "--signature-required",
       "nothing to change: give --name, --division, --kind, --supervisor, "
       "--dissolved, --successor, --add-signing-key, --remove-signing-key or "
       "--signature-required"});
}

// Takes the key off the list, if it is there.
bool RemoveKey(const std::string& vkey, v1::Agency* agency) {
  auto* const keys = agency->mutable_signing_keys();
  const auto found = std::find_if(
      keys->begin(), keys->end(),
      [&](const v1::SigningKey& key) { return key.vkey() == vkey; });
  if (found == keys->end()) return false;
  keys->erase(found);
  return true;
}

// The keys of `latest` without those that are removed, and with those added; a
// key that is there already is there with its new days.
absl::Status SetSigningKeys(const UpdateOptions& options,
                            const v1::Agency& latest, v1::Agency* agency) {
  *agency->mutable_signing_keys() = latest.signing_keys();
  for (const std::string& text : options.remove_keys) {
    ASSIGN_OR_RETURN(const ledger::NoteKey key,
                     AgencyKeyArgument("--remove-signing-key", text));
    if (RemoveKey(key.ToString(), agency)) continue;
    return UsageError(
        {absl::StrCat("登记中没有公钥 ", key.ShortName()),
         absl::StrCat("the register has no key ", key.ShortName())});
  }
  for (const std::string& text : options.add_keys) {
    ASSIGN_OR_RETURN(const ledger::NoteKey key,
                     AgencyKeyArgument("--add-signing-key", text));
    RemoveKey(key.ToString(), agency);
    v1::SigningKey* const added = agency->add_signing_keys();
    added->set_vkey(key.ToString());
    if (!options.key_valid_from.empty()) {
      ASSIGN_OR_RETURN(*added->mutable_valid_from(),
                       DayArgument(options.key_valid_from));
    }
    if (!options.key_expires_on.empty()) {
      ASSIGN_OR_RETURN(*added->mutable_expires_on(),
                       DayArgument(options.key_expires_on));
    }
  }
  return absl::OkStatus();
}

// As of a day; the latest state if none is given.
absl::StatusOr<v1::Agency> FetchAgency(const std::string& name,
                                       std::optional<absl::CivilDay> day,
                                       Session* session) {
  v1::GetAgencyRequest request;
  request.set_name(name);
  if (day.has_value()) *request.mutable_on() = report::DateOf(*day);
  ASSIGN_OR_RETURN(
      v1::Agency agency,
      session->connection().Call(session->connection().stubs().agencies,
                                 &v1::AgencyService::Stub::GetAgency, request));
  RETURN_IF_ERROR(RequireAgency(agency, name));
  return agency;
}

// What must be recorded: what the request changes, and what it leaves as it was
// in `base`, if that was asked for.
SentAgency SentBy(const v1::UpdateAgencyRequest& request,
                  const std::optional<v1::Agency>& base) {
  SentAgency sent{request.request_id(),
                  request.reason(),
                  base.value_or(request.agency()),
                  {request.update_mask().paths().begin(),
                   request.update_mask().paths().end()}};
  if (base.has_value()) {
    google::protobuf::util::FieldMaskUtil::MergeOptions options;
    options.set_replace_message_fields(true);
    options.set_replace_repeated_fields(true);
    google::protobuf::util::FieldMaskUtil::MergeMessageTo(
        request.agency(), request.update_mask(), options, &sent.agency);
    sent.fields = {"display_name", "division_code",     "kind",
                   "supervisor",   "dissolved_on",      "successor",
                   "signing_keys", "signature_required"};
  }
  if (request.has_valid_from()) {
    *sent.agency.mutable_valid_from() = request.valid_from();
    sent.fields.push_back("valid_from");
  }
  return sent;
}

// Names the latest state, and puts in what takes the state that changes to say:
// the list of keys. The state that changes, if it is not the caller's word.
absl::StatusOr<std::optional<v1::Agency>> ChooseBase(
    const UpdateOptions& options, Session* session,
    v1::UpdateAgencyRequest* request) {
  v1::Agency* const agency = request->mutable_agency();
  const bool has_keys =
      !options.add_keys.empty() || !options.remove_keys.empty();
  std::optional<v1::Agency> base;
  std::string latest_etag;
  if (options.etag.empty() || has_keys) {
    ASSIGN_OR_RETURN(base, FetchAgency(agency->name(), std::nullopt, session));
    latest_etag = base->etag();
    const auto day = report::LastDayKept(
        *request, report::DayInShanghai(session->clock()->Now()));
    if (day.has_value()) {
      ASSIGN_OR_RETURN(base, FetchAgency(agency->name(), day, session));
    }
  }
  if (has_keys) RETURN_IF_ERROR(SetSigningKeys(options, *base, agency));
  if (!options.etag.empty()) {
    agency->set_etag(options.etag);
    return std::nullopt;
  }
  agency->set_etag(latest_etag);
  return base;
}

// Which states hold on no day any more, beside the one that was changed.
void TellReplaced(const v1::Agency& base, const v1::Agency& changed,
                  Session* session) {
  const int first = base.change_count() + 2;
  const int last = changed.change_count();
  if (first > last) return;
  const std::string states =
      first == last ? absl::StrCat(first) : absl::StrCat(first, "–", last);
  session->Tell(
      {absl::StrCat("第 ", states,
                    " 版自此任何日期都不再适用；其中仍然属实的，"
                    "请重新登记（annals agency history）"),
       absl::StrCat("state ", states,
                    " holds on no day any more; record again what is still "
                    "true of it (annals agency history)")});
}

absl::StatusOr<ExitCode> RunUpdate(const UpdateOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName name, AgencyArgument(options.code));
  v1::UpdateAgencyRequest request;
  RETURN_IF_ERROR(SetFields(options, &request));
  request.mutable_agency()->set_name(name.ToString());
  request.set_replace_pending(options.replaces_pending);
  request.set_reason(options.reason);
  request.set_request_id(options.request_id.empty() ? NewUuid(session->random())
                                                    : options.request_id);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const std::optional<v1::Agency> base,
                   ChooseBase(options, session, &request));
  ASSIGN_OR_RETURN(const v1::Agency changed,
                   session->connection().Call(
                       session->connection().stubs().agencies,
                       &v1::AgencyService::Stub::UpdateAgency, request));
  RETURN_IF_ERROR(RequireAgency(changed, name.ToString()));
  RETURN_IF_ERROR(
      ConfirmAgency(SentBy(request, base), changed, session, &trust));
  RETURN_IF_ERROR(PrintAgency(changed, session));
  if (base.has_value()) TellReplaced(*base, changed, session);
  RETURN_IF_ERROR(trust.CheckAfterWriting());
  return ExitCode::kOk;
}

// The states that were printed before one, which are those after it.
class LaterStates {
 public:
  // The later state from which on `agency`, the one before those added, holds
  // on no day any more, because that is valid from the same day or an earlier
  // one; 0 if there is none. The first state always holds, on the days before
  // all others. Adds `agency`.
  int Replacing(const v1::Agency& agency) {
    const absl::CivilDay from =
        report::CivilDayOf(agency.valid_from()).value_or(absl::CivilDay::min());
    const bool is_replaced =
        agency.change_count() > 0 && first_.has_value() && *first_ <= from;
    const int replacing = is_replaced ? number_ : 0;
    if (replacing == 0) {
      first_ = from;
      number_ = agency.change_count() + 1;
    }
    return replacing;
  }

 private:
  // The earliest day from which one of them is valid, and that one's number.
  std::optional<absl::CivilDay> first_;
  int number_ = 0;
};

// When, who and why, above the state; and which state took its place.
void PrintHead(const v1::AgencyChange& change, int replacing,
               Session* session) {
  const int number = change.agency().change_count() + 1;
  session->Print(
      {absl::StrCat("第 ", number, " 版  ", FormatMoment(change.recorded_at()),
                    "  ", ActorText(change.actor(), session->language()), "  ",
                    PrintableLine(change.reason())),
       absl::StrCat("state ", number, "  ", FormatMoment(change.recorded_at()),
                    "  ", ActorText(change.actor(), session->language()), "  ",
                    PrintableLine(change.reason()))});
  if (replacing == 0) return;
  session->Print(
      {absl::StrCat("（已由第 ", replacing, " 版取代，任何日期都不再适用）"),
       absl::StrCat("(state ", replacing,
                    " took its place; it holds on no day any more)")});
}

absl::StatusOr<ExitCode> RunHistory(const std::string& code, Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName name, AgencyArgument(code));
  ASSIGN_OR_RETURN(const LedgerTrust trust, LedgerTrust::Establish(session));
  v1::ListAgencyChangesRequest request;
  request.set_parent(name.ToString());
  request.set_page_size(kPageSize);
  PageTokens tokens;
  bool is_first = true;
  LaterStates later;
  do {
    ASSIGN_OR_RETURN(const v1::ListAgencyChangesResponse page,
                     session->connection().Call(
                         session->connection().stubs().agencies,
                         &v1::AgencyService::Stub::ListAgencyChanges, request));
    for (const v1::AgencyChange& change : page.changes()) {
      RETURN_IF_ERROR(RequireAgency(change.agency(), name.ToString()));
      if (session->json()) {
        RETURN_IF_ERROR(session->PrintJsonLine(change));
        continue;
      }
      if (!is_first) session->out() << "\n";
      is_first = false;
      PrintHead(change, later.Replacing(change.agency()), session);
      RETURN_IF_ERROR(PrintAgency(change.agency(), session));
    }
    RETURN_IF_ERROR(tokens.Add(page.next_page_token(), page.changes_size()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  TellOnlyCheckpointVerified(trust);
  return ExitCode::kOk;
}

void AddKeyOptions(CommandLine* line, CLI::App* command,
                   UpdateOptions* options) {
  line->Option(command, "--add-signing-key", &options->add_keys, "VKEY|FILE",
               {"登记机关签名的公钥（annals key show）；可多次使用",
                "Registers a verifier key with which it signs (annals key "
                "show); may be repeated"})
      ->OneValueEach();
  line->Option(command, "--remove-signing-key", &options->remove_keys,
               "VKEY|FILE",
               {"不再登记这个签名公钥；可多次使用",
                "Registers one no longer; may be repeated"})
      ->OneValueEach();
  line->Option(command, "--key-valid-from", &options->key_valid_from, "DATE",
               {"所登记公钥启用的第一天",
                "The first day on which the keys that are added sign"});
  line->Option(command, "--key-expires-on", &options->key_expires_on, "DATE",
               {"所登记公钥失效的第一天",
                "The first day on which they do not any more"});
  line->Option(command, "--signature-required", &options->signature_required,
               "yes|no",
               {"它提交的报告是否须有机关签名",
                "Whether what it submits must be signed"})
      ->Check(OneOf({kYes, kNo}, line->language()));
}

void AddUpdateOptions(CommandLine* line, CLI::App* command,
                      UpdateOptions* options) {
  line->Option(command, "CODE", &options->code, "CODE",
               {"统一社会信用代码，或 agencies/CODE",
                "Its unified social credit code, or agencies/CODE"})
      ->Required();
  line->Option(command, "--name", &options->name, "NAME",
               {"新名称", "Its new name"});
  line->Option(command, "--division", &options->division, "CODE",
               {"新的行政区划代码", "Its new division code"});
  line->Option(command, "--kind", &options->kind, "KIND",
               {"新的机关类型", "What it is now"})
      ->Check(OneOf(
          EnumWords(google::protobuf::GetEnumDescriptor<v1::AgencyKind>()),
          line->language()));
  line->Option(command, "--supervisor", &options->supervisor, "CODE|none",
               {"新的主管机关；none 表示不再有主管机关",
                "Who supervises it now; none for nobody"});
  line->Option(command, "--dissolved", &options->dissolved, "DATE|none",
               {"撤销日期：不再存在的第一天；none 表示并未撤销",
                "The first day on which it does not exist any more; none: it "
                "was not dissolved"});
  line->Option(command, "--successor", &options->successor, "CODE|none",
               {"承接其工作的机关", "The agency that continues its work"});
  line->Option(command, "--valid-from", &options->valid_from, "DATE",
               {"变更的生效日期（默认：--replace-from 的日期，否则撤销日期，"
                "否则今天，北京时间）",
                "The first day on which the change holds (default: that of "
                "--replace-from, else the day of the dissolution, else today "
                "in Asia/Shanghai)"});
  CommandOption* const pending = line->Flag(
      command, "--replace-pending", &options->replaces_pending,
      {"取代已登记但尚未生效的变更，以今天有效的登记为基础；"
       "如私钥失窃，须立即停用公钥；不给出其他变更时，即撤销它们",
       "Takes the place of changes that do not hold yet, based on the "
       "state of today; such as when a stolen key must go at once. "
       "Without another change it only undoes them"});
  line->Option(command, "--replace-from", &options->replace_from, "DATE",
               {"更正登记：取代自该日起生效的各次变更，以其前一日的登记为基础",
                "Corrects the register: takes the place of all changes that "
                "hold from this day or a later one, based on the state of the "
                "day before"})
      ->Excludes(pending);
  AddKeyOptions(line, command, options);
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"变更理由，如批准文号，记入账本",
                "Why, such as the document that orders it, for the record"})
      ->Required();
  line->Option(command, "--etag", &options->etag, "ETAG",
               {"所依据的版本标识（默认取最新）",
                "The state that the change is based on (default: the latest)"});
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"重复一次结果不明的请求（同时给出 --etag）",
                "Repeats a request (with --etag)"});
}

}  // namespace

void AddAgencyChangeCommands(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<UpdateOptions>();
  CLI::App* update = line->Add(
      parent, "update",
      {"变更登记（机构改革）：名称、区划、类型、主管机关、签名公钥，或撤销；"
       "原来的登记仍可查",
       "Change an agency in the register: its name, division, kind, "
       "supervisor, signing keys, or that it was dissolved; what stood before "
       "stays recorded"},
      "annals agency update 11410303005450123N --name "
      "洛阳市西工区行政审批局 --valid-from 2025-03-01 --reason "
      "洛编〔2025〕3号\n"
      "annals agency update 11410303005450123N --dissolved 2025-06-30 "
      "--successor 11410303MB0000019P --reason 机构改革\n"
      "annals agency update 11410303005450123N --add-signing-key agency.vkey "
      "--signature-required yes --reason 启用机关签名");
  AddUpdateOptions(line, update, options.get());
  line->OnCall(update, [options](Session& session) {
    return RunUpdate(*options, &session);
  });
  auto code = std::make_shared<std::string>();
  CLI::App* history =
      line->Add(parent, "history",
                {"一个机关的全部登记与变更，最新在前",
                 "Every state of an agency in the register, newest first"},
                "annals agency history 11410303005450123N");
  line->Option(history, "CODE", code.get(), "CODE",
               {"统一社会信用代码，或 agencies/CODE",
                "Its unified social credit code, or agencies/CODE"})
      ->Required();
  line->OnCall(history, [code](Session& session) {
    return RunHistory(*code, &session);
  });
}

}  // namespace annals::client
