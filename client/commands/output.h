// Where a command writes what it makes.

#ifndef ANNALS_CLIENT_COMMANDS_OUTPUT_H_
#define ANNALS_CLIENT_COMMANDS_OUTPUT_H_

#include <string>

#include "absl/status/status.h"
#include "client/command_line.h"

namespace annals::client {

// `-o, --output`; "-", standard output, if it is not given.
void AddOutputOption(CommandLine* line, CLI::App* command, std::string* path);

// A usage error if `path` is standard output and that is a terminal, which
// would obey the bytes of `format` or show nonsense.
absl::Status RequireNoTerminal(const std::string& path,
                               const std::string& format);

// ALREADY_EXISTS (FILE_EXISTS) if `path` is a file that is there and not to be
// overwritten: someone may have filled it in.
absl::Status RequireNoFile(const std::string& path, bool may_overwrite);

// `word` as a shell takes it: quoted if it has anything but plain characters.
std::string ShellWord(const std::string& word);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_OUTPUT_H_
