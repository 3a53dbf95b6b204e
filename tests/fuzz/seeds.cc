#include "tests/fuzz/seeds.h"

#include "annals/v1/ledger_entry.pb.h"
#include "service/report/report_json.h"
#include "tests/fuzz/import_seeds.h"
#include "tests/support/report_maker.h"
#include "tests/support/wire_samples.h"
#include "tests/support/witnessed_log.h"

namespace annals {
namespace {

using ledger::WireFormat;
using ledger::WireSamples;

// An entry at index 7, as the target expects it.
v1::LedgerEntry Entry() {
  v1::LedgerEntry entry;
  entry.set_index(7);
  entry.mutable_recorded_at()->set_seconds(1'750'000'000);
  entry.mutable_actor()->set_subject("local:zhang");
  entry.set_reason("年度报告");
  entry.set_request_id("8f0f5d3a-3b1c-4a51-9d70-1f6f3f1f7a11");
  entry.set_request_hash(std::string(32, 'r'));
  return entry;
}

std::vector<std::string> Leaves() {
  v1::LedgerEntry revision = Entry();
  revision.set_content_hash(std::string(32, 'c'));
  revision.mutable_revision_recorded()->set_report(
      "agencies/11410303005450123N/reports/2024");
  revision.mutable_revision_recorded()->set_number(1);
  v1::LedgerEntry agency = Entry();
  agency.mutable_agency_registered()->mutable_agency()->set_name(
      "agencies/11410303005450123N");
  v1::LedgerEntry key = Entry();
  key.mutable_key_changed()->set_old_vkey("a+00000000+AA==");
  key.mutable_key_changed()->set_new_vkey("a+00000001+AA==");
  return {revision.SerializeAsString(), agency.SerializeAsString(),
          key.SerializeAsString()};
}

// A whole one, and one small enough that a change hits structure.
std::vector<v1::Report> Reports() {
  v1::Report small = MakeReport(2);
  small.clear_s1_overview();
  small.clear_s5_problems();
  return {MakeReport(1), small};
}

std::vector<std::string> ReportBytes() {
  std::vector<std::string> seeds;
  for (const v1::Report& report : Reports()) {
    seeds.push_back(report.SerializeAsString());
  }
  return seeds;
}

std::vector<std::string> ReportTexts() {
  std::vector<std::string> seeds;
  for (const v1::Report& report : Reports()) {
    seeds.push_back(report::ReportToJson(report));
    seeds.push_back(report::ReportFormToJson(report));
  }
  return seeds;
}

// Two sizes, little-endian as the target reads them, and a true proof.
std::string ConsistencyInput(WireSamples* samples) {
  std::string input(16, '\0');
  input[0] = 3;
  input[8] = 8;
  return input + ledger::EncodeHashTile(samples->log().Proof(3, 8));
}

}  // namespace

std::vector<std::string> SeedsOf(const std::string& target) {
  WireSamples samples;
  const auto sample = [&samples](WireFormat format) {
    return samples.Sample(format);
  };
  if (target == "note") {
    return {sample(WireFormat::kCheckpoint),
            sample(WireFormat::kCosignedCheckpoint), ledger::kPublicCheckpoint,
            ledger::CheckpointText(samples.log().At(8)),
            "— witness.example/w1 AAAAAAAA\n"};
  }
  if (target == "vkey") {
    return {sample(WireFormat::kVkey), sample(WireFormat::kWitnessVkey),
            ledger::kPublicLogVkey, ledger::kPublicWitnessVkey};
  }
  if (target == "policy") {
    return {
        sample(WireFormat::kPolicy), "quorum none\n",
        absl::StrCat("witness w ", ledger::kPublicWitnessVkey, "\nquorum w\n")};
  }
  if (target == "tlog_proof") return {sample(WireFormat::kTlogProof)};
  if (target == "add_checkpoint") {
    return {sample(WireFormat::kAddCheckpoint), "20852014\n"};
  }
  if (target == "tile_path") {
    return {sample(WireFormat::kTilePath), "tile/entries/000", "tile/0/000"};
  }
  if (target == "bundle") {
    return {"\x02" + sample(WireFormat::kEntryBundle),
            "\x01" + sample(WireFormat::kHashTile)};
  }
  if (target == "proof") return {ConsistencyInput(&samples)};
  if (target == "leaf") return Leaves();
  if (target == "report") return ReportBytes();
  if (target == "json") return ReportTexts();
  return ImportSeedsOf(target);
}

}  // namespace annals
