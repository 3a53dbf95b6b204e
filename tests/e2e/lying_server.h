// A server that passes calls on to an honest one and changes its answers.

#ifndef ANNALS_TESTS_E2E_LYING_SERVER_H_
#define ANNALS_TESTS_E2E_LYING_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace annals {

// What is done to the answers; null: nothing.
struct Lies {
  std::function<void(v1::Checkpoint*)> checkpoint;
  std::function<void(v1::WatchEntriesResponse*)> watched;
  // False leaves the entry out.
  std::function<bool(const v1::WatchEntriesResponse&)> is_sent;
  std::function<void(v1::Entry*)> entry;
  // What it answers in the place of an entry, OK for the entry.
  std::function<grpc::Status(uint64_t index, bool with_content)> damage;
  std::function<void(v1::ListAgenciesResponse*)> agencies;
  std::function<void(v1::Agency*)> agency;
  std::function<void(v1::ListAgencyChangesResponse*)> agency_changes;
  std::function<void(v1::ListReportsResponse*)> reports;
  std::function<void(v1::ListRevisionsResponse*)> revisions;
  std::function<void(v1::Revision*)> report;
  std::function<void(v1::Lifecycle*)> life;
  std::function<void(v1::Policy*)> policy;
  std::function<void(v1::RollUpResponse*)> roll_up;
  // What is passed on in place of what came, and in whose name.
  std::function<void(v1::SubmitRevisionRequest*, std::string* actor)>
      submission;
  // Answers in the place of the honest server.
  std::function<void(v1::ListReportsResponse*)> reports_instead;
  std::function<grpc::Status()> report_instead;
  std::function<void(v1::Agency*)> agency_instead;
  std::function<void(v1::EraseContentResponse*)> erasure_instead;
};

