#include "sim/types/java_string.h"

#include <gtest/gtest.h>

namespace kscope::sim::java_string_test {
namespace {

TEST(JavaString, UnitsAboveTheBasicPlaneAreSurrogatePairs) {
  EXPECT_EQ(utf16_from_utf8("a\xC3\xA4\xE2\x82\xAC"), u"a\u00E4\u20AC");
  EXPECT_EQ(utf16_from_utf8("\xF0\x9F\x98\x80"), (std::u16string{0xD83D, 0xDE00}));
}

TEST(JavaString, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  EXPECT_EQ(utf16_from_utf8("\xFF"), u"\uFFFD");
  EXPECT_EQ(utf16_from_utf8("\xC3"), u"\uFFFD");
  EXPECT_EQ(utf16_from_utf8("\xC3z"), u"\uFFFDz");
}

TEST(JavaString, OrderIsThatOfUtf16Units) {
  EXPECT_TRUE(java_string_less("a", "b"));
  EXPECT_FALSE(java_string_less("b", "a"));
  EXPECT_FALSE(java_string_less("a", "a"));
  // U+1F600 begins with the unit D83D and so comes before U+FFFD, though its UTF-8 bytes come after.
  EXPECT_TRUE(java_string_less("\xF0\x9F\x98\x80", "\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace kscope::sim::java_string_test
