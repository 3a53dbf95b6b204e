#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/counted.h"
#include "client/erasure_text.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/hex.h"
#include "client/json_text.h"
#include "client/published_view.h"
#include "client/render/printable.h"
#include "client/signing.h"
#include "client/times.h"
#include "client/trust/pinned_signer.h"
#include "client/trust/proved.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct VerifyOptions {
  std::string name;
  std::string policy;
  std::string agency_key;
  int revision = 0;
};

// What the agency itself stated; whose key it is, by the caller's own word
// where there is one.
template <typename PrintLine>
void PrintSignature(const VerifiedRevision& verified, PinnedSigner signer,
                    const PrintLine& line) {
  const v1::RevisionRecorded& event = verified.entry.revision_recorded();
  if (!event.has_signature()) return;
  const Text by = SignatureText(event.signature());
  const uint64_t index = event.signature().register_entry();
  if (verified.erasure.has_value()) {
    return line({absl::StrCat("条目称由", by.zh, "；内容已删除，签名无从核验"),
                 absl::StrCat("the entry says that it was ", by.en,
                              "; the content was erased, so the signature "
                              "can't be verified")});
  }
  if (signer == PinnedSigner::kSigned) {
    return line(
        {absl::StrCat(by.zh, "，正是所给出或固定的该机关公钥（登记条目 ", index,
                      " 所列也是它）"),
         absl::StrCat(by.en,
                      ", which is the one that is given or pinned here "
                      "as the agency's (and in entry ",
                      index, " of the register)")});
  }
  line({absl::StrCat(by.zh, "，按登记条目 ", index, " 该密钥当时属于该机关"),
        absl::StrCat(by.en, ", which by entry ", index,
                     " of the register was the agency's then")});
}

void PrintProved(const VerifiedRevision& verified, PinnedSigner signer,
                 const OpenedCheckpoint& opened, Session* session) {
  const ledger::NoteVerifier& key = opened.key;
  const v1::RevisionRecorded& event = verified.entry.revision_recorded();
  const std::string ok = session->Out("✓ ", Tone::kGreen);
  const auto line = [&](const Text& text) {
    session->out() << ok << PrintableLine(session->Pick(text)) << "\n";
  };
  line({absl::StrCat("检查点由密钥 ", key.name(), " 签名：账本共 ",
                     verified.checkpoint.size, " 个条目，根哈希 ",
                     HexOf(verified.checkpoint.root)),
        absl::StrCat("the checkpoint is signed by the key ", key.name(),
                     ": the ledger has ",
                     Counted(verified.checkpoint.size, "entry", "entries"),
                     ", root hash ", HexOf(verified.checkpoint.root))});
  if (opened.second_key.has_value()) {
    line(SecondSignatureText(*opened.second_key));
  }
  line({absl::StrCat("条目 ", verified.entry.index(), " 记录的是 ",
                     event.report(), " 的修订 ", event.number()),
        absl::StrCat("entry ", verified.entry.index(), " records revision ",
                     event.number(), " of ", event.report())});
  const std::string who =
      ActorText(verified.entry.actor(), session->language());
  const std::string when = FormatMoment(verified.entry.recorded_at());
  line({absl::StrCat("记录者 ", who, "，记录时间 ", when, "，理由：",
                     verified.entry.reason()),
        absl::StrCat("recorded by ", who, " at ", when,
                     ", reason: ", verified.entry.reason())});
  const std::string& certificate = verified.entry.actor().certificate_sha256();
  if (!certificate.empty()) {
    const std::string sha256 = absl::BytesToHexString(certificate);
    line(
        {absl::StrCat("其证书的 SHA-256 指纹：", sha256),
         absl::StrCat("with the certificate of SHA-256 fingerprint ", sha256)});
  }
  line({absl::StrCat("该条目在账本之中：", verified.leaf_bytes,
                     " 字节，叶哈希 ", HexOf(verified.leaf_hash),
                     "，存在性证明 ", verified.proof_hashes, " 个哈希"),
        absl::StrCat("the entry is in the ledger: ", verified.leaf_bytes,
                     " bytes, leaf hash ", HexOf(verified.leaf_hash),
                     ", inclusion proof of ",
                     Counted(verified.proof_hashes, "hash", "hashes"))});
  PrintSignature(verified, signer, line);
  if (verified.erasure.has_value()) {
    return line(ErasureText(*verified.erasure));
  }
  if (verified.withdrawal.has_value()) {
    return line(WithdrawnText(verified.withdrawal->entry_index()));
  }
  line({absl::StrCat("报告内容与条目一致：", verified.content_bytes,
                     " 字节，内容摘要 ", HexOf(verified.content_hash)),
        absl::StrCat(
            "the report is what the entry commits to: ", verified.content_bytes,
            " bytes, content hash ", HexOf(verified.content_hash))});
}

