#include "client/receipt/receipt_text.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/arguments.h"
#include "client/counted.h"
#include "client/hex.h"
#include "client/json_text.h"
#include "client/life_text.h"
#include "client/signing.h"
#include "client/times.h"
#include "ledger/status_macros.h"
#include "service/report/entry_subject.h"
#include "service/report/names.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

std::string WitnessNames(const VerifiedReceipt& verified) {
  return absl::StrJoin(verified.opened.witnessings, ", ",
                       [](std::string* out, const ledger::Witnessing& one) {
                         absl::StrAppend(out, one.name);
                       });
}

// The code, and the name that the report prints if its content is there.
std::string AgencyText(const VerifiedReceipt& verified, Language language) {
  const v1::LedgerEntry& entry = verified.entry;
  if (entry.has_agency_registered() || entry.has_agency_changed()) {
    const v1::Agency& agency = entry.has_agency_changed()
                                   ? entry.agency_changed().agency()
                                   : entry.agency_registered().agency();
    return absl::StrCat(agency.name(), " ", agency.display_name());
  }
  const auto name = report::ParseReportName(entry.revision_recorded().report());
  const std::string code = name.ok() ? name->agency_code : "";
  if (!verified.revision_content.has_value()) return code;
  const std::string& printed =
      verified.revision_content->report().agency_name();
  if (printed.empty()) return code;
  return Text{absl::StrCat(code, "（", printed, "）"),
              absl::StrCat(code, " (", printed, ")")}
      .In(language);
}

// Of what is neither about an agency nor about a report.
Text OtherEventText(const v1::LedgerEntry& entry) {
  const uint64_t index = entry.index();
  if (entry.has_document_recorded()) {
    const v1::DocumentRecorded& event = entry.document_recorded();
    return {absl::StrCat("条目 ", index, " 是来源文件：", event.document(),
                         "，", event.file_name(), "，", event.size(), " 字节"),
            absl::StrCat("entry ", index, " records the source document ",
                         event.document(), ", ", event.file_name(), ", ",
                         event.size(), " bytes")};
  }
  if (entry.has_content_erased()) {
    const v1::ContentErased& event = entry.content_erased();
    return {
        absl::StrCat("条目 ", index, " 是内容删除：条目 ", event.erased_index(),
                     "（", event.name(), "），法律依据：", event.legal_basis()),
        absl::StrCat("entry ", index, " erases the content of entry ",
                     event.erased_index(), " (", event.name(),
                     "), legal basis: ", event.legal_basis())};
  }
  if (entry.has_key_changed()) {
    const v1::KeyChanged& event = entry.key_changed();
    return {absl::StrCat("条目 ", index, " 是密钥更换：", event.old_vkey(),
                         " → ", event.new_vkey()),
            absl::StrCat("entry ", index, " changes the ledger's key: ",
                         event.old_vkey(), " → ", event.new_vkey())};
  }
  return {absl::StrCat("条目 ", index, " 记录的事件，本版本不认识"),
          absl::StrCat("entry ", index,
                       " records an event that this version does not know")};
}

Text EventText(const VerifiedReceipt& verified) {
  const v1::LedgerEntry& entry = verified.entry;
  const uint64_t index = entry.index();
  if (entry.has_agency_registered()) {
    return {absl::StrCat("条目 ", index, " 是机关登记：",
                         AgencyText(verified, Language::kZh)),
            absl::StrCat("entry ", index, " registers the agency ",
                         AgencyText(verified, Language::kEn))};
  }
  if (entry.has_step_taken()) {
    const Text step = StepText(entry.step_taken());
    return {absl::StrCat("条目 ", index, " 是办理环节：", step.zh),
            absl::StrCat("entry ", index, " is a step of a report: ", step.en)};
  }
  if (entry.has_policy_set()) {
    const Text policy = PolicyText(entry.policy_set());
    return {
        absl::StrCat("条目 ", index, " 是办理规程：", policy.zh),
        absl::StrCat("entry ", index, " sets a review policy: ", policy.en)};
  }
  if (entry.has_agency_changed()) {
    return {absl::StrCat("条目 ", index, " 是机关变更：",
                         AgencyText(verified, Language::kZh)),
            absl::StrCat("entry ", index, " changes the agency ",
                         AgencyText(verified, Language::kEn))};
  }
  if (!entry.has_revision_recorded()) return OtherEventText(entry);
  const v1::RevisionRecorded& event = entry.revision_recorded();
  return {absl::StrCat("条目 ", index, " 是报告 ", event.report(), " 的修订 ",
                       event.number(), "，机关 ",
                       AgencyText(verified, Language::kZh)),
          absl::StrCat("entry ", index, " is revision ", event.number(),
                       " of the report ", event.report(), ", agency ",
                       AgencyText(verified, Language::kEn))};
}

