#include "client/render/zip_writer.h"

#include <zip.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

// 1980-01-01 00:00 as MS-DOS writes dates.
constexpr uint16_t kFirstDosDate = (1 << 5) | 1;
constexpr uint16_t kMidnight = 0;

struct DiscardArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardArchive>;

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

absl::Status NotWritten(absl::string_view cause) {
  return MakeError(
      absl::StatusCode::kInternal, "ZIP_NOT_WRITTEN",
      {absl::StrCat("can't make the file's ZIP container: ", cause),
       absl::StrCat("无法生成文件的 ZIP 容器：", cause)});
}

absl::Status AddMember(const ZipMember& member, zip_t* archive) {
  zip_source_t* content = zip_source_buffer(archive, member.content.data(),
                                            member.content.size(), 0);
  if (content == nullptr) return NotWritten(zip_strerror(archive));
  const zip_int64_t index =
      zip_file_add(archive, member.name.c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    return NotWritten(zip_strerror(archive));
  }
  const auto place = static_cast<zip_uint64_t>(index);
  if (zip_file_set_dostime(archive, place, kMidnight, kFirstDosDate, 0) != 0 ||
      zip_set_file_compression(archive, place, ZIP_CM_DEFLATE, 9) != 0) {
    return NotWritten(zip_strerror(archive));
  }
  return absl::OkStatus();
}

// What a closed archive left in its source.
absl::StatusOr<std::string> Drain(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) {
    return NotWritten("nothing was written");
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count != static_cast<zip_int64_t>(bytes.size())) {
    return NotWritten("it is not whole");
  }
  return bytes;
}

absl::StatusOr<ZipMember> ReadMember(zip_t* archive, zip_uint64_t index) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive, index, 0, &stat) != 0) {
    return NotWritten(zip_strerror(archive));
  }
  const std::unique_ptr<zip_file_t, CloseFile> file(
      zip_fopen_index(archive, index, 0));
  if (file == nullptr) return NotWritten(zip_strerror(archive));
  ZipMember member{stat.name, std::string(stat.size, '\0')};
  if (zip_fread(file.get(), member.content.data(), stat.size) !=
      static_cast<zip_int64_t>(stat.size)) {
    return NotWritten("a member is not whole");
  }
  return member;
}

}  // namespace

absl::StatusOr<std::string> WriteZip(const std::vector<ZipMember>& members) {
  const Source source(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  if (source == nullptr) return NotWritten("out of memory");
  // The archive takes a reference of its own.
  zip_source_keep(source.get());
  Archive archive(zip_open_from_source(source.get(), ZIP_TRUNCATE, nullptr));
  if (archive == nullptr) {
    zip_source_free(source.get());
    return NotWritten("out of memory");
  }
  for (const ZipMember& member : members) {
    const absl::Status added = AddMember(member, archive.get());
    if (!added.ok()) return added;
  }
  if (zip_close(archive.get()) != 0) {
    return NotWritten(zip_strerror(archive.get()));
  }
  archive.release();  // Freed by zip_close.
  return Drain(source.get());
}

absl::StatusOr<std::vector<ZipMember>> ReadOwnZip(absl::string_view bytes) {
  zip_source_t* const source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  if (source == nullptr) return NotWritten("out of memory");
  const Archive archive(zip_open_from_source(source, ZIP_RDONLY, nullptr));
  if (archive == nullptr) {
    zip_source_free(source);
    return NotWritten("it can't be read back");
  }
  std::vector<ZipMember> members;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    auto member = ReadMember(archive.get(), static_cast<zip_uint64_t>(i));
    if (!member.ok()) return member.status();
    members.push_back(*std::move(member));
  }
  return members;
}

}  // namespace annals::client
