// Excel workbooks: an archive as it is, or any XML as a sheet of one and as its
// strings.

#include "absl/strings/match.h"
#include "client/import/xlsx_number.h"
#include "tests/fuzz/import_fuzz.h"
#include "tests/fuzz/stored_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input = annals::AsText(data, size);
  const auto decimal = annals::client::DecimalOfXlsxNumber(input);
  annals::FuzzRequire(
      !decimal.has_value() ||
          annals::client::DecimalOfXlsxNumber(*decimal) == decimal,
      "a decimal is itself");
  annals::ImportAnything(input);
  if (absl::StartsWith(input, "PK")) return 0;
  annals::StoredZip zip;
  zip.Add("_rels/.rels",
          annals::RelationshipsXml({{"officeDocument", "xl/workbook.xml"}}));
  zip.Add("xl/_rels/workbook.xml.rels",
          annals::RelationshipsXml(
              {{"worksheet", "sheet.xml"}, {"sharedStrings", "sheet.xml"}}));
  zip.Add(
      "xl/workbook.xml",
      "<workbook><sheets><sheet name=\"S\" id=\"r0\"/></sheets></workbook>");
  zip.Add("xl/sheet.xml", input);
  annals::ImportAnything(zip.Finish());
  return 0;
}
