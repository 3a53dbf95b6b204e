#include "ledger/store_fault.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace annals::ledger {

std::string Hex(const Hash& hash) {
  return absl::BytesToHexString(AsStringView(hash));
}

ErrorText Restore(absl::string_view en, absl::string_view zh) {
  return {absl::StrCat(en, ": restore the data directory from a backup"),
          absl::StrCat(zh, "：请从备份恢复数据目录")};
}

ErrorText EntryFault(uint64_t index, absl::string_view en,
                     absl::string_view zh) {
  return Restore(absl::StrCat("entry ", index, ": ", en),
                 absl::StrCat("条目 ", index, "：", zh));
}

std::string TileName(const TileId& id) {
  return absl::StrCat("tile ", id.tile_index, " of level ", id.tile_level);
}

ErrorText TileFault(const TileId& id, absl::string_view en,
                    absl::string_view zh) {
  return Restore(
      absl::StrCat(TileName(id), ": ", en),
      absl::StrCat("瓦片 ", id.tile_level, "/", id.tile_index, "：", zh));
}

ErrorText OtherSlotFault(const absl::Status& other_slot,
                         const Checkpoint& published, uint64_t size) {
  if (size <= published.size) {
    return {std::string(other_slot.message()), ErrorTextZh(other_slot)};
  }
  return {absl::StrCat("published mark: one of its two slots is invalid; the "
                       "store holds ",
                       size, " entries, more than the ", published.size,
                       " of the valid slot, as after a crash while the mark "
                       "was written: the next start of annalsd requires that "
                       "they continue those, signs them and rewrites the slot"),
          absl::StrCat("发布标记：两个槽位之一无效；存储中有 ", size,
                       " 个条目，多于有效槽位的 ", published.size,
                       " 个，与写入标记时崩溃的情形相同：annalsd 下次启动时会"
                       "要求它们是其延续，重新签名并重写该槽位")};
}

}  // namespace annals::ledger
