#include "client/import/xlsx_number.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

constexpr size_t kSignificantDigits = 15;
constexpr size_t kDigitsMax = 400;
constexpr int kExponentMax = 40;

// 0.{digits} × 10^point.
struct Decimal {
  bool negative = false;
  std::string digits;
  int point = 0;
};

bool Parse(absl::string_view text, Decimal* decimal) {
  decimal->negative = absl::ConsumePrefix(&text, "-");
  if (!decimal->negative) absl::ConsumePrefix(&text, "+");
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  int exponent = 0;
  if (e < text.size()) {
    absl::string_view digits = text.substr(e + 1);
    absl::ConsumePrefix(&digits, "+");
    if (!absl::SimpleAtoi(digits, &exponent) || exponent > kExponentMax ||
        exponent < -kExponentMax) {
      return false;
    }
  }
  const absl::string_view mantissa = text.substr(0, e);
  if (mantissa.empty() || mantissa.size() > kDigitsMax) return false;
  const size_t dot = std::min(mantissa.find('.'), mantissa.size());
  for (size_t i = 0; i < mantissa.size(); ++i) {
    if (i == dot) continue;
    if (!absl::ascii_isdigit(static_cast<unsigned char>(mantissa[i]))) {
      return false;
    }
    decimal->digits.push_back(mantissa[i]);
  }
  decimal->point = static_cast<int>(dot) + exponent;
  return !decimal->digits.empty();
}

void DropZeros(Decimal* decimal) {
  std::string& digits = decimal->digits;
  const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, zeros);
  decimal->point -= static_cast<int>(zeros);
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  if (digits.empty()) decimal->point = 0;
}

// Half up, of the magnitude.
void Round(size_t keep, Decimal* decimal) {
  std::string& digits = decimal->digits;
  const bool up = digits[keep] >= '5';
  digits.resize(keep);
  if (!up) return;
  size_t i = keep;
  while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
  if (i > 0) {
    ++digits[i - 1];
  } else {
    digits.insert(digits.begin(), '1');
    ++decimal->point;
  }
}

}  // namespace

std::optional<std::string> DecimalOfXlsxNumber(absl::string_view stored) {
  Decimal decimal;
  if (!Parse(absl::StripAsciiWhitespace(stored), &decimal)) return std::nullopt;
  DropZeros(&decimal);
  const bool fraction = static_cast<int>(decimal.digits.size()) > decimal.point;
  if (fraction && decimal.digits.size() > kSignificantDigits) {
    Round(kSignificantDigits, &decimal);
    DropZeros(&decimal);
  }
  const std::string& digits = decimal.digits;
  if (digits.empty()) return "0";
  const std::string sign = decimal.negative ? "-" : "";
  const int size = static_cast<int>(digits.size());
  if (decimal.point <= 0) {
    return absl::StrCat(sign, "0.",
                        std::string(static_cast<size_t>(-decimal.point), '0'),
                        digits);
  }
  if (decimal.point >= size) {
    return absl::StrCat(
        sign, digits,
        std::string(static_cast<size_t>(decimal.point - size), '0'));
  }
  const auto point = static_cast<size_t>(decimal.point);
  return absl::StrCat(sign, digits.substr(0, point), ".", digits.substr(point));
}

}  // namespace annals::client
