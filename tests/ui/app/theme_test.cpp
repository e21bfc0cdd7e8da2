#include "ui/app/theme.h"

#include <gtest/gtest.h>

namespace kscope::ui::theme_test {
namespace {

TEST(Theme, text_reads_well_on_every_ground) {
  for (const ThemeId id : {ThemeId::Light, ThemeId::Dark, ThemeId::Projector}) {
    const Theme t = make_theme(id);
    for (const Color ground : {t.window, t.stage, t.panel, t.raised, t.hover, t.pressed}) {
      EXPECT_GE(contrast(t.text, ground), 7.0F) << name_of(id);
      EXPECT_GE(contrast(t.text_secondary, ground), 4.5F) << name_of(id);
    }
    for (const Color c : {t.accent_text, t.ok_text, t.attention_text, t.bad_text, t.info_text}) {
      EXPECT_GE(contrast(c, t.panel), 4.5F) << name_of(id);
    }
  }
}

TEST(Theme, ink_reads_on_status_and_key_colours) {
  for (const ThemeId id : {ThemeId::Light, ThemeId::Dark, ThemeId::Projector}) {
    const Theme t = make_theme(id);
    for (const Color c : t.key_hues) {
      EXPECT_GE(contrast(ink_on(c), c), 4.5F) << name_of(id);
    }
    for (const Color c : {t.ok, t.attention, t.bad, t.info, t.accent, t.leader, t.selection}) {
      EXPECT_GE(contrast(ink_on(c), c), 4.4F) << name_of(id);
    }
  }
}

TEST(Theme, shapes_have_a_dark_edge_on_light_ground) {
  for (const ThemeId id : {ThemeId::Light, ThemeId::Projector}) {
    const Theme t = make_theme(id);
    EXPECT_GE(contrast(t.outline, t.stage), 7.0F);
  }
}

TEST(Theme, names_go_both_ways) {
  EXPECT_EQ(theme_from_name("dark"), ThemeId::Dark);
  EXPECT_EQ(theme_from_name("mauve"), std::nullopt);
}

}  // namespace
}  // namespace kscope::ui::theme_test
