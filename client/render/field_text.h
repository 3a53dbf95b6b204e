// How a field of a report that is known only by its name is shown.

#ifndef ANNALS_CLIENT_RENDER_FIELD_TEXT_H_
#define ANNALS_CLIENT_RENDER_FIELD_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "client/text.h"

namespace annals::client {

// The figure of the cell with this id as the form prints it, or `blank`.
std::string FigureText(const std::string& cell, std::optional<int64_t> value,
                       Language language);

// The official label of a cell's id or a text's path, or what was given. A
// paragraph, `s5_problems#2`, has its text's label and its place.
std::string FieldLabelText(const std::string& field, Language language);

// The same of a cell beside its figure as it is stored: for money the label's
// unit is that of the figure, 分 (0.01 yuan), and not the printed one.
std::string ExactLabelText(const std::string& cell, Language language);

// What a text of the report holds, as a person reads it: of a field that holds
// one of some names, such as `t2.edition`, that name's official label.
std::string TextValueText(const std::string& field, const std::string& value,
                          Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_FIELD_TEXT_H_
