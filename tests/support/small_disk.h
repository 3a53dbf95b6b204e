// A disk of a few megabytes, that can be filled and made read-only: a tmpfs in
// a mount namespace of the test's process and of those that it starts. Where
// that may not be made, as without root, there is none.

#ifndef ANNALS_TESTS_SUPPORT_SMALL_DISK_H_
#define ANNALS_TESTS_SUPPORT_SMALL_DISK_H_

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annals {

class SmallDisk {
 public:
  // Made at `path`, where nothing is.
  SmallDisk(std::string path, uint64_t bytes) : path_(std::move(path)) {
    EXPECT_EQ(mkdir(path_.c_str(), 0700), 0) << path_;
    // So that no mount of a test is seen by others, or outlives it.
    static const bool has_namespace =
        unshare(CLONE_NEWNS) == 0 &&
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    is_mounted_ = has_namespace &&
                  mount("tmpfs", path_.c_str(), "tmpfs", 0,
                        absl::StrCat("size=", bytes, ",mode=700").c_str()) == 0;
    if (!is_mounted_) why_not_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  const std::string& why_not() const { return why_not_; }

  uint64_t FreeBytes() const {
    struct statvfs disk = {};
    EXPECT_EQ(statvfs(path_.c_str(), &disk), 0) << path_;
    return uint64_t{disk.f_bavail} * disk.f_frsize;
  }

  // Until so many bytes are left, whole pages.
  void FillUpTo(uint64_t left) {
    const int file =
        open(Ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    EXPECT_GE(file, 0) << std::strerror(errno);
    const std::string some(size_t{64} << 10, 'x');
    for (uint64_t free = FreeBytes(); free > left; free = FreeBytes()) {
      const size_t size = std::min<uint64_t>(some.size(), free - left);
      if (write(file, some.data(), size) <= 0) break;
    }
    close(file);
  }

  // What filled it is gone.
  void MakeRoom() { EXPECT_EQ(unlink(Ballast().c_str()), 0); }

  // Nothing on it may be open for writing.
  void SetReadOnly(bool read_only) {
    EXPECT_EQ(mount(nullptr, path_.c_str(), nullptr,
                    MS_REMOUNT | (read_only ? MS_RDONLY : 0), nullptr),
              0)
        << std::strerror(errno);
  }

 private:
  std::string Ballast() const { return path_ + "/ballast"; }

  const std::string path_;
  bool is_mounted_ = false;
  std::string why_not_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_SMALL_DISK_H_
