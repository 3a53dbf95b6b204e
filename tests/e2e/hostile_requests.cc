// Requests that say what they must not, or are none.

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "annals/v1/supervision_service.pb.h"
#include "service/wire_format.h"
#include "tests/e2e/hostile_stage.h"

namespace annals {
namespace {

using grpc::StatusCode;

constexpr char kList[] = "ReportService/ListRevisions";

HostileCall Row(HostileStage* stage, const std::string& name,
                const std::string& method, const std::string& bytes,
                StatusCode code, const char* reason) {
  return {name, [=] { return stage->RawCall(stage->clerk_, method, bytes); },
          code, reason};
}

HostileCall Invalid(HostileStage* stage, const std::string& name,
                    const std::string& method,
                    const google::protobuf::Message& request,
                    const char* reason) {
  return Row(stage, name, method, request.SerializeAsString(),
             StatusCode::INVALID_ARGUMENT, reason);
}

// As many groups in each other, which protobuf must skip as it does not know
// them.
std::string NestedGroups(int depth) {
  const std::string begin = "\xa3\x06";  // Field 100, start of a group.
  const std::string end = "\xa4\x06";
  std::string bytes;
  for (int i = 0; i < depth; ++i) bytes += begin;
  for (int i = 0; i < depth; ++i) bytes += end;
  return bytes;
}

void AddBytes(HostileStage* stage, std::vector<HostileCall>* calls) {
  constexpr char kGet[] = "ReportService/GetReport";
  constexpr char kMalformed[] = "MALFORMED_REQUEST";
  const std::string submission =
      stage->First(stage->office_).SerializeAsString();
  const auto malformed = [&](const char* name, const char* method,
                             const std::string& bytes) {
    calls->push_back(Row(stage, name, method, bytes,
                         StatusCode::INVALID_ARGUMENT, kMalformed));
  };
  malformed("bytes that are no message", kGet, "\xff\xff\xff\xff");
  malformed("a field that ends early", kGet,
            "\x0a\x7f"
            "agencies");
  malformed("a length beyond 2 GB", kGet, "\x0a\xff\xff\xff\xff\x0f");
  malformed("a varint without an end", kGet, std::string(16, '\xff'));
  malformed("field number zero", kGet, std::string("\x00\x01", 2));
  malformed("a group that nobody ends", kGet, "\xa3\x06");
  calls->push_back(Row(stage, "200 groups in each other", kGet,
                       NestedGroups(200), StatusCode::RESOURCE_EXHAUSTED,
                       "MESSAGE_TOO_DEEP"));
  malformed("10,000 groups in each other", kGet, NestedGroups(10000));
  malformed("groups in each other in a submission", HostileStage::kSubmit,
            submission + NestedGroups(1000));
  malformed("a name that is not UTF-8", kGet, "\x0a\x02\xc0\xaf");
  malformed("half a submission", HostileStage::kSubmit,
            submission.substr(0, submission.size() / 2));
  // A number where the name should be: to protobuf a field it does not know.
  calls->push_back(Row(stage, "wrong wire types", kGet,
                       "\x08\x01\x15"
                       "abcd",
                       StatusCode::PERMISSION_DENIED, "AGENCY_NOT_ALLOWED"));
  std::string not_utf8 = submission;
  std::string report;
  AppendField(v1::Report::kS6OtherFieldNumber, "\xc0\xaf", &report);
  AppendField(v1::SubmitRevisionRequest::kReportFieldNumber, report, &not_utf8);
  calls->push_back(Row(stage, "a text that is not UTF-8", HostileStage::kSubmit,
                       not_utf8, StatusCode::INVALID_ARGUMENT, "INVALID_UTF8"));
  calls->push_back(Row(stage, "a request beyond --message_bytes_max", kGet,
                       std::string(100'000, 'x'),
                       StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"));
  calls->push_back(Row(stage, "a request beyond all limits", kGet,
                       std::string(4 << 20, 'x'),
                       StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"));
  calls->push_back(Row(stage, "an unknown method", "ReportService/DropTables",
                       "", StatusCode::UNIMPLEMENTED, ""));
  calls->push_back(Row(stage, "an unknown service", "../etc/passwd/Read", "",
                       StatusCode::UNIMPLEMENTED, ""));
  calls->push_back(
      {"4 MB that were packed into 4 KB",
       [stage] {
         return stage->RawCall(
             stage->clerk_, "ReportService/GetReport",
             std::string(4 << 20, '\0'), [](grpc::ClientContext* context) {
               context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
             });
       },
       StatusCode::UNIMPLEMENTED, ""});
  calls->push_back({"a flood of metadata",
                    [stage] {
                      return stage->RawCall(
                          stage->clerk_, "ReportService/GetReport", "",
                          [](grpc::ClientContext* context) {
                            for (int i = 0; i < 1000; ++i) {
                              context->AddMetadata(absl::StrCat("flood-", i),
                                                   std::string(100, 'x'));
                            }
                          });
                    },
                    StatusCode::RESOURCE_EXHAUSTED, ""});
}

// A name that names no agency is not the caller's own.
void AddForeignNames(HostileStage* stage, std::vector<HostileCall>* calls) {
  const std::vector<std::pair<const char*, std::string>> names = {
      {"an empty name", ""},
      {"a name with ..", "agencies/../agencies/" + stage->other_},
      {"a name with percent signs", "agencies%2F" + stage->office_},
      {"a name with a full-width slash", "agencies\uff0f" + stage->office_},
      {"a name of 60,000 letters", "agencies/" + std::string(60'000, 'a')},
      {"an agency code with a wrong check character",
       "agencies/11410303005450123X/reports/2024"},
  };
  for (const auto& [what, text] : names) {
    v1::GetReportRequest request;
    request.set_name(text);
    calls->push_back(Row(stage, what, "ReportService/GetReport",
                         request.SerializeAsString(),
                         StatusCode::PERMISSION_DENIED, "AGENCY_NOT_ALLOWED"));
  }
}

void AddNames(HostileStage* stage, std::vector<HostileCall>* calls) {
  const std::string agency = "agencies/" + stage->office_;
  const std::string name = HostileStage::Report(stage->office_);
  const std::vector<std::pair<const char*, std::string>> names = {
      {"a name that goes up", name + "/../../" + stage->other_},
      {"a name with a NUL", name + std::string("\0x", 2)},
      {"a name that turns letters around", name + "\u202e"},
      {"a name with a line break", name + "\n"},
      {"a year that is none", agency + "/reports/99999"},
      {"a year with a sign", agency + "/reports/+2024"},
  };
  for (const auto& [what, text] : names) {
    v1::GetReportRequest request;
    request.set_name(text);
    calls->push_back(Invalid(stage, what, "ReportService/GetReport", request,
                             "INVALID_RESOURCE_NAME"));
  }
}

void AddPages(HostileStage* stage, std::vector<HostileCall>* calls) {
  v1::ListRevisionsRequest list;
  list.set_parent(HostileStage::Report(stage->office_));
  list.set_page_size(-1);
  calls->push_back(
      Invalid(stage, "a negative page size", kList, list, "INVALID_PAGE_SIZE"));
  list.set_page_size(std::numeric_limits<int32_t>::min());
  calls->push_back(Invalid(stage, "the smallest page size", kList, list,
                           "INVALID_PAGE_SIZE"));
  list.set_page_size(0);
  list.set_page_token("../../etc/passwd");
  calls->push_back(Invalid(stage, "a page token that is none", kList, list,
                           "INVALID_PAGE_TOKEN"));
  list.set_page_token(std::string(50'000, 'A'));
  calls->push_back(Invalid(stage, "a page token of 50,000 letters", kList, list,
                           "INVALID_PAGE_TOKEN"));
  calls->push_back(
      {"another list's page token",
       [stage, list]() mutable {
         v1::ListAgenciesRequest agencies;
         agencies.set_page_size(1);
         std::string bytes;
         HostileStage::Expect(stage->Call(
             stage->clerk_, "AgencyService/ListAgencies", agencies, &bytes));
         v1::ListAgenciesResponse page;
         page.ParseFromString(bytes);
         list.set_page_token(page.next_page_token());
         return stage->Call(stage->clerk_, kList, list);
       },
       StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"});
}

void AddTimes(HostileStage* stage, std::vector<HostileCall>* calls) {
  constexpr char kGet[] = "ReportService/GetReport";
  v1::GetReportRequest get;
  get.set_name(HostileStage::Report(stage->office_));
  get.mutable_as_of()->set_seconds(253402300799 + 1);
  calls->push_back(
      Invalid(stage, "as of the year 10000", kGet, get, "INVALID_TIMESTAMP"));
  get.mutable_as_of()->set_seconds(std::numeric_limits<int64_t>::max());
  calls->push_back(
      Invalid(stage, "as of the end of time", kGet, get, "INVALID_TIMESTAMP"));
  get.mutable_as_of()->set_seconds(0);
  get.mutable_as_of()->set_nanos(-1);
  calls->push_back(Invalid(stage, "as of negative nanoseconds", kGet, get,
                           "INVALID_TIMESTAMP"));
  get.clear_as_of();
  get.set_as_of_size(std::numeric_limits<uint64_t>::max());
  calls->push_back(Row(stage, "as of a size that the ledger never had", kGet,
                       get.SerializeAsString(), StatusCode::OUT_OF_RANGE,
                       "TREE_SIZE_NOT_REACHED"));
}

}  // namespace

std::vector<HostileCall> HostileRequests(HostileStage* stage) {
  std::vector<HostileCall> calls;
  AddBytes(stage, &calls);
  AddForeignNames(stage, &calls);
  AddNames(stage, &calls);
  AddPages(stage, &calls);
  AddTimes(stage, &calls);
  return calls;
}

}  // namespace annals
