// A PDF of one page, written by hand.

#ifndef ANNALS_TESTS_IMPORT_SMALL_PDF_H_
#define ANNALS_TESTS_IMPORT_SMALL_PDF_H_

#include <string>

namespace annals::client {

struct SmallPdf {
  std::string content;  // Of the page. Its font is /F, object 5.
  std::string page;     // More entries of the page.
  std::string resources;
  std::string catalog;
  std::string font = "/Subtype/Type1/BaseFont/Helvetica";
  std::string objects;  // Numbered from 6 on.

  // The page is of 612 by 792 points.
  std::string Bytes() const;
};

// An object that is a stream.
std::string PdfStream(int number, const std::string& entries,
                      const std::string& content);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_SMALL_PDF_H_
