#include "client/published_view.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::client {

void TellPublishedOnly(bool published_only, Session* session) {
  if (!published_only) return;
  session->Tell(
      {"所示只是已公开的内容：从未生效的修订（如有）不予显示，已撤回的只见其"
       "记录、不见其内容；有没有这样的修订，服务器不说，也无从证明",
       "this is what is published: revisions that never took effect, if there "
       "are any, are not shown, and of a withdrawn one its record and not its "
       "content; whether there are such is neither told nor proved"});
}

Text WithdrawnText(uint64_t step) {
  return {absl::StrCat("已撤回（条目 ", step, "），内容不再公开"),
          absl::StrCat("it was withdrawn (entry ", step,
                       "), and its content is not public any more")};
}

bool LacksContent(const v1::Revision& revision) {
  return revision.has_erasure() || revision.has_withdrawn_by();
}

absl::Status NeedsEveryEntry() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "PUBLISHED_ONLY",
      {"this needs every entry of the ledger, and the server shows this caller "
       "what is published; come with a certificate of the role auditor",
       "此操作需要账本的每一个条目，而服务器只向本方显示已公开的内容；"
       "请使用 auditor 角色的证书"});
}

}  // namespace annals::client
