#include "client/enum_words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

// The name of value 0 is the common prefix of all values and "UNSPECIFIED".
std::string WordOf(const google::protobuf::EnumValueDescriptor* value) {
  absl::string_view prefix = value->type()->value(0)->name();
  absl::ConsumeSuffix(&prefix, "UNSPECIFIED");
  absl::string_view word = value->name();
  absl::ConsumePrefix(&word, prefix);
  return absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"_", "-"}});
}

}  // namespace

std::vector<std::string> EnumWords(
    const google::protobuf::EnumDescriptor* descriptor) {
  std::vector<std::string> words;
  for (int i = 1; i < descriptor->value_count(); ++i) {
    words.push_back(WordOf(descriptor->value(i)));
  }
  return words;
}

int EnumValueOfWord(const google::protobuf::EnumDescriptor* descriptor,
                    absl::string_view word) {
  for (int i = 1; i < descriptor->value_count(); ++i) {
    if (WordOf(descriptor->value(i)) == word) {
      return descriptor->value(i)->number();
    }
  }
  return 0;
}

}  // namespace annals::client
