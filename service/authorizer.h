// Whether a caller may make a call: the table of access_policy.h, applied to
// the agency that the call is about.

#ifndef ANNALS_SERVICE_AUTHORIZER_H_
#define ANNALS_SERVICE_AUTHORIZER_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/access_policy.h"
#include "service/identity.h"
#include "service/subtree.h"
#include "service/view.h"

namespace annals {

// A method is known by its request, of which each has its own. Thread-safe.
class Authorizer {
 public:
  // Neither is owned; both must outlive this. `public_allowed`: whether callers
  // without a certificate are let in. `recording`: why nobody may record
  // anything; OK if they may.
  Authorizer(ledger::Ledger* ledger, ledger::Clock* clock, bool public_allowed,
             absl::Status recording = absl::OkStatus())
      : ledger_(ledger),
        clock_(clock),
        public_allowed_(public_allowed),
        recording_(std::move(recording)) {}

  // What can be said without reading the request or the ledger: nullopt if that
  // does not decide; OK: the caller sees all. Does not block.
  static std::optional<absl::Status> CheckRole(
      const CallerIdentity& caller,
      const google::protobuf::Descriptor& request_type);

  // The agencies about which only the caller may ask, as they are now; nullopt
  // if it may ask about any.
  std::optional<Subtree> SubtreeHeldTo(
      const CallerIdentity& caller,
      const google::protobuf::Message& request) const;

  // How much the caller sees, or PERMISSION_DENIED with reason ROLE_NOT_ALLOWED
  // (the role may not make such calls at all) or AGENCY_NOT_ALLOWED (not about
  // that agency). The latter is the same whether or not what is named exists.
  // What the public sees, where it is let in, everybody sees who may make such
  // calls. Blocks on storage.
  absl::StatusOr<View> ViewFor(const CallerIdentity& caller,
                               const google::protobuf::Message& request) const;

  // OK if the caller sees all; for methods that know no views. Errors as of
  // ViewFor, and `recording` for methods that record.
  absl::Status Check(const CallerIdentity& caller,
                     const google::protobuf::Message& request) const;

  // The same of a request's bytes, of which only the field `name` is read.
  // INVALID_ARGUMENT with reason MALFORMED_REQUEST if they are no message.
  absl::Status CheckBytes(const CallerIdentity& caller,
                          const google::protobuf::Descriptor& request_type,
                          absl::string_view bytes) const;

 private:
  // The agencies that a call is about, as codes; empty: it can't be told, or it
  // is about all of them.
  struct Subject {
    std::string agency_code;
    // Those below it as well.
    bool with_subordinates = false;
    // About what everybody may see who may make such calls.
    bool is_open_to_all = false;
  };
  absl::StatusOr<bool> IsReached(
      const CallerIdentity& caller, const AccessRule& rule, Reach reach,
      const google::protobuf::Message& request) const;
  absl::StatusOr<std::optional<Subject>> SubjectOf(
      const AccessRule& rule, const google::protobuf::Message& request) const;
  absl::StatusOr<std::optional<Subject>> SubjectOfEntry(uint64_t index) const;
  absl::Status CheckRecording(
      const google::protobuf::Descriptor& request_type) const;
  // The office and all below it now.
  Subtree SubtreeOf(const std::string& office_code) const;

  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
  const bool public_allowed_;
  const absl::Status recording_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AUTHORIZER_H_
