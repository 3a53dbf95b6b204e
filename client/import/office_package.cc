#include "client/import/office_package.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::Status Unsupported(const ErrorText& name, const ErrorText& advice) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "UNSUPPORTED_FORMAT",
      {absl::StrCat("The file is ", name.en, ", which can't be imported. ",
                    advice.en),
       absl::StrCat("该文件是", name.zh, "，不能导入。", advice.zh)});
}

// What an archive is that has no Word or Excel document as its main part.
absl::Status OtherArchive(const ZipArchive& archive) {
  const ErrorText save_anew = {
      "Open it in its program and save it as DOCX, XLSX or PDF.",
      "请用相应软件打开后另存为 DOCX、XLSX 或 PDF 再导入。"};
  if (archive.Has("OFD.xml")) {
    return Unsupported({"an OFD document", " OFD 文档"},
                       {"Save it as PDF in its reader.",
                        "请在 OFD 阅读器中另存为 PDF 再导入。"});
  }
  if (archive.Has("xl/workbook.bin")) {
    return Unsupported(
        {"a binary Excel workbook (XLSB)", " Excel 二进制工作簿（XLSB）"},
        save_anew);
  }
  if (archive.Has("ppt/presentation.xml")) {
    return Unsupported({"a presentation (PPTX)", "演示文稿（PPTX）"},
                       save_anew);
  }
  if (archive.Has("mimetype") && archive.Has("content.xml")) {
    return Unsupported({"an OpenDocument file (ODT or ODS)",
                        " OpenDocument 文档（ODT 或 ODS）"},
                       save_anew);
  }
  return Unsupported(
      {"a ZIP archive, but no DOCX or XLSX document", " ZIP 压缩文件"},
      {"Unpack it and import the report.", "请先解压，再导入其中的报告。"});
}

// The name of a part from a target, which is relative to `base` unless it
// begins with '/'.
std::string Resolve(absl::string_view base, absl::string_view target) {
  std::vector<absl::string_view> segments;
  if (!absl::ConsumePrefix(&target, "/")) {
    segments = absl::StrSplit(base, '/', absl::SkipEmpty());
    if (!segments.empty()) segments.pop_back();
  }
  for (absl::string_view segment : absl::StrSplit(target, '/')) {
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (segment != "." && !segment.empty()) {
      segments.push_back(segment);
    }
  }
  return absl::StrJoin(segments, "/");
}

std::string RelationshipPart(absl::string_view part) {
  const size_t slash = part.rfind('/');
  const size_t name = slash == absl::string_view::npos ? 0 : slash + 1;
  return absl::StrCat(part.substr(0, name), "_rels/", part.substr(name),
                      ".rels");
}

}  // namespace

absl::StatusOr<OfficePackage> OfficePackage::Open(absl::string_view bytes,
                                                  const ImportLimits& limits) {
  ASSIGN_OR_RETURN(ZipArchive archive,
                   ZipArchive::Open(bytes, FileFormat::kDocx, limits));
  OfficePackage package(std::move(archive), limits);
  ASSIGN_OR_RETURN(const auto relationships, package.RelationshipsOf(""));
  for (const auto& [id, relationship] : relationships) {
    if (relationship.type == "officeDocument") {
      package.main_part_ = relationship.target;
    }
  }
  if (package.main_part_.empty()) return OtherArchive(package.archive_);
  if (absl::StartsWith(package.main_part_, "xl/")) {
    package.format_ = FileFormat::kXlsx;
    package.archive_.set_format(FileFormat::kXlsx);
  }
  const bool read = absl::EndsWith(package.main_part_, ".xml") &&
                    !absl::StartsWith(package.main_part_, "ppt/");
  if (!read) return OtherArchive(package.archive_);
  return package;
}

absl::StatusOr<std::map<std::string, OfficePackage::Relationship>>
OfficePackage::RelationshipsOf(absl::string_view part) {
  std::map<std::string, Relationship> relationships;
  const std::string name = RelationshipPart(part);
  if (!archive_.Has(name)) return relationships;
  ASSIGN_OR_RETURN(const XmlPart xml, Read(name));
  for (pugi::xml_node node : xml.root().children()) {
    if (AttributeOf(node, "TargetMode") == "External") continue;
    const absl::string_view type = AttributeOf(node, "Type");
    const size_t slash = type.rfind('/');
    relationships[std::string(AttributeOf(node, "Id"))] = {
        std::string(slash == absl::string_view::npos ? type
                                                     : type.substr(slash + 1)),
        Resolve(part, AttributeOf(node, "Target"))};
  }
  return relationships;
}

absl::StatusOr<XmlPart> OfficePackage::Read(absl::string_view part) {
  ASSIGN_OR_RETURN(std::string content, archive_.Read(part));
  return XmlPart::Parse(std::move(content), part, format_, limits_);
}

}  // namespace annals::client
