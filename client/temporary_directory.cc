#include "client/temporary_directory.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace annals::client {

std::unique_ptr<TemporaryDirectory> TemporaryDirectory::Make() {
  std::error_code error;
  std::string path =
      (std::filesystem::temp_directory_path(error) / "annals-XXXXXX").string();
  if (error || mkdtemp(path.data()) == nullptr) return nullptr;
  return std::unique_ptr<TemporaryDirectory>(
      new TemporaryDirectory(std::move(path)));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace annals::client
