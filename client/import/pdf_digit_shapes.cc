#include "client/import/pdf_digit_shapes.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace annals::client {
namespace {

using Cells = PdfDigitShape::Cells;

// Of the box's extent, on either side: rules of the table may run there.
constexpr double kMargin = 0.1;
// Lines of pixels that a digit takes at least to be told.
constexpr int kLinesMin = 6;
// Part of the full contrast from which on a pixel is taken for ink.
constexpr double kInkMin = 0.4;
// Width and height of what is looked at: a 1 is not widened to a 0.
constexpr double kAspect = 2.0 / 3;

// How much alike a digit and another must be, of 1, and how much less alike the
// one that the text has: of digits in fonts that are not in the table, less
// than one in a hundred is taken for another by it, and as few lies are missed.
constexpr double kLikeMin = 0.65;
constexpr double kLessLikeMin = 0.1;

// Digits of common fonts, each the mean of many sizes and places: line by line,
// from ground (0) to ink (f).
struct KnownShape {
  int digit;
  const char* grey;
};
constexpr KnownShape kKnownShapes[] = {
    {0, "07ee603c56c26a11b58900a78800978900a76a01b53c34c208ff70"},
    {0, "07dd703b55c36a11a67900888900887900886a11a63c44c308ff80"},
    {0, "06ddc43d83a86d30588c34479c7d678c34477d20483d719907ffe4"},
    {0, "08eda04e43e58e11d9bd00bcbd00bcbd00bc8e11ca4f32e50afeb0"},
    {0, "0699704c21c5ab00abd9008ee8007fe9008eaa00ab5d11c5189881"},
    {0, "0399401e64e16f10d8ac00accb009dbc00ac7e00c91f42f206bb70"},
    {0, "19ba717a45b4c913d7e802c9f702bae702c9c913d78a45c42aba81"},
    {0, "c3003cb3223bb4994bb4aa4bb3223bc3003cd6116dbb55bc6dffd6"},
    {0, "a9119ad6015cd4004dd4003dd4004dd5004dc7117b7c44c82bffb2"},
    {0, "b9118ce7006ef6005ff6005ff6005fe7006eb9108d7c32b82bddc2"},
    {1, "006f7006ef80035b80001b80001b80001b80001b80001b80001b80"},
    {1, "2be8001589000069000069000069000069000069000279202cffd3"},
    {1, "3bdd30256d30003c30003c30003c30003c30003c30025d402cefe3"},
    {1, "04b91017ba10027a10007a10007a10007a10007a10017a1017ef91"},
    {1, "03cb0002bc00009b00009b00009b00009b00009b00009c0003df40"},
    {1, "16f80001c80000b80000b80000b80000b80000b80000c90017fd61"},
    {1, "15b810029820018920018920018920018920018920039a3016ef71"},
    {1, "02aa2002aa2002aa2002aa2002aa2002aa2002aa2057cc75dffffd"},
    {1, "22891001891001891001891001891001891001891024ab428effe9"},
    {1, "249a10018a10018a10018a10018a10018a10018a10029b203bffb4"},
    {2, "29cc602636b20002b30004a2001970006a2004a3003b62216ffee6"},
    {2, "3acc612636b30001b40003b3001881005b2004b3002b82215fffe4"},
    {2, "4acca33634a70000770001970005b4004b6004b6103b92217ffff7"},
    {2, "3989614713b31201b50002a30006810039200283111862555ffff6"},
    {2, "19de914526e52001b70001b30004800018200162001752259feee9"},
    {2, "1678715a11d46d00c61201e30008700066000560124932758feef4"},
    {2, "3679946933a76811a8220296000862016520245222586465afeef8"},
    {2, "00004c00017c0003b9003ab3029b5128c5108c5100db7666fffffe"},
    {2, "21019a00007b0001a80006b4004b6103b8102a92008d7443cffffc"},
    {2, "52018a1001890002a60005920029400285101671146b6458bffffc"},
    {3, "3bee713636d30002c40138a104de710125c40001b72214d57fff91"},
    {3, "3bdd811436c30002b40159b202ad910013c40001a62314c45eff91"},
    {3, "4bddb32544b70000780147c6019dd40012970000473312987fffe5"},
    {3, "4daca15814e41103e4004aa1017c910003d62101c88702d77fbdc2"},
    {3, "28df803318d20005b1002840018fc20004e60001a71102938d9850"},
    {3, "1579404b14e13801f30026b1005c600001d43500c87d01e4298970"},
    {3, "599e728b37b75706b7001a95027f720013c95701eb9c34d98c8b94"},
    {3, "00005d0246bb17cdd61358ba00015c00002b10014c7546bdefffe7"},
    {3, "0001aa0001990258c505ceb20125b800017c00017c5335c9cfffb2"},
    {3, "4301ca0013d8016bb3017bb40013ca00008e61008ec512cccfbde5"},
    {4, "0008a1004cb10199a10595a12a35a17936b3addefa2226b30004a1"},
    {4, "002da1007da102a9910777913a26918949b38ddef81117a1000691"},
    {4, "0007e7003be70187c70593b72a41b78b44d88cccfa1112c70001b7"},
    {4, "002c81006f81029c81076a81292a81773b927aaed7001a81008ff7"},
    {4, "0006d2002bd20176d20544d23704d2a758e69aacfa0004d20004d2"},
    {4, "0008e1002dd10186d10555d12815d17648f42338e40005d1004bf7"},
    {4, "0008a3002bb3015ab30367a32636a35749c53438c50017b4003cf8"},
    {4, "18a5c95a54c99824c9a404c9a547dadddefe4447da0004c90004c9"},
    {4, "01abd305a6c32a65c36a25c3a515c4dcbcfb888be90005c40005c3"},
    {4, "038bb21679a23838a27618a29429b3a99ce9344ac50019b3029efb"},
    {5, "2cffa13c64303b20004d962029adb20003d50001b62215d45fff71"},
    {5, "3deea13b42203b31003ddc501548c30001b50001b52315c45eef81"},
    {5, "4eeed64c52214c41004ddda22545c80000680000583313a88fefd4"},
    {5, "4effb23732203611004bab612514c40001b72101b77603c56daca1"},
    {5, "02cfe60564312b930029df710018e40001a70000762202727ea830"},
    {5, "4feee54600004634105c9bc14711f80000ac9a00bbbc01f6289b91"},
    {5, "4dffc53854313743104878514835b70101aa5611a98a33a7497993"},
    {5, "d62100dcbb83a99be911128d00004d00003d10016d7547ccffffc5"},
    {5, "9810009931009ecb715769d600029b00016c00018b5436d8cfffa2"},
    {5, "8632218755428a78954423b900019c10018d72019cc623d9cfbed4"},
    {6, "02aeb21a93203c30006b78407e99c37b11a76a10973c43c507ffa1"},
    {6, "04cdb22a83414b21007cbc718f76c47c11a76b10973c42c507ffa1"},
    {6, "04bdc62ba3425c31007c9cb48f94988d30376c20363d616807eee6"},
    {6, "0499b42a41635a10108c9a619f53c59d10987c10994c21b608bbb2"},
    {6, "00496205b3003d60008f8971cc35e8d900adca008c7c2098199792"},
    {6, "069cc35934628a3430cb6851ff45d8da01abba00aa8b33a83ba993"},
    {6, "c31110c8aca5ec99ccf7115dd4002bc3002bd6004ccb549d6dfff9"},
    {6, "8c3000b82210dabca3ee76c9e9116dd7004db8105d7c53ab2affd4"},
    {6, "981012c84431ec99a4fd42abfa106de8105eb9106d7c319b2bccd5"},
    {7, "7efff72445d60004c2000891001c50005c2001a80002d30006c100"},
    {7, "5deef51225c30006a1001a70002c30005b1001980002c40004c200"},
    {7, "7eeef81223980002c60005d30019b1002d60006d2001b91004e500"},
    {7, "7eeef76523a4110292000580000940002a2000580001940003a100"},
    {7, "5efffa653396100193000391000660001930003910006600019300"},
    {7, "7b98a632016110045000091000480000b40001e20003f20002c100"},
    {7, "9fffe857477422064200183101482003952004c41005e41015f410"},
    {7, "0006e7001bd4003ea2017f6102cc3005f81029f4004dc2007f8100"},
    {7, "0018f2002cb1004f70007f3002cb1004e70008e3001cc1003f7000"},
    {7, "8302cc1005e80018e4003cb1005f70018f3003cb1005f60019e200"},
    {8, "08ee703c44c33c12c31b99a107ff603c46c37a00a66b22c51bffa1"},
    {8, "19dd914c44c45b11b52b87b219dda15b22b57900976c22c61bffb1"},
    {8, "19ddd65d62896d30592b96b718dcd56d41689c10377d41682afef7"},
    {8, "2bddc16f33f67f11e73e88e22beeb18e22e7bc00ca9e11e93eeef2"},
    {8, "3956928800b68d32b42dd96006ef50493be49802c89800873a7682"},
    {8, "0467403a11956a00691e949308df904925e495006a680077168771"},
    {8, "26777366226568317649848416cf826624a6750177652266376673"},
    {8, "d4004dc944ac7dddd6bb78bbd4115db2002cc3003de9449e9ffff9"},
    {8, "c7007cc7007b7b66c73cddb3aa44a9d5005dd5005dca33ab5effe4"},
    {8, "ca11adbc22bb5d98d65bbbc5ba32bbf7007ef7007edb22bd6fddf6"},
    {9, "18fe704d55d36b11a76b11a83d77f905b9c70002c50118c21bfd40"},
    {9, "18dd714c45b37a11a67a11b84c66e818ccd80012a61216b32cfe60"},
    {9, "18ddb36d53a88b10588b10585d63a918cca70012581213b72cefc2"},
    {9, "28ab716b23c39a01c69a01c86c34f918bad80011a63503b24eab60"},
    {9, "2879917901d6c8009cca008d8e43bc18a7f80006d2003b50159400"},
    {9, "0587404c23c3a900a9b900ac6e24fc17b8ca0001d62b24c11ca940"},
    {9, "4a89619823a4b601a8b601baaa26fb2676c91224b63626a26d8a50"},
    {9, "b2003cb2004cc4016ecc78ce5acb8b01223b00017d6547cacfffb3"},
    {9, "c7119ac4006cc5007db923be5dcccd03657c00019a3437c57ffe81"},
    {9, "d6019ce6018de6019fba33cf5ba9ce02447c21018a8513b5aebc81"},
};

// Without mean and of length 1; false if all cells are alike.
bool Normalise(Cells* cells) {
  double mean = 0;
  for (double cell : *cells) mean += cell / static_cast<double>(cells->size());
  double square = 0;
  for (double& cell : *cells) {
    cell -= mean;
    square += cell * cell;
  }
  if (square <= 0) return false;
  for (double& cell : *cells) cell /= std::sqrt(square);
  return true;
}

struct Shape {
  int digit = 0;
  Cells cells{};
};

std::vector<Shape> MakeShapes() {
  std::vector<Shape> shapes;
  for (const KnownShape& known : kKnownShapes) {
    Shape shape;
    shape.digit = known.digit;
    for (size_t i = 0; i < shape.cells.size(); ++i) {
      const char c = known.grey[i];
      shape.cells[i] = c <= '9' ? c - '0' : c - 'a' + 10;
    }
    Normalise(&shape.cells);
    shapes.push_back(shape);
  }
  return shapes;
}

// The digit's box as grey levels from 0 (ground) to 1 (ink), upright.
class Ink {
 public:
  Ink(const PdfDrawing& drawing, const poppler::rectf& box, int quarter_turns) {
    const bool upright = quarter_turns % 2 == 0;
    const PdfPixels pixels(drawing, box, upright, kMargin, 0);
    if (pixels.Contrast() < kPdfContrastMin) return;
    width_ = pixels.width();
    lines_ = pixels.lines();
    Read(pixels, quarter_turns);
    Trim();
  }

