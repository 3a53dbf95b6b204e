// The documents that reports were published as, each recorded once, by its
// hash. Knows no gRPC.

#ifndef ANNALS_SERVICE_DOCUMENTS_H_
#define ANNALS_SERVICE_DOCUMENTS_H_

#include <cstddef>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/document_service.pb.h"
#include "ledger/ledger.h"
#include "service/identity.h"
#include "service/publication.h"
#include "service/view.h"

namespace annals {

inline constexpr size_t kDefaultDocumentBytesMax = size_t{8} << 20;

// Thread-safe. Blocks on storage, so it is called on a worker's thread.
class Documents {
 public:
  using RecordCallback =
      absl::AnyInvocable<void(absl::StatusOr<v1::Document>) &&>;

  // Neither is owned; both must outlive this. `bytes_max`: the longest
  // document.
  Documents(ledger::Ledger* ledger, const Publications* publications,
            size_t bytes_max)
      : ledger_(ledger), publications_(*publications), bytes_max_(bytes_max) {}

  // Calls `done` exactly once, on any thread: with the document, without its
  // bytes, when it is durable and under a signed checkpoint. One that is
  // recorded already, by whomever, is answered as it was recorded.
  // INVALID_ARGUMENT with reason DOCUMENT_TOO_LARGE, or one that names a field.
  void Record(const CallerIdentity& caller, v1::RecordDocumentRequest request,
              RecordCallback done);

  // NOT_FOUND with reason DOCUMENT_NOT_FOUND; FAILED_PRECONDITION with reason
  // CONTENT_ERASED or CONTENT_WITHDRAWN if its bytes are asked for and were
  // erased, or are kept back.
  absl::StatusOr<v1::Document> Get(const v1::GetDocumentRequest& request,
                                   View view) const;

 private:
  absl::Status Validate(const v1::RecordDocumentRequest& request) const;
  absl::StatusOr<v1::Document> Read(absl::string_view name,
                                    bool with_data) const;

  ledger::Ledger* const ledger_;
  const Publications& publications_;
  const size_t bytes_max_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_DOCUMENTS_H_