Text WhoWhenWhy(const v1::LedgerEntry& entry) {
  const std::string when = FormatMoment(entry.recorded_at());
  const v1::ReasonCode code = entry.revision_recorded().reason_code();
  const auto why = [&](Language language) {
    const std::string label = report::EnumLabel(code, language);
    return label.empty() ? entry.reason()
                         : absl::StrCat("[", label, "] ", entry.reason());
  };
  return {absl::StrCat("账本于 ", when, " 记录，操作人 ",
                       ActorText(entry.actor(), Language::kZh), "，理由：",
                       why(Language::kZh)),
          absl::StrCat("the ledger recorded it at ", when, ", actor ",
                       ActorText(entry.actor(), Language::kEn),
                       ", reason: ", why(Language::kEn))};
}

Text ContentText(const VerifiedReceipt& verified) {
  const std::string hash =
      absl::BytesToHexString(verified.entry.content_hash());
  std::string title;
  if (verified.revision_content.has_value()) {
    title = verified.revision_content->report().title();
  }
  return {
      absl::StrCat("内容文件逐字节就是该条目所记的报告内容：",
                   verified.content_bytes, " 字节，摘要 ", hash,
                   title.empty() ? "" : absl::StrCat("，标题“", title, "”")),
      absl::StrCat(
          "the content file is, byte for byte, what that entry recorded: ",
          verified.content_bytes, " bytes, hash ", hash,
          title.empty() ? "" : absl::StrCat(", title \"", title, "\""))};
}

// Of a revision that the agency signed.
Text SignerNotProved(const VerifiedReceipt& verified) {
  const v1::ContentSignature& signature =
      verified.entry.revision_recorded().signature();
  const Text by = SignatureText(signature);
  if (!verified.has_content) {
    return {absl::StrCat(by.zh, "：没有内容文件，签名未能核验"),
            absl::StrCat(by.en,
                         ": without the content the signature can't be "
                         "verified")};
  }
  return {
      absl::StrCat("签名公钥确系该机关的：以登记条目 ",
                   signature.register_entry(),
                   " 为准，除非已固定该公钥或给出 --agency-key"),
      absl::StrCat("that the signing key is the agency's: that is by entry ",
                   signature.register_entry(),
                   " of the register, unless it is pinned or given with "
                   "--agency-key")};
}

void AddRevision(const VerifiedReceipt& verified, JsonObject* json) {
  const v1::RevisionRecorded& event = verified.entry.revision_recorded();
  json->Add("report", event.report());
  json->AddNumber("number", event.number());
  const auto name = report::ParseReportName(event.report());
  if (name.ok()) json->Add("agency", name->agency_code);
  json->Add("reason_code", v1::ReasonCode_Name(event.reason_code()));
  if (!event.has_signature()) return;
  json->Add("agency_key", event.signature().vkey());
  json->AddFlag("agency_signature_verified", verified.has_content);
  json->AddFlag("agency_key_pinned", verified.signer == PinnedSigner::kSigned);
}

}  // namespace

std::vector<Text> WhatIsProved(const VerifiedReceipt& verified) {
  const ledger::Checkpoint& checkpoint = verified.opened.checkpoint;
  const std::string key = KeyName(verified.opened.key);
  std::vector<Text> texts = {
      {absl::StrCat("密钥 ", key, " 的持有者签名声明：账本 ", checkpoint.origin,
                    " 有 ", checkpoint.size, " 个条目，根哈希 ",
                    HexOf(checkpoint.root)),
       absl::StrCat("the holder of the key ", key, " signed that the ledger ",
                    checkpoint.origin, " has ",
                    Counted(checkpoint.size, "entry", "entries"),
                    ", root hash ", HexOf(checkpoint.root))}};
  if (verified.opened.second_key.has_value()) {
    texts.push_back(SecondSignatureText(*verified.opened.second_key));
  }
  if (verified.is_witnessed) {
    texts.push_back(
        {absl::StrCat("见证策略得到满足，见证者：", WitnessNames(verified)),
         absl::StrCat("the witness policy is satisfied, cosigned by: ",
                      WitnessNames(verified))});
  }
  texts.push_back(
      {absl::StrCat("这个条目在该账本之中：叶哈希 ", HexOf(verified.leaf_hash),
                    "，存在性证明 ", verified.proof_hashes, " 个哈希"),
       absl::StrCat("this entry is in that ledger: leaf hash ",
                    HexOf(verified.leaf_hash), ", inclusion proof of ",
                    Counted(verified.proof_hashes, "hash", "hashes"))});
  texts.push_back(EventText(verified));
  texts.push_back(WhoWhenWhy(verified.entry));
  if (verified.has_content) texts.push_back(ContentText(verified));
  const v1::RevisionRecorded& event = verified.entry.revision_recorded();
  if (event.has_signature() && verified.has_content) {
    const Text by = SignatureText(event.signature());
    const bool is_pinned = verified.signer == PinnedSigner::kSigned;
    texts.push_back(
        {absl::StrCat(by.zh,
                      is_pinned ? "（正是所给出或固定的该机关公钥）" : "",
                      "，签的就是该内容，且只对该账本、报告和依据有效"),
         absl::StrCat(by.en,
                      is_pinned ? " (the one that is given or pinned as the "
                                  "agency's)"
                                : "",
                      ": this very content, for this ledger, report and base "
                      "alone")});
  }
  return texts;
}

