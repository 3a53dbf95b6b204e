#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/recorded_entry.h"
#include "client/files.h"
#include "client/life_text.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/proven_life.h"
#include "client/uuid.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/review_policy.h"

namespace annals::client {
namespace {

using ::google::protobuf::util::MessageDifferencer;

struct ShowOptions {
  std::string code;
  AsOfOptions as_of;
  std::string format = "text";
};

struct SetOptions {
  std::string code;
  std::string file;
  std::string reason;
  std::string request_id;
};

absl::StatusOr<v1::ReviewPolicy> ReadPolicyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadInput(path));
  v1::ReviewPolicy policy;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(json, &policy);
  if (!parsed.ok()) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_JSON",
        {absl::StrCat(path, " is no review policy: ", parsed.ToString(),
                      "; begin with annals policy show CODE --format json"),
         absl::StrCat(path, " 不是办理规程：", parsed.ToString(),
                      "；可从 annals policy show CODE --format json 改起")});
  }
  // Such as of an office that has nothing to say but its deadlines.
  if (policy.steps().empty()) {
    *policy.mutable_steps() = report::DefaultReviewPolicy().steps();
  }
  // Found here, a fault costs no call.
  RETURN_IF_ERROR(report::ValidateReviewPolicy(policy));
  return policy;
}

absl::Status PrintPolicyJson(const v1::ReviewPolicy& policy, Session* session) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto printed =
      google::protobuf::util::MessageToJsonString(policy, &json, options);
  if (!printed.ok()) return absl::InternalError(printed.ToString());
  session->out() << json;
  return absl::OkStatus();
}

// Whose it is, seen from `agency`.
Text OriginText(const v1::Policy& policy, const std::string& agency) {
  if (!policy.has_entry_index()) {
    return {absl::StrCat(agency, "：默认规程，其本身及上级都没有设定"),
            absl::StrCat(agency,
                         ": the default; neither it nor an office above it has "
                         "set any")};
  }
  const std::string when = FormatMoment(policy.recorded_at());
  if (policy.agency() == agency) {
    return {absl::StrCat(agency, "：自己的规程，", when, "，条目 ",
                         policy.entry_index()),
            absl::StrCat(agency, ": its own policy, ", when, ", entry ",
                         policy.entry_index())};
  }
  return {absl::StrCat(agency, "：适用上级 ", policy.agency(), " 的规程，",
                       when, "，条目 ", policy.entry_index()),
          absl::StrCat(agency, ": the policy of ", policy.agency(), ", ", when,
                       ", entry ", policy.entry_index())};
}

void TellPolicyProved(const v1::Policy& policy, const LedgerTrust& trust) {
  if (!trust.verifies()) return;
  if (!policy.has_entry_index()) {
    trust.TellVerified(
        {"仅检查点；没有机关设定过规程，是服务器的说法；默认规程是本程序所知",
         "the checkpoint only; that no office has set a policy is the server's "
         "word; the default is known to this program"});
    return;
  }
  trust.TellVerified(
      {"该规程的条目与存在性证明；由哪个机关的规程管辖、是否最新，"
       "以服务器所说为准",
       "entry and inclusion proof of the policy; which office's governs, and "
       "that it is the latest, is the server's word"});
}

absl::StatusOr<ExitCode> RunShow(const ShowOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   AgencyArgument(options.code));
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options.as_of));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Policy policy,
                   ReadPolicy(agency, as_of, session, &trust));
  TellPolicyProved(policy, trust);
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(policy));
  } else if (options.format == "json") {
    RETURN_IF_ERROR(PrintPolicyJson(policy.policy(), session));
  } else {
    session->Print(OriginText(policy, agency.ToString()));
    for (const Text& text : PolicyInWords(policy.policy())) {
      session->Print(
          {absl::StrCat("  ", text.zh), absl::StrCat("  ", text.en)});
    }
  }
  return ExitCode::kOk;
}

// That the ledger records what was sent.
absl::Status ConfirmPolicy(const v1::SetPolicyRequest& request,
                           const v1::Policy& set, Session* session,
                           LedgerTrust* trust) {
  SentEvent sent{set.entry_index(), request.request_id(), request.reason(), {}};
  sent.difference =
      [&request](const FetchedReceipt& fetched) -> std::optional<Text> {
    const v1::LedgerEntry& entry = fetched.verified.entry;
    const v1::PolicySet& event = entry.policy_set();
    if (entry.has_policy_set() && event.agency() == request.agency() &&
        event.has_policy() == request.has_policy() &&
        MessageDifferencer::Equals(event.policy(), request.policy())) {
      return std::nullopt;
    }
    return Text{"办理规程", "the review policy"};
  };
  return ConfirmEntry(sent, session, trust);
}

