#include "ui/app/commands.h"

#include <gtest/gtest.h>
#include <set>

namespace kscope::ui::commands_test {
namespace {

TEST(Commands, no_key_means_two_things) {
  std::set<std::string> seen;
  for (const CommandSpec& spec : command_table()) {
    for (const Chord& key : spec.keys) {
      if (key.key == Key::None || key == plain(Key::Question)) {
        continue;
      }
      EXPECT_TRUE(seen.insert(name_of(key)).second) << spec.name << " " << name_of(key);
    }
  }
}

TEST(Commands, every_command_has_a_name_a_title_and_one_sentence_of_help) {
  std::set<std::string_view> names;
  for (const CommandSpec& spec : command_table()) {
    EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
    EXPECT_FALSE(spec.title.empty());
    ASSERT_FALSE(spec.help.empty());
    EXPECT_EQ(spec.help.back(), '.') << spec.name;
  }
}

TEST(Commands, letters_do_not_act_while_typing) {
  EXPECT_EQ(command_for(plain(Key::K), false), CommandId::Kill);
  EXPECT_EQ(command_for(plain(Key::K), true), CommandId::Count);
  EXPECT_EQ(command_for(plain(Key::Space), true), CommandId::Count);
  EXPECT_EQ(command_for(ctrl(Key::Z), true), CommandId::Count);
  EXPECT_EQ(command_for(plain(Key::F11), true), CommandId::ToggleProjector);
}

TEST(Commands, keys_have_readable_names) {
  EXPECT_EQ(name_of(Chord{Key::P, true, true, false}), "Ctrl+Shift+P");
  EXPECT_EQ(keys_text(spec_of(CommandId::PlayPause), false), "Space   .");
  EXPECT_EQ(keys_text(spec_of(CommandId::PlayPause), true), "Space");
}

TEST(Commands, fuzzy_search_prefers_word_beginnings) {
  EXPECT_GT(fuzzy_score("kill", "Kill the selection"), fuzzy_score("kill", "Track links lately"));
  EXPECT_GT(fuzzy_score("b1", "b1"), fuzzy_score("b1", "billing-1") + 2);
  EXPECT_GT(fuzzy_score("b1", "B1"), fuzzy_score("b1", "b12"));
  EXPECT_LT(fuzzy_score("xyz", "Kill the selection"), 0);
  EXPECT_EQ(fuzzy_score("", "anything"), 0);
}

}  // namespace
}  // namespace kscope::ui::commands_test