std::vector<Text> WhatIsNotProved(const VerifiedReceipt& verified) {
  std::vector<Text> texts;
  if (!verified.has_content && !verified.entry.content_hash().empty()) {
    texts.push_back(
        {"报告写了什么：没有内容文件（.content 和 .salt），只证明条目已记录",
         "what the report says: without its content (.content and .salt) only "
         "that the entry is recorded is proved"});
  }
  // Who pinned the key knows whose it is.
  if (verified.entry.revision_recorded().has_signature() &&
      !(verified.has_content && verified.signer == PinnedSigner::kSigned)) {
    texts.push_back(SignerNotProved(verified));
  }
  if (verified.signer == PinnedSigner::kUnsigned) {
    texts.push_back(
        {"出自该机关：没有机关签名，尽管为该机关固定了公钥（记录于须签名之日之"
         "前，"
         "或由档案人员按公开原样归档）",
         "that it is the agency's word: it is not signed, though a key of the "
         "agency is pinned (it was recorded before the pin's day, or by an "
         "archivist as it was published)"});
  } else if (verified.entry.has_revision_recorded() &&
             !verified.entry.revision_recorded().has_signature()) {
    texts.push_back({"出自该机关：没有机关签名",
                     "that it is the agency's word: it is not signed by it"});
  }
  if (verified.entry.has_revision_recorded()) {
    texts.push_back({"此后没有更正：回执不说明这是否为最新修订",
                     "that it was not corrected since: a receipt does not say "
                     "whether this is the latest revision"});
  }
  if (!verified.entry.content_hash().empty()) {
    texts.push_back({"账本仍存有该内容：此后可能已按记录删除",
                     "that the ledger still holds the content: it may have "
                     "been erased since"});
  }
  if (verified.entry.actor().assurance() != v1::ASSURANCE_CERTIFICATE) {
    texts.push_back({"操作人确系其人：身份为自报",
                     "that the actor is who they say: the identity is "
                     "self-declared"});
  }
  if (!verified.is_witnessed) {
    texts.push_back({"别人看到的是同一账本：没有要求见证签名（--policy）",
                     "that others are shown the same ledger: no witnesses were "
                     "asked for (--policy)"});
  }
  if (verified.entry.has_revision_recorded()) {
    texts.push_back({"报告内容属实：账本记录所报，不查证事实",
                     "that the report is true: the ledger records what was "
                     "reported"});
  }
  return texts;
}

absl::StatusOr<std::string> ReceiptJson(const VerifiedReceipt& verified,
                                        Language language) {
  const v1::LedgerEntry& entry = verified.entry;
  const ledger::Checkpoint& checkpoint = verified.opened.checkpoint;
  JsonObject json;
  json.AddFlag("verified", true);
  json.Add("event", v1::EventKind_Name(report::SubjectOf(entry).kind));
  if (entry.has_revision_recorded()) {
    AddRevision(verified, &json);
  } else if (entry.has_agency_registered()) {
    json.Add("agency", entry.agency_registered().agency().name());
  } else if (entry.has_agency_changed()) {
    json.Add("agency", entry.agency_changed().agency().name());
  } else if (entry.has_step_taken()) {
    const v1::StepTaken& event = entry.step_taken();
    json.Add("report", event.report());
    json.AddNumber("number", event.number());
    json.Add("step", v1::Step_Name(event.step()));
    json.AddNumber("position", event.position());
  } else if (entry.has_policy_set()) {
    json.Add("agency", entry.policy_set().agency());
    json.AddNumber("number", entry.policy_set().number());
  } else if (entry.has_document_recorded()) {
    json.Add("document", entry.document_recorded().document());
  } else if (entry.has_content_erased()) {
    const v1::ContentErased& event = entry.content_erased();
    json.Add("erased", event.name());
    json.Add("erased_entry", absl::StrCat(event.erased_index()));
    json.Add("legal_basis", event.legal_basis());
  } else if (entry.has_key_changed()) {
    json.Add("old_vkey", entry.key_changed().old_vkey());
    json.Add("new_vkey", entry.key_changed().new_vkey());
  }
  json.Add("recorded_at", FormatMoment(FromTimestamp(entry.recorded_at()),
                                       absl::UTCTimeZone()));
  json.Add("actor", entry.actor().subject());
  json.Add("reason", entry.reason());
  json.Add("entry_index", absl::StrCat(entry.index()));
  json.Add("tree_size", absl::StrCat(checkpoint.size));
  json.Add("origin", checkpoint.origin);
  json.Add("key", KeyName(verified.opened.key));
  json.Add("root_hash", HexOf(checkpoint.root));
  json.Add("leaf_hash", HexOf(verified.leaf_hash));
  json.Add("content_hash", absl::BytesToHexString(entry.content_hash()));
  json.AddFlag("content_verified", verified.has_content);
  json.AddFlag("witnessed", verified.is_witnessed);
  std::vector<std::string> not_proved;
  for (const Text& text : WhatIsNotProved(verified)) {
    not_proved.push_back(text.In(language));
  }
  json.Add("not_proved", not_proved);
  return json.Indented();
}

}  // namespace annals::client
