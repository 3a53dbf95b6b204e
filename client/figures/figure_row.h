// What every writer of figures tells of a report beside its figures.

#ifndef ANNALS_CLIENT_FIGURES_FIGURE_ROW_H_
#define ANNALS_CLIENT_FIGURES_FIGURE_ROW_H_

#include <string>
#include <vector>

#include "annals/v1/supervision_service.pb.h"

namespace annals::client {

// The columns before the cells', for good: new ones would come behind them.
const std::vector<std::string>& FigureRowHead();

// A text for each of them.
std::vector<std::string> FigureRowFacts(const v1::FigureRow& row);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FIGURES_FIGURE_ROW_H_
