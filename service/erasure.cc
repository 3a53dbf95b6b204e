#include "service/erasure.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/contents_alike.h"
#include "service/erasure_record.h"
#include "service/leaf_codec.h"
#include "service/report/names.h"
#include "service/request.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

constexpr absl::string_view kEraseMethod =
    "annals.v1.ErasureService/EraseContent";
constexpr size_t kLegalBasisCharactersMax = 500;

// Codes of the answer's `copies`, as erasure_service.proto lists them.
constexpr const char* kCopiesOutOfReach[] = {
    "data-directory-backups", "exports", "followers", "client-files",
    "freed-disk-blocks"};
constexpr char kPublishedMirrors[] = "published-directory-mirrors";
constexpr char kPublishedDirectory[] = "published-directory";
constexpr char kBackupUnderWay[] = "backup-under-way";

absl::Status DocumentNotFound(absl::string_view name) {
  return MakeError(absl::StatusCode::kNotFound, "DOCUMENT_NOT_FOUND",
                   {absl::StrCat(name, " is not recorded."),
                    absl::StrCat(name, " 没有记录。")});
}

absl::Status RequireStatement(absl::string_view field, absl::string_view text,
                              size_t characters_max) {
  if (text.empty()) {
    return InvalidField("INVALID_VALUE", field, "is required", "为必填项");
  }
  return ValidateStatement(field, text, characters_max);
}

absl::Status Validate(const v1::EraseContentRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(
      RequireStatement("reason", request.reason(), kReasonCharactersMax));
  return RequireStatement("legal_basis", request.legal_basis(),
                          kLegalBasisCharactersMax);
}

}  // namespace

// One request on its way to the ledger.
struct Eraser::Task {
  CallerIdentity caller;
  v1::EraseContentRequest request;
  ledger::Hash digest = {};
  // The entry whose content goes, for the callback of the append.
  uint64_t erased_index = 0;
  EraseCallback done;
};

struct Eraser::Target {
  v1::LedgerEntry entry;
  std::optional<v1::Erasure> erasure;
};

void Eraser::Erase(const CallerIdentity& caller,
                   v1::EraseContentRequest request, EraseCallback done) {
  absl::StatusOr<std::string> request_id =
      NormalizeRequestId(request.request_id());
  if (!request_id.ok()) return std::move(done)(request_id.status());
  if (absl::Status status = Validate(request); !status.ok()) {
    return std::move(done)(std::move(status));
  }
  auto task = std::make_unique<Task>();
  task->caller = caller;
  request.clear_request_id();
  task->digest = RequestDigest(kEraseMethod, request);
  request.set_request_id(*std::move(request_id));
  task->request = std::move(request);
  task->done = std::move(done);
  if (AnswerRecorded(task.get())) return;
  const absl::StatusOr<Target> target = Find(task->request.name());
  if (!target.ok()) return std::move(task->done)(target.status());
  if (target->erasure.has_value()) {
    return std::move(task->done)(ContentErased(*target->erasure));
  }
  Append(std::move(task), *target);
}

bool Eraser::AnswerRecorded(Task* task) {
  const auto recorded = parts_.ledger->FindRequest(
      task->caller.subject, task->request.request_id(), task->digest);
  if (recorded.ok() && !recorded->has_value()) return false;
  if (recorded.ok()) {
    std::move(task->done)(Complete((*recorded)->index));
  } else {
    std::move(task->done)(recorded.status());
  }
  return true;
}

absl::StatusOr<Eraser::Target> Eraser::Find(const std::string& name) const {
  Target target;
  if (!absl::StartsWith(name, "documents/")) {
    ASSIGN_OR_RETURN(const report::RevisionName revision,
                     report::ParseRevisionName(name));
    ASSIGN_OR_RETURN(RecordedRevision recorded,
                     history_.Read(revision.report.ToString(), revision.number,
                                   WithContent::kNo));
    target.entry = std::move(recorded.entry);
    target.erasure = std::move(recorded.erasure);
    return target;
  }
  ASSIGN_OR_RETURN(const report::DocumentName document,
                   report::ParseDocumentName(name));
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                   parts_.ledger->ReadStream({document.ToString(), 0, 1}));
  if (entries.empty()) return DocumentNotFound(name);
  const uint64_t index = entries.front().index;
  ASSIGN_OR_RETURN(const ledger::LedgerEntryBytes bytes,
                   parts_.ledger->ReadEntry(index, /*with_content=*/false));
  ASSIGN_OR_RETURN(target.entry, DecodeLeaf(index, bytes.leaf));
  if (bytes.erased_by.has_value()) {
    ASSIGN_OR_RETURN(target.erasure,
                     ReadErasure(*bytes.erased_by, parts_.ledger));
  }
  return target;
}

