#include "client/import/form_facts.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "client/import/unicode.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kPaths[] = {"year",
                                        "scope",
                                        "agency_name",
                                        "period.start",
                                        "period.end",
                                        "t2.edition",
                                        "t2.procurement_amount_unit",
                                        "t3.edition",
                                        "t4.edition",
                                        "publication.date",
                                        "publication.url",
                                        "publication.index_number",
                                        "publication.signer",
                                        "publication.source_sha256",
                                        "etag"};

std::string EnumWord(const FieldDescriptor* field, int number) {
  if (number == 0) return std::string();
  if (field->enum_type() == v1::Unit_descriptor()) {
    return number == v1::UNIT_WAN_YUAN ? "万元" : "元";
  }
  return report::EnumLabel(field->enum_type()->FindValueByNumber(number),
                           report::Language::kZh);
}

bool EnumOfWord(const FieldDescriptor* field, absl::string_view word,
                int* number) {
  for (int i = 1; i < field->enum_type()->value_count(); ++i) {
    *number = field->enum_type()->value(i)->number();
    if (EnumWord(field, *number) == word) return true;
  }
  return false;
}

// A spreadsheet turns what looks like a day into the number of days since
// 1899-12-30 (ISO/IEC 29500-1, 18.17.4.1).
bool DayOf(absl::string_view text, absl::CivilDay* day) {
  int64_t number = 0;
  constexpr int64_t kLastDay = 2958465;  // 9999-12-31
  if (absl::SimpleAtoi(text, &number)) {
    if (number < 1 || number > kLastDay) return false;
    *day = absl::CivilDay(1899, 12, 30) + number;
    return true;
  }
  return absl::ParseCivilTime(text, day);
}

std::string TextOfFact(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      const int number = reflection->GetInt32(message, field);
      return number == 0 ? std::string() : absl::StrCat(number);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWord(field, reflection->GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (!reflection->HasField(message, field)) return std::string();
      const auto& date =
          static_cast<const v1::Date&>(reflection->GetMessage(message, field));
      return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                             date.day());
    }
    default: {
      const std::string text = reflection->GetString(message, field);
      return field->type() == FieldDescriptor::TYPE_BYTES
                 ? absl::BytesToHexString(text)
                 : text;
    }
  }
}

bool SetNumber(absl::string_view text, const FieldDescriptor* field,
               Message* message) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number)) return false;
  message->GetReflection()->SetInt32(message, field, number);
  return true;
}

bool SetDay(absl::string_view text, const FieldDescriptor* field,
            Message* message) {
  absl::CivilDay day;
  if (!DayOf(text, &day)) return false;
  auto* date = static_cast<v1::Date*>(
      message->GetReflection()->MutableMessage(message, field));
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
  return true;
}

bool SetValue(const std::string& value, const FieldDescriptor* field,
              Message* message) {
  const auto* reflection = message->GetReflection();
  const absl::string_view trimmed = TrimBlanks(value);
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber(trimmed, field, message);
    case FieldDescriptor::CPPTYPE_ENUM: {
      int number = 0;
      if (!EnumOfWord(field, trimmed, &number)) return false;
      reflection->SetEnumValue(message, field, number);
      return true;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetDay(trimmed, field, message);
    default: {
      if (field->type() != FieldDescriptor::TYPE_BYTES) {
        reflection->SetString(message, field, value);
        return true;
      }
      const bool is_hex =
          trimmed.size() % 2 == 0 &&
          std::all_of(trimmed.begin(), trimmed.end(), absl::ascii_isxdigit);
      if (!is_hex) return false;
      reflection->SetString(message, field, absl::HexStringToBytes(trimmed));
      return true;
    }
  }
}

}  // namespace

std::vector<FormFact> FactsOf(const v1::Report& report) {
  std::vector<FormFact> facts;
  for (const absl::string_view path : kPaths) {
    const Message* message = &report;
    const FieldDescriptor* field = nullptr;
    for (absl::string_view name : absl::StrSplit(path, '.')) {
      if (field != nullptr) {
        message = &message->GetReflection()->GetMessage(*message, field);
      }
      field = message->GetDescriptor()->FindFieldByName(std::string(name));
    }
    facts.push_back({std::string(path), TextOfFact(*message, field)});
  }
  return facts;
}

bool SetFact(const FormFact& fact, v1::Report* report) {
  const bool known = std::find(std::begin(kPaths), std::end(kPaths),
                               fact.path) != std::end(kPaths);
  if (!known) return false;
  if (fact.value.empty()) return true;
  Message* message = report;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view name : absl::StrSplit(fact.path, '.')) {
    if (field != nullptr) {
      message = message->GetReflection()->MutableMessage(message, field);
    }
    field = message->GetDescriptor()->FindFieldByName(std::string(name));
  }
  return SetValue(fact.value, field, message);
}

}  // namespace annals::client
