#include "service/supervision_handlers.h"

#include <memory>
#include <utility>

#include "ledger/status_macros.h"
#include "service/filing_list.h"

namespace annals {
namespace {

class FilingSource final : public MessageSource {
 public:
  explicit FilingSource(std::unique_ptr<FilingList> list)
      : list_(std::move(list)) {}

  absl::StatusOr<std::optional<std::string>> Next() override {
    ASSIGN_OR_RETURN(const std::optional<v1::ListFilingsResponse> page,
                     list_->Next());
    if (!page.has_value()) return std::nullopt;
    return page->SerializeAsString();
  }

 private:
  const std::unique_ptr<FilingList> list_;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* SupervisionHandlers::ListFilings(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return streams_->Run<v1::ListFilingsRequest>(
      context, request,
      [this](const v1::ListFilingsRequest& asked) -> StreamFrame::Source {
        ASSIGN_OR_RETURN(auto list, FilingList::Start(ledger_, clock_, asked));
        return std::make_unique<FilingSource>(std::move(list));
      });
}

}  // namespace annals