  bool is_valid() const { return bottom_ - top_ >= kLinesMin; }

  Cells Scaled() const {
    const double height = bottom_ - top_;
    const double width = height * kAspect;
    const double left = (left_ + right_ - width) / 2;
    Cells cells{};
    for (int y = 0; y < PdfDigitShape::kHeight; ++y) {
      for (int x = 0; x < PdfDigitShape::kWidth; ++x) {
        cells[static_cast<size_t>(y * PdfDigitShape::kWidth + x)] =
            Mean(left + width * x / PdfDigitShape::kWidth,
                 left + width * (x + 1) / PdfDigitShape::kWidth,
                 top_ + height * y / PdfDigitShape::kHeight,
                 top_ + height * (y + 1) / PdfDigitShape::kHeight);
      }
    }
    return cells;
  }

 private:
  void Read(const PdfPixels& pixels, int quarter_turns) {
    std::vector<double> grey;
    for (int line = 0; line < lines_; ++line) {
      for (int place = 0; place < width_; ++place) {
        // Lines run along the text; which end is up depends on the turn.
        const bool across_back = quarter_turns == 1 || quarter_turns == 2;
        const bool along_back = quarter_turns == 2 || quarter_turns == 3;
        grey.push_back(pixels.At(across_back ? lines_ - 1 - line : line,
                                 along_back ? width_ - 1 - place : place));
      }
    }
    const auto [darkest, lightest] =
        std::minmax_element(grey.begin(), grey.end());
    double mean = 0;
    for (double level : grey) mean += level / static_cast<double>(grey.size());
    const bool dark_ground = mean < (*darkest + *lightest) / 2;
    const double ground = dark_ground ? *darkest : *lightest;
    const double contrast = *lightest - *darkest;
    for (double level : grey)
      ink_.push_back(std::abs(level - ground) / contrast);
  }

