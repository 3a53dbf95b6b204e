#include "client/erasure_text.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/times.h"

namespace annals::client {

Text ErasureText(const v1::Erasure& erasure) {
  const std::string when = FormatMoment(erasure.recorded_at());
  const std::string entry = absl::StrCat(erasure.entry_index());
  return {absl::StrCat("内容已由 ", ActorText(erasure.actor(), Language::kZh),
                       " 于 ", when, " 删除（条目 ", entry, "）；理由：",
                       erasure.reason(), "；法律依据：", erasure.legal_basis()),
          absl::StrCat("its content was erased by ",
                       ActorText(erasure.actor(), Language::kEn), " at ", when,
                       " (entry ", entry, "); reason: ", erasure.reason(),
                       "; legal basis: ", erasure.legal_basis())};
}

Text CopyText(absl::string_view code) {
  static const auto* const texts = new std::map<std::string, Text, std::less<>>{
      {"data-directory-backups",
       {"数据目录的其他备份、备份目录的副本（服务管不到）",
        "other backups of the daemon's data directory, and copies of its "
        "backup directory, which it does not reach"}},
      {"backup-under-way",
       {"服务正在创建的备份：完成后请另做一个，再删除它",
        "the backup that the daemon is making: when it is done, make another "
        "one and delete it"}},
      {"exports",
       {"用 annals export 导出的目录：在其中再次运行 annals export 即删除",
        "directories made by annals export: run it again there, and it removes "
        "the content"}},
      {"followers",
       {"跟踪账本并接收内容的系统",
        "systems that follow the ledger with its contents"}},
      {"client-files",
       {"提交或取回过该内容的人手中的文件、带内容的回执",
        "files of those who submitted or fetched it, and receipts with "
        "content"}},
      {"freed-disk-blocks",
       {"已删除文件所占的磁盘块，在被覆盖之前",
        "disk blocks of deleted files, until they are written over"}},
      {"published-directory-mirrors",
       {"服务发布的静态目录的镜像、缓存（该目录本身随后即不再含有）",
        "mirrors and caches of the daemon's static directory"}},
      {"published-directory",
       {"服务发布的静态目录：此刻尚未删除，下次发布时删除；请核对服务日志",
        "the daemon's static directory: not yet removed there, it will be with "
        "the next publication; see the daemon's log"}},
  };
  const auto found = texts->find(code);
  if (found != texts->end()) return found->second;
  return {std::string(code), std::string(code)};
}

}  // namespace annals::client
