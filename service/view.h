// How much a caller sees of what a call is about.

#ifndef ANNALS_SERVICE_VIEW_H_
#define ANNALS_SERVICE_VIEW_H_

namespace annals {

enum class View {
  // All that is recorded.
  kAll,
  // What is published, as publication.h has it. The rest is as if it were not
  // there.
  kPublished,
};

}  // namespace annals

#endif  // ANNALS_SERVICE_VIEW_H_
