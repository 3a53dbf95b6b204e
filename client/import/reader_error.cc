#include "client/import/reader_error.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::client {

absl::Status FileDamaged(FileFormat format, absl::string_view part) {
  const absl::string_view name = FormatName(format);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FILE_DAMAGED",
      {absl::StrCat("The ", name, " file is damaged or cut off",
                    part.empty() ? "" : absl::StrCat(" (", part, ")"),
                    ". Get it anew, or open it in its program and save it "
                    "again."),
       absl::StrCat("该 ", name, " 文件已损坏或不完整",
                    part.empty() ? "" : absl::StrCat("（", part, "）"),
                    "。请重新获取，或用相应软件打开后另存再导入。")});
}

absl::Status FileEncrypted(FileFormat format) {
  const absl::string_view name = FormatName(format);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FILE_ENCRYPTED",
      {absl::StrCat("The ", name,
                    " file has a password. Open it, save it without one, and "
                    "import again."),
       absl::StrCat("该 ", name,
                    " 文件设有密码。请打开后取消密码另存，再导入。")});
}

}  // namespace annals::client
