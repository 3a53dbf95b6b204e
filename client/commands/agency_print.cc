#include "client/commands/agency_print.h"

#include "absl/strings/str_cat.h"
#include "client/commands/days.h"
#include "client/render/printable.h"
#include "client/times.h"
#include "client/verify.h"
#include "service/report/schema.h"

namespace annals::client {

namespace {

// The vkey, and when it is in force.
std::string SigningKeyText(const v1::SigningKey& key, Language language) {
  std::string text = key.vkey();
  const auto add = [&](const std::string& field, const v1::Date& day) {
    absl::StrAppend(
        &text, language == Language::kZh ? "，" : ", ",
        report::FieldLabel(v1::SigningKey::descriptor()->FindFieldByName(field),
                           v1::EDITION_UNSPECIFIED, language),
        " ", DayText(day));
  };
  if (key.has_valid_from()) add("valid_from", key.valid_from());
  if (key.has_expires_on()) add("expires_on", key.expires_on());
  return text;
}

}  // namespace

std::string AgencyFieldLabel(const std::string& field, Language language) {
  return report::FieldLabel(v1::Agency::descriptor()->FindFieldByName(field),
                            v1::EDITION_UNSPECIFIED, language);
}

absl::Status PrintAgency(const v1::Agency& agency, Session* session) {
  if (session->json()) return session->PrintJson(agency);
  const Language language = session->language();
  const auto line = [&](const std::string& field, const std::string& value) {
    if (value.empty()) return;
    session->out() << AgencyFieldLabel(field, language)
                   << (language == Language::kZh ? "：" : ": ")
                   << PrintableLine(value) << "\n";
  };
  line("name", agency.name());
  line("display_name", agency.display_name());
  line("division_code", agency.division_code());
  line("kind", report::EnumLabel(agency.kind(), language));
  line("supervisor", agency.supervisor());
  if (agency.has_valid_from()) {
    line("valid_from", DayText(agency.valid_from()));
  }
  if (agency.has_dissolved_on()) {
    line("dissolved_on", DayText(agency.dissolved_on()));
  }
  line("successor", agency.successor());
  for (const v1::SigningKey& key : agency.signing_keys()) {
    line("signing_keys", SigningKeyText(key, language));
  }
  if (agency.signature_required()) {
    line("signature_required", language == Language::kZh ? "是" : "yes");
  }
  line("create_time", FormatMoment(agency.create_time()));
  line("entry_index", absl::StrCat(agency.entry_index()));
  if (agency.change_count() > 0) {
    line("change_count", absl::StrCat(agency.change_count()));
  }
  return absl::OkStatus();
}

absl::Status RequireAgency(const v1::Agency& agency, const std::string& name) {
  if (agency.name() == name) return absl::OkStatus();
  return VerificationFailure(
      "ANSWER_MISMATCH",
      {absl::StrCat("所问的是 ", name, "，服务器答的是 ",
                    PrintableLine(agency.name())),
       absl::StrCat("asked for ", name, ", the server answered with ",
                    PrintableLine(agency.name()))});
}

}  // namespace annals::client
