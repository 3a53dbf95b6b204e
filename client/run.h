// The whole client but its `main`.

#ifndef ANNALS_CLIENT_RUN_H_
#define ANNALS_CLIENT_RUN_H_

#include <ostream>
#include <string>
#include <vector>

#include "client/language.h"
#include "client/session.h"

namespace annals::client {

// What the process is connected to.
struct Surroundings {
  Environment environment;
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  // Whether they are terminals, for colours.
  Colors terminals;
};

// Reads the words after the program's name and does what they say.
ExitCode Run(std::vector<std::string> arguments,
             const Surroundings& surroundings);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RUN_H_
