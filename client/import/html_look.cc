#include "client/import/html_look.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// Elements above a table that are looked at.
constexpr int kAncestorsMax = 200;

GumboTag TagOf(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT ? node->v.element.tag
                                          : GUMBO_TAG_UNKNOWN;
}

absl::string_view Attribute(const GumboNode* element, const char* name) {
  const GumboAttribute* attribute =
      gumbo_get_attribute(&element->v.element.attributes, name);
  return attribute == nullptr ? absl::string_view() : attribute->value;
}

// A row, or a group of them.
bool IsRow(GumboTag tag) {
  return tag == GUMBO_TAG_TR || tag == GUMBO_TAG_TBODY ||
         tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TFOOT;
}

bool IsOfTable(GumboTag tag) {
  return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH || IsRow(tag) ||
         tag == GUMBO_TAG_TABLE;
}

// Whether its text may stand elsewhere, or nowhere. Tables of real pages have
// margins, and parts of them sizes, that move and hide nothing.
bool IsMoved(GumboTag tag, const StyleEffects& effects) {
  const bool is_offset = effects.Has(StyleEffect::kPositioned) &&
                         effects.Has(StyleEffect::kOffset);
  const bool is_squeezed =
      effects.Has(StyleEffect::kPulled) || effects.Has(StyleEffect::kNoSize);
  return effects.Has(StyleEffect::kMoved) || is_offset ||
         (is_squeezed && !IsOfTable(tag));
}

// Whether what is in it may stand in another order than it is written.
bool IsRearranged(GumboTag tag, const StyleEffects& effects) {
  const bool holds_cells = IsRow(tag) || tag == GUMBO_TAG_TABLE;
  return effects.Has(StyleEffect::kArranged) &&
         (holds_cells || effects.Has(StyleEffect::kRightToLeft));
}

// Whether its box may be too small for its text, and cut it off. Parts of a
// table are as large as what is in them, unless they are boxes like others.
bool IsCut(GumboTag tag, const StyleEffects& effects) {
  const bool has_size = !IsOfTable(tag) ||
                        effects.Has(StyleEffect::kUntabled) ||
                        effects.Has(StyleEffect::kFloated);
  const bool is_small = has_size && (effects.Has(StyleEffect::kSized) ||
                                     effects.Has(StyleEffect::kNoSize));
  return effects.Has(StyleEffect::kHidesOverflow) &&
         (is_small || effects.Has(StyleEffect::kFlat));
}

// What the element itself says of its look; empty if nothing.
std::string OwnLook(const GumboNode* element) {
  const GumboTag tag = TagOf(element);
  std::string look;
  if (tag == GUMBO_TAG_UNKNOWN) return look;  // Word's o:p and st1:chmetcnv.
  if (tag != GUMBO_TAG_SPAN && tag != GUMBO_TAG_FONT) {
    absl::StrAppend(&look, gumbo_normalized_tagname(tag), "|");
  }
  for (const char* name : {"class", "color", "size", "href"}) {
    const absl::string_view value = Attribute(element, name);
    if (!value.empty()) absl::StrAppend(&look, name, "=", value, "|");
  }
  absl::StrAppend(&look, LookOf(Attribute(element, "style")));
  return look;
}

// Whether a class, whose rules nobody can see here, is named as if it hid its
// element or struck it out: `hidden`, `text-del`, `d-none`.
bool SoundsHiding(absl::string_view classes) {
  for (absl::string_view name :
       absl::StrSplit(absl::AsciiStrToLower(classes), ' ', absl::SkipEmpty())) {
    for (absl::string_view word : absl::StrSplit(name, absl::ByAnyChar("-_"))) {
      if (word == "hide" || word == "hidden" || word == "del" ||
          word == "deleted" || word == "strike" || word == "through" ||
          word == "invisible") {
        return true;
      }
    }
    if (name == "none" || absl::EndsWith(name, "d-none") ||
        name == "display-none") {
      return true;
    }
  }
  return false;
}

bool AreAllKnown(const std::vector<Colour>& colours) {
  return std::all_of(colours.begin(), colours.end(),
                     [](const Colour& colour) { return colour.is_known; });
}

}  // namespace

CellLook::CellLook(const StyleSheets* sheets, const GumboNode* table)
    : sheets_(*sheets) {
  std::vector<const GumboNode*> above;
  int budget = kAncestorsMax;
  for (const GumboNode* node = table->parent; node != nullptr && --budget > 0;
       node = node->parent) {
    if (node->type == GUMBO_NODE_ELEMENT) above.push_back(node);
  }
  State state;
  std::for_each(above.rbegin(), above.rend(),
                [&](const GumboNode* node) { state = Within(node, state); });
  states_.push_back(Within(table, Kept(state)));
  doubtful_ = false;
}

