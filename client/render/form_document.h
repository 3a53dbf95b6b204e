// A report in the order of the official form: what every format that shows it
// whole has to show.

#ifndef ANNALS_CLIENT_RENDER_FORM_DOCUMENT_H_
#define ANNALS_CLIENT_RENDER_FORM_DOCUMENT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/render/form_table.h"
#include "client/text.h"

namespace annals::client {

enum class BlockKind {
  kPublication,  // One line, above the title as on official pages.
  kTitle,
  kPreface,
  kSectionHeading,
  kTopicHeading,  // A sub-topic of section one: （二）依申请公开.
  kProse,
  kTable,
};

struct FormBlock {
  BlockKind kind = BlockKind::kProse;
  // The field path of what it shows, such as `s1_overview.s1_2_on_request`. A
  // heading has that of what it stands above.
  std::string field;
  // Not of a table. Prose has a paragraph to a line.
  std::string text;
  FormTable table;
  // False if the report does not have it: only what is asked for with
  // Absent::kShown.
  bool is_present = true;
};

// Whether texts that the report does not have are left out or are blocks
// without text, so that the blocks of two reports can be paired.
enum class Absent { kLeftOut, kShown };

// Where and when it was published, title, preface, the six sections. Headings
// are as the published text printed them (`language` Chinese), else in the
// official wording. A report without a preface states its statistical period in
// its place, if it has one.
std::vector<FormBlock> LayOutForm(const v1::Report& report, Language language,
                                  Absent absent);

// The paragraphs of a text without their indentations; empty ones are dropped.
std::vector<std::string> ParagraphsOf(absl::string_view prose);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_FORM_DOCUMENT_H_
