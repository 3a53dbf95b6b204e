#include "client/render/docx_parts.h"

namespace annals::client {

const char kDocxContentTypes[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType=")"
    R"(application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/)"
    R"(vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="application/)"
    R"(vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="application/)"
    R"(vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>
<Override PartName="/word/footer1.xml" ContentType="application/)"
    R"(vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>
<Override PartName="/docProps/core.xml" ContentType=")"
    R"(application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>)";

const char kDocxRelations[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns=")"
    R"(http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/)"
    R"(officeDocument/2006/relationships/officeDocument")"
    R"( Target="word/document.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/)"
    R"(package/2006/relationships/metadata/core-properties")"
    R"( Target="docProps/core.xml"/>
</Relationships>)";

const char kDocxDocumentRelations[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns=")"
    R"(http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/)"
    R"(officeDocument/2006/relationships/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/)"
    R"(officeDocument/2006/relationships/settings" Target="settings.xml"/>
<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/)"
    R"(officeDocument/2006/relationships/footer" Target="footer1.xml"/>
</Relationships>)";

// Sizes are in half points, distances in twentieths of a point.
const char kDocxStyles[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w=")"
    R"(http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:docDefaults><w:rPrDefault><w:rPr>
<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman")"
    R"( w:eastAsia="FangSong" w:cs="Times New Roman"/>
<w:sz w:val="32"/><w:szCs w:val="32"/>
<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>
</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal">
<w:name w:val="Normal"/><w:qFormat/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>
<w:basedOn w:val="Normal"/><w:next w:val="BodyText"/><w:qFormat/>
<w:pPr><w:keepNext/><w:spacing w:after="560"/><w:jc w:val="center"/></w:pPr>
<w:rPr><w:rFonts w:eastAsia="FZXiaoBiaoSong-B05S"/>
<w:sz w:val="44"/><w:szCs w:val="44"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1">
<w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>
<w:next w:val="BodyText"/><w:qFormat/>
<w:pPr><w:keepNext/><w:spacing w:before="120" w:line="560")"
    R"( w:lineRule="atLeast"/><w:ind w:firstLineChars="200")"
    R"( w:firstLine="640"/><w:outlineLvl w:val="0"/></w:pPr>
<w:rPr><w:rFonts w:eastAsia="SimHei"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading2">
<w:name w:val="heading 2"/><w:basedOn w:val="Normal"/>
<w:next w:val="BodyText"/><w:qFormat/>
<w:pPr><w:keepNext/><w:spacing w:line="560" w:lineRule="atLeast"/>
<w:ind w:firstLineChars="200" w:firstLine="640"/>
<w:outlineLvl w:val="1"/></w:pPr>
<w:rPr><w:rFonts w:eastAsia="KaiTi"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="BodyText">
<w:name w:val="Body Text"/><w:basedOn w:val="Normal"/><w:qFormat/>
<w:pPr><w:spacing w:line="560" w:lineRule="atLeast"/>
<w:ind w:firstLineChars="200" w:firstLine="640"/>
<w:jc w:val="both"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="TableText">
<w:name w:val="Table Text"/><w:basedOn w:val="Normal"/>
<w:pPr><w:spacing w:line="240" w:lineRule="auto"/></w:pPr>
<w:rPr><w:rFonts w:eastAsia="SimSun"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Footer">
<w:name w:val="footer"/><w:basedOn w:val="Normal"/>
<w:pPr><w:jc w:val="center"/></w:pPr>
<w:rPr><w:rFonts w:eastAsia="SimSun"/><w:sz w:val="28"/>
<w:szCs w:val="28"/></w:rPr></w:style>
</w:styles>)";

// The number of the page between dashes.
const char kDocxFooter[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:ftr xmlns:w=")"
    R"(http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>
<w:r><w:t xml:space="preserve">— </w:t></w:r>
<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>
<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>)";

const char kDocxSettings[] =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:settings xmlns:w=")"
    R"(http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:characterSpacingControl w:val="compressPunctuation"/>
<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>
</w:settings>)";

}  // namespace annals::client