void PrintWitnessings(const std::vector<ledger::Witnessing>& witnessings,
                      Session* session) {
  for (const ledger::Witnessing& witnessing : witnessings) {
    const std::string when = FormatMoment(
        absl::FromUnixSeconds(static_cast<int64_t>(witnessing.seconds)));
    session->out() << session->Out("✓ ", Tone::kGreen)
                   << PrintableLine(session->Pick(
                          {absl::StrCat("见证方 ", witnessing.name, " 于 ",
                                        when, " 见证了该检查点"),
                           absl::StrCat("witness ", witnessing.name,
                                        " cosigned the checkpoint at ", when)}))
                   << "\n";
  }
}

// What can't be signed is the word of who recorded it.
Text ArchivedBy(const v1::LedgerEntry& entry) {
  const std::string& who = entry.actor().subject();
  return {absl::StrCat("由 ", who,
                       " 按公开原样归档，没有机关签名；该机关确曾如此公开，是"
                       "归档者的说法"),
          absl::StrCat("archived as it was published by ", who,
                       ", and not signed by the agency: that the agency "
                       "published it so is the word of who archived it")};
}

// A pin promises that the agency signs; what is excepted from that is named.
void PrintUnsigned(const VerifiedRevision& verified, PinnedSigner signer,
                   Session* session) {
  const bool as_published = verified.entry.revision_recorded().as_published();
  if (signer != PinnedSigner::kUnsigned && !as_published) return;
  session->out()
      << session->Out("! ", Tone::kYellow)
      << PrintableLine(session->Pick(
             as_published
                 ? ArchivedBy(verified.entry)
                 : Text{"这次修订没有机关签名，尽管为该机关固定了公钥：记录于"
                        "须签名之日（--from）之前",
                        "it is not signed by the agency, though a key of the "
                        "agency is pinned: it was recorded before the day from "
                        "which it must sign (--from)"}))
      << "\n";
}

absl::Status PrintProvedJson(const VerifiedRevision& verified,
                             PinnedSigner signer,
                             const std::vector<ledger::Witnessing>& witnessings,
                             Session* session) {
  const v1::RevisionRecorded& event = verified.entry.revision_recorded();
  JsonObject json;
  json.AddFlag("verified", true);
  json.AddFlag("content_verified", verified.has_content());
  json.Add("report", event.report());
  json.AddNumber("number", event.number());
  json.Add("actor", verified.entry.actor().subject());
  json.Add("recorded_at",
           FormatMoment(FromTimestamp(verified.entry.recorded_at()),
                        absl::UTCTimeZone()));
  json.Add("reason", verified.entry.reason());
  json.Add("entry_index", absl::StrCat(verified.entry.index()));
  json.Add("tree_size", absl::StrCat(verified.checkpoint.size));
  json.Add("origin", verified.checkpoint.origin);
  json.Add("root_hash", HexOf(verified.checkpoint.root));
  json.Add("leaf_hash", HexOf(verified.leaf_hash));
  json.Add("content_hash", HexOf(verified.content_hash));
  if (event.has_signature()) {
    json.Add("agency_key", event.signature().vkey());
    json.Add("register_entry",
             absl::StrCat(event.signature().register_entry()));
  }
  if (signer != PinnedSigner::kNotPinned) {
    json.AddFlag("agency_key_pinned", signer == PinnedSigner::kSigned);
  }
  if (verified.erasure.has_value()) {
    json.Add("erased_by", absl::StrCat(verified.erasure->entry_index()));
  }
  if (verified.withdrawal.has_value()) {
    json.Add("withdrawn_by", absl::StrCat(verified.withdrawal->entry_index()));
  }
  if (!witnessings.empty()) {
    std::vector<std::string> names;
    for (const ledger::Witnessing& witnessing : witnessings) {
      names.push_back(witnessing.name);
    }
    json.Add("witnesses", names);
  }
  ASSIGN_OR_RETURN(const std::string text, json.Indented());
  session->out() << text;
  return absl::OkStatus();
}

absl::StatusOr<LedgerTrust> TrustFor(const std::string& policy_file,
                                     Session* session) {
  if (policy_file.empty()) return LedgerTrust::Required(session);
  ASSIGN_OR_RETURN(const std::string text, ReadInput(policy_file));
  ASSIGN_OR_RETURN(ledger::WitnessPolicy policy,
                   ParsePolicy(text, policy_file));
  return LedgerTrust::RequiredUnder(std::move(policy), session);
}

