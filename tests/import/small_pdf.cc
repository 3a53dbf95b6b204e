#include "tests/import/small_pdf.h"

#include "absl/strings/str_cat.h"

namespace annals::client {

std::string PdfStream(int number, const std::string& entries,
                      const std::string& content) {
  return absl::StrCat(number, " 0 obj<</Length ", content.size(), entries,
                      ">>stream\n", content, "\nendstream endobj\n");
}

// Readers mend the reference table that is not there.
std::string SmallPdf::Bytes() const {
  return absl::StrCat(
      "%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R", catalog,
      ">>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]"
      "/Contents 4 0 R/Resources<</Font<</F 5 0 R>>",
      resources, ">>", page, ">>endobj\n", PdfStream(4, "", content),
      "5 0 obj<</Type/Font", font, ">>endobj\n", objects,
      "trailer<</Root 1 0 R/Size 20>>\nstartxref\n999999\n%%EOF\n");
}

}  // namespace annals::client
