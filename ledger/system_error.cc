#include "ledger/system_error.h"

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace annals {
namespace {

struct Cause {
  int error_number;
  const char* zh;
};

constexpr Cause kCauses[] = {
    {EPERM, "不允许的操作"},
    {ENOENT, "没有该文件或目录"},
    {EIO, "输入输出错误"},
    {EBADF, "文件描述符无效"},
    {EAGAIN, "资源暂时不可用"},
    {ENOMEM, "内存不足"},
    {EACCES, "权限不够"},
    {EBUSY, "设备或资源正忙"},
    {EEXIST, "文件已存在"},
    {EXDEV, "跨文件系统的链接"},
    {ENOTDIR, "不是目录"},
    {EISDIR, "是目录"},
    {EINVAL, "参数无效"},
    {ENFILE, "系统打开的文件过多"},
    {EMFILE, "打开的文件过多"},
    {ETXTBSY, "文件正在执行"},
    {EFBIG, "文件过大"},
    {ENOSPC, "磁盘空间不足"},
    {EROFS, "文件系统只读"},
    {EPIPE, "管道已断开"},
    {ENAMETOOLONG, "文件名过长"},
    {ENOTEMPTY, "目录非空"},
    {ELOOP, "符号链接层数过多"},
    {EDQUOT, "超出磁盘配额"},
    {ENOEXEC, "不是可执行文件"},
    {EADDRINUSE, "地址已被占用"},
    {EADDRNOTAVAIL, "地址不可用"},
    {ECONNREFUSED, "连接被拒绝"},
    {ECONNRESET, "连接被对方重置"},
    {ETIMEDOUT, "连接超时"},
    {EHOSTUNREACH, "无法到达主机"},
    {ENETUNREACH, "无法到达网络"},
};

}  // namespace

ErrorText SystemErrorText(int error_number) {
  std::string en = std::generic_category().message(error_number);
  const Cause* const found =
      std::find_if(std::begin(kCauses), std::end(kCauses),
                   [error_number](const Cause& cause) {
                     return cause.error_number == error_number;
                   });
  return {en, found == std::end(kCauses) ? en : found->zh};
}

ErrorText SystemErrorText(const std::error_code& error) {
  return SystemErrorText(error.value());
}

}  // namespace annals
