#include "client/import/zip_archive.h"

#include <zip.h>

#include <utility>

#include "client/import/limit_error.h"
#include "client/import/reader_error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

zip_t* OpenArchive(absl::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = nullptr;
  if (source != nullptr) {
    archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive == nullptr) zip_source_free(source);
  }
  zip_error_fini(&error);
  return archive;
}

bool IsReadable(const zip_stat_t& stat) {
  return (stat.valid & ZIP_STAT_COMP_METHOD) != 0 &&
         (stat.comp_method == ZIP_CM_STORE ||
          stat.comp_method == ZIP_CM_DEFLATE);
}

}  // namespace

void ZipArchive::Close::operator()(zip* archive) const { zip_discard(archive); }

absl::StatusOr<ZipArchive> ZipArchive::Open(absl::string_view bytes,
                                            FileFormat format,
                                            const ImportLimits& limits) {
  ZipArchive archive;
  archive.format_ = format;
  archive.unpacked_bytes_max_ = limits.unpacked_bytes;
  archive.archive_.reset(OpenArchive(bytes));
  if (archive.archive_ == nullptr) return FileDamaged(format, "ZIP");
  const zip_int64_t count = zip_get_num_entries(archive.archive_.get(), 0);
  if (static_cast<size_t>(count) > limits.archive_entries) {
    return TooManyArchiveEntries(format, limits.archive_entries);
  }
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* name = zip_get_name(archive.archive_.get(), index, 0);
    if (name == nullptr || !archive.entries_.emplace(name, index).second) {
      return FileDamaged(format, name == nullptr ? "ZIP" : name);
    }
  }
  return archive;
}

bool ZipArchive::Has(absl::string_view name) const {
  return entries_.find(std::string(name)) != entries_.end();
}

absl::StatusOr<std::string> ZipArchive::Read(absl::string_view name) {
  const auto found = entries_.find(std::string(name));
  if (found == entries_.end()) return FileDamaged(format_, name);
  zip_stat_t stat;
  if (zip_stat_index(archive_.get(), found->second, 0, &stat) != 0) {
    return FileDamaged(format_, name);
  }
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
      stat.encryption_method != ZIP_EM_NONE) {
    return FileEncrypted(format_);
  }
  if (!IsReadable(stat)) return FileDamaged(format_, name);
  const std::unique_ptr<zip_file_t, CloseFile> file(
      zip_fopen_index(archive_.get(), found->second, 0));
  if (file == nullptr) return FileDamaged(format_, name);
  std::string content;
  char buffer[1 << 14];
  while (true) {
    const zip_int64_t got = zip_fread(file.get(), buffer, sizeof(buffer));
    if (got < 0) return FileDamaged(format_, name);
    if (got == 0) return content;
    unpacked_bytes_ += static_cast<size_t>(got);
    if (unpacked_bytes_ > unpacked_bytes_max_) {
      return UnpackedTooLarge(format_, unpacked_bytes_max_);
    }
    content.append(buffer, static_cast<size_t>(got));
  }
}

}  // namespace annals::client
