#include "service/documents.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/erasure_record.h"
#include "service/leaf_codec.h"
#include "service/report/names.h"
#include "service/report_history.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr absl::string_view kRecordMethod =
    "annals.v1.DocumentService/RecordDocument";
constexpr size_t kFileNameBytesMax = 255;
constexpr size_t kMediaTypeBytesMax = 127;
// RFC 6838, section 4.2, besides letters and digits.
constexpr absl::string_view kNameCharacters = "!#$&-^_.+";

std::string NameOf(absl::string_view data) {
  return report::DocumentName{
      absl::BytesToHexString(ledger::AsStringView(ledger::Sha256(data)))}
      .ToString();
}

absl::Status DocumentNotFound(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kNotFound, "DOCUMENT_NOT_FOUND",
      {absl::StrCat("The bytes of ", name,
                    " are not kept here. A report may still name the hash "
                    "(source_sha256): then only the hash was recorded, and "
                    "shows whether a copy from elsewhere is the document."),
       absl::StrCat("这里没有保存 ", name,
                    " 的内容。报告仍可能写明这一摘要（source_sha256）：当时只"
                    "记录了摘要，可用来核对从别处取得的文件。")});
}

absl::Status DocumentTooLarge(size_t size, size_t bytes_max) {
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "DOCUMENT_TOO_LARGE",
      {absl::StrCat("The document has ", size, " bytes; at most ", bytes_max,
                    " are recorded. Record the report with the document's hash "
                    "only, or ask the operator to raise --document_bytes_max."),
       absl::StrCat("文件有 ", size, " 字节，最多记录 ", bytes_max,
                    " 字节。可只随报告记录文件摘要，或请运行方调大 "
                    "--document_bytes_max。")});
  AddErrorMetadata("bytesMax", absl::StrCat(bytes_max), &status);
  return status;
}

bool IsMediaTypePart(absl::string_view part) {
  for (char c : part) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        kNameCharacters.find(c) == absl::string_view::npos) {
      return false;
    }
  }
  return !part.empty();
}

absl::Status ValidateMediaType(absl::string_view type) {
  const std::vector<absl::string_view> parts = absl::StrSplit(type, '/');
  if (parts.size() == 2 && type.size() <= kMediaTypeBytesMax &&
      IsMediaTypePart(parts[0]) && IsMediaTypePart(parts[1])) {
    return absl::OkStatus();
  }
  return InvalidField("INVALID_VALUE", "media_type",
                      "must be a media type such as application/pdf",
                      "须为媒体类型，例如 application/pdf");
}

absl::Status ValidateFileName(absl::string_view name) {
  RETURN_IF_ERROR(ValidateStatement("file_name", name, kFileNameBytesMax));
  const bool is_plain =
      name.find_first_of("/\\\n\t") == absl::string_view::npos && name != "." &&
      name != ".." && name.size() <= kFileNameBytesMax;
  if (is_plain) return absl::OkStatus();
  return InvalidField("INVALID_VALUE", "file_name",
                      "must be a file's name without folders, at most 255 "
                      "bytes",
                      "须为不含目录的文件名，最多 255 字节");
}

v1::LedgerEntry MakeEntry(const CallerIdentity& caller,
                          const v1::RecordDocumentRequest& request,
                          const std::string& name) {
  v1::LedgerEntry entry;
  *entry.mutable_actor() = ActorOf(caller);
  entry.set_reason(request.reason());
  v1::DocumentRecorded* event = entry.mutable_document_recorded();
  event->set_document(name);
  event->set_media_type(request.media_type());
  event->set_file_name(request.file_name());
  event->set_size(static_cast<int64_t>(request.data().size()));
  return entry;
}

absl::Status OtherEntry(uint64_t index, absl::string_view name) {
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {absl::StrCat("The index names ledger entry ", index, " as ", name,
                    ", and it is another; start annalsd with "
                    "--rebuild_indexes."),
       absl::StrCat("索引把账本条目 ", index, " 当作 ", name,
                    "，但它不是；请用 --rebuild_indexes 启动 annalsd。")});
}

