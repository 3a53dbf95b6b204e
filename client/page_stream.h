// Answers that come as a stream of pages, all of one tree size.

#ifndef ANNALS_CLIENT_PAGE_STREAM_H_
#define ANNALS_CLIENT_PAGE_STREAM_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/answer_mismatch.h"
#include "client/connection.h"
#include "client/stubs.h"
#include "grpcpp/grpcpp.h"
#include "ledger/clock.h"
#include "ledger/status_macros.h"

namespace annals::client {

// Gives each page of the stream that `open` begins to `take`, and returns the
// tree size they are of. The call is repeated only while no page has come: what
// was taken cannot be taken back. Errors: the call's; `take`'s, which ends the
// stream; DATA_LOSS with reason ANSWER_MISMATCH if no page comes, or pages of
// two sizes.
template <typename Page>
absl::StatusOr<uint64_t> ReadPages(
    Connection* connection,
    absl::FunctionRef<
        std::unique_ptr<grpc::ClientReader<Page>>(grpc::ClientContext*)>
        open,
    absl::FunctionRef<absl::Status(const Page&)> take) {
  std::optional<uint64_t> size;
  absl::Status fault;
  const auto take_page = [&](const Page& page) -> absl::Status {
    if (size.value_or(page.tree_size()) != page.tree_size()) {
      return AnswerMismatch(absl::StrCat("tree_size ", page.tree_size()));
    }
    size = page.tree_size();
    return take(page);
  };
  const auto read_stream = [&](absl::Duration time_left) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::time_point(
        absl::ToChronoTime(ledger::Clock::System()->Now() + time_left)));
    connection->Prepare(&context);
    const std::unique_ptr<grpc::ClientReader<Page>> reader = open(&context);
    Page page;
    while (fault.ok() && reader->Read(&page)) fault = take_page(page);
    if (!fault.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    return fault.ok() ? status : grpc::Status::OK;
  };
  absl::Status final_status;
  RETURN_IF_ERROR(
      connection->CallStream([&](absl::Duration time_left) -> Attempt {
        Attempt attempt =
            FromGrpcAttempt(read_stream(time_left), connection->server());
        if (!size.has_value()) return attempt;
        final_status = attempt.status;
        return Attempt{};
      }));
  RETURN_IF_ERROR(fault);
  RETURN_IF_ERROR(final_status);
  if (!size.has_value()) return AnswerMismatch("no page");
  return *size;
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_PAGE_STREAM_H_
