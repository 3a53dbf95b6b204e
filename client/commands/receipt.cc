#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/erasure_text.h"
#include "client/receipt/fetch_receipt.h"
#include "client/receipt/receipt_text.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/verify.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct ReceiptOptions {
  std::string name;
  std::optional<uint64_t> entry;
  int revision = 0;
  std::string output;
  bool without_content = false;
  bool force = false;
};

// The entry of a source document; what it records is proved later.
absl::StatusOr<uint64_t> EntryOfDocument(const std::string& name,
                                         Session* session) {
  ASSIGN_OR_RETURN(const report::DocumentName document,
                   report::ParseDocumentName(name));
  v1::GetDocumentRequest request;
  request.set_name(document.ToString());
  ASSIGN_OR_RETURN(const v1::Document found,
                   session->connection().Call(
                       session->connection().stubs().documents,
                       &v1::DocumentService::Stub::GetDocument, request));
  return found.entry_index();
}

absl::Status RequireDocument(const std::string& name,
                             const v1::LedgerEntry& entry) {
  if (entry.document_recorded().document() == name) return absl::OkStatus();
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("条目 ", entry.index(), " 记录的不是 ", name),
       absl::StrCat("entry ", entry.index(), " does not record ", name)});
}

bool IsDocument(const ReceiptOptions& options) {
  return absl::StartsWith(options.name, "documents/");
}

absl::StatusOr<v1::GetReceiptRequest> MakeRequest(const ReceiptOptions& options,
                                                  Session* session) {
  v1::GetReceiptRequest request;
  request.set_include_content(!options.without_content);
  if (options.name.empty() == !options.entry.has_value()) {
    return UsageError(
        {"请给出资源名或 --entry，二者取一", "give either a name or --entry"});
  }
  if (options.entry.has_value()) {
    request.set_index(*options.entry);
    return request;
  }
  if (IsDocument(options)) {
    if (options.revision > 0) {
      return UsageError({"来源文件没有修订，请去掉 --revision",
                         "a document has no revisions; leave --revision out"});
    }
    ASSIGN_OR_RETURN(const uint64_t index,
                     EntryOfDocument(options.name, session));
    request.set_index(index);
    return request;
  }
  ASSIGN_OR_RETURN(*request.mutable_name(),
                   RevisionToGet(options.name, options.revision));
  return request;
}

absl::StatusOr<ExitCode> RunReceipt(const ReceiptOptions& options,
                                    Session* session) {
  const Overwrite overwrite = options.force ? Overwrite::kYes : Overwrite::kNo;
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Required(session));
  RETURN_IF_ERROR(RequireWritable(options.output, overwrite));
  // First, so that a ledger rolled back is not taken for one without the entry.
  RETURN_IF_ERROR(trust.Check());
  ASSIGN_OR_RETURN(const v1::GetReceiptRequest request,
                   MakeRequest(options, session));
  ASSIGN_OR_RETURN(const FetchedReceipt fetched,
                   FetchReceipt(request, session, &trust));
  if (IsDocument(options)) {
    RETURN_IF_ERROR(RequireDocument(options.name, fetched.verified.entry));
  }
  RETURN_IF_ERROR(
      SaveReceipt(fetched.receipt, options.output, overwrite, session));
  trust.TellVerified({"回执", "the receipt"});
  if (fetched.erasure.has_value()) {
    const Text erased = ErasureText(*fetched.erasure);
    session->Tell({absl::StrCat("回执不含报告内容：", PrintableLine(erased.zh)),
                   absl::StrCat("the receipt is without the content: ",
                                PrintableLine(erased.en))});
  }
  if (session->json()) {
    ASSIGN_OR_RETURN(const std::string json,
                     ReceiptJson(fetched.verified, session->language()));
    session->out() << json;
  }
  return ExitCode::kOk;
}

}  // namespace

void AddReceiptCommand(CommandLine* line) {
  auto options = std::make_shared<ReceiptOptions>();
  CLI::App* command = line->Add(
      &line->app(), "receipt",
      {"取得回执：证明一次修订已记录，不需服务器即可核验\n"
       "写入 FILE（C2SP tlog-proof）、FILE.leaf（条目）、FILE.salt 和 "
       "FILE.content（报告内容），写入前先行核验。",
       "Get a receipt: the proof that a revision is recorded, to be verified "
       "without the server\n"
       "Written to FILE (C2SP tlog-proof), FILE.leaf (the entry), FILE.salt "
       "and FILE.content (the report), after it was verified."},
      "annals receipt agencies/11410303005450123N/reports/2024 -o "
      "2024.receipt\n"
      "annals receipt agencies/11410303005450123N/reports/2024 --revision 1 "
      "-o 2024-1.receipt --key verifier_key\n"
      "annals receipt --entry 0 -o entry-0.receipt");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告、修订或来源文件（documents/SHA256）的资源名",
                "The name of a report, a revision or a source document "
                "(documents/SHA256)"});
  line->Option(command, "-o,--output", &options->output, "FILE",
               {"写到哪里", "Where to write it"})
      ->Required();
  line->Option(command, "--revision", &options->revision, "N",
               {"第几次修订（默认最新）",
                "The revision's number (default: the latest)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--entry", &options->entry, "INDEX",
               {"账本条目的序号，代替资源名",
                "The index of a ledger entry, instead of a name"});
  line->Flag(command, "--without-content", &options->without_content,
             {"不含报告内容：只证明条目已记录",
              "Leave the report out: proves only that the entry is recorded"});
  line->Flag(command, "--force", &options->force,
             {"覆盖已有的文件", "Overwrite files"});
  line->OnCall(command, [options](Session& session) {
    return RunReceipt(*options, &session);
  });
}

}  // namespace annals::client
