#include "service/page_token.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/hash.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr char kVersion = 0x01;
constexpr size_t kQueryBytes = 8;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kTokenCharactersMax = 1024;

std::string DigestPrefix(absl::string_view bytes, size_t length) {
  return ledger::HashBytes(ledger::Sha256(bytes)).substr(0, length);
}

std::string Header(absl::string_view query) {
  return absl::StrCat(std::string(1, kVersion),
                      DigestPrefix(query, kQueryBytes));
}

}  // namespace

absl::Status InvalidPageToken() {
  return InvalidField(
      "INVALID_PAGE_TOKEN", "page_token",
      "is no token of this list; take next_page_token from the answer before, "
      "with all other fields unchanged, or leave it empty to begin anew",
      "不是本列表的分页标记；请使用上一页返回的 next_page_token "
      "且其他字段不变，或留空从头开始");
}

absl::StatusOr<size_t> PageLimit::SizeFor(int32_t requested) const {
  if (requested < 0) {
    return InvalidField("INVALID_PAGE_SIZE", "page_size",
                        absl::StrCat("is ", requested, ", below zero"),
                        absl::StrCat("为 ", requested, "，小于零"));
  }
  const auto size =
      requested == 0 ? kPageSizeDefault : static_cast<size_t>(requested);
  if (requested != 0 && size > size_max_ && counters_ != nullptr) {
    counters_->Count(Limit::kPageSize);
  }
  return std::min(size, size_max_);
}

std::string EncodePageToken(absl::string_view query,
                            absl::string_view last_key) {
  std::string bytes = absl::StrCat(Header(query), last_key);
  absl::StrAppend(&bytes, DigestPrefix(bytes, kChecksumBytes));
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<std::string> DecodePageToken(absl::string_view query,
                                            absl::string_view token) {
  if (token.empty()) return std::string();
  std::string bytes;
  const std::string header = Header(query);
  if (token.size() > kTokenCharactersMax ||
      !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() <= header.size() + kChecksumBytes) {
    return InvalidPageToken();
  }
  const std::string body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (bytes.substr(body.size()) != DigestPrefix(body, kChecksumBytes) ||
      body.substr(0, header.size()) != header) {
    return InvalidPageToken();
  }
  return body.substr(header.size());
}

}  // namespace annals
