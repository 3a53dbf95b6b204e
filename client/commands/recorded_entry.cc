#include "client/commands/recorded_entry.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/audit/entry_facts.h"
#include "client/commands/recorded.h"
#include "client/exit_code.h"
#include "client/trust/proved.h"
#include "client/verify.h"
#include "google/protobuf/util/message_differencer.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr absl::string_view kNotPublishedReason = "ENTRY_NOT_PUBLISHED";

absl::Status Differs(uint64_t index, const Text& what) {
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器称条目 ", index, " 记录了所提交的，但账本所记不同：",
                    what.zh),
       absl::StrCat("the server says that entry ", index,
                    " records what was sent, but the ledger recorded "
                    "something else: ",
                    what.en)});
}

absl::Status RequireSent(const SentEvent& sent, const std::string& actor,
                         const FetchedReceipt& fetched) {
  const v1::LedgerEntry& entry = fetched.verified.entry;
  if (!absl::EqualsIgnoreCase(entry.request_id(), sent.request_id)) {
    return Differs(sent.entry_index, {"请求号", "the request id"});
  }
  if (!SameActor(entry.actor(), actor)) {
    return Differs(sent.entry_index, {"操作人", "the actor"});
  }
  if (entry.reason() != sent.reason) {
    return Differs(sent.entry_index, {"理由", "the reason"});
  }
  if (const auto difference = sent.difference(fetched)) {
    return Differs(sent.entry_index, *difference);
  }
  return absl::OkStatus();
}

absl::Status RequireRecorded(const SentEvent& sent, Session* session,
                             LedgerTrust* trust) {
  v1::GetReceiptRequest asked;
  asked.set_index(sent.entry_index);
  const auto fetched = FetchReceipt(asked, session, trust);
  if (ErrorReason(fetched.status()) == kNotPublishedReason) {
    return fetched.status();
  }
  if (absl::IsNotFound(fetched.status()) ||
      absl::IsOutOfRange(fetched.status())) {
    return Differs(sent.entry_index, {"没有该条目", "it has no such entry"});
  }
  RETURN_IF_ERROR(fetched.status());
  return RequireSent(sent, session->options().actor, *fetched);
}

// What was done to an unpublished report is not shown to who is not concerned
// with it, such as an operator who erased its content.
absl::Status TellNotPublished(uint64_t index, Session* session) {
  session->Tell(
      {absl::StrCat("服务器称已记录为条目 ", index,
                    "；该条目尚未公开，您无权查看，故未核验。审计者可执行："
                    "annals receipt --entry ",
                    index, " -o FILE"),
       absl::StrCat("The server says that it is recorded as entry ", index,
                    "; that is not published and not shown to you, so it was "
                    "not verified. An auditor can: annals receipt --entry ",
                    index, " -o FILE")});
  return absl::OkStatus();
}

// OK as well if it could not be found out now, which is said.
absl::Status TellIfLater(const absl::Status& status, uint64_t index,
                         Session* session) {
  if (ErrorReason(status) == kNotPublishedReason) {
    return TellNotPublished(index, session);
  }
  if (ExitCodeFor(status) != ExitCode::kUnavailable) return status;
  session->Tell(
      {absl::StrCat("服务器称已记录为条目 ", index,
                    "，但尚未能核验；可稍后执行：annals receipt --entry ",
                    index, " -o FILE"),
       absl::StrCat("The server says that it is recorded as entry ", index,
                    "; that could not be verified yet. Later: annals receipt "
                    "--entry ",
                    index, " -o FILE")});
  return absl::OkStatus();
}

absl::Status ProveErased(const v1::EraseContentRequest& request,
                         Session* session, LedgerTrust* trust,
                         v1::Erasure* erasure) {
  const uint64_t index = erasure->entry_index();
  SentEvent sent{index, request.request_id(), request.reason(), {}};
  v1::ContentErased event;
  sent.difference =
      [&request, &event](const FetchedReceipt& fetched) -> std::optional<Text> {
    event = fetched.verified.entry.content_erased();
    if (event.name() == request.name() &&
        event.legal_basis() == request.legal_basis()) {
      return std::nullopt;
    }
    return Text{"所删内容或法律依据", "what is erased, or the legal basis"};
  };
  RETURN_IF_ERROR(RequireRecorded(sent, session, trust));
  ASSIGN_OR_RETURN(const v1::LedgerEntry erased,
                   ProveEntry(event.erased_index(), session, trust));
  ASSIGN_OR_RETURN(*erasure, ProveErasure(index, erased, session, trust));
  return absl::OkStatus();
}

// Whether the two agree in the fields.
bool SameFields(const std::vector<std::string>& fields, const v1::Agency& sent,
                const v1::Agency& recorded) {
  google::protobuf::util::MessageDifferencer differencer;
  std::vector<const google::protobuf::FieldDescriptor*> compared;
  for (const std::string& field : fields) {
    compared.push_back(v1::Agency::descriptor()->FindFieldByName(field));
  }
  return differencer.CompareWithFields(sent, recorded, compared, compared);
}

}  // namespace

absl::Status ConfirmEntry(const SentEvent& sent, Session* session,
                          LedgerTrust* trust) {
  if (!trust->verifies()) return absl::OkStatus();
  const absl::Status status = RequireRecorded(sent, session, trust);
  if (!status.ok()) return TellIfLater(status, sent.entry_index, session);
  trust->TellVerified(
      {"账本所记正是所提交的", "the ledger recorded what was sent"});
  return absl::OkStatus();
}

absl::Status ConfirmErasure(const v1::EraseContentRequest& request,
                            Session* session, LedgerTrust* trust,
                            v1::EraseContentResponse* response) {
  if (!trust->verifies()) return absl::OkStatus();
  const uint64_t index = response->erasure().entry_index();
  v1::Erasure proved = response->erasure();
  const absl::Status status = ProveErased(request, session, trust, &proved);
  if (!status.ok()) return TellIfLater(status, index, session);
  *response->mutable_erasure() = std::move(proved);
  trust->TellVerified(
      {"删除的记录及其所指的条目；内容确已删去是服务器的说法",
       "the record of the erasure and the entry it names; that the content is "
       "gone is the server's word"});
  return absl::OkStatus();
}

absl::Status ConfirmAgency(const SentAgency& sent, const v1::Agency& answered,
                           Session* session, LedgerTrust* trust) {
  SentEvent event{answered.entry_index(), sent.request_id, sent.reason, {}};
  event.difference =
      [&sent, &answered](const FetchedReceipt& fetched) -> std::optional<Text> {
    const v1::LedgerEntry& entry = fetched.verified.entry;
    const v1::Agency recorded =
        AgencyOf(entry, EtagBytesOf(ledger::LeafHash(fetched.receipt.leaf)));
    if (!entry.has_agency_registered() && !entry.has_agency_changed()) {
      return Text{"不是机关登记", "it is nothing of the register"};
    }
    if (recorded.name() != sent.agency.name() ||
        !SameFields(sent.fields, sent.agency, recorded)) {
      return Text{"登记内容", "what the register says of the agency"};
    }
    if (AgencyDigest(recorded) != AgencyDigest(answered)) {
      return Text{"与服务器的应答不一致", "not even what the server answered"};
    }
    return std::nullopt;
  };
  return ConfirmEntry(event, session, trust);
}

}  // namespace annals::client
