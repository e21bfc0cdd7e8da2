#include "sim/types/topic_name.h"

#include <gtest/gtest.h>

namespace kscope::sim::topic_name_test {
namespace {

TEST(TopicName, legal_letters_and_length) {
  EXPECT_EQ(topic_name_problem("orders.EU_2-b"), "");
  EXPECT_EQ(topic_name_problem("..."), "");
  EXPECT_EQ(topic_name_problem(std::string(249, 'a')), "");
  EXPECT_EQ(topic_name_problem(""), "the empty string is not allowed");
  EXPECT_EQ(topic_name_problem("."), "'.' is not allowed");
  EXPECT_EQ(topic_name_problem(".."), "'..' is not allowed");
  const std::string longer(250, 'a');
  EXPECT_EQ(topic_name_problem(longer), "the length of '" + longer + "' is longer than the max allowed length 249");
  const std::string_view other = " contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
  for (const std::string name : {"a b", "a/b",
                                 "gr\xC3\xB6\xC3\x9F"
                                 "e",
                                 "a\n", "x:y"}) {
    EXPECT_EQ(topic_name_problem(name), "'" + name + "'" + std::string(other));
  }
}

TEST(TopicName, a_period_and_an_underscore_are_one_in_metrics) {
  EXPECT_TRUE(topic_names_collide("a.b", "a_b"));
  EXPECT_TRUE(topic_names_collide("a_b", "a.b"));
  EXPECT_TRUE(topic_names_collide("a.b_c", "a_b.c"));
  EXPECT_TRUE(topic_names_collide("a.b", "a.b"));
  EXPECT_FALSE(topic_names_collide("a.b", "a-b"));
  EXPECT_FALSE(topic_names_collide("a.b", "ab"));
  EXPECT_FALSE(topic_names_collide("a.b", "a.bc"));
  EXPECT_FALSE(topic_names_collide("A.b", "a_b"));
}

}  // namespace
}  // namespace kscope::sim::topic_name_test