void Eraser::Append(std::unique_ptr<Task> task, const Target& target) {
  const v1::EraseContentRequest& request = task->request;
  task->erased_index = target.entry.index();
  v1::LedgerEntry entry;
  *entry.mutable_actor() = ActorOf(task->caller);
  entry.set_reason(request.reason());
  entry.set_request_id(request.request_id());
  v1::ContentErased* event = entry.mutable_content_erased();
  event->set_erased_index(task->erased_index);
  event->set_name(request.name());
  event->set_content_hash(target.entry.content_hash());
  event->set_legal_basis(request.legal_basis());
  ledger::AppendRequest append;
  append.caller = task->caller.subject;
  append.request_id = request.request_id();
  append.request_digest = task->digest;
  append.stream = {ErasureStream(task->erased_index), 0};
  append.erases = task->erased_index;
  append.make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  parts_.ledger->Append(
      std::move(append),
      [this, task = std::move(task)](
          absl::StatusOr<ledger::AppendResult> result) mutable {
        Settle(std::move(task), std::move(result));
      });
}

// On the sequencer's thread: from here on nothing is answered from memory; the
// rest goes on on a worker's.
void Eraser::Settle(std::unique_ptr<Task> task,
                    absl::StatusOr<ledger::AppendResult> result) {
  const bool was_moved =
      !result.ok() && result.status().code() == absl::StatusCode::kAborted;
  if (!result.ok() && !was_moved) {
    return std::move(task->done)(result.status());
  }
  if (result.ok()) parts_.answers->Drop(task->erased_index);
  parts_.workers->PostContinuation(
      [this, task = std::move(task),
       result = std::move(result)](const absl::Status& status) mutable {
        if (!status.ok()) return std::move(task->done)(status);
        if (result.ok()) {
          return std::move(task->done)(Complete(result->index));
        }
        // Somebody erased it a moment before: this very request, repeated, or
        // another one.
        if (AnswerRecorded(task.get())) return;
        const absl::StatusOr<Target> target = Find(task->request.name());
        if (target.ok() && target->erasure.has_value()) {
          return std::move(task->done)(ContentErased(*target->erasure));
        }
        std::move(task->done)(target.ok() ? result.status() : target.status());
      });
}

void Eraser::AddBackups(v1::EraseContentResponse* response) const {
  if (parts_.backups == nullptr) return;
  const BackupHolders holders =
      parts_.backups->MayHold(response->erasure().erased_index());
  for (const uint32_t id : holders.ids) {
    response->add_backups(BackupName(id));
  }
  if (holders.under_way) response->add_copies(kBackupUnderWay);
}

absl::Status Eraser::AddAlike(v1::EraseContentResponse* response) const {
  const uint64_t index = response->erasure().erased_index();
  ASSIGN_OR_RETURN(const v1::LedgerEntry erased,
                   ReadDecodedLeaf(index, parts_.ledger));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ContentsAlike(erased, parts_.ledger));
  response->mutable_alike()->Add(names.begin(), names.end());
  return absl::OkStatus();
}

absl::StatusOr<v1::EraseContentResponse> Eraser::Complete(uint64_t index) {
  v1::EraseContentResponse response;
  ASSIGN_OR_RETURN(*response.mutable_erasure(),
                   ReadErasure(index, parts_.ledger));
  parts_.answers->Drop(response.erasure().erased_index());
  const absl::Status purged = parts_.ledger->PurgeErased();
  if (!purged.ok()) {
    spdlog::error(
        "entry {} is erased, but files of the store may still hold its "
        "content; this is tried again after a backup that is under way, and at "
        "the next start: {}",
        response.erasure().erased_index(), std::string(purged.message()));
  }
  response.set_compacted(purged.ok());
  const auto checkpoint = parts_.ledger->checkpoint();
  response.set_checkpoint(checkpoint->note);
  if (parts_.published.has_contents) {
    if (!parts_.published.wait(index + 1)) {
      response.add_copies(kPublishedDirectory);
    }
    response.add_copies(kPublishedMirrors);
  }
  AddBackups(&response);
  RETURN_IF_ERROR(AddAlike(&response));
  for (const char* copy : kCopiesOutOfReach) response.add_copies(copy);
  return response;
}

}  // namespace annals
