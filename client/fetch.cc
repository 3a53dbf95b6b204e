#include "client/fetch.h"

#include "client/times.h"

namespace annals::client {

absl::StatusOr<v1::Revision> FetchRevision(Connection* connection,
                                           const std::string& name,
                                           std::optional<absl::Time> as_of) {
  v1::GetReportRequest request;
  request.set_name(name);
  if (as_of.has_value()) *request.mutable_as_of() = ToTimestamp(*as_of);
  return connection->Call(connection->reports(),
                          &v1::ReportService::Stub::GetReport, request);
}

absl::StatusOr<v1::Entry> FetchEntry(Connection* connection, uint64_t index) {
  v1::GetEntryRequest request;
  request.set_index(index);
  request.set_include_content(true);
  return connection->Call(connection->ledger(),
                          &v1::LedgerService::Stub::GetEntry, request);
}

v1::Report ReportOf(const v1::Revision& revision) {
  v1::Report report = revision.content().report();
  report.set_etag(revision.etag());
  return report;
}

}  // namespace annals::client
