// The entries of a small honest ledger, to be changed and audited.

#ifndef ANNALS_TESTS_CLIENT_AUDITED_LOG_H_
#define ANNALS_TESTS_CLIENT_AUDITED_LOG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_state.h"
#include "client/audit/entry_facts.h"
#include "client/erasable_name.h"
#include "client/verify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "service/report/timestamp.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"

namespace annals::client {

struct Entry {
  v1::LedgerEntry leaf;
  std::optional<std::string> salt;
  std::string content;

  std::string LeafBytes() const { return leaf.SerializeAsString(); }
  EntryBytes Bytes(uint64_t index, const std::string& bytes) const {
    EntryBytes entry{index, bytes};
    if (salt.has_value()) {
      entry.salt = *salt;
      entry.content = content;
    }
    return entry;
  }
};

inline std::string AgencyNumber(int n) {
  return absl::StrCat("agencies/", MakeAgencyCode(n));
}

inline std::string ReportNumber(int n) {
  return absl::StrCat(AgencyNumber(n), "/reports/2024");
}

inline std::string Serialize(const AuditState& state) {
  std::string bytes;
  EXPECT_OK(state.Write([&bytes](absl::string_view piece) {
    bytes.append(piece.data(), piece.size());
    return absl::OkStatus();
  }));
  return bytes;
}

inline absl::StatusOr<AuditState> Parse(absl::string_view bytes) {
  const size_t size = bytes.size();
  return AuditState::Read(
      [bytes](char* out, size_t count) mutable {
        if (count > bytes.size()) return false;
        bytes.copy(out, count);
        bytes.remove_prefix(count);
        return true;
      },
      size);
}

// Agency 0; its report; a correction; agency 1, supervised by agency 0; its
// report.
class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    AddAgency(0, "");
    AddRevision(0, 1);
    AddRevision(0, 2);
    AddAgency(1, AgencyNumber(0));
    AddRevision(1, 1);
  }

  Entry& Add() {
    const auto index = entries_.size();
    Entry& entry = entries_.emplace_back();
    entry.leaf.set_index(index);
    *entry.leaf.mutable_recorded_at() =
        report::ToTimestamp(absl::FromUnixSeconds(1'738'339'200 + index));
    entry.leaf.mutable_actor()->set_subject("local:zhang");
    entry.leaf.set_reason("理由");
    entry.leaf.set_request_id(absl::StrCat("request ", index));
    entry.leaf.set_request_hash(std::string(32, 'r'));
    return entry;
  }

  void AddAgency(int n, const std::string& supervisor) {
    v1::Agency* agency =
        Add().leaf.mutable_agency_registered()->mutable_agency();
    agency->set_name(AgencyNumber(n));
    agency->set_supervisor(supervisor);
  }

  void ChangeAgency(int n, int number, const std::string& successor = "") {
    v1::AgencyChanged* event = Add().leaf.mutable_agency_changed();
    event->set_number(number);
    event->mutable_agency()->set_name(AgencyNumber(n));
    event->mutable_agency()->set_display_name("改名");
    event->mutable_agency()->set_successor(successor);
  }

  // Based on the entry before, if it is a correction.
  void AddRevision(int n, int number) {
    const std::string base =
        number == 1 ? "" : EtagOfEntry(entries_.size() - 1);
    Entry& entry = Add();
    v1::RevisionRecorded* event = entry.leaf.mutable_revision_recorded();
    event->set_report(ReportNumber(n));
    event->set_number(number);
    event->set_base_etag(base);
    v1::RevisionContent content;
    content.mutable_report()->set_title(absl::StrCat("报告", n, number));
    content.mutable_report()->set_year(2024);
    content.mutable_report()->set_scope(v1::SCOPE_ORGAN);
    entry.salt = std::string(32, 's');
    entry.content = content.SerializeAsString();
    Commit(&entry);
  }

  static void Commit(Entry* entry) {
    entry->leaf.set_content_hash(ledger::HashBytes(ledger::ContentHash(
        ledger::HashFromBytes(*entry->salt), entry->content)));
  }

  std::string EtagOfEntry(size_t index) const {
    return EtagText(EtagBytesOf(ledger::LeafHash(entries_[index].LeafBytes())));
  }

  absl::Status Apply(const Entry& entry, uint64_t index, AuditState* state) {
    google::protobuf::Arena arena;
    const std::string bytes = entry.LeafBytes();
    auto facts = ReadEntryFacts(entry.Bytes(index, bytes), {}, &arena);
    if (!facts.ok()) return facts.status();
    return state->Apply(*facts, bytes,
                        [](const ledger::NodeId&, const ledger::Hash&) {});
  }

  absl::Status Audit(AuditState* state) {
    for (size_t i = state->size(); i < entries_.size(); ++i) {
      if (auto status = Apply(entries_[i], i, state); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Audit() {
    AuditState state;
    const absl::Status status = Audit(&state);
    return status.ok() ? state.RequireExplained() : status;
  }

  // Erases the content of an entry, with an entry that says so.
  void Erase(uint64_t index) {
    entries_[index].salt.reset();
    Entry& entry = Add();
    v1::ContentErased* event = entry.leaf.mutable_content_erased();
    event->set_erased_index(index);
    event->set_name(ErasableName(entries_[index].leaf));
    event->set_legal_basis("条例第十五条");
    event->set_content_hash(entries_[index].leaf.content_hash());
  }

  void ExpectFault(const std::string& reason, uint64_t index,
                   const std::string& text) {
    const absl::Status status = Audit();
    EXPECT_THAT(status, StatusHasReason(absl::StatusCode::kDataLoss, reason));
    EXPECT_TRUE(IsVerificationFailure(status));
    EXPECT_THAT(status.message(),
                ::testing::HasSubstr(absl::StrCat("entry ", index)));
    EXPECT_THAT(status.message(), ::testing::HasSubstr(text));
    EXPECT_THAT(ErrorTextZh(status),
                ::testing::HasSubstr(absl::StrCat("条目 ", index)));
  }

  std::vector<Entry> entries_;
};

}  // namespace annals::client

#endif  // ANNALS_TESTS_CLIENT_AUDITED_LOG_H_