class LyingServer {
 public:
  explicit LyingServer(const std::shared_ptr<grpc::Channel>& honest)
      : ledger_(honest, &lies_),
        reports_(honest, &lies_),
        agencies_(honest, &lies_),
        lives_(honest, &lies_),
        supervision_(honest, &lies_),
        erasures_(honest, &lies_) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&ledger_);
    builder.RegisterService(&reports_);
    builder.RegisterService(&agencies_);
    builder.RegisterService(&lives_);
    builder.RegisterService(&supervision_);
    builder.RegisterService(&erasures_);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }
  ~LyingServer() { server_->Shutdown(gpr_inf_past(GPR_CLOCK_MONOTONIC)); }

  const std::string& address() const { return address_; }
  Lies& lies() { return lies_; }

 private:
  // Who calls.
  static std::string ActorOf(const grpc::ServerContext& from) {
    const auto metadata = from.client_metadata().find("annals-actor");
    if (metadata == from.client_metadata().end()) return "";
    return std::string(metadata->second.data(), metadata->second.size());
  }

  template <typename Stub, typename Request, typename Response>
  static grpc::Status Forward(Stub* stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                           const Request&,
                                                           Response*),
                              const Request* request, Response* response,
                              const std::function<void(Response*)>& lie,
                              const grpc::ServerContext* from = nullptr) {
    grpc::ClientContext context;
    if (from != nullptr) context.AddMetadata("annals-actor", ActorOf(*from));
    const grpc::Status status = (stub->*method)(&context, *request, response);
    if (status.ok() && lie != nullptr) lie(response);
    return status;
  }

  class Ledger : public v1::LedgerService::Service {
   public:
    using Stub = v1::LedgerService::Stub;
    Ledger(const std::shared_ptr<grpc::Channel>& honest, const Lies* lies)
        : stub_(v1::LedgerService::NewStub(honest)), lies_(*lies) {}

    grpc::Status GetCheckpoint(grpc::ServerContext*,
                               const v1::GetCheckpointRequest* request,
                               v1::Checkpoint* response) override {
      return Forward(stub_.get(), &Stub::GetCheckpoint, request, response,
                     lies_.checkpoint);
    }
    grpc::Status GetEntry(grpc::ServerContext*,
                          const v1::GetEntryRequest* request,
                          v1::Entry* response) override {
      const grpc::Status damage =
          DamageOf(request->index(), request->include_content());
      if (!damage.ok()) return damage;
      return Forward(stub_.get(), &Stub::GetEntry, request, response,
                     lies_.entry);
    }
    grpc::Status GetInclusionProof(grpc::ServerContext*,
                                   const v1::GetInclusionProofRequest* request,
                                   v1::InclusionProof* response) override {
      return Forward(stub_.get(), &Stub::GetInclusionProof, request, response,
                     {});
    }
    grpc::Status GetConsistencyProof(
        grpc::ServerContext*, const v1::GetConsistencyProofRequest* request,
        v1::ConsistencyProof* response) override {
      return Forward(stub_.get(), &Stub::GetConsistencyProof, request, response,
                     {});
    }
    grpc::Status GetReceipt(grpc::ServerContext*,
                            const v1::GetReceiptRequest* request,
                            v1::Receipt* response) override {
      return Forward(stub_.get(), &Stub::GetReceipt, request, response, {});
    }
    grpc::Status WatchEntries(
        grpc::ServerContext* called, const v1::WatchEntriesRequest* request,
        grpc::ServerWriter<v1::WatchEntriesResponse>* writer) override {
      // Ends with the call that it answers.
      const auto context = grpc::ClientContext::FromServerContext(*called);
      auto reader = stub_->WatchEntries(context.get(), *request);
      v1::WatchEntriesResponse response;
      while (reader->Read(&response)) {
        const grpc::Status damage =
            DamageOf(response.index(), request->include_content());
        if (!damage.ok()) {
          context->TryCancel();
          reader->Finish();
          return damage;
        }
        if (lies_.is_sent != nullptr && !lies_.is_sent(response)) continue;
        if (lies_.watched != nullptr) lies_.watched(&response);
        if (!writer->Write(response)) context->TryCancel();
      }
      return reader->Finish();
    }

   private:
    grpc::Status DamageOf(uint64_t index, bool with_content) const {
      return lies_.damage == nullptr ? grpc::Status::OK
                                     : lies_.damage(index, with_content);
    }

    const std::unique_ptr<Stub> stub_;
    const Lies& lies_;
  };

  class Reports : public v1::ReportService::Service {
   public:
    using Stub = v1::ReportService::Stub;
    Reports(const std::shared_ptr<grpc::Channel>& honest, const Lies* lies)
        : stub_(v1::ReportService::NewStub(honest)), lies_(*lies) {}

    grpc::Status GetReport(grpc::ServerContext*,
                           const v1::GetReportRequest* request,
                           v1::Revision* response) override {
      if (lies_.report_instead != nullptr) return lies_.report_instead();
      return Forward(stub_.get(), &Stub::GetReport, request, response,
                     lies_.report);
    }
    grpc::Status CheckReport(grpc::ServerContext*,
                             const v1::CheckReportRequest* request,
                             v1::CheckReportResponse* response) override {
      return Forward(stub_.get(), &Stub::CheckReport, request, response, {});
    }
    grpc::Status SubmitRevision(grpc::ServerContext* from,
                                const v1::SubmitRevisionRequest* request,
                                v1::SubmitRevisionResponse* response) override {
      v1::SubmitRevisionRequest passed_on = *request;
      std::string actor = ActorOf(*from);
      if (lies_.submission != nullptr) lies_.submission(&passed_on, &actor);
      grpc::ClientContext context;
      context.AddMetadata("annals-actor", actor);
      return stub_->SubmitRevision(&context, passed_on, response);
    }
    grpc::Status ListReports(grpc::ServerContext*,
                             const v1::ListReportsRequest* request,
                             v1::ListReportsResponse* response) override {
      if (lies_.reports_instead != nullptr) {
        lies_.reports_instead(response);
        return grpc::Status::OK;
      }
      return Forward(stub_.get(), &Stub::ListReports, request, response,
                     lies_.reports);
    }
    grpc::Status ListRevisions(grpc::ServerContext*,
                               const v1::ListRevisionsRequest* request,
                               v1::ListRevisionsResponse* response) override {
      return Forward(stub_.get(), &Stub::ListRevisions, request, response,
                     lies_.revisions);
    }

   private:
    const std::unique_ptr<Stub> stub_;
    const Lies& lies_;
  };

  class Agencies : public v1::AgencyService::Service {
   public:
    using Stub = v1::AgencyService::Stub;
    Agencies(const std::shared_ptr<grpc::Channel>& honest, const Lies* lies)
        : stub_(v1::AgencyService::NewStub(honest)), lies_(*lies) {}

    grpc::Status ListAgencies(grpc::ServerContext*,
                              const v1::ListAgenciesRequest* request,
                              v1::ListAgenciesResponse* response) override {
      return Forward(stub_.get(), &Stub::ListAgencies, request, response,
                     lies_.agencies);
    }
    grpc::Status GetAgency(grpc::ServerContext*,
                           const v1::GetAgencyRequest* request,
                           v1::Agency* response) override {
      return Forward(stub_.get(), &Stub::GetAgency, request, response,
                     lies_.agency);
    }
    grpc::Status ListAgencyChanges(
        grpc::ServerContext*, const v1::ListAgencyChangesRequest* request,
        v1::ListAgencyChangesResponse* response) override {
      return Forward(stub_.get(), &Stub::ListAgencyChanges, request, response,
                     lies_.agency_changes);
    }
    grpc::Status CreateAgency(grpc::ServerContext* from,
                              const v1::CreateAgencyRequest* request,
                              v1::Agency* response) override {
      return Write(from, &Stub::CreateAgency, request, response);
    }
    grpc::Status UpdateAgency(grpc::ServerContext* from,
                              const v1::UpdateAgencyRequest* request,
                              v1::Agency* response) override {
      return Write(from, &Stub::UpdateAgency, request, response);
    }

   private:
    template <typename Request>
    grpc::Status Write(const grpc::ServerContext* from,
                       grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                    const Request&,
                                                    v1::Agency*),
                       const Request* request, v1::Agency* response) {
      if (lies_.agency_instead == nullptr) {
        return Forward(stub_.get(), method, request, response, {}, from);
      }
      lies_.agency_instead(response);
      return grpc::Status::OK;
    }

    const std::unique_ptr<Stub> stub_;
    const Lies& lies_;
  };

  class Erasures : public v1::ErasureService::Service {
   public:
    using Stub = v1::ErasureService::Stub;
    Erasures(const std::shared_ptr<grpc::Channel>& honest, const Lies* lies)
        : stub_(v1::ErasureService::NewStub(honest)), lies_(*lies) {}

    grpc::Status EraseContent(grpc::ServerContext* from,
                              const v1::EraseContentRequest* request,
                              v1::EraseContentResponse* response) override {
      if (lies_.erasure_instead != nullptr) {
        lies_.erasure_instead(response);
        return grpc::Status::OK;
      }
      return Forward(stub_.get(), &Stub::EraseContent, request, response, {},
                     from);
    }

   private:
    const std::unique_ptr<Stub> stub_;
    const Lies& lies_;
  };

  class Lives : public v1::LifecycleService::Service {
   public:
    using Stub = v1::LifecycleService::Stub;
    Lives(const std::shared_ptr<grpc::Channel>& honest, const Lies* lies)
        : stub_(v1::LifecycleService::NewStub(honest)), lies_(*lies) {}

    grpc::Status GetLifecycle(grpc::ServerContext*,
                              const v1::GetLifecycleRequest* request,
                              v1::Lifecycle* response) override {
      return Forward(stub_.get(), &Stub::GetLifecycle, request, response,
                     lies_.life);
    }
    grpc::Status GetPolicy(grpc::ServerContext*,
                           const v1::GetPolicyRequest* request,
                           v1::Policy* response) override {
      return Forward(stub_.get(), &Stub::GetPolicy, request, response,
                     lies_.policy);
    }

   private:
    std::unique_ptr<Stub> stub_;
    const Lies& lies_;
  };

  class Supervision : public v1::SupervisionService::Service {
   public:
    using Stub = v1::SupervisionService::Stub;
    Supervision(const std::shared_ptr<grpc::Channel>& honest, const Lies* lies)
        : stub_(v1::SupervisionService::NewStub(honest)), lies_(*lies) {}

    grpc::Status RollUp(grpc::ServerContext*, const v1::RollUpRequest* request,
                        v1::RollUpResponse* response) override {
      return Forward(stub_.get(), &Stub::RollUp, request, response,
                     lies_.roll_up);
    }

   private:
    const std::unique_ptr<Stub> stub_;
    const Lies& lies_;
  };

  Lies lies_;  // Set while no call is under way.
  Ledger ledger_;
  Reports reports_;
  Agencies agencies_;
  Lives lives_;
  Supervision supervision_;
  Erasures erasures_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_LYING_SERVER_H_
