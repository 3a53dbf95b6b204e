// The lives of reports, as far as a caller sees them.

#ifndef ANNALS_SERVICE_LIFE_VIEW_H_
#define ANNALS_SERVICE_LIFE_VIEW_H_

#include "absl/status/statusor.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "service/life_reader.h"
#include "service/publication.h"
#include "service/view.h"

namespace annals {

// Thread-safe. Blocks on storage.
class LifeView {
 public:
  // Neither is owned; both must outlive this.
  LifeView(const LifeReader* lives, const Publications* publications)
      : lives_(*lives), publications_(*publications) {}

  // NOT_FOUND with reason REPORT_NOT_FOUND. As AsOf. Of what is published: the
  // revisions that took effect, the steps that changed what is in effect, and
  // the policies by which they did.
  absl::StatusOr<v1::Lifecycle> Get(const v1::GetLifecycleRequest& request,
                                    View view) const;

 private:
  const LifeReader& lives_;
  const Publications& publications_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LIFE_VIEW_H_
