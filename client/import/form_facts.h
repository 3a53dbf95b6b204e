// What a form that is filled in elsewhere says of its report beside the texts
// and the figures: one value a line, each under its field path.

#ifndef ANNALS_CLIENT_IMPORT_FORM_FACTS_H_
#define ANNALS_CLIENT_IMPORT_FORM_FACTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"

namespace annals::client {

struct FormFact {
  std::string path;   // "publication.date"
  std::string value;  // As a person writes it; empty if there is none.
};

// All facts that a form has a place for, in its order.
std::vector<FormFact> FactsOf(const v1::Report& report);

// Sets one from what stands in its place; nothing for an empty value. False if
// the value can't be read, or there is no such fact.
bool SetFact(const FormFact& fact, v1::Report* report);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_FORM_FACTS_H_
