// The parts of a DOCX package that are the same for every report.

#ifndef ANNALS_CLIENT_RENDER_DOCX_PARTS_H_
#define ANNALS_CLIENT_RENDER_DOCX_PARTS_H_

namespace annals::client {

// The ids of the styles in kDocxStyles.
inline constexpr char kTitleStyle[] = "Title";
inline constexpr char kSectionStyle[] = "Heading1";
inline constexpr char kTopicStyle[] = "Heading2";
inline constexpr char kTextStyle[] = "BodyText";
inline constexpr char kCellStyle[] = "TableText";

extern const char kDocxContentTypes[];
extern const char kDocxRelations[];
extern const char kDocxDocumentRelations[];
extern const char kDocxStyles[];
extern const char kDocxFooter[];
extern const char kDocxSettings[];

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_DOCX_PARTS_H_
