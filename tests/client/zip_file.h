// The files in a ZIP archive, read by libzip.

#ifndef ANNALS_TESTS_CLIENT_ZIP_FILE_H_
#define ANNALS_TESTS_CLIENT_ZIP_FILE_H_

#include <zip.h>

#include <map>
#include <string>

#include "gtest/gtest.h"

namespace annals::client {

inline std::map<std::string, std::string> UnzipAll(const std::string& bytes) {
  std::map<std::string, std::string> files;
  zip_source_t* source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  zip_t* archive =
      zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
  EXPECT_NE(archive, nullptr);
  if (archive == nullptr) {
    zip_source_free(source);
    return files;
  }
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    EXPECT_EQ(zip_stat_index(archive, i, 0, &stat), 0);
    std::string content(stat.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, i, 0);
    EXPECT_EQ(zip_fread(file, content.data(), content.size()),
              static_cast<zip_int64_t>(content.size()));
    zip_fclose(file);
    files[stat.name] = std::move(content);
  }
  zip_discard(archive);
  return files;
}

}  // namespace annals::client

#endif  // ANNALS_TESTS_CLIENT_ZIP_FILE_H_
