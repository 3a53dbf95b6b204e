// The server's certificate and what it trusts, renewed from their files without
// a restart.

#ifndef ANNALS_SERVICE_TLS_TLS_CERTIFICATES_H_
#define ANNALS_SERVICE_TLS_TLS_CERTIFICATES_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/mutex.h"
#include "service/telemetry/metrics.h"
#include "service/tls/tls_files.h"

namespace annals {

struct TlsOptions {
  TlsPaths paths;
  // Between two looks at the files; zero, and nobody looks.
  absl::Duration reload_interval = absl::Seconds(10);
  // Not owned; must outlive what is made of this.
  ledger::Clock* clock = ledger::Clock::System();
};

// Thread-safe.
class TlsCertificates {
 public:
  // Reads the files, and says in the log until when they are valid. Errors as
  // of CheckTlsFiles.
  static absl::StatusOr<std::unique_ptr<TlsCertificates>> Load(
      const TlsOptions& options);

  ~TlsCertificates();

  struct Current {
    std::shared_ptr<const TlsIdentity> identity;
    // Rises with each change; from 1.
    uint64_t generation = 0;
  };
  Current current() const;

  // Looks at the files now. If they have changed and are in order, they hold
  // from now on; of what is not, what held before goes on: who is revoked can't
  // wait until somebody mends another file, nor can the server's certificate. A
  // line in the log says why, and so does the result: as of CheckTlsFiles and,
  // for lists that are out of time or older than those before,
  // RevocationLists::MaySucceed. So does a line when they are in order again. A
  // list that has ended by now is told as an error, once.
  absl::Status Reload();

  // How often what was found was not in order.
  uint64_t failed_reloads() const;

  void CollectMetrics(MetricWriter* metrics) const;

 private:
  explicit TlsCertificates(const TlsOptions& options) : options_(options) {}

  using Identity = std::shared_ptr<const TlsIdentity>;

  // Null if they are what they were.
  absl::StatusOr<Identity> ReadIfChanged() const;
  struct Partly {
    Identity identity;               // Null if nothing was taken.
    std::vector<std::string> taken;  // Paths.
  };
  // `before` with what has changed since and is in order beside the rest: the
  // certificate with its key, each list, the authorities.
  Partly TakePartly(Identity before) const;
  absl::StatusOr<Identity> Check(TlsBytes bytes,
                                 const TlsIdentity* before) const;
  absl::Status TakeUpChanges();
  // Says in the log which revocation lists let nobody in, each once.
  void TellLists();
  void Run();

  const TlsOptions options_;
  mutable Mutex mutex_;
  CondVar stopping_;
  Current current_ ABSL_GUARDED_BY(mutex_);
  uint64_t failed_reloads_ ABSL_GUARDED_BY(mutex_) = 0;
  // The fault that the log has told last, so that it is not told every time.
  std::string told_ ABSL_GUARDED_BY(mutex_);
  // What it has told of revocation lists.
  std::set<std::string> told_of_lists_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_TLS_CERTIFICATES_H_
