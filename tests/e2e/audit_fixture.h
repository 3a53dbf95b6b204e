// A ledger that fills more than one tile, exported to a directory.

#ifndef ANNALS_TESTS_E2E_AUDIT_FIXTURE_H_
#define ANNALS_TESTS_E2E_AUDIT_FIXTURE_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/signer.h"
#include "ledger/tile_path.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/report_maker.h"

namespace annals {

class AuditFixture : public EndToEndTest {
 protected:
  // Agencies 0 to 4, then a report of each of them with one correction, then
  // more agencies, so that the ledger has a full tile and a partial one.
  static constexpr int kReports = 5;
  static constexpr int kEntries = 260;
  static constexpr uint64_t kRevisionEntry = 5;
  static constexpr int kThreads = 32;

  void FillLedger() {
    for (int n = 0; n < kReports; ++n) Register(n);
    for (int n = 0; n < kReports; ++n) Correct(n, Submit(n, 2024));
    // In batches: their order does not matter.
    std::vector<std::thread> threads;
    for (int first = 0; first < kThreads; ++first) {
      threads.emplace_back([this, first] {
        for (int n = kReports + first; n < kEntries - 2 * kReports;
             n += kThreads) {
          Register(n);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    revision_report_ =
        absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024");
  }

  std::string NextRequestId() {
    return absl::StrFormat("00000000-0000-4000-8000-%012x", next_request_++);
  }

  void Register(int n) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(MakeAgencyCode(n));
    request.mutable_agency()->set_display_name(absl::StrCat("第", n, "局"));
    request.mutable_agency()->set_division_code("410303");
    request.set_reason("首次登记");
    request.set_request_id(NextRequestId());
    v1::Agency agency;
    grpc::ClientContext context;
    ASSERT_THAT(agencies_->CreateAgency(&context, request, &agency), RpcOk());
  }

  // Records a first revision: its etag.
  std::string Submit(int n, int year) { return Record(n, year, ""); }

  // Corrects the revision of 2024.
  void Correct(int n, const std::string& etag) { Record(n, 2024, etag); }

  std::string Record(int n, int year, const std::string& base) {
    v1::SubmitRevisionRequest request;
    request.set_name(
        absl::StrCat("agencies/", MakeAgencyCode(n), "/reports/", year));
    *request.mutable_report() =
        MakeReport(static_cast<uint64_t>(n + (base.empty() ? 0 : 100)), year);
    request.mutable_report()->set_etag(base);
    request.set_reason("年度报告");
    if (!base.empty()) request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    request.set_request_id(NextRequestId());
    v1::SubmitRevisionResponse response;
    grpc::ClientContext context;
    EXPECT_THAT(reports_->SubmitRevision(&context, request, &response),
                RpcOk());
    return response.revision().etag();
  }

  void Export() { ASSERT_THAT(Annals({"export", export_dir_}), Succeeded()); }

  Outcome AuditOffline(const Words& more = {}) {
    Words words = {"audit", "--offline", export_dir_};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  std::string InExport(const std::string& file) const {
    return absl::StrCat(export_dir_, "/", file);
  }

  std::vector<std::string> Leaves(const std::string& bundle, uint64_t width) {
    auto leaves = ledger::DecodeEntryBundle(ReadFile(InExport(bundle)), width);
    EXPECT_THAT(leaves, IsOk());
    return *leaves;
  }

  void WriteLeaves(const std::string& bundle,
                   const std::vector<std::string>& leaves) {
    auto bytes = ledger::EncodeEntryBundle(leaves);
    ASSERT_THAT(bytes, IsOk());
    WriteFile(InExport(bundle), *bytes);
  }

  // Where the bytes of a leaf of the first bundle begin.
  size_t LeafOffset(uint64_t index) {
    const std::vector<std::string> leaves = Leaves("tile/entries/000", 256);
    size_t offset = 2;
    for (uint64_t i = 0; i < index; ++i) offset += leaves[i].size() + 2;
    return offset;
  }

  static std::string HexOfLeaf(const std::string& leaf) {
    return absl::BytesToHexString(ledger::AsStringView(ledger::LeafHash(leaf)));
  }

  static std::string OtherKey(const std::string& origin = "test.local/annals") {
    auto signer = ledger::Ed25519Signer::FromSeed(std::string(32, 'o'));
    EXPECT_THAT(signer, IsOk());
    auto key = ledger::NoteVerifier::Create(origin, (*signer)->public_key());
    EXPECT_THAT(key, IsOk());
    return key->ToString();
  }

  std::string export_dir_ = dir_.Path("export");
  std::string revision_report_;
  std::atomic<int> next_request_ = 1;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_AUDIT_FIXTURE_H_
