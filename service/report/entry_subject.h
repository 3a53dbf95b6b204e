// What an entry of the ledger is about, for those who follow some of them.

#ifndef ANNALS_SERVICE_REPORT_ENTRY_SUBJECT_H_
#define ANNALS_SERVICE_REPORT_ENTRY_SUBJECT_H_

#include <string>

#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.pb.h"

namespace annals::report {

struct EntrySubject {
  v1::EventKind kind = v1::EVENT_KIND_UNSPECIFIED;
  // `agencies/{code}`; empty if it is about none, as a change of keys, or about
  // one that it does not name, as a document is recorded before its report.
  std::string agency;
  // The year that is reported on; 0 if it is about no report.
  int year = 0;
};

// The kind is unspecified if this version does not know the event.
EntrySubject SubjectOf(const v1::LedgerEntry& entry);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_ENTRY_SUBJECT_H_
