// What is published, for callers who see no more.
//
// A revision is published when it takes effect. It stays so when it is
// corrected; when it is withdrawn its content is kept back until it is
// restored, and that it was there and was withdrawn stays to be seen. A
// revision that never took effect is hidden with all that was done to it. Of
// the steps those are published that changed what is in effect, and that say
// when and where a published revision was published. The register,
// policies and keys are public. A source document is as public as a report that
// names it.
//
// So the published history of a report is one that ends with the revision that
// took effect last, in effect or withdrawn: nothing that a later, unpublished
// revision brings changes any part of it.

#ifndef ANNALS_SERVICE_PUBLICATION_H_
#define ANNALS_SERVICE_PUBLICATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "service/life_reader.h"
#include "service/report/names.h"
#include "service/review_policies.h"
#include "service/view.h"

namespace annals {

struct PublishedRevision {
  int64_t number = 0;
  // The entry of the step that withdrew it; absent if its content is shown.
  std::optional<uint64_t> withdrawn_by;
};

// What is published of a report.
struct Publication {
  // By number.
  std::vector<PublishedRevision> revisions;
  // The entries of the published steps, by index.
  std::vector<uint64_t> steps;

  // Null if it is not published.
  const PublishedRevision* Find(int64_t number) const;
  // Whether what took effect last was withdrawn.
  bool IsWithdrawn() const;
};

Publication PublicationOf(const RecordedLife& life);

// The places in `life.steps` of the published steps.
std::vector<size_t> PublishedSteps(const RecordedLife& life);

// What is in effect of a report.
struct InEffect {
  // 0 if no revision is.
  int64_t number = 0;
  // By which this was decided: it stands as long as they are so long.
  std::vector<ledger::StreamLength> decided_by;
};

// Whether the entry is of the register, of a policy or of the ledger's keys:
// those are nobody's own, and everybody's proofs need them.
bool IsOpenToAll(const v1::LedgerEntry& entry);

// What may be seen of an entry.
struct EntrySight {
  bool is_published = false;
  // The entry of the step for which its content is kept back.
  std::optional<uint64_t> withdrawn_by;
};

// Thread-safe. Blocks on storage. What it found of a report it remembers until
// the report changes, whether it is published, hidden or not there.
class Publications {
 public:
  // Neither is owned; both must outlive this.
  Publications(ledger::Ledger* ledger, const LifeReader* lives)
      : ledger_(*ledger), lives_(*lives), policies_(ledger) {}

  // What was published when the ledger had `size` entries and is not withdrawn
  // now; nothing of a report that there is not.
  absl::StatusOr<Publication> Read(const report::ReportName& report,
                                   uint64_t size) const;

  // The same with what was withdrawn then: that a report was published and
  // withdrawn is no secret, only its content is kept back.
  absl::StatusOr<Publication> ReadThen(const report::ReportName& report,
                                       uint64_t size) const;

  // Now; nothing of a report that there is not.
  absl::StatusOr<InEffect> FindInEffect(const report::ReportName& report) const;

  // The revision that was in effect when the ledger had `size` entries, as the
  // end of a stream that ends with it; nullopt if none was, or if its content
  // is kept back now from who sees no more than what is published.
  absl::StatusOr<std::optional<ledger::StreamEnd>> FindInEffectAsOf(
      const report::ReportName& report, uint64_t size,
      View view = View::kAll) const;

  // The same of each, in their order; cheaper than one by one.
  struct AskedReport {
    report::ReportName report;
    View view = View::kAll;
  };
  absl::StatusOr<std::vector<std::optional<ledger::StreamEnd>>>
  FindAllInEffectAsOf(const std::vector<AskedReport>& reports,
                      uint64_t size) const;

  // Now.
  absl::StatusOr<EntrySight> SightOf(const v1::LedgerEntry& entry) const;

  // Of the source document `documents/{sha256}`, by the reports that name it.
  absl::StatusOr<EntrySight> SightOfDocument(absl::string_view document) const;

 private:
  // The lengths of its two streams. By which policy a revision takes effect
  // never changes, so a report of the same lengths is the same.
  struct Lengths {
    uint64_t revisions = 0;
    uint64_t steps = 0;
    bool operator==(const Lengths& other) const {
      return revisions == other.revisions && steps == other.steps;
    }
  };
  using Shared = std::shared_ptr<const Publication>;
  using StreamEnd = std::optional<ledger::StreamEnd>;
  struct Ends {
    ledger::StreamEnd revisions;
    StreamEnd steps;
  };

  // As FindInEffectAsOf of a report whose streams have these ends.
  absl::StatusOr<StreamEnd> EndInEffect(const AskedReport& asked,
                                        const Ends& ends, uint64_t size) const;

  // As it is with most reports: the last revision took effect when it was
  // recorded, and no step was taken.
  absl::StatusOr<bool> IsPlain(
      const ledger::StreamEnd& revisions,
      const std::optional<ledger::StreamEnd>& steps) const;
  absl::StatusOr<Lengths> ReadLengths(const std::string& report,
                                      uint64_t size) const;
  absl::StatusOr<Shared> ReadAsOf(const report::ReportName& report,
                                  uint64_t size) const;
  absl::StatusOr<Shared> ReadOfLengths(const report::ReportName& report,
                                       const Lengths& lengths,
                                       uint64_t size) const;
  absl::StatusOr<Publication> Compute(const report::ReportName& report,
                                      uint64_t size) const;
  absl::StatusOr<EntrySight> SightOfRevision(absl::string_view report,
                                             int64_t number) const;
  absl::StatusOr<EntrySight> SightOfStep(const v1::LedgerEntry& entry) const;
  absl::StatusOr<EntrySight> SightOfErasure(
      const v1::ContentErased& event) const;

  ledger::Ledger& ledger_;
  const LifeReader& lives_;
  const ReviewPolicies policies_;
  mutable Mutex mutex_;
  mutable absl::flat_hash_map<std::string, std::pair<Lengths, Shared>> known_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_PUBLICATION_H_
