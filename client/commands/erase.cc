#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/recorded_entry.h"
#include "client/erasure_text.h"
#include "client/render/printable.h"
#include "client/retry.h"
#include "client/stubs.h"
#include "client/trust/ledger_trust.h"
#include "client/uuid.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

struct EraseOptions {
  std::string name;
  int revision = 0;
  std::string reason;
  std::string legal_basis;
  std::string request_id;
};

// A revision's name must be complete: which one is erased is never guessed.
absl::StatusOr<std::string> NameToErase(const EraseOptions& options) {
  if (absl::StartsWith(options.name, "documents/")) {
    if (options.revision > 0) {
      return UsageError({"来源文件没有修订，请去掉 --revision",
                         "a document has no revisions; leave --revision out"});
    }
    ASSIGN_OR_RETURN(const report::DocumentName document,
                     report::ParseDocumentName(options.name));
    return document.ToString();
  }
  ASSIGN_OR_RETURN(const std::string name,
                   RevisionToGet(options.name, options.revision));
  if (!absl::StrContains(name, "/revisions/")) {
    return UsageError({"请用 --revision N 指明删除哪一次修订的内容",
                       "say with --revision N which revision's content is to "
                       "be erased"});
  }
  return name;
}

// The daemon's own backups that may still hold it, and how to be rid of it.
void PrintBackups(const v1::EraseContentResponse& response, Session* session) {
  if (response.backups().empty()) return;
  std::string names;
  for (const std::string& name : response.backups()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", name);
  }
  const Text text = {
      absl::StrCat("服务的以下备份可能仍含有该内容：", names,
                   "；请先 annals backup create 再做一个备份，核验后 annals "
                   "backup prune --keep 1 删除它们"),
      absl::StrCat("these backups of the daemon may still hold it: ", names,
                   "; make another one with annals backup create, verify it, "
                   "and delete these with annals backup prune --keep 1")};
  session->out() << PrintableLine(session->Pick(text)) << "\n";
}

void PrintErased(const v1::EraseContentResponse& response, Session* session) {
  const v1::Erasure& erasure = response.erasure();
  const auto print = [session](const Text& text) {
    session->out() << PrintableLine(session->Pick(text)) << "\n";
  };
  print({absl::StrCat("已记录为条目 ", erasure.entry_index(), "：",
                      erasure.name()),
         absl::StrCat("recorded as entry ", erasure.entry_index(), ": ",
                      erasure.name())});
  print(ErasureText(erasure));
  print({absl::StrCat("已删除：条目 ", erasure.erased_index(),
                      " 的内容与盐；条目本身与全部证明不变"),
         absl::StrCat("removed: content and salt of entry ",
                      erasure.erased_index(),
                      "; the entry itself and every proof stay")});
  print(
      response.compacted()
          ? Text{"服务的数据文件已重写，不再含有该内容",
                 "the daemon's files were rewritten and do not hold it any "
                 "more"}
          : Text{"服务的数据文件尚未重写完，可能仍含有该内容；原因见服务日志，"
                 "待正在进行的备份结束后、或下次启动时再做",
                 "the daemon's files were not rewritten and may still hold "
                 "it; its log says why, and it is tried again after a backup "
                 "under way and at the next start"});
  PrintBackups(response, session);
  if (response.alike_size() > 0) {
    print(
        {"账本中的下列内容可能重复了所删内容（其他修订、来源文件、引用其数据的"
         "校验结果），须由人核对，需要时逐一删除：",
         "these contents of the ledger may repeat it (other revisions, the "
         "source document, findings that quote its figures); look at them, "
         "and erase each that does:"});
    for (const std::string& name : response.alike()) {
      const std::string line = absl::StrCat("  - ", name);
      print({line, line});
    }
  }
  print({"以下各处可能仍有副本，须由人处理：",
         "copies may remain here, and a person must deal with them:"});
  for (const std::string& copy : response.copies()) {
    const Text text = CopyText(copy);
    print({absl::StrCat("  - ", text.zh), absl::StrCat("  - ", text.en)});
  }
}

absl::StatusOr<ExitCode> RunErase(const EraseOptions& options,
                                  Session* session) {
  v1::EraseContentRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), NameToErase(options));
  request.set_reason(options.reason);
  request.set_legal_basis(options.legal_basis);
  request.set_request_id(options.request_id.empty() ? NewUuid(session->random())
                                                    : options.request_id);
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      v1::EraseContentResponse response,
      connection.Call(connection.stubs().erasures,
                      &v1::ErasureService::Stub::EraseContent, request));
  RETURN_IF_ERROR(ConfirmErasure(request, session, &trust, &response));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(response));
  } else {
    PrintErased(response, session);
  }
  RETURN_IF_ERROR(trust.CheckAfterWriting());
  return ExitCode::kOk;
}

}  // namespace

void AddEraseCommand(CommandLine* line) {
  auto options = std::make_shared<EraseOptions>();
  CLI::App* command = line->Add(
      &line->app(), "erase",
      {"删除一次修订或一个来源文件的内容（保密审查动态调整）\n"
       "内容与盐被删除，账本中留下谁、何时、为何、依据何法；条目与全部证明不变"
       "。"
       "不可撤销。",
       "Erase the content of a revision or a document that must be withheld\n"
       "Content and salt go; who, when, why and the legal basis are recorded. "
       "The entry and every proof stay. It can't be undone."},
      "annals erase agencies/11410303005450123N/reports/2024 --revision 1 "
      "--reason 含个人信息 --legal-basis "
      "'《中华人民共和国政府信息公开条例》第十五条'");
  line->Option(command, "NAME", &options->name, "NAME",
               {"报告、修订或来源文件的资源名",
                "The name of a report, a revision or a document"})
      ->Required();
  line->Option(command, "--revision", &options->revision, "N",
               {"报告的第几次修订", "The revision of the report"})
      ->Check(Positive(line->language()));
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"理由；不得重复所删的内容",
                "Why; it must not repeat what is erased"})
      ->Required();
  line->Option(command, "--legal-basis", &options->legal_basis, "TEXT",
               {"法律依据", "The legal basis"})
      ->Required();
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"请求号，重试时用同一个（默认新生成）",
                "The request's id, the same when it is repeated (default: a "
                "new one)"});
  line->OnCall(command, [options](Session& session) {
    return RunErase(*options, &session);
  });
}

}  // namespace annals::client
