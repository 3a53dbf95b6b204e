// A ZIP archive of parts that are stored as they are, so that what is fuzzed is
// the parts, not their checksums.

#ifndef ANNALS_TESTS_FUZZ_STORED_ZIP_H_
#define ANNALS_TESTS_FUZZ_STORED_ZIP_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annals {

class StoredZip {
 public:
  void Add(absl::string_view name, absl::string_view content) {
    std::string fields =
        Number(20, 2) + Number(0, 2) + Number(0, 2) + Number(0, 2) +
        Number(33, 2) + Number(Crc(content), 4) + Number(content.size(), 4) +
        Number(content.size(), 4) + Number(name.size(), 2) + Number(0, 2);
    absl::StrAppend(&directory_, "PK\x01\x02", Number(20, 2), fields,
                    std::string(10, '\0'), Number(bytes_.size(), 4), name);
    absl::StrAppend(&bytes_, "PK\x03\x04", fields, name, content);
    ++count_;
  }

  std::string Finish() const {
    return absl::StrCat(bytes_, directory_, "PK\x05\x06", std::string(4, '\0'),
                        Number(count_, 2), Number(count_, 2),
                        Number(directory_.size(), 4), Number(bytes_.size(), 4),
                        Number(0, 2));
  }

 private:
  // Little-endian.
  static std::string Number(uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
      text.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
    }
    return text;
  }

  static uint32_t Crc(absl::string_view content) {
    uint32_t crc = 0xFFFFFFFF;
    for (char c : content) {
      crc ^= static_cast<uint8_t>(c);
      for (int bit = 0; bit < 8; ++bit) {
        crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
      }
    }
    return ~crc;
  }

  std::string bytes_;
  std::string directory_;
  uint64_t count_ = 0;
};

// "_rels/.rels" and the like: relationships of these types and targets.
inline std::string RelationshipsXml(
    const std::vector<std::pair<std::string, std::string>>& targets) {
  std::string xml = "<Relationships>";
  for (size_t i = 0; i < targets.size(); ++i) {
    absl::StrAppend(&xml, "<Relationship Id=\"r", i, "\" Type=\"x/",
                    targets[i].first, "\" Target=\"", targets[i].second,
                    "\"/>");
  }
  return absl::StrCat(xml, "</Relationships>");
}

}  // namespace annals

#endif  // ANNALS_TESTS_FUZZ_STORED_ZIP_H_
