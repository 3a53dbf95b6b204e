#include "client/import/pdf_tokens.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"

namespace annals::client {
namespace {

bool IsBlank(char c) {
  return absl::StrContains(absl::string_view("\0\t\n\f\r ", 6), c);
}

bool IsRegular(char c) {
  return !IsBlank(c) && !absl::StrContains("()<>[]{}/%#", c);
}

bool IsNumber(absl::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// The value that `first` begins, up to the place where it ends. Empty if it is
// not plain.
absl::string_view Value(absl::string_view pdf, absl::string_view first,
                        PdfTokens* tokens) {
  const size_t begin = tokens->at() - first.size();
  if (first == "[") {
    absl::string_view token = tokens->Next();
    while (token != "]") {
      if (token.empty() || token == "[" || token == "<<") return "";
      token = tokens->Next();
    }
  } else if (first == "<<" || first == ">>" || first == "]") {
    return "";
  } else if (IsNumber(first)) {
    PdfTokens ahead = *tokens;
    if (IsNumber(ahead.Next()) && ahead.Next() == "R") *tokens = ahead;
  }
  return pdf.substr(begin, tokens->at() - begin);
}

}  // namespace

absl::string_view PdfTokens::Next() {
  while (at_ < pdf_.size() && IsBlank(pdf_[at_])) ++at_;
  const absl::string_view rest = pdf_.substr(at_);
  size_t size = 0;
  if (absl::StartsWith(rest, "<<") || absl::StartsWith(rest, ">>")) {
    size = 2;
  } else if (absl::StartsWith(rest, "[") || absl::StartsWith(rest, "]")) {
    size = 1;
  } else if (absl::StartsWith(rest, "<")) {
    size = 1;
    while (size < rest.size() && (IsRegular(rest[size]) || IsBlank(rest[size])))
      ++size;
    if (size == rest.size() || rest[size] != '>') return "";
    ++size;
  } else {
    if (absl::StartsWith(rest, "/")) size = 1;
    while (size < rest.size() && IsRegular(rest[size])) ++size;
    // A name with a character that stands for another.
    if (size < rest.size() && rest[size] == '#') return "";
  }
  at_ += size;
  return rest.substr(0, size);
}

std::optional<PdfDictionary> ReadPdfDictionary(absl::string_view pdf,
                                               PdfTokens* tokens) {
  if (tokens->Next() != "<<") return std::nullopt;
  PdfDictionary dictionary;
  for (absl::string_view name = tokens->Next(); name != ">>";
       name = tokens->Next()) {
    if (!absl::StartsWith(name, "/")) return std::nullopt;
    const absl::string_view first = tokens->Next();
    const absl::string_view value = Value(pdf, first, tokens);
    if (value.empty() || !dictionary.emplace(name, value).second) {
      return std::nullopt;
    }
  }
  return dictionary;
}

}  // namespace annals::client
