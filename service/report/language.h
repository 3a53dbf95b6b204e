// The two languages that a person may read in.

#ifndef ANNALS_SERVICE_REPORT_LANGUAGE_H_
#define ANNALS_SERVICE_REPORT_LANGUAGE_H_

namespace annals::report {

enum class Language { kZh, kEn };

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_LANGUAGE_H_
