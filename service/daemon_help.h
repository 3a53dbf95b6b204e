// What `annalsd --help` prints.

#ifndef ANNALS_SERVICE_DAEMON_HELP_H_
#define ANNALS_SERVICE_DAEMON_HELP_H_

#include <string>

namespace annals {

// True if the program's words ask for help. Abseil prints help as well, but
// ends with exit code 1, as if something had gone wrong.
bool AsksForHelp(int argc, char** argv);

// What the program is for, and how it is called.
std::string DaemonUsage();

// Usage, every flag of the daemon with its default, and the exit codes.
std::string DaemonHelp();

}  // namespace annals

#endif  // ANNALS_SERVICE_DAEMON_HELP_H_
