// Reminders to those whose report is missing, due or returned.

#ifndef ANNALS_CLIENT_FILINGS_REMINDERS_H_
#define ANNALS_CLIENT_FILINGS_REMINDERS_H_

#include <string>

#include "absl/time/time.h"
#include "annals/v1/supervision_service.pb.h"

namespace annals::client {

// A CSV in Chinese, as the offices send it on: agency, name, supervisor,
// deadline, days overdue, text. Begins with a byte order mark, so that
// spreadsheets read it as UTF-8.
class Reminders {
 public:
  explicit Reminders(int year);

  // Takes it up if it calls for a reminder.
  void Add(const v1::Filing& filing, absl::Time judged_at);

  int count() const { return count_; }
  const std::string& Csv() const { return csv_; }

 private:
  const int year_;
  std::string csv_;
  int count_ = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FILINGS_REMINDERS_H_