absl::StatusOr<v1::Document> MakeDocument(absl::string_view name,
                                          uint64_t index,
                                          absl::string_view leaf) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, leaf));
  if (entry.document_recorded().document() != name) {
    return OtherEntry(index, name);
  }
  v1::Document document;
  document.set_name(std::string(name));
  *document.mutable_description() = entry.document_recorded();
  *document.mutable_recorded_at() = entry.recorded_at();
  *document.mutable_actor() = entry.actor();
  document.set_entry_index(entry.index());
  return document;
}

}  // namespace

absl::Status Documents::Validate(
    const v1::RecordDocumentRequest& request) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  if (request.data().empty()) {
    return InvalidField("INVALID_VALUE", "data", "is empty", "为空");
  }
  if (request.data().size() > bytes_max_) {
    return DocumentTooLarge(request.data().size(), bytes_max_);
  }
  RETURN_IF_ERROR(ValidateMediaType(request.media_type()));
  RETURN_IF_ERROR(ValidateFileName(request.file_name()));
  return ValidateStatement("reason", request.reason(), kReasonCharactersMax);
}

void Documents::Record(const CallerIdentity& caller,
                       v1::RecordDocumentRequest request, RecordCallback done) {
  absl::StatusOr<std::string> request_id =
      NormalizeRequestId(request.request_id());
  if (!request_id.ok()) return std::move(done)(request_id.status());
  if (absl::Status status = Validate(request); !status.ok()) {
    return std::move(done)(status);
  }
  const std::string name = NameOf(request.data());
  auto recorded = Read(name, /*with_data=*/false);
  if (!absl::IsNotFound(recorded.status())) {
    return std::move(done)(std::move(recorded));
  }
  v1::LedgerEntry entry = MakeEntry(caller, request, name);
  entry.set_request_id(*request_id);
  ledger::AppendRequest append;
  append.caller = caller.subject;
  append.request_id = *std::move(request_id);
  append.stream = {name, 0};
  append.content = std::move(*request.mutable_data());
  request.clear_data();
  request.clear_request_id();
  append.request_digest = RequestDigest(kRecordMethod, request, name);
  append.make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  ledger_->Append(std::move(append),
                  [this, name, done = std::move(done)](
                      absl::StatusOr<ledger::AppendResult> result) mutable {
                    if (result.ok()) {
                      return std::move(done)(
                          MakeDocument(name, result->index, result->leaf));
                    }
                    // Somebody recorded the same document a moment before.
                    if (result.status().code() == absl::StatusCode::kAborted) {
                      return std::move(done)(Read(name, /*with_data=*/false));
                    }
                    std::move(done)(result.status());
                  });
}

absl::StatusOr<v1::Document> Documents::Read(absl::string_view name,
                                             bool with_data) const {
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                   ledger_->ReadStream({std::string(name), 0, 1}));
  if (entries.empty()) return DocumentNotFound(name);
  const uint64_t index = entries.front().index;
  ASSIGN_OR_RETURN(ledger::LedgerEntryBytes bytes,
                   ledger_->ReadEntry(index, with_data));
  ASSIGN_OR_RETURN(v1::Document document,
                   MakeDocument(name, index, bytes.leaf));
  if (with_data && bytes.erased_by.has_value()) {
    ASSIGN_OR_RETURN(const v1::Erasure erasure,
                     ReadErasure(*bytes.erased_by, ledger_));
    return ContentErased(erasure);
  }
  if (with_data && bytes.content.has_value()) {
    document.set_data(std::move(bytes.content->content));
  }
  return document;
}

absl::StatusOr<v1::Document> Documents::Get(
    const v1::GetDocumentRequest& request, View view) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const report::DocumentName parsed,
                   report::ParseDocumentName(request.name()));
  const std::string name = parsed.ToString();
  if (view == View::kAll) return Read(name, request.include_data());
  ASSIGN_OR_RETURN(const EntrySight sight, publications_.SightOfDocument(name));
  if (!sight.is_published) return DocumentNotFound(name);
  if (!sight.withdrawn_by.has_value()) {
    return Read(name, request.include_data());
  }
  ASSIGN_OR_RETURN(v1::Document document, Read(name, /*with_data=*/false));
  if (!request.include_data()) return document;
  return ContentWithdrawn({name, document.entry_index(), *sight.withdrawn_by});
}

}  // namespace annals
