// What differs between two states of a report, for a person.

#ifndef ANNALS_CLIENT_RENDER_CHANGES_H_
#define ANNALS_CLIENT_RENDER_CHANGES_H_

#include <string>

#include "annals/v1/report_service.pb.h"
#include "client/text.h"
#include "service/report/diff.h"

namespace annals::client {

// The changes in the terms of the API.
void ToChanges(const report::Difference& difference,
               google::protobuf::RepeatedPtrField<v1::CellChange>* cells,
               google::protobuf::RepeatedPtrField<v1::TextChange>* texts);

// For each figure its official label, old → new and the cell's id; for each
// text its label, the old one after "-" and the new one after "+". Says so if
// there are none. `colored`: with colours.
std::string RenderChanges(
    const google::protobuf::RepeatedPtrField<v1::CellChange>& cells,
    const google::protobuf::RepeatedPtrField<v1::TextChange>& texts,
    Language language, bool colored);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_CHANGES_H_
