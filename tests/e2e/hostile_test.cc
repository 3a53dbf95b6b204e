// A table of hostile calls over real TLS: each gets the status that is expected
// of it, none changes the ledger, and after each the others are served.

#include <set>

#include "ledger/file_io.h"
#include "tests/e2e/hostile_stage.h"

namespace annals {
namespace {

using ::testing::SizeIs;

class HostileTest : public HostileStage {
 protected:
  // How many rows it has.
  size_t Run(const std::vector<HostileCall>& calls) {
    std::set<std::string> names;
    const std::string before = LedgerState();
    for (const HostileCall& call : calls) {
      SCOPED_TRACE(call.name);
      const grpc::Status status = call.call();
      EXPECT_EQ(status.error_code(), call.code) << status.error_message();
      EXPECT_EQ(ReasonOf(status), call.reason) << status.error_message();
      // Asked on another connection.
      EXPECT_EQ(LedgerState(), before);
      names.insert(call.name);
    }
    EXPECT_THAT(names, SizeIs(calls.size()));
    return calls.size();
  }
};

TEST_F(HostileTest, EachGetsWhatIsExpectedAndChangesNothing) {
  size_t rows = 0;
  rows += Run(HostileIdentities(this));
  rows += Run(HostileRights(this));
  rows += Run(HostileRequests(this));
  rows += Run(HostileContents(this));
  rows += Run(HostileConnections(this));
  EXPECT_GE(rows, 60u);
  // What is in order still goes.
  Expect(Call(stranger_, kSubmit, First(other_)));
}

// The same person with another certificate, to whom the first answer is given
// again; and a person of a new authority, beside those of the old one.
TEST_F(HostileTest, WhoIsRenewedIsLetIn) {
  const auto ask = [this](const TestCertificate& who, const char* method,
                          const google::protobuf::Message& request) {
    grpc::ClientContext context;
    std::string response;
    return RawUnaryCall(NewChannel(who), &context,
                        absl::StrCat("/annals.v1.", method),
                        request.SerializeAsString(), &response);
  };
  const std::string before = LedgerState();
  pki().Renew(clerk_);
  Expect(ask(clerk_, kSubmit, first()));
  TestPki next(DirectoryFor("next"));
  const TestCertificate newcomer = next.Client(office_, "auditor", "chen");
  const v1::GetCheckpointRequest checkpoint;
  EXPECT_EQ(
      ask(newcomer, "LedgerService/GetCheckpoint", checkpoint).error_code(),
      grpc::StatusCode::UNAVAILABLE);
  WriteFile(pki().crl_directory() + "/next.crl",
            ReadFile(next.crl_directory() + "/ca.crl"));
  WriteFile(pki().authority(),
            ReadFile(pki().authority()) + ReadFile(next.authority()));
  while (!ask(newcomer, "LedgerService/GetCheckpoint", checkpoint).ok()) {
  }
  Expect(ask(reviewer_, "LedgerService/GetCheckpoint", checkpoint));
  EXPECT_EQ(LedgerState(), before);
}

}  // namespace
}  // namespace annals
