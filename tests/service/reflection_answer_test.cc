#include "service/reflection_answer.h"

#include <set>
#include <string>

#include "annals/v1/report_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::grpc::reflection::v1alpha::ServerReflectionRequest;
using ::grpc::reflection::v1alpha::ServerReflectionResponse;
using ::testing::Contains;
using ::testing::Not;

class ReflectionAnswerTest : public ::testing::Test {
 protected:
  ServerReflectionResponse Ask(const std::string& symbol) {
    ServerReflectionRequest request;
    request.set_host("h");
    request.set_file_containing_symbol(symbol);
    return answers_.Answer(request);
  }

  static std::multiset<std::string> FilesOf(
      const ServerReflectionResponse& response) {
    std::multiset<std::string> names;
    for (const std::string& bytes :
         response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.insert(file.name());
    }
    return names;
  }

  ReflectionAnswers answers_{{"a.B", "c.D"}};
};

TEST_F(ReflectionAnswerTest, GivesAFileWithAllThatItNeedsOnce) {
  const ServerReflectionResponse response = Ask("annals.v1.ReportService");
  EXPECT_EQ(response.valid_host(), "h");
  EXPECT_EQ(response.original_request().file_containing_symbol(),
            "annals.v1.ReportService");
  const auto files = FilesOf(response);
  EXPECT_THAT(files, Contains("annals/v1/report_service.proto").Times(1));
  EXPECT_THAT(files, Contains("annals/v1/report.proto").Times(1));
  EXPECT_THAT(files, Contains("google/protobuf/timestamp.proto").Times(1));
  // A stream is not given again what it has, but for what it asks for.
  const auto more = FilesOf(Ask("annals.v1.Report"));
  EXPECT_THAT(more, Contains("annals/v1/report.proto"));
  EXPECT_THAT(more, Not(Contains("annals/v1/tables.proto")));
  EXPECT_THAT(FilesOf(Ask("annals.v1.ReportService.GetReport")),
              Contains("annals/v1/report_service.proto"));
}

TEST_F(ReflectionAnswerTest, NamesFilesExtensionsAndServices) {
  ServerReflectionRequest request;
  request.set_file_by_filename("annals/v1/tables.proto");
  EXPECT_THAT(FilesOf(answers_.Answer(request)),
              Contains("annals/v1/schema_options.proto"));
  request.set_all_extension_numbers_of_type("google.protobuf.FieldOptions");
  const auto numbers =
      answers_.Answer(request).all_extension_numbers_response();
  EXPECT_EQ(numbers.base_type_name(), "google.protobuf.FieldOptions");
  ASSERT_GT(numbers.extension_number_size(), 0);
  auto* const extension = request.mutable_file_containing_extension();
  extension->set_containing_type("google.protobuf.FieldOptions");
  extension->set_extension_number(numbers.extension_number(0));
  EXPECT_THAT(FilesOf(answers_.Answer(request)),
              Contains("annals/v1/schema_options.proto"));
  request.set_list_services("");
  const auto list = answers_.Answer(request).list_services_response();
  ASSERT_EQ(list.service_size(), 2);
  EXPECT_EQ(list.service(1).name(), "c.D");
}

TEST_F(ReflectionAnswerTest, SaysWhatThereIsNot) {
  EXPECT_EQ(Ask("annals.v1.None").error_response().error_code(),
            grpc::StatusCode::NOT_FOUND);
  ServerReflectionRequest request;
  EXPECT_EQ(answers_.Answer(request).error_response().error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  request.set_all_extension_numbers_of_type("none");
  EXPECT_EQ(answers_.Answer(request).error_response().error_code(),
            grpc::StatusCode::NOT_FOUND);
  auto* const extension = request.mutable_file_containing_extension();
  extension->set_containing_type("google.protobuf.FieldOptions");
  extension->set_extension_number(1);
  EXPECT_EQ(answers_.Answer(request).error_response().error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace annals
