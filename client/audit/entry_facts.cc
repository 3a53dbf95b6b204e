#include "client/audit/entry_facts.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/audit/wire_check.h"
#include "client/erasable_name.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"
#include "service/report/content_signature.h"
#include "service/report/names.h"
#include "service/report/timestamp.h"

namespace annals::client {
namespace {

constexpr absl::string_view kSeparator("\0", 1);
constexpr int32_t kNanosPerSecond = 1000000000;
constexpr int64_t kSecondsMin = -62135596800;  // 0001-01-01
constexpr int64_t kSecondsMax = 253402300799;  // 9999-12-31

std::string HexOfBytes(absl::string_view bytes) {
  return bytes.empty() ? "-" : absl::BytesToHexString(bytes);
}

std::array<uint8_t, 16> FirstHalf(const ledger::Hash& hash) {
  std::array<uint8_t, 16> half;
  std::copy_n(hash.begin(), half.size(), half.begin());
  return half;
}

FaultValue OtherBytes(absl::string_view bytes) {
  const std::string hash = HexOf(ledger::LeafHash(bytes));
  return Text{absl::StrCat(bytes.size(), " 字节的其他数据，叶哈希 ", hash),
              absl::StrCat(bytes.size(), " other bytes, leaf hash ", hash)};
}

absl::Status LeafUnreadable(const EntryBytes& bytes, const Text& what) {
  return AuditFault("AUDIT_LEAF_UNREADABLE", bytes.index, bytes.leaf, what,
                    "LedgerEntry", OtherBytes(bytes.leaf));
}

absl::Status Invalid(const EntryBytes& bytes, const Text& what,
                     const FaultValue& expected, const FaultValue& actual) {
  return AuditFault("AUDIT_ENTRY_INVALID", bytes.index, bytes.leaf, what,
                    expected, actual);
}

absl::Status CheckEnvelope(const EntryBytes& bytes,
                           const v1::LedgerEntry& leaf) {
  if (leaf.index() != bytes.index) {
    return Invalid(bytes, {"叶中的条目序号", "index in the leaf"},
                   absl::StrCat(bytes.index), absl::StrCat(leaf.index()));
  }
  const auto& time = leaf.recorded_at();
  if (!leaf.has_recorded_at() || time.seconds() < kSecondsMin ||
      time.seconds() > kSecondsMax || time.nanos() < 0 ||
      time.nanos() >= kNanosPerSecond) {
    return Invalid(bytes, {"记录时间", "time of recording"}, "0001…9999",
                   absl::StrCat(time.seconds(), "s ", time.nanos(), "ns"));
  }
  if (leaf.actor().subject().empty() || leaf.request_id().empty() ||
      leaf.request_hash().size() != ledger::kHashBytes) {
    return Invalid(bytes,
                   {"操作人、请求号与请求摘要的字节数",
                    "bytes of actor, request id and request hash"},
                   "> 0, > 0, 32",
                   absl::StrCat(leaf.actor().subject().size(), ", ",
                                leaf.request_id().size(), ", ",
                                leaf.request_hash().size()));
  }
  return absl::OkStatus();
}

const WireCheck& ContentCheck() {
  static const auto* const check =
      new WireCheck(v1::RevisionContent::descriptor());
  return *check;
}

struct YearAndScope {
  int32_t year = 0;
  v1::Scope scope = v1::SCOPE_ORGAN;
};

// Of the report in a content that was checked. As protobuf does, the last of
// several values counts.
YearAndScope ReadYearAndScope(absl::string_view content) {
  YearAndScope found;
  while (!content.empty()) {
    const std::optional<WireField> field = TakeWireField(&content);
    if (!field.has_value()) break;
    if (field->number != v1::RevisionContent::kReportFieldNumber) continue;
    absl::string_view report = field->bytes;
    while (!report.empty()) {
      const std::optional<WireField> part = TakeWireField(&report);
      if (!part.has_value()) break;
      if (part->wire_type != 0) continue;
      if (part->number == v1::Report::kYearFieldNumber) {
        found.year = static_cast<int32_t>(part->varint);
      } else if (part->number == v1::Report::kScopeFieldNumber) {
        found.scope = part->varint == v1::SCOPE_REGIONAL ? v1::SCOPE_REGIONAL
                                                         : v1::SCOPE_ORGAN;
      }
    }
  }
  return found;
}

absl::Status CheckReport(const EntryBytes& bytes,
                         const report::ReportName& name) {
  if (!ContentCheck().IsMessage(bytes.content)) {
    return Invalid(bytes, {"报告内容", "content"}, "RevisionContent",
                   Text{absl::StrCat(bytes.content.size(), " 字节的其他数据"),
                        absl::StrCat(bytes.content.size(), " other bytes")});
  }
  const YearAndScope found = ReadYearAndScope(bytes.content);
  if (found.year != name.year) {
    return Invalid(bytes, {"报告年度", "year of the report"},
                   absl::StrCat(name.year), absl::StrCat(found.year));
  }
  if (found.scope != name.scope) {
    return Invalid(bytes, {"报告口径", "scope of the report"},
                   v1::Scope_Name(name.scope), v1::Scope_Name(found.scope));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Etag>> BaseEtag(
    const EntryBytes& bytes, const v1::RevisionRecorded& event) {
  const std::string& text = event.base_etag();
  if (event.number() == 1 && text.empty()) return std::nullopt;
  const std::string raw =
      text.size() == 2 * Etag().size() &&
              std::all_of(text.begin(), text.end(), absl::ascii_isxdigit)
          ? absl::HexStringToBytes(text)
          : std::string();
  Etag etag = {};
  if (event.number() == 1 || raw.size() != etag.size()) {
    return Invalid(
        bytes, {"所依据修订的版本标识", "etag of the revision it is based on"},
        event.number() == 1
            ? FaultValue("-")
            : FaultValue(Text{"32 位十六进制数", "32 hex digits"}),
        text.empty() ? "-" : text);
  }
  std::copy(raw.begin(), raw.end(), etag.begin());
  return etag;
}

absl::Status CheckSignature(const EntryBytes& bytes,
                            const v1::LedgerEntry& leaf,
                            absl::string_view origin) {
  const absl::Status status =
      report::VerifyRecordedSignature(leaf, bytes.content, origin);
  if (status.ok()) return status;
  return AuditFault(
      "AUDIT_SIGNATURE_FALSE", bytes.index, bytes.leaf,
      {absl::StrCat("机关签名：", ErrorTextZh(status)),
       absl::StrCat("the agency's signature: ", status.message())},
      leaf.revision_recorded().signature().vkey(), "-");
}

absl::Status ReadRevision(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                          const EntryCheck& check, EntryFacts* facts) {
  const v1::RevisionRecorded& event = leaf.revision_recorded();
  const auto name = report::ParseReportName(event.report());
  if (!name.ok() || event.number() < 1) {
    return Invalid(bytes, {"报告名与修订号", "report and revision"},
                   "agencies/…/reports/…, ≥ 1",
                   absl::StrCat(event.report(), ", ", event.number()));
  }
  if (leaf.content_hash().empty()) {
    return Invalid(bytes, {"内容摘要", "content hash"}, "32 bytes", "-");
  }
  if (check.contents == Contents::kChecked) {
    RETURN_IF_ERROR(CheckReport(bytes, *name));
    RETURN_IF_ERROR(CheckSignature(bytes, leaf, check.origin));
  }
  RETURN_IF_ERROR(RequirePinnedAgencyKey(leaf, check.agency_keys));
  facts->kind = EventKind::kRevision;
  facts->subject = KeyOf(event.report());
  facts->required_agency =
      KeyOf(report::AgencyName{name->agency_code}.ToString());
  if (!event.document().empty()) {
    facts->required_document = KeyOf(event.document());
  }
  facts->number = event.number();
  facts->signing = RevisionSigningOf(leaf);
  ASSIGN_OR_RETURN(facts->base_etag, BaseEtag(bytes, event));
  facts->answer_digest = RevisionDigest(leaf, EtagBytesOf(facts->leaf_hash));
  return absl::OkStatus();
}

absl::Status ReadAgency(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                        EntryFacts* facts) {
  const bool is_change = leaf.has_agency_changed();
  const v1::Agency& agency = is_change ? leaf.agency_changed().agency()
                                       : leaf.agency_registered().agency();
  if (!report::ParseAgencyName(agency.name()).ok()) {
    return Invalid(bytes, {"机关名", "agency"}, "agencies/…", agency.name());
  }
  if (!leaf.content_hash().empty()) {
    return Invalid(bytes, {"内容摘要", "content hash"}, "-",
                   HexOfBytes(leaf.content_hash()));
  }
  if (agency.supervisor() == agency.name() ||
      agency.successor() == agency.name()) {
    return Invalid(bytes, {"主管机关或承接机关", "supervisor or successor"},
                   Text{"另一机关", "another agency"}, agency.name());
  }
  facts->kind = is_change ? EventKind::kAgencyChange : EventKind::kAgency;
  facts->subject = KeyOf(agency.name());
  facts->number = is_change ? leaf.agency_changed().number() : 1;
  facts->signing_state = SigningStateOf(leaf);
  if (!agency.supervisor().empty()) {
    facts->required_agency = KeyOf(agency.supervisor());
  }
  if (!agency.successor().empty()) {
    facts->required_successor = KeyOf(agency.successor());
  }
  const Etag etag = EtagBytesOf(facts->leaf_hash);
  facts->answer_digest = AgencyDigest(AgencyOf(leaf, etag));
  facts->change_digest = AgencyChangeDigest(AgencyChangeOf(leaf, etag));
  return absl::OkStatus();
}

absl::Status ReadDocument(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                          Contents contents, EntryFacts* facts) {
  const v1::DocumentRecorded& event = leaf.document_recorded();
  const auto name = report::ParseDocumentName(event.document());
  if (!name.ok() || leaf.content_hash().empty()) {
    return Invalid(bytes, {"来源文件名与内容摘要", "document and content hash"},
                   "documents/…, 32 bytes",
                   absl::StrCat(event.document(), ", ",
                                leaf.content_hash().size(), " bytes"));
  }
  if (contents == Contents::kChecked) {
    const std::string sha256 = HexOf(ledger::Sha256(bytes.content));
    const auto size = static_cast<int64_t>(bytes.content.size());
    if (sha256 != name->sha256 || size != event.size()) {
      return Invalid(
          bytes,
          {"来源文件的 SHA-256 与字节数", "SHA-256 and size of the document"},
          absl::StrCat(name->sha256, ", ", event.size()),
          absl::StrCat(sha256, ", ", size));
    }
  }
  facts->kind = EventKind::kDocument;
  facts->subject = KeyOf(event.document());
  return absl::OkStatus();
}

absl::Status ReadErasure(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                         EntryFacts* facts) {
  const v1::ContentErased& event = leaf.content_erased();
  if (event.erased_index() >= bytes.index ||
      event.content_hash().size() != ledger::kHashBytes ||
      !leaf.content_hash().empty()) {
    return Invalid(
        bytes,
        {"所删内容的条目、其内容摘要与本条目内容摘要的字节数",
         "entry erased, bytes of its content hash and of this entry's own"},
        absl::StrCat("< ", bytes.index, ", 32, 0"),
        absl::StrCat(event.erased_index(), ", ", event.content_hash().size(),
                     ", ", leaf.content_hash().size()));
  }
  if (leaf.reason().empty() || event.legal_basis().empty()) {
    return Invalid(
        bytes,
        {"删除内容的理由与法律依据的字节数",
         "bytes of the erasure's reason and legal basis"},
        "> 0, > 0",
        absl::StrCat(leaf.reason().size(), ", ", event.legal_basis().size()));
  }
  facts->kind = EventKind::kErasure;
  facts->erasure =
      ErasureFacts{event.erased_index(), event.name(),
                   ledger::HashFromBytes(event.content_hash()),
                   ErasableKeyOf(event.name(), event.content_hash())};
  return absl::OkStatus();
}

absl::Status ReadStep(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                      EntryFacts* facts) {
  const v1::StepTaken& event = leaf.step_taken();
  if (!report::ParseReportName(event.report()).ok() || event.number() < 1 ||
      event.position() < 1 || event.step() == v1::STEP_UNSPECIFIED ||
      !leaf.content_hash().empty()) {
    return Invalid(
        bytes,
        {"报告名、修订号、环节序号、环节与内容摘要的字节数",
         "report, revision, position, step and bytes of the content hash"},
        "agencies/…/reports/…, ≥ 1, ≥ 1, ≥ 1, 0",
        absl::StrCat(event.report(), ", ", event.number(), ", ",
                     event.position(), ", ", static_cast<int>(event.step()),
                     ", ", leaf.content_hash().size()));
  }
  facts->kind = EventKind::kStep;
  facts->subject = KeyOf(event.report());
  facts->number = event.position();
  facts->step_revision = event.number();
  if (!leaf.actor().agency().empty()) {
    facts->required_agency = KeyOf(leaf.actor().agency());
  }
  facts->answer_digest = StepDigest(StepOf(leaf));
  return absl::OkStatus();
}

absl::Status ReadPolicy(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                        EntryFacts* facts) {
  const v1::PolicySet& event = leaf.policy_set();
  if (!report::ParseAgencyName(event.agency()).ok() || event.number() < 1 ||
      !leaf.content_hash().empty()) {
    return Invalid(bytes,
                   {"机关名、规程版次与内容摘要的字节数",
                    "office, number of its policy and bytes of the content "
                    "hash"},
                   "agencies/…, ≥ 1, 0",
                   absl::StrCat(event.agency(), ", ", event.number(), ", ",
                                leaf.content_hash().size()));
  }
  facts->kind = EventKind::kPolicy;
  facts->subject = KeyOf(event.agency());
  facts->number = event.number();
  facts->required_agency = facts->subject;
  facts->has_policy = event.has_policy();
  facts->answer_digest = PolicyDigest(PolicyOf(leaf));
  return absl::OkStatus();
}

// Takes note of a content that is not there, of an entry whose content may be
// erased. Whether the content is there to be checked.
bool NoteMissingContent(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                        EntryFacts* facts) {
  if (bytes.salt.has_value() || ErasableName(leaf).empty() ||
      leaf.content_hash().size() != ledger::kHashBytes) {
    return false;
  }
  facts->missing_content =
      MissingContent{ledger::HashFromBytes(leaf.content_hash()),
                     bytes.erased_by, CheckContentHash(bytes, leaf)};
  return true;
}

absl::Status ReadKeyChange(const EntryBytes& bytes, const v1::LedgerEntry& leaf,
                           EntryFacts* facts) {
  const v1::KeyChanged& event = leaf.key_changed();
  const auto old_key = ledger::NoteVerifier::Parse(event.old_vkey());
  const auto new_key = ledger::NoteVerifier::Parse(event.new_vkey());
  if (!old_key.ok() || !new_key.ok() || old_key->name() != new_key->name() ||
      event.old_vkey() == event.new_vkey()) {
    return Invalid(bytes, {"密钥更换", "change of keys"},
                   "two verifier keys of one ledger",
                   absl::StrCat(event.old_vkey(), ", ", event.new_vkey()));
  }
  facts->kind = EventKind::kKeyChange;
  facts->key_change =
      KeyChange{bytes.index, event.old_vkey(), event.new_vkey()};
  return absl::OkStatus();
}

}  // namespace

ErasableKey ErasableKeyOf(absl::string_view name,
                          absl::string_view content_hash) {
  return KeyOf(absl::StrCat(name, kSeparator, content_hash));
}

NameKey KeyOf(absl::string_view name) {
  return FirstHalf(ledger::Sha256(name));
}

Etag EtagBytesOf(const ledger::Hash& leaf_hash) { return FirstHalf(leaf_hash); }

std::string EtagText(const Etag& etag) {
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(etag.data()), etag.size()));
}

absl::Status ContentMissing(const EntryBytes& bytes,
                            absl::string_view content_hash_hex) {
  if (bytes.erased_by.has_value()) {
    const std::string eraser = absl::StrCat(*bytes.erased_by);
    return AuditFault(
        "AUDIT_CONTENT_MISSING", bytes.index, bytes.leaf,
        {absl::StrCat("内容缺失；服务器称条目 ", eraser,
                      " 删除了它，但并无此事，内容摘要"),
         absl::StrCat("the content is missing; the server says that entry ",
                      eraser, " erased it, which is false, content hash")},
        std::string(content_hash_hex), "-");
  }
  return AuditFault(
      "AUDIT_CONTENT_MISSING", bytes.index, bytes.leaf,
      {"内容缺失，且没有条目记录其已被删除，内容摘要",
       "the content is missing, and no entry erased it, content hash"},
      std::string(content_hash_hex), "-");
}

absl::Status CheckContentHash(const EntryBytes& bytes,
                              const v1::LedgerEntry& leaf) {
  const std::string& expected = leaf.content_hash();
  if (!bytes.salt.has_value()) {
    if (expected.empty()) return absl::OkStatus();
    return ContentMissing(bytes, HexOfBytes(expected));
  }
  std::string actual = "-";
  if (bytes.salt->size() == ledger::kSaltBytes) {
    const ledger::Hash hash =
        ledger::ContentHash(ledger::HashFromBytes(*bytes.salt), bytes.content);
    if (ledger::AsStringView(hash) == expected) return absl::OkStatus();
    actual = HexOf(hash);
  }
  return AuditFault("AUDIT_CONTENT_MISMATCH", bytes.index, bytes.leaf,
                    {"内容摘要", "content hash"}, HexOfBytes(expected), actual);
}

absl::StatusOr<EntryFacts> ReadEntryFacts(const EntryBytes& bytes,
                                          const EntryCheck& check,
                                          google::protobuf::Arena* arena) {
  auto* leaf = google::protobuf::Arena::CreateMessage<v1::LedgerEntry>(arena);
  if (!leaf->ParseFromArray(bytes.leaf.data(),
                            static_cast<int>(bytes.leaf.size()))) {
    return LeafUnreadable(bytes,
                          {"叶不是 LedgerEntry", "the leaf is no LedgerEntry"});
  }
  RETURN_IF_ERROR(CheckEnvelope(bytes, *leaf));
  EntryFacts facts;
  EntryCheck checked = check;
  if (check.contents == Contents::kChecked) {
    if (NoteMissingContent(bytes, *leaf, &facts)) {
      checked.contents = Contents::kLeftOut;
    } else {
      RETURN_IF_ERROR(CheckContentHash(bytes, *leaf));
    }
  }
  facts.index = bytes.index;
  if (const std::string name = ErasableName(*leaf); !name.empty()) {
    facts.erasable = ErasableKeyOf(name, leaf->content_hash());
  }
  facts.leaf_hash = ledger::LeafHash(bytes.leaf);
  facts.recorded_at = report::FromTimestamp(leaf->recorded_at());
  facts.request = KeyOf(
      absl::StrCat(leaf->actor().subject(), kSeparator, leaf->request_id()));
  if (leaf->has_revision_recorded()) {
    RETURN_IF_ERROR(ReadRevision(bytes, *leaf, checked, &facts));
  } else if (leaf->has_agency_registered() || leaf->has_agency_changed()) {
    RETURN_IF_ERROR(ReadAgency(bytes, *leaf, &facts));
  } else if (leaf->has_key_changed()) {
    RETURN_IF_ERROR(ReadKeyChange(bytes, *leaf, &facts));
  } else if (leaf->has_document_recorded()) {
    RETURN_IF_ERROR(ReadDocument(bytes, *leaf, checked.contents, &facts));
  } else if (leaf->has_content_erased()) {
    RETURN_IF_ERROR(ReadErasure(bytes, *leaf, &facts));
  } else if (leaf->has_step_taken()) {
    RETURN_IF_ERROR(ReadStep(bytes, *leaf, &facts));
  } else if (leaf->has_policy_set()) {
    RETURN_IF_ERROR(ReadPolicy(bytes, *leaf, &facts));
  }
  return facts;
}

}  // namespace annals::client
