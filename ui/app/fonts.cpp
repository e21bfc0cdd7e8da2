#include "ui/app/fonts.h"

#include <imgui.h>
#include <cmath>

namespace kscope::ui {
namespace {

struct Wanted {
  Face face;
  float size;
};
constexpr std::array<Wanted, 11> kWanted{{{Face::Regular, 14},
                                          {Face::Regular, 12},
                                          {Face::Regular, 17},
                                          {Face::Regular, 24},
                                          {Face::Strong, 12},
                                          {Face::Strong, 14},
                                          {Face::Strong, 17},
                                          {Face::Strong, 22},
                                          {Face::Mono, 12},
                                          {Face::Mono, 14},
                                          {Face::Mono, 20}}};

const char* file_of(Face face) {
  switch (face) {
    case Face::Regular: return "Inter-Regular.otf";
    case Face::Strong: return "Inter-SemiBold.otf";
    case Face::Mono: return "JetBrainsMono-Regular.ttf";
  }
  return "";
}

// Latin with its extensions, punctuation, arrows and mathematical signs used in texts. Must outlive the atlas.
constexpr std::array<ImWchar, 13> kRanges{0x20,   0x17F,  0x2010, 0x2027, 0x2030, 0x203A, 0x2190,
                                          0x2199, 0x2200, 0x2265, 0x394,  0x394,  0};

}  // namespace

std::string FontSet::bake(const std::filesystem::path& folder, float scale) {
  for (const Face face : {Face::Regular, Face::Strong, Face::Mono}) {
    std::error_code ignored;
    if (!std::filesystem::exists(folder / file_of(face), ignored)) {
      return "font file " + std::string(file_of(face)) + " is missing in " + folder.string() +
             " (packages fonts-inter and fonts-jetbrains-mono)";
    }
  }
  ImFontAtlas* atlas = ImGui::GetIO().Fonts;
  atlas->Clear();
  atlas->TexDesiredWidth = 2048;
  atlas->Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  count_ = 0;
  for (const Wanted& wanted : kWanted) {
    ImFontConfig config;
    const float pixels = std::round(wanted.size * scale);
    config.OversampleH = pixels < 22 ? 3 : 2;
    config.OversampleV = 1;
    config.PixelSnapH = false;
    config.RasterizerMultiply = 1.1F;
    const std::string path = (folder / file_of(wanted.face)).string();
    ImFont* font = atlas->AddFontFromFileTTF(path.c_str(), pixels, &config, kRanges.data());
    if (font == nullptr) {
      return "font file " + path + " cannot be read";
    }
    baked_[count_++] = {wanted.face, pixels, font};
  }
  if (!atlas->Build()) {
    return "the font atlas could not be built for scale " + std::to_string(scale);
  }
  ImGui::GetIO().FontDefault = body();
  return {};
}

ImFont* FontSet::nearest(Face face, float size) const {
  ImFont* best = nullptr;
  float best_distance = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const Baked& b = baked_[i];
    const float distance = std::abs(b.size - size);
    if (b.face == face && (best == nullptr || distance < best_distance)) {
      best = b.font;
      best_distance = distance;
    }
  }
  return best;
}

ImFont* FontSet::body() const { return count_ > 0 ? baked_[0].font : nullptr; }

}  // namespace kscope::ui
