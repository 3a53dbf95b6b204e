#include "service/supervision_handlers.h"

#include <memory>
#include <utility>

#include "ledger/status_macros.h"
#include "service/figure_list.h"
#include "service/filing_list.h"

namespace annals {
namespace {

// The pages of a list as messages.
template <typename List>
class PageSource final : public MessageSource {
 public:
  explicit PageSource(std::unique_ptr<List> list) : list_(std::move(list)) {}

  absl::StatusOr<std::optional<std::string>> Next() override {
    ASSIGN_OR_RETURN(const auto page, list_->Next());
    if (!page) return std::nullopt;
    return page->SerializeAsString();
  }

 private:
  const std::unique_ptr<List> list_;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* SupervisionHandlers::ListFilings(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return streams_->Run<v1::ListFilingsRequest>(
      context, request,
      [this](const v1::ListFilingsRequest& asked,
             const CallerIdentity& caller) -> StreamFrame::Source {
        ASSIGN_OR_RETURN(
            auto list,
            FilingList::Start(ledger_, clock_, publications_, asked,
                              authorizer_->SubtreeHeldTo(caller, asked)));
        return std::make_unique<PageSource<FilingList>>(std::move(list));
      });
}

grpc::ServerUnaryReactor* SupervisionHandlers::RollUp(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::RollUpRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::RollUpRequest& asked,
             Responder responder) {
        responder.AnswersRead();
        std::move(responder).Finish(
            roll_up_.Answer(asked, authorizer_->SubtreeHeldTo(caller, asked)));
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* SupervisionHandlers::ListFigures(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return streams_->Run<v1::ListFiguresRequest>(
      context, request,
      [this](const v1::ListFiguresRequest& asked,
             const CallerIdentity& caller) -> StreamFrame::Source {
        ASSIGN_OR_RETURN(
            auto list,
            FigureList::Start(ledger_, clock_, publications_, asked,
                              authorizer_->SubtreeHeldTo(caller, asked)));
        return std::make_unique<PageSource<FigureList>>(std::move(list));
      });
}

}  // namespace annals