CellLook::State CellLook::Kept(const State& above) const {
  // Pages hide, and show by a script, the blocks that hold their tables.
  State kept;
  kept.struck = above.struck;
  kept.reordered = above.reordered;
  kept.clipped = above.clipped;
  // A sheet elsewhere may set other colours between.
  if (sheets_.has_external()) return kept;
  const auto take_known = [](const std::vector<Colour>& from,
                             std::vector<Colour>* to) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(*to),
                 [](const Colour& colour) { return colour.is_known; });
  };
  take_known(above.colours, &kept.colours);
  take_known(above.backgrounds, &kept.backgrounds);
  return kept;
}

CellLook CellLook::OfRow(const GumboNode* row, const GumboNode* table) const {
  CellLook look = *this;
  if (row->parent != table) look.Enter(row->parent);
  look.Enter(row);
  return look;
}

bool CellLook::IsAsStored(const State& state) {
  return !state.hidden && !state.invisible && !state.collapsed &&
         !state.size_zero && !state.struck && !state.reordered &&
         !state.clipped && !state.folded && AreAllKnown(state.colours) &&
         AreAllKnown(state.backgrounds) &&
         !IsHardToSee(state.colours, state.backgrounds);
}

int CellLook::LookWithin(const GumboNode* element, int look) {
  std::string own = OwnLook(element);
  if (own.empty()) return look;
  const int next = static_cast<int>(looks_.size()) + 1;
  return looks_.try_emplace({look, std::move(own)}, next).first->second;
}

CellLook::State CellLook::Within(const GumboNode* element, State state) {
  const StyleEffects effects = sheets_.EffectsOn(element);
  const GumboTag tag = TagOf(element);
  state.hidden = state.hidden || effects.Has(StyleEffect::kNotDisplayed) ||
                 effects.Has(StyleEffect::kTransparent) ||
                 IsMoved(tag, effects);
  state.struck = state.struck || effects.Has(StyleEffect::kStruck);
  state.reordered = state.reordered || tag == GUMBO_TAG_BDO ||
                    effects.Has(StyleEffect::kReordered) ||
                    IsRearranged(tag, effects);
  state.clipped = state.clipped || effects.Has(StyleEffect::kClipped) ||
                  (IsOfTable(tag) && (effects.Has(StyleEffect::kOverlaid) ||
                                      IsCut(tag, effects)));
  if (tag == GUMBO_TAG_DETAILS) {
    state.folded =
        gumbo_get_attribute(&element->v.element.attributes, "open") == nullptr;
  }
  if (tag == GUMBO_TAG_SUMMARY) state.folded = false;
  if (!effects.colours().empty()) state.colours = effects.colours();
  if (!effects.backgrounds().empty()) {
    state.backgrounds = effects.backgrounds();
  }
  const auto inherit = [&effects](StyleEffect effect, bool* value) {
    if (effects.Speaks(effect)) *value = effects.Has(effect);
  };
  inherit(StyleEffect::kInvisible, &state.invisible);
  inherit(StyleEffect::kSizeZero, &state.size_zero);
  inherit(StyleEffect::kCollapsed, &state.collapse);
  // What a cell in it says of itself makes it no larger.
  state.collapsed = state.collapsed || (state.collapse && IsRow(tag));
  JudgeBox(element, effects);
  return state;
}

// What may lie over the text, or cut it off, wherever it stands in the cell.
void CellLook::JudgeBox(const GumboNode* element, const StyleEffects& effects) {
  const GumboTag tag = TagOf(element);
  const bool is_cell = tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;
  if (is_cell && effects.Has(StyleEffect::kGeneratedText)) doubtful_ = true;
  if (IsOfTable(tag)) return;
  const bool covers =
      effects.Has(StyleEffect::kPositioned) && !effects.backgrounds().empty();
  if (covers || IsCut(tag, effects) || IsMoved(tag, effects) ||
      effects.Has(StyleEffect::kGeneratedText) ||
      effects.Has(StyleEffect::kOverlaid)) {
    doubtful_ = true;
  }
}

void CellLook::Enter(const GumboNode* element) {
  const GumboTag tag = TagOf(element);
  if (tag == GUMBO_TAG_INPUT || tag == GUMBO_TAG_EMBED) doubtful_ = true;
  State state = Within(element, states_.back());
  if (sheets_.has_external() && SoundsHiding(Attribute(element, "class"))) {
    state.hidden = true;
  }
  state.look = LookWithin(element, state.look);
  states_.push_back(state);
}

void CellLook::Leave(const GumboNode* element) {
  if (element->type == GUMBO_NODE_ELEMENT && states_.size() > 1) {
    states_.pop_back();
  }
}

void CellLook::Text(absl::string_view text, absl::string_view line) {
  const State& state = states_.back();
  if (TrimBlanks(text).empty()) return;
  if (!IsAsStored(state)) doubtful_ = true;
  if (state.look != last_look_ && EndsInNumber(line) && BeginsInNumber(text)) {
    doubtful_ = true;
  }
  last_look_ = state.look;
}

}  // namespace annals::client
