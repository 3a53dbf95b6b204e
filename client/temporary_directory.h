// A directory of this process's own that goes when it is done with, for
// libraries that write to files only.

#ifndef ANNALS_CLIENT_TEMPORARY_DIRECTORY_H_
#define ANNALS_CLIENT_TEMPORARY_DIRECTORY_H_

#include <memory>
#include <string>
#include <utility>

namespace annals::client {

class TemporaryDirectory {
 public:
  // Makes one; null if it can't be made.
  static std::unique_ptr<TemporaryDirectory> Make();
  // Removes it with all that is in it.
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TEMPORARY_DIRECTORY_H_
