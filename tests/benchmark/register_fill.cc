#include "tests/benchmark/register_fill.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/check.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "service/leaf_codec.h"
#include "service/report/check.h"
#include "tests/benchmark/bench_ledger.h"
#include "tests/benchmark/ledger_fill.h"
#include "tests/support/agency_code.h"
#include "tests/support/report_maker.h"

namespace annals::benchmark {
namespace {

// Below the queue's limit, so that no append is refused.
constexpr int kInFlightMax = 1024;

// Appends entries one after the other, without waiting for each.
class Appender {
 public:
  explicit Appender(ledger::Ledger* ledger) : ledger_(*ledger) {}

  void Append(v1::LedgerEntry entry, const std::string& stream,
              const std::string& content) {
    entry.mutable_actor()->set_subject("local:benchmark");
    entry.set_reason("年度报告首次提交");
    entry.set_request_id(
        absl::StrFormat("00000000-0000-4000-8000-%012x", n_++));
    ledger::AppendRequest append;
    append.caller = entry.actor().subject();
    append.request_id = entry.request_id();
    append.request_digest = ledger::Sha256(entry.request_id());
    append.stream = {stream, lengths_[stream]++};
    if (!content.empty()) append.content = content;
    append.make_leaf =
        [entry = std::move(entry)](const ledger::LeafContext& context) {
          return EncodeLeaf(entry, context);
        };
    Wait(kInFlightMax);
    {
      MutexLock lock(&mutex_);
      ++in_flight_;
    }
    ledger_.Append(std::move(append),
                   [this](absl::StatusOr<ledger::AppendResult> result) {
                     ANNALS_CHECK(result.ok());
                     MutexLock lock(&mutex_);
                     --in_flight_;
                     changed_.SignalAll();
                   });
  }

  // Until fewer than `count` are under way.
  void Wait(int count) {
    MutexLock lock(&mutex_);
    while (in_flight_ >= count) changed_.Wait(&mutex_);
  }

 private:
  ledger::Ledger& ledger_;
  uint64_t n_ = 0;
  absl::flat_hash_map<std::string, uint64_t> lengths_;
  Mutex mutex_;
  CondVar changed_;
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Registers agencies and numbers them.
class Register {
 public:
  explicit Register(Appender* appender) : appender_(*appender) {}

  int Add(int supervisor, v1::AgencyKind kind) {
    const int n = count_++;
    v1::LedgerEntry entry;
    v1::Agency* agency = entry.mutable_agency_registered()->mutable_agency();
    agency->set_name("agencies/" + MakeAgencyCode(n));
    agency->set_display_name(absl::StrCat("某省某市某县第", n, "局"));
    agency->set_division_code("410303");
    agency->set_kind(kind);
    if (supervisor >= 0) {
      agency->set_supervisor("agencies/" + MakeAgencyCode(supervisor));
    }
    const std::string stream = agency->name();
    appender_.Append(std::move(entry), stream, "");
    return n;
  }

  int AddOffice(int supervisor, const RegisterShape& shape) {
    const int office = Add(supervisor, v1::AGENCY_KIND_GOVERNMENT_OFFICE);
    for (int i = 0; i < shape.departments; ++i) {
      Add(office, v1::AGENCY_KIND_DEPARTMENT);
    }
    return office;
  }

  int count() const { return count_; }

 private:
  Appender& appender_;
  int count_ = 0;
};

std::string ContentOf(int n, const RegisterShape& shape) {
  if (!shape.has_contents) return std::string(64, 'x');
  const std::vector<std::string>& contents = BenchmarkContents();
  return contents[static_cast<size_t>(n) % contents.size()];
}

void AddReport(int n, int year, int number, const std::string& content,
               Appender* appender) {
  v1::LedgerEntry entry;
  v1::RevisionRecorded* event = entry.mutable_revision_recorded();
  event->set_report(
      absl::StrCat("agencies/", MakeAgencyCode(n), "/reports/", year));
  event->set_number(number);
  event->set_rule_set_version("2026-11");
  const std::string stream = event->report();
  appender->Append(std::move(entry), stream, content);
}

void Fill(const RegisterShape& shape, Appender* appender) {
  Register agencies(appender);
  for (int p = 0; p < shape.provinces; ++p) {
    const int province = agencies.AddOffice(-1, shape);
    for (int c = 0; c < shape.cities; ++c) {
      const int city = agencies.AddOffice(province, shape);
      for (int k = 0; k < shape.counties; ++k) agencies.AddOffice(city, shape);
    }
  }
  for (int year = shape.first_year; year <= shape.last_year; ++year) {
    for (int n = 0; n < agencies.count(); ++n) {
      if (n % 10 == 3) continue;
      AddReport(n, year, 1, ContentOf(n, shape), appender);
    }
    for (int n = 0; n < agencies.count(); n += 10) {
      AddReport(n, year, 2, ContentOf(n + 1, shape), appender);
    }
  }
  // It has two from above.
  for (int number = 3; number <= shape.revisions; ++number) {
    AddReport(0, shape.last_year, number, ContentOf(number, shape), appender);
  }
  appender->Wait(1);
}

}  // namespace

int AgencyCount(const RegisterShape& shape) {
  const int offices =
      shape.provinces * (1 + shape.cities * (1 + shape.counties));
  return offices * (1 + shape.departments);
}

const std::vector<std::string>& BenchmarkContents() {
  static const auto* contents = [] {
    auto* made = new std::vector<std::string>();
    for (uint64_t seed = 0; seed < 64; ++seed) {
      v1::RevisionContent content;
      *content.mutable_report() = MakeReport(seed);
      *content.mutable_check() =
          report::CheckReport(content.report(), report::CheckContext());
      made->push_back(content.SerializeAsString());
    }
    return made;
  }();
  return *contents;
}

FilledRegister FillRegister(const std::string& data_dir,
                            const RegisterShape& shape) {
  const BenchLedger ledger(data_dir);
  Appender appender(ledger.get());
  Fill(shape, &appender);
  ledger.get()->Stop();
  return {MakeAgencyCode(0), MakeAgencyCode(shape.departments + 1),
          absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/",
                       shape.last_year)};
}

}  // namespace annals::benchmark
