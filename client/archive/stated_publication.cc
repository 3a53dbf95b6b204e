#include "client/archive/stated_publication.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/validate.h"

namespace annals::client {
namespace {

constexpr absl::string_view kPublication = "report.publication";

struct StatedField {
  absl::string_view field;
  absl::string_view option;
  absl::string_view column;
};

constexpr StatedField kFields[] = {
    {"report.publication.url", "--url", "url"},
    {"report.publication.date", "--published", "published"},
    {"report.publication.index_number", "--index-number", "index_number"},
};

// Texts on a field begin with its path.
absl::Status NamedAs(const absl::Status& status, const StatedField& field,
                     const ErrorText& name) {
  const absl::string_view en = status.message();
  const std::string zh = ErrorTextZh(status);
  const size_t length = field.field.size();
  if (!absl::StartsWith(en, field.field) ||
      !absl::StartsWith(zh, field.field)) {
    return status;
  }
  return MakeError(status.code(), ErrorReason(status),
                   {absl::StrCat(name.en, en.substr(length)),
                    absl::StrCat(name.zh, zh.substr(length))});
}

absl::Status NameField(const absl::Status& status, StatedIn stated_in) {
  for (const FieldViolation& violation : FieldViolations(status)) {
    for (const StatedField& field : kFields) {
      if (violation.field != field.field) continue;
      const std::string option(field.option);
      return NamedAs(status, field,
                     stated_in == StatedIn::kOptions
                         ? ErrorText{option, option}
                         : ErrorText{absl::StrCat("the column ", field.column),
                                     absl::StrCat(field.column, " 列")});
    }
  }
  return status;
}

absl::Status Validate(const v1::Report& report, int year) {
  RETURN_IF_ERROR(report::ValidateReport(report, report::ReportLimits()));
  return report::ValidatePublication(kPublication, report.publication(), year);
}

}  // namespace

void AddStatedPublication(const ArchiveItem& item,
                          v1::Publication* publication) {
  if (item.published.has_value()) {
    *publication->mutable_date() = *item.published;
  }
  if (!item.url.empty()) publication->set_url(item.url);
  if (!item.index_number.empty()) {
    publication->set_index_number(item.index_number);
  }
}

absl::Status ValidateStatedPublication(const ArchiveItem& item,
                                       StatedIn stated_in) {
  v1::Report report;
  AddStatedPublication(item, report.mutable_publication());
  const absl::Status status = Validate(report, item.name.year);
  return status.ok() ? status : NameField(status, stated_in);
}

}  // namespace annals::client
