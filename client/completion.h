// Completion scripts for shells, generated from the tree of commands.

#ifndef ANNALS_CLIENT_COMPLETION_H_
#define ANNALS_CLIENT_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>

namespace annals::client {

enum class Shell { kBash, kZsh, kFish };

// The script that completes commands, options, and the values of options that
// have a fixed set of them, and leaves files to the shell.
std::string CompletionScript(const CLI::App& root, Shell shell);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMPLETION_H_
