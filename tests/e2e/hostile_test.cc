// A table of hostile calls over real TLS: each gets the status that is expected
// of it, none changes the ledger, and after each the others are served.

#include <set>

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

}  // namespace
}  // namespace annals
