#include "ledger/space_guard.h"

#include <sys/statvfs.h>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::ledger {
namespace {

absl::Status NearlyFull(const std::string& directory, uint64_t free_bytes,
                        uint64_t floor_bytes) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "DISK_NEARLY_FULL",
      {absl::StrCat("nothing was recorded: the disk of ", directory, " has ",
                    free_bytes, " bytes left, fewer than the floor of ",
                    floor_bytes,
                    " (--disk_floor_bytes); make room, and recording goes on "
                    "by itself"),
       absl::StrCat("未作任何记录：", directory, " 所在磁盘仅剩 ", free_bytes,
                    " 字节，低于下限 ", floor_bytes,
                    "（--disk_floor_bytes）；请腾出空间，之后会自动恢复记录")});
}

absl::Status ReadOnly(const std::string& directory) {
  return MakeError(
      absl::StatusCode::kUnavailable, "DISK_READ_ONLY",
      {absl::StrCat("nothing was recorded: the file system of ", directory,
                    " is mounted read-only; see why (dmesg), replace a disk "
                    "that fails, and mount it writable"),
       absl::StrCat("未作任何记录：", directory,
                    " 所在文件系统为只读挂载；请查明原因（dmesg），"
                    "更换故障磁盘，并以可写方式挂载")});
}

}  // namespace

absl::Status DiskSpaceGuard::Check() const {
  struct statvfs disk = {};
  if (statvfs(directory_.c_str(), &disk) != 0) return absl::OkStatus();
  if ((disk.f_flag & ST_RDONLY) != 0) return ReadOnly(directory_);
  const uint64_t free_bytes = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free_bytes >= floor_bytes_) return absl::OkStatus();
  return NearlyFull(directory_, free_bytes, floor_bytes_);
}

}  // namespace annals::ledger
