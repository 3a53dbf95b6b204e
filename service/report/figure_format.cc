// How figures are printed and read: counts as digits, money as decimals.

#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

// Decimals of a printed amount whose last place is one 分.
size_t DecimalsOf(v1::Unit unit) { return unit == v1::UNIT_WAN_YUAN ? 6 : 2; }

bool IsDigits(absl::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

absl::Status InvalidAmount(absl::string_view decimal, absl::string_view en,
                           absl::string_view zh) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_AMOUNT",
                   {absl::StrCat("the amount \"", decimal, "\" ", en),
                    absl::StrCat("金额“", decimal, "”", zh)});
}

}  // namespace

std::string FormatFen(int64_t fen, v1::Unit unit) {
  const bool is_negative = fen < 0;
  // The magnitude of the least int64 is no int64.
  const uint64_t magnitude =
      is_negative ? 0 - static_cast<uint64_t>(fen) : static_cast<uint64_t>(fen);
  const size_t decimals = DecimalsOf(unit);
  std::string digits = absl::StrCat(magnitude);
  if (digits.size() <= decimals) {
    digits.insert(0, decimals + 1 - digits.size(), '0');
  }
  digits.insert(digits.size() - decimals, 1, '.');
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return is_negative ? absl::StrCat("-", digits) : digits;
}

std::string FormatFigure(int64_t value, const CellInfo& cell,
                         const v1::Report& report) {
  switch (cell.unit) {
    case v1::UNIT_WAN_YUAN:
      return FormatFen(value, v1::UNIT_WAN_YUAN);
    case v1::UNIT_AS_PRINTED:
      return FormatFen(value, report.t2().procurement_amount_unit());
    default:
      return absl::StrCat(value);
  }
}

absl::StatusOr<int64_t> ParseFen(absl::string_view decimal, v1::Unit unit) {
  absl::string_view rest = decimal;
  const bool is_negative = absl::ConsumePrefix(&rest, "-");
  const size_t point = rest.find('.');
  const absl::string_view whole = rest.substr(0, point);
  absl::string_view fraction;
  if (point != absl::string_view::npos) {
    fraction = rest.substr(point + 1);
    if (!IsDigits(fraction)) {
      return InvalidAmount(decimal, "is not a decimal number", "不是十进制数");
    }
  }
  if (!IsDigits(whole)) {
    return InvalidAmount(decimal, "is not a decimal number", "不是十进制数");
  }
  while (absl::EndsWith(fraction, "0")) fraction.remove_suffix(1);
  const size_t decimals = DecimalsOf(unit);
  if (fraction.size() > decimals) {
    return InvalidAmount(decimal, "is finer than one fen (0.01 yuan)",
                         "精度超过 1 分（0.01 元）");
  }
  // As one integer of 分, so that its overflow is the overflow of the amount.
  const std::string fen_digits =
      absl::StrCat(is_negative ? "-" : "", whole, fraction,
                   std::string(decimals - fraction.size(), '0'));
  int64_t fen = 0;
  if (!absl::SimpleAtoi(fen_digits, &fen)) {
    return InvalidAmount(decimal, "is too large; check its unit",
                         "过大，请核对单位");
  }
  return fen;
}

}  // namespace annals::report
