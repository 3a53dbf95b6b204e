// Word documents: an archive as it is, or any XML as the document of one.

#include "absl/strings/match.h"
#include "tests/fuzz/import_fuzz.h"
#include "tests/fuzz/stored_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input = annals::AsText(data, size);
  annals::ImportAnything(input);
  if (absl::StartsWith(input, "PK")) return 0;
  annals::StoredZip zip;
  zip.Add("_rels/.rels",
          annals::RelationshipsXml({{"officeDocument", "word/document.xml"}}));
  zip.Add("word/_rels/document.xml.rels",
          annals::RelationshipsXml(
              {{"numbering", "document.xml"}, {"styles", "document.xml"}}));
  zip.Add("word/document.xml", input);
  annals::ImportAnything(zip.Finish());
  return 0;
}
