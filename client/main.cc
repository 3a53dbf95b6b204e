// The command `annals`.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "client/run.h"

int main(int argc, char** argv) {
  // gRPC's own log lines are not for the user; its errors reach us as statuses.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // How often, in milliseconds, a channel that nobody waits on gets on with its
  // connection. By default every 5 s, while a server gives a handshake, which
  // takes several steps, only 10.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100", 0);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const annals::client::Surroundings surroundings = {
      annals::client::ProcessEnvironment,
      &std::cout,
      &std::cerr,
      {isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1}};
  return static_cast<int>(annals::client::Run(arguments, surroundings));
}