// Name, number and entry of a revision, also of one whose content was erased or
// is kept back as withdrawn.
absl::StatusOr<v1::Revision> FindRevision(const std::string& name,
                                          Session* session) {
  auto revision = FetchRevision(&session->connection(), name, AsOf());
  const std::string reason = ErrorReason(revision.status());
  if (reason != "CONTENT_ERASED" && reason != "CONTENT_WITHDRAWN") {
    return revision;
  }
  v1::Revision erased;
  uint64_t index = 0;
  for (const auto& [key, value] : ErrorMetadata(revision.status())) {
    if (key == "name") erased.set_name(value);
    if ((key == "erasedIndex" || key == "index") &&
        absl::SimpleAtoi(value, &index)) {
      erased.set_entry_index(index);
    }
  }
  const auto parsed = report::ParseRevisionName(erased.name());
  if (!parsed.ok()) return revision.status();
  erased.set_number(parsed->number);
  return erased;
}

void PrintVerdict(const VerifiedRevision& verified, Session* session) {
  if (verified.erasure.has_value()) {
    return session->Print(
        {"核验通过，内容除外：内容已删除，只证明其已记录与删除。",
         "Verified, but for the content: it was erased; that it was recorded "
         "and erased is proved."});
  }
  if (verified.withdrawal.has_value()) {
    return session->Print(
        {"核验通过，内容除外：修订已撤回，内容不再公开，只证明其已记录与撤回；"
         "此后没有恢复，是服务器的说法。",
         "Verified, but for the content: it was withdrawn and is not public; "
         "that it was recorded and withdrawn is proved, that it was not "
         "restored since is the server's word."});
  }
  session->Print({"核验通过。", "Verified."});
}

absl::StatusOr<ExitCode> RunVerify(const VerifyOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const std::string name,
                   RevisionToGet(options.name, options.revision));
  ASSIGN_OR_RETURN(const ReportOrRevision meant, ParseReportOrRevision(name));
  ASSIGN_OR_RETURN(LedgerTrust trust, TrustFor(options.policy, session));
  RETURN_IF_ERROR(trust.Check());
  // Where to look; what is found there is then proved.
  ASSIGN_OR_RETURN(const v1::Revision revision, FindRevision(name, session));
  const report::RevisionName expected{meant.report,
                                      meant.number.value_or(revision.number())};
  ASSIGN_OR_RETURN(
      const VerifiedRevision verified,
      ProveRevision(revision.entry_index(), expected, session, &trust));
  PinnedSigner signer =
      PinnedSignerOf(verified.entry, trust.keys().agency_keys);
  if (!options.agency_key.empty()) {
    RETURN_IF_ERROR(RequireSignedByAgency(options.agency_key, verified.entry));
    signer = PinnedSigner::kSigned;
  }
  if (session->json()) {
    RETURN_IF_ERROR(
        PrintProvedJson(verified, signer, trust.latest().witnessings, session));
    return ExitCode::kOk;
  }
  PrintProved(verified, signer, trust.latest(), session);
  PrintUnsigned(verified, signer, session);
  PrintWitnessings(trust.latest().witnessings, session);
  PrintVerdict(verified, session);
  TellPublishedOnly(revision.published_only(), session);
  if (!meant.number.has_value()) {
    session->Tell(
        {absl::StrCat("修订 ", expected.number,
                      " 是否为最新，以服务器所说为准，不在证明之内。"),
         absl::StrCat("That revision ", expected.number,
                      " is the latest is the server's word, not proved.")});
  }
  return ExitCode::kOk;
}

}  // namespace

void AddVerifyCommand(CommandLine* line) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = line->Add(
      &line->app(), "verify",
      {"自行核验一次修订：检查点签名、条目、存在性证明、报告内容\n"
       "除 --key 给出或已固定的公钥外，不相信服务器的任何说法。给出 --policy "
       "时，检查点还须有足够见证方的签名。",
       "Verify a revision: checkpoint signature, leaf, inclusion proof, "
       "content\n"
       "Trusts the key given with --key or pinned, and nothing that the "
       "server says. With --policy the checkpoint must be cosigned by enough "
       "witnesses."},
      "annals verify agencies/11410303005450123N/reports/2024 --revision 1 "
      "--key verifier_key\n"
      "annals verify agencies/11410303005450123N/reports/2024 --policy "
      "policy.txt");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告或修订的资源名", "The name of a report or a revision"})
      ->Required();
  line->Option(command, "--revision", &options->revision, "N",
               {"第几次修订（默认最新）",
                "The revision's number (default: the latest)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--policy", &options->policy, "FILE",
               {"见证策略文件（C2SP tlog-policy）：日志、见证方、门限",
                "A policy (C2SP tlog-policy): logs, witnesses, quorum"});
  line->Option(
      command, "--agency-key", &options->agency_key, "VKEY|FILE",
      {"机关的公钥：这次修订须由它签名。从机关取得，不要取自账本的登记",
       "The agency's verifier key, which must have signed it. Get it "
       "from the agency, not from the ledger's register"});
  line->OnCall(command, [options](Session& session) {
    return RunVerify(*options, &session);
  });
}

}  // namespace annals::client
