// A ledger of LedgerEntry leaves in memory, with a clock that the test sets.

#ifndef ANNALS_TESTS_SUPPORT_ENTRY_LEDGER_H_
#define ANNALS_TESTS_SUPPORT_ENTRY_LEDGER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "annals/v1/ledger_entry.pb.h"
#include "gtest/gtest.h"
#include "service/leaf_codec.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"

namespace annals {

class EntryLedger {
 public:
  EntryLedger() {
    harness_.UseDecoder(&codec_);
    EXPECT_OK(harness_.Open());
  }

  ledger::Ledger& ledger() { return harness_.ledger(); }
  ledger::FakeClock& clock() { return harness_.clock(); }
  uint64_t size() { return ledger().checkpoint()->checkpoint.size; }

  // Sets the clock to `time` in the time zone Asia/Shanghai, such as
  // "2025-01-31 23:59:59".
  void At(const std::string& time) { clock().Set(Shanghai(time)); }

  static absl::Time Shanghai(const std::string& time) {
    absl::Time result;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%E*S", time,
                                absl::FixedTimeZone(8 * 60 * 60), &result,
                                &error))
        << error;
    return result;
  }

  // Records `entry`, with `content` if that is not empty, at the end of the
  // stream that its leaf belongs to. Its index.
  uint64_t Append(v1::LedgerEntry entry, const std::string& content = "") {
    entry.mutable_actor()->set_subject("local:zhang");
    entry.mutable_actor()->set_assurance(v1::ASSURANCE_SELF_DECLARED);
    if (entry.reason().empty()) entry.set_reason("测试");
    entry.set_request_id(
        absl::StrFormat("00000000-0000-4000-9000-%012x", next_request_++));
    ledger::AppendRequest append;
    append.caller = entry.actor().subject();
    append.request_id = entry.request_id();
    append.request_digest = ledger::Sha256(entry.request_id());
    append.stream.stream = StreamOf(entry);
    const auto length = ledger().LengthOf(append.stream.stream);
    EXPECT_OK(length);
    append.stream.length = length.value_or(0);
    if (!content.empty()) append.content = content;
    if (entry.has_content_erased()) {
      append.erases = entry.content_erased().erased_index();
    }
    append.make_leaf = [entry](const ledger::LeafContext& context) {
      return EncodeLeaf(entry, context);
    };
    const auto result = harness_.Append(std::move(append));
    EXPECT_OK(result);
    return result.ok() ? result->index : 0;
  }

  uint64_t AppendAgency(const v1::Agency& agency) {
    v1::LedgerEntry entry;
    *entry.mutable_agency_registered()->mutable_agency() = agency;
    return Append(std::move(entry));
  }

 private:
  std::string StreamOf(v1::LedgerEntry entry) {
    ledger::LeafContext context;
    context.index = size();
    context.recorded_at = clock().Now();
    const auto facts =
        codec_.Decode(size(), EncodeLeaf(std::move(entry), context));
    EXPECT_OK(facts);
    return facts.ok() ? facts->stream : "";
  }

  const LeafCodec codec_;
  ledger::MemoryStore store_;
  ledger::MemoryMark mark_;
  ledger::LedgerHarness harness_{&store_, &mark_};
  uint64_t next_request_ = 1;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_ENTRY_LEDGER_H_
