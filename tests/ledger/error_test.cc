#include "ledger/error.h"

#include <cerrno>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/system_error.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ErrorTest, CarriesReasonTextsMetadataAndViolations) {
  absl::Status status = MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                                  {"not the latest", "不是最新版本"});
  AddErrorMetadata("currentEtag", "abc", &status);
  AddErrorMetadata("currentRevision", "2", &status);
  AddFieldViolation({"report.etag", "is old"}, &status);

  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "not the latest");
  EXPECT_EQ(ErrorReason(status), "ETAG_MISMATCH");
  EXPECT_EQ(ErrorTextZh(status), "不是最新版本");
  EXPECT_THAT(ErrorMetadata(status), ElementsAre(Pair("currentEtag", "abc"),
                                                 Pair("currentRevision", "2")));
  ASSERT_EQ(FieldViolations(status).size(), 1u);
  EXPECT_EQ(FieldViolations(status)[0].field, "report.etag");
}

TEST(ErrorTest, AForeignStatusHasNothing) {
  const absl::Status status = absl::InternalError("disk");
  EXPECT_EQ(ErrorReason(status), "");
  EXPECT_THAT(ErrorMetadata(status), IsEmpty());
  EXPECT_THAT(FieldViolations(status), IsEmpty());
}

TEST(SystemErrorTest, IsSaidInBothLanguages) {
  EXPECT_EQ(SystemErrorText(ENOSPC).en, "No space left on device");
  EXPECT_EQ(SystemErrorText(ENOSPC).zh, "磁盘空间不足");
  EXPECT_EQ(SystemErrorText(EACCES).zh, "权限不够");
  // None of files, processes or sockets.
  EXPECT_EQ(SystemErrorText(EDOM).zh, SystemErrorText(EDOM).en);
}

}  // namespace
}  // namespace annals
