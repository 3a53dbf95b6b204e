#include "service/reflection_answer.h"

#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/support/status.h"

namespace annals {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using grpc::reflection::v1alpha::ExtensionNumberResponse;
using grpc::reflection::v1alpha::ExtensionRequest;
using grpc::reflection::v1alpha::FileDescriptorResponse;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

void SetError(grpc::StatusCode code, const char* message,
              ServerReflectionResponse* response) {
  auto* const error = response->mutable_error_response();
  error->set_error_code(code);
  error->set_error_message(message);
}

const FileDescriptor* FileOf(const ExtensionRequest& request) {
  const Descriptor* const type =
      Pool().FindMessageTypeByName(request.containing_type());
  if (type == nullptr) return nullptr;
  const FieldDescriptor* const extension =
      Pool().FindExtensionByNumber(type, request.extension_number());
  return extension == nullptr ? nullptr : extension->file();
}

void ListExtensions(const std::string& name,
                    ServerReflectionResponse* response) {
  const Descriptor* const type = Pool().FindMessageTypeByName(name);
  if (type == nullptr) {
    return SetError(grpc::StatusCode::NOT_FOUND, "Type not found.", response);
  }
  std::vector<const FieldDescriptor*> extensions;
  Pool().FindAllExtensions(type, &extensions);
  ExtensionNumberResponse* const numbers =
      response->mutable_all_extension_numbers_response();
  numbers->set_base_type_name(name);
  for (const FieldDescriptor* const extension : extensions) {
    numbers->add_extension_number(extension->number());
  }
}

}  // namespace

void ReflectionAnswers::ListServices(Response* response) const {
  auto* const list = response->mutable_list_services_response();
  for (const std::string& name : services_) {
    list->add_service()->set_name(name);
  }
}

void ReflectionAnswers::AddWithDependencies(const FileDescriptor& file,
                                            FileDescriptorResponse* files) {
  if (!given_.insert(&file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddWithDependencies(*file.dependency(i), files);
  }
}

// Asked for again it is given again, but not what it needs.
void ReflectionAnswers::AddFile(const FileDescriptor* file,
                                Response* response) {
  if (file == nullptr) {
    return SetError(grpc::StatusCode::NOT_FOUND, "File not found.", response);
  }
  given_.erase(file);
  AddWithDependencies(*file, response->mutable_file_descriptor_response());
}

ServerReflectionResponse ReflectionAnswers::Answer(const Request& request) {
  Response response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      AddFile(Pool().FindFileByName(request.file_by_filename()), &response);
      break;
    case Request::kFileContainingSymbol:
      AddFile(Pool().FindFileContainingSymbol(request.file_containing_symbol()),
              &response);
      break;
    case Request::kFileContainingExtension:
      AddFile(FileOf(request.file_containing_extension()), &response);
      break;
    case Request::kAllExtensionNumbersOfType:
      ListExtensions(request.all_extension_numbers_of_type(), &response);
      break;
    case Request::kListServices:
      ListServices(&response);
      break;
    case Request::MESSAGE_REQUEST_NOT_SET:
      SetError(grpc::StatusCode::INVALID_ARGUMENT, "Nothing is asked for.",
               &response);
      break;
  }
  return response;
}

}  // namespace annals
