#include "client/import/html_tree.h"

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "client/import/limit_error.h"

namespace annals::client {
namespace {

constexpr size_t kBlockBytes = 1 << 18;
constexpr size_t kAlignment = alignof(std::max_align_t);
// The clock is read once in so many requests.
constexpr int kRequestsPerLook = 4096;
// Of the stack, for freeing a tree by recursion.
constexpr intptr_t kStackBytesMax = 1 << 20;

intptr_t StackPointer() {
  return reinterpret_cast<intptr_t>(__builtin_frame_address(0));
}

}  // namespace

// Blocks that are freed all at once.
class HtmlTree::Arena {
 public:
  Arena(const ImportLimits& limits, const CpuDeadline& deadline)
      : bytes_left_(limits.parse_bytes), deadline_(deadline) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (void* block : blocks_) std::free(block);
  }

  // Null if a limit is met, which limit_met() then says.
  GumboOutput* Parse(absl::string_view html) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = [](void* arena, size_t size) {
      return static_cast<Arena*>(arena)->Allocate(size);
    };
    options.deallocator = [](void* arena, void*) {
      static_cast<Arena*>(arena)->LookAtStack();
    };
    options.userdata = this;
    options.max_errors = 0;
    stack_ = StackPointer();
    if (setjmp(give_up_) != 0) return nullptr;
    return gumbo_parse_with_options(&options, html.data(), html.size());
  }

  enum class Limit { kTime, kMemory, kDepth };
  Limit limit_met() const { return limit_met_; }

 private:
  [[noreturn]] void GiveUp(Limit limit) {
    limit_met_ = limit;
    std::longjmp(give_up_, 1);
  }

  void* Allocate(size_t size) {
    if (++requests_ % kRequestsPerLook == 0 && deadline_.IsOver()) {
      GiveUp(Limit::kTime);
    }
    size = (size + kAlignment - 1) / kAlignment * kAlignment;
    if (size > left_in_block_) AddBlock(size);
    char* memory = next_;
    next_ += size;
    left_in_block_ -= size;
    return memory;
  }

  void AddBlock(size_t size) {
    const size_t bytes = size > kBlockBytes ? size : kBlockBytes;
    if (bytes > bytes_left_) GiveUp(Limit::kMemory);
    void* block = std::malloc(bytes);
    if (block == nullptr) GiveUp(Limit::kMemory);
    bytes_left_ -= bytes;
    blocks_.push_back(block);
    next_ = static_cast<char*>(block);
    left_in_block_ = bytes;
  }

  void LookAtStack() {
    if (std::abs(stack_ - StackPointer()) > kStackBytesMax) {
      GiveUp(Limit::kDepth);
    }
  }

  std::vector<void*> blocks_;
  char* next_ = nullptr;
  size_t left_in_block_ = 0;
  size_t bytes_left_;
  int64_t requests_ = 0;
  const CpuDeadline deadline_;
  intptr_t stack_ = 0;
  Limit limit_met_ = Limit::kTime;
  std::jmp_buf give_up_;
};

HtmlTree::HtmlTree() = default;
HtmlTree::HtmlTree(HtmlTree&&) noexcept = default;
HtmlTree& HtmlTree::operator=(HtmlTree&&) noexcept = default;
HtmlTree::~HtmlTree() = default;

absl::StatusOr<HtmlTree> HtmlTree::Parse(absl::string_view html,
                                         const ImportLimits& limits,
                                         const CpuDeadline& deadline) {
  HtmlTree tree;
  tree.arena_ = std::make_unique<Arena>(limits, deadline);
  const GumboOutput* output = tree.arena_->Parse(html);
  if (output == nullptr) {
    switch (tree.arena_->limit_met()) {
      case Arena::Limit::kTime:
        return TooMuchTime(FileFormat::kHtml, limits);
      case Arena::Limit::kMemory:
        return TooMuchMemory(FileFormat::kHtml, limits);
      case Arena::Limit::kDepth:
        return NestedTooDeep(FileFormat::kHtml);
    }
  }
  tree.root_ = output->document;
  return tree;
}

int NumberAttribute(const GumboNode* node, const char* name, int otherwise) {
  if (node->type != GUMBO_NODE_ELEMENT) return otherwise;
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, name);
  int number = 0;
  return attribute != nullptr && absl::SimpleAtoi(attribute->value, &number) &&
                 number >= 0
             ? number
             : otherwise;
}

}  // namespace annals::client
