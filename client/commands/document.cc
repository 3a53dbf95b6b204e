#include <google/protobuf/util/message_differencer.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/files.h"
#include "client/hex.h"
#include "client/receipt/fetch_receipt.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/ledger_trust.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

struct DocumentOptions {
  std::string name;
  std::string output;
};

absl::Status Mismatch(const Text& what) {
  return VerificationFailure(kAnswerMismatchReason, what);
}

// The bytes must have the hash that names them, whatever the server says.
absl::Status RequireBytes(const v1::Document& document,
                          const report::DocumentName& name) {
  const std::string found = HexOf(ledger::Sha256(document.data()));
  if (document.name() == name.ToString() && found == name.sha256) {
    return absl::OkStatus();
  }
  return Mismatch(
      {absl::StrCat("服务器给出的文件不是所要的：SHA-256 应为 ", name.sha256,
                    "，实为 ", found),
       absl::StrCat("the server sent another document: expected SHA-256 ",
                    name.sha256, ", found ", found)});
}

// That the ledger records the document, as the entry's proof shows.
absl::Status ProveDocument(const v1::Document& document, Session* session,
                           LedgerTrust* trust) {
  if (!trust->verifies()) return absl::OkStatus();
  v1::GetReceiptRequest request;
  request.set_index(document.entry_index());
  ASSIGN_OR_RETURN(const FetchedReceipt fetched,
                   FetchReceipt(request, session, trust));
  const v1::LedgerEntry& entry = fetched.verified.entry;
  const bool is_recorded =
      entry.document_recorded().document() == document.name() &&
      google::protobuf::util::MessageDifferencer::Equals(
          entry.document_recorded(), document.description()) &&
      google::protobuf::util::MessageDifferencer::Equals(
          entry.recorded_at(), document.recorded_at());
  if (!is_recorded) {
    return Mismatch({absl::StrCat("条目 ", document.entry_index(),
                                  " 记录的不是服务器所说的"),
                     absl::StrCat("entry ", document.entry_index(),
                                  " does not record what the server says")});
  }
  trust->TellVerified({"来源文件的条目、存在性证明和内容",
                       "entry, inclusion proof and bytes of the document"});
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunDocument(const DocumentOptions& options,
                                     Session* session) {
  ASSIGN_OR_RETURN(const report::DocumentName name,
                   report::ParseDocumentName(options.name));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  v1::GetDocumentRequest request;
  request.set_name(name.ToString());
  request.set_include_data(true);
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      const v1::Document document,
      connection.Call(connection.stubs().documents,
                      &v1::DocumentService::Stub::GetDocument, request));
  RETURN_IF_ERROR(RequireBytes(document, name));
  RETURN_IF_ERROR(ProveDocument(document, session, &trust));
  if (!options.output.empty()) {
    RETURN_IF_ERROR(WriteOutput(options.output, document.data(), session));
  }
  v1::Document shown = document;
  shown.clear_data();
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(shown));
    return ExitCode::kOk;
  }
  const v1::DocumentRecorded& description = document.description();
  session->Tell({absl::StrCat(PrintableLine(description.file_name()), "，",
                              PrintableLine(description.media_type()), "，",
                              document.data().size(), " 字节，记录于 ",
                              FormatMoment(document.recorded_at()), "，条目 ",
                              document.entry_index()),
                 absl::StrCat(PrintableLine(description.file_name()), ", ",
                              PrintableLine(description.media_type()), ", ",
                              document.data().size(), " bytes, recorded at ",
                              FormatMoment(document.recorded_at()), ", entry ",
                              document.entry_index())});
  return ExitCode::kOk;
}

}  // namespace

void AddDocumentCommand(CommandLine* line) {
  auto options = std::make_shared<DocumentOptions>();
  CLI::App* command =
      line->Add(&line->app(), "document",
                {"取回随报告归档的来源文件\n"
                 "文件须与资源名中的 SHA-256 一致，否则不写出。",
                 "Fetch a source document that was archived with a report\n"
                 "It is written only if it has the SHA-256 of its name."},
                "annals document documents/SHA256 -o page.html");
  line->Option(command, "DOCUMENT", &options->name, "DOCUMENT",
               {"来源文件的资源名（annals get --json 中的 document）",
                "The document's name (`document` in annals get --json)"})
      ->Required();
  line->Option(command, "-o,--output", &options->output, "FILE",
               {"写到哪里；- 为标准输出；不给则只核验",
                "Where to write it; - for standard output; only verified if "
                "not given"});
  line->OnCall(command, [options](Session& session) {
    return RunDocument(*options, &session);
  });
}

}  // namespace annals::client
