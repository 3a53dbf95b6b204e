// Values of enums as words of the command line, by reflection:
// REASON_CODE_FIGURE_ERROR is `figure-error`.

#ifndef ANNALS_CLIENT_ENUM_WORDS_H_
#define ANNALS_CLIENT_ENUM_WORDS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// The words of all values but the unspecified one, in their order.
std::vector<std::string> EnumWords(
    const google::protobuf::EnumDescriptor* descriptor);

// The number of the value with this word; 0, the unspecified one, if none.
int EnumValueOfWord(const google::protobuf::EnumDescriptor* descriptor,
                    absl::string_view word);

template <typename Enum>
Enum EnumFromWord(absl::string_view word) {
  return static_cast<Enum>(
      EnumValueOfWord(google::protobuf::GetEnumDescriptor<Enum>(), word));
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ENUM_WORDS_H_