  double At(int line, int place) const {
    const bool inside =
        line >= 0 && line < lines_ && place >= 0 && place < width_;
    return inside ? ink_[static_cast<size_t>(line * width_ + place)] : 0;
  }

  void Trim() {
    top_ = left_ = std::max(lines_, width_);
    for (int line = 0; line < lines_; ++line) {
      for (int place = 0; place < width_; ++place) {
        if (At(line, place) < kInkMin) continue;
        top_ = std::min(top_, line);
        bottom_ = std::max(bottom_, line + 1);
        left_ = std::min(left_, place);
        right_ = std::max(right_, place + 1);
      }
    }
  }

  // Of an area with parts of pixels at its edges.
  double Mean(double left, double right, double top, double bottom) const {
    double sum = 0;
    for (int y = static_cast<int>(std::floor(top)); y < bottom; ++y) {
      const double part_y =
          std::min<double>(y + 1, bottom) - std::max<double>(y, top);
      for (int x = static_cast<int>(std::floor(left)); x < right; ++x) {
        const double part_x =
            std::min<double>(x + 1, right) - std::max<double>(x, left);
        sum += At(y, x) * part_x * part_y;
      }
    }
    return sum / ((right - left) * (bottom - top));
  }

  std::vector<double> ink_;
  int lines_ = 0;
  int width_ = 0;
  // Of the ink.
  int top_ = 0;
  int bottom_ = 0;
  int left_ = 0;
  int right_ = 0;
};

}  // namespace

std::optional<PdfDigitShape> PdfDigitShape::Of(const PdfDrawing& drawing,
                                               const poppler::rectf& box,
                                               int quarter_turns) {
  const Ink ink(drawing, box, quarter_turns);
  if (!ink.is_valid()) return std::nullopt;
  Cells cells = ink.Scaled();
  if (!Normalise(&cells)) return std::nullopt;
  return PdfDigitShape(cells);
}

bool PdfDigitShape::LooksLikeOtherThan(int digit) const {
  static const auto* const shapes = new std::vector<Shape>(MakeShapes());
  double same = -1;
  double other = -1;
  for (const Shape& shape : *shapes) {
    const double like = std::inner_product(cells_.begin(), cells_.end(),
                                           shape.cells.begin(), 0.0);
    double* const most = shape.digit == digit ? &same : &other;
    *most = std::max(*most, like);
  }
  return other >= kLikeMin && other - same >= kLessLikeMin;
}

}  // namespace annals::client