absl::StatusOr<ExitCode> SetOrRemove(const SetOptions& options,
                                     std::optional<v1::ReviewPolicy> policy,
                                     Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   AgencyArgument(options.code));
  v1::SetPolicyRequest request;
  request.set_agency(agency.ToString());
  if (policy.has_value()) *request.mutable_policy() = *std::move(policy);
  request.set_reason(options.reason);
  request.set_request_id(options.request_id.empty() ? NewUuid(session->random())
                                                    : options.request_id);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      const v1::Policy set,
      connection.Call(connection.stubs().lifecycle,
                      &v1::LifecycleService::Stub::SetPolicy, request));
  if (set.agency() != request.agency()) {
    return VerificationFailure(
        kAnswerMismatchReason,
        {absl::StrCat("服务器设定的是 ", set.agency(), " 的规程"),
         absl::StrCat("the server set the policy of ", set.agency())});
  }
  RETURN_IF_ERROR(ConfirmPolicy(request, set, session, &trust));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(set));
  } else if (request.has_policy()) {
    session->Print({absl::StrCat("已记录为条目 ", set.entry_index(), "：",
                                 set.agency(), " 的办理规程"),
                    absl::StrCat("recorded as entry ", set.entry_index(),
                                 ": the review policy of ", set.agency())});
  } else {
    session->Print(
        {absl::StrCat("已记录为条目 ", set.entry_index(), "：", set.agency(),
                      " 的办理规程已取消，改用上级的或默认的"),
         absl::StrCat("recorded as entry ", set.entry_index(), ": ",
                      set.agency(),
                      " has no policy of its own any more; the "
                      "one above it, or the default, holds")});
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunSet(const SetOptions& options, Session* session) {
  ASSIGN_OR_RETURN(v1::ReviewPolicy policy, ReadPolicyFile(options.file));
  return SetOrRemove(options, std::move(policy), session);
}

void AddCode(CommandLine* line, CLI::App* command, std::string* code) {
  line->Option(command, "CODE", code, "CODE",
               {"统一社会信用代码，或 agencies/CODE",
                "Its unified social credit code, or agencies/CODE"})
      ->Required();
}

void AddSetOptions(CommandLine* line, CLI::App* command, SetOptions* options) {
  AddCode(line, command, &options->code);
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"理由，如批准文号，记入账本",
                "Why, such as the document that orders it, for the record"})
      ->Required();
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"请求号，重试时用同一个（默认新生成）",
                "The request's id, the same when it is repeated (default: a "
                "new one)"});
}

void AddShow(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command =
      line->Add(parent, "show",
                {"一个机关的报告适用的规程：自己的、最近上级的或默认的",
                 "The policy that governs an agency's reports: its own, the "
                 "nearest one above it, or the default"},
                "annals policy show 11410303005450123N\n"
                "annals policy show 11410303005450123N --format json > "
                "policy.json");
  AddCode(line, command, &options->code);
  AddAsOfOptions(line, command, &options->as_of);
  line->Option(command, "--format", &options->format, "FORMAT",
               {"text（默认）为文字；json 可修改后用 annals policy set 设定",
                "text (default), in words; json, to be edited and set with "
                "annals policy set"})
      ->Check(OneOf({"text", "json"}, line->language()));
  line->OnCall(command, [options](Session& session) {
    return RunShow(*options, &session);
  });
}

void AddSet(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<SetOptions>();
  CLI::App* command = line->Add(
      parent, "set",
      {"设定一个机关及其下级的办理规程（记为账本条目）\n"
       "规程的 JSON 有三个字段，不写的即为默认：steps 为可办理的环节；"
       "effective_after 为使修订生效的环节（默认一经记录即生效）；deadlines 为"
       "截止日，写明 month、day，以及 kind（不写为其他各类机关）。",
       "Set the policy of an office and those below it (a ledger entry)\n"
       "The JSON has three fields, each the default if it is left out: steps, "
       "which may be taken; effective_after, the step by which a revision "
       "takes effect (default: as soon as it is recorded); deadlines, each "
       "with month, day and kind (left out: every kind that has none of its "
       "own)."},
      "annals policy set 11410303005450123N --file policy.json --reason "
      "洛政办〔2025〕3号\n"
      R"(echo '{"steps": [{"step": "STEP_COMPILED", "party": "PARTY_AGENCY"}],)"
      R"( "effective_after": "STEP_COMPILED",)"
      R"( "deadlines": [{"kind": "AGENCY_KIND_DEPARTMENT", "month": 1,)"
      R"( "day": 20}]}' | annals policy set 11410303005450123N --file -)"
      " --reason 本级规程");
  AddSetOptions(line, command, options.get());
  line->Option(command, "--file", &options->file, "FILE",
               {"规程的 JSON（- 为标准输入）",
                "The policy as JSON (- for standard input)"})
      ->Required();
  line->OnCall(command, [options](Session& session) {
    return RunSet(*options, &session);
  });
}

void AddRemove(CommandLine* line, CLI::App* parent) {
  auto options = std::make_shared<SetOptions>();
  CLI::App* command = line->Add(
      parent, "remove",
      {"取消一个机关自己的规程，改用上级的或默认的（记为账本条目）",
       "Remove an office's own policy, so that the one above it or the default "
       "holds again (a ledger entry)"},
      "annals policy remove 11410303005450123N --reason 统一执行市级规程");
  AddSetOptions(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return SetOrRemove(*options, std::nullopt, &session);
  });
}

}  // namespace

void AddPolicyCommands(CommandLine* line) {
  CLI::App* policy = line->Add(
      &line->app(), "policy",
      {"办理规程：哪些环节、先后、由谁、何时生效、截止日",
       "Review policies: which steps, in which order, by whom, what takes "
       "effect when, and deadlines"},
      "annals policy show 11410303005450123N");
  CommandLine::RequireCommandUnder(policy);
  AddShow(line, policy);
  AddSet(line, policy);
  AddRemove(line, policy);
}

}  // namespace annals::client
