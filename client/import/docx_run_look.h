// How a run of text in a Word document looks, as far as it says whether and
// where the text stands: from its own properties and from styles.

#ifndef ANNALS_CLIENT_IMPORT_DOCX_RUN_LOOK_H_
#define ANNALS_CLIENT_IMPORT_DOCX_RUN_LOOK_H_

#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "client/import/colour.h"

namespace annals::client {

enum class VerticalAlign { kBaseline, kRaised, kLowered };

struct RunLook {
  // Hidden, struck out, or deleted.
  bool dropped = false;
  VerticalAlign align = VerticalAlign::kBaseline;
  // In half points above the line.
  int position = 0;
  // Hardly seen: too small, or of the colour that is behind it.
  bool faint = false;
};

// Whether a property such as w:vanish is on.
bool IsDocxPropertyOn(pugi::xml_node properties, absl::string_view name);

class RunStyles {
 public:
  // `styles`: the root of the part of styles; may be null.
  explicit RunStyles(pugi::xml_node styles);

  // `run` and `paragraph`: the w:rPr of the run and the w:pPr around it, which
  // stands in the document.
  RunLook LookOf(pugi::xml_node run, pugi::xml_node paragraph) const;

 private:
  // What is set at one level of the hierarchy of styles.
  struct Properties {
    std::optional<bool> vanish;
    std::optional<bool> special_vanish;
    std::optional<bool> strike;
    std::optional<bool> double_strike;
    std::optional<VerticalAlign> align;
    std::optional<int> position;
    std::optional<Colour> colour;
    std::optional<bool> unfilled;  // Its letters let all be seen through them.
    std::optional<Colour> shade;
    std::optional<Colour> highlight;
    // In half points, per cent, and twentieths of a point.
    std::optional<int> size;
    std::optional<int> width;
    std::optional<int> spacing;

    static Properties Of(pugi::xml_node properties);
    // Sets what `base` has and this has not.
    void Inherit(const Properties& base);
  };
  struct Style {
    std::string based_on;
    Properties properties;
  };

  static bool IsFaint(const Properties& run,
                      const std::optional<Colour>& behind);
  static Properties WithInherited(const Style& style,
                                  const std::map<std::string, Style>& all);
  Properties OfStyle(const std::string& id) const;

  Properties defaults_;
  std::string default_paragraph_style_;
  // With what they inherit.
  std::map<std::string, Properties> styles_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DOCX_RUN_LOOK_H_
