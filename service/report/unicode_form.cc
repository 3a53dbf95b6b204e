#include "service/report/unicode_form.h"

#include <cstdlib>
#include <memory>

#include "absl/strings/str_replace.h"
#include "utf8proc.h"

namespace annals::report {
namespace {

std::string Map(absl::string_view text, int options) {
  utf8proc_uint8_t* form = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &form,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                     UTF8PROC_COMPAT | options));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owned(form,
                                                                 &std::free);
  if (size < 0) return std::string();
  return {reinterpret_cast<const char*>(form), static_cast<size_t>(size)};
}

}  // namespace

std::string Nfkc(absl::string_view text) { return Map(text, 0); }

std::string FoldName(absl::string_view name) {
  return absl::StrReplaceAll(Map(name, UTF8PROC_CASEFOLD), {{"•", "·"},
                                                            {"‧", "·"},
                                                            {"∙", "·"},
                                                            {"⋅", "·"},
                                                            {"・", "·"},
                                                            {"’", "'"},
                                                            {"‘", "'"},
                                                            {"ʼ", "'"},
                                                            {"′", "'"},
                                                            {"‐", "-"},
                                                            {"‑", "-"},
                                                            {"‒", "-"},
                                                            {"–", "-"},
                                                            {"—", "-"},
                                                            {"−", "-"},
                                                            {"○", "〇"},
                                                            {"◯", "〇"}});
}

}  // namespace annals::report
