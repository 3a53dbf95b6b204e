// What a web site prints around a report: where one is, when the page was
// published, buttons, the owner of the site.

#ifndef ANNALS_CLIENT_IMPORT_WEB_PAGE_H_
#define ANNALS_CLIENT_IMPORT_WEB_PAGE_H_

#include <cstddef>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/remark.h"
#include "client/import/sections.h"

namespace annals::client {

// Whether the line is no part of the report but of the page above it: a path
// (首页 > …), 发布日期, 索引号, 来源, 字体, 打印.
bool IsPageHead(const Line& line);

// The first line in the range that begins the foot of a page: 主办单位,
// 网站标识码, 上一篇; the range's end if there is none.
size_t PageFootBegin(const std::vector<Line>& lines, LineRange range);

// Reads the day of publication and the index number that the lines state. One
// that is stated twice differently, or can't be, is left out and remarked.
void ReadPublication(const std::vector<Line>& lines, LineRange range,
                     v1::Report* report, std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_WEB_PAGE_H_
