#include "service/tls/tls_certificates.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/status_macros.h"
#include "service/telemetry/library_log.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

std::string Utc(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

// Until when what was read is valid, as a line of the log ends.
std::string ValidUntil(const TlsIdentity& identity, absl::Time now) {
  std::string text =
      absl::StrCat("the certificate is valid until ", Utc(identity.not_after));
  const absl::Time crls_expire = identity.verifier->crls_expire(now);
  if (crls_expire < absl::InfiniteFuture()) {
    absl::StrAppend(&text, ", the revocation list until ", Utc(crls_expire));
  }
  return text;
}

std::string Describe(const OutOfTimeList& list, absl::Time now) {
  return absl::StrCat(
      "the revocation list of ", list.authority,
      list.until <= now ? absl::StrCat(" has ended on ", Utc(list.until))
                        : absl::StrCat(" is not valid before ", Utc(list.from)),
      ", and lets nobody in whose certificate is this authority's; have it "
      "issue a new one and put it into --tls_crl_dir, where it is taken "
      "without a restart");
}

// In the place of the one at its path, if there is one.
void PutList(const CrlFile& list, std::vector<CrlFile>* lists) {
  const auto place =
      std::lower_bound(lists->begin(), lists->end(), list.path,
                       [](const CrlFile& one, const std::string& path) {
                         return one.path < path;
                       });
  if (place == lists->end() || place->path != list.path) {
    lists->insert(place, list);
  } else {
    place->pem = list.pem;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsCertificates>> TlsCertificates::Load(
    const TlsOptions& options) {
  std::unique_ptr<TlsCertificates> certificates(new TlsCertificates(options));
  ASSIGN_OR_RETURN(Identity identity, certificates->ReadIfChanged());
  {
    MutexLock lock(&certificates->mutex_);
    spdlog::info("the files of TLS were read; {}",
                 ValidUntil(*identity, options.clock->Now()));
    certificates->current_ = {std::move(identity), 1};
  }
  certificates->TellLists();
  if (options.reload_interval > absl::ZeroDuration()) {
    certificates->thread_ = std::thread(
        [certificates = certificates.get()] { certificates->Run(); });
  }
  return certificates;
}

TlsCertificates::~TlsCertificates() {
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    stopping_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

TlsCertificates::Current TlsCertificates::current() const {
  MutexLock lock(&mutex_);
  return current_;
}

uint64_t TlsCertificates::failed_reloads() const {
  MutexLock lock(&mutex_);
  return failed_reloads_;
}

void TlsCertificates::CollectMetrics(MetricWriter* metrics) const {
  MutexLock lock(&mutex_);
  metrics->Add(
      Metric::kTlsExpiry,
      absl::ToDoubleSeconds(current_.identity->not_after - absl::UnixEpoch()));
  const absl::Time crls_expire =
      current_.identity->verifier->crls_expire(options_.clock->Now());
  if (crls_expire < absl::InfiniteFuture()) {
    metrics->Add(Metric::kTlsCrlExpiry,
                 absl::ToDoubleSeconds(crls_expire - absl::UnixEpoch()));
  }
  metrics->Add(Metric::kTlsReloadFailures,
               static_cast<double>(failed_reloads_));
  metrics->Add(Metric::kTlsHandshakeFailures,
               static_cast<double>(FailedHandshakes()));
}

absl::StatusOr<TlsCertificates::Identity> TlsCertificates::ReadIfChanged()
    const {
  ASSIGN_OR_RETURN(TlsBytes bytes, ReadTlsFiles(options_.paths));
  const Identity before = current().identity;
  if (before != nullptr && before->bytes == bytes) return nullptr;
  return Check(std::move(bytes), before.get());
}

absl::StatusOr<TlsCertificates::Identity> TlsCertificates::Check(
    TlsBytes bytes, const TlsIdentity* before) const {
  const absl::Time now = options_.clock->Now();
  ASSIGN_OR_RETURN(TlsIdentity identity,
                   CheckTlsFiles(std::move(bytes), options_.paths, now));
  if (before != nullptr) {
    RETURN_IF_ERROR(
        identity.verifier->lists().MaySucceed(before->verifier->lists(), now));
  }
  return std::make_shared<const TlsIdentity>(std::move(identity));
}

TlsCertificates::Partly TlsCertificates::TakePartly(Identity before) const {
  const TlsBytes found = ReadReadableTlsFiles(options_.paths, before->bytes);
  Partly partly;
  const auto take = [&](const std::string& what, TlsBytes bytes) {
    if (bytes == before->bytes) return;
    absl::StatusOr<Identity> checked = Check(std::move(bytes), before.get());
    if (!checked.ok()) return;
    before = *std::move(checked);
    partly.identity = before;
    partly.taken.push_back(what);
  };
  TlsBytes with_pair = before->bytes;
  with_pair.certificate = found.certificate;
  with_pair.private_key = found.private_key;
  take(options_.paths.certificate, std::move(with_pair));
  for (const CrlFile& list : found.crls) {
    TlsBytes with_list = before->bytes;
    PutList(list, &with_list.crls);
    take(list.path, std::move(with_list));
  }
  // Last: a new one needs its list.
  TlsBytes with_authorities = before->bytes;
  with_authorities.client_authorities = found.client_authorities;
  take(options_.paths.client_authorities, std::move(with_authorities));
  return partly;
}

absl::Status TlsCertificates::Reload() {
  absl::Status status = TakeUpChanges();
  TellLists();
  return status;
}

void TlsCertificates::TellLists() {
  const absl::Time now = options_.clock->Now();
  MutexLock lock(&mutex_);
  for (const OutOfTimeList& list :
       current_.identity->verifier->ListsOutOfTime(now)) {
    const std::string text = Describe(list, now);
    if (told_of_lists_.insert(text).second) spdlog::error("{}", text);
  }
}

absl::Status TlsCertificates::TakeUpChanges() {
  absl::StatusOr<Identity> read = ReadIfChanged();
  Partly partly;
  if (!read.ok()) partly = TakePartly(current().identity);
  MutexLock lock(&mutex_);
  if (!read.ok()) {
    ++failed_reloads_;
    const std::string fault(read.status().message());
    if (fault != told_) {
      spdlog::error(
          "the files of TLS have changed and not all are in order; what is not "
          "goes on as it was: {}",
          fault);
    }
    told_ = fault;
    if (partly.identity != nullptr) {
      current_ = {std::move(partly.identity), current_.generation + 1};
      spdlog::info("of the files of TLS these were in order and taken: {}",
                   absl::StrJoin(partly.taken, ", "));
    }
    return read.status();
  }
  const bool was_at_fault = !told_.empty();
  told_.clear();
  if (*read == nullptr) {
    if (was_at_fault) {
      spdlog::info(
          "the files of TLS are in order again, and what they were before");
    }
    return absl::OkStatus();
  }
  current_ = {*std::move(read), current_.generation + 1};
  spdlog::info("the files of TLS were read anew; {}",
               ValidUntil(*current_.identity, options_.clock->Now()));
  return absl::OkStatus();
}

void TlsCertificates::Run() {
  while (true) {
    {
      MutexLock lock(&mutex_);
      if (!stopped_) {
        stopping_.WaitFor(&mutex_, options_.reload_interval);
      }
      if (stopped_) return;
    }
    Reload().IgnoreError();  // Told in the log.
  }
}

}  // namespace annals
