#include "engine/core/fields.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/core/chunked.h"
#include "engine/core/flat_map.h"
#include "engine/core/inline_vec.h"
#include "engine/core/result.h"
#include "engine/core/time.h"

namespace kscope::fields_test {
namespace {

using Position = Ordinal<struct PositionTag>;
using Name = Id<struct NameTag>;
enum class Colour : std::uint8_t { red, green };
constexpr std::string_view to_string(Colour colour) { return colour == Colour::red ? "red" : "green"; }
enum class Bare : std::int16_t { one = 1 };

struct Nothing {
  KSCOPE_FIELDS(Nothing);
};
struct Inner {
  Position position;
  Name name;
  KSCOPE_FIELDS(Inner, position, name);
};
struct Outer {
  bool flag = true;
  Colour colour = Colour::green;
  Bare bare = Bare::one;
  std::string text = "a \"b\"";
  Duration wait = 1500us;
  LocalTime time{Duration(2s)};
  std::vector<Inner> list{{Position(5), Name(1)}};
  InlineVec<int, 2> small{1, 2, 3};
  std::optional<int> none;
  std::optional<int> some = 7;
  std::shared_ptr<const Inner> shared = std::make_shared<const Inner>();
  std::variant<Nothing, Inner> either = Inner{Position(9), Name(2)};
  FlatMap<Name, int> map{{Name(3), 4}};
  Chunked<int> chunked;
  std::pair<int, int> pair{1, 2};
  KSCOPE_FIELDS(Outer, flag, colour, bare, text, wait, time, list, small, none, some, shared, either, map, chunked,
                pair);
};

TEST(Fields, NamesAreKnownAtCompileTime) {
  static_assert(Outer::kFieldCount == 15);
  static_assert(Outer::kFieldNames[0] == "flag");
  static_assert(Nothing::kFieldCount == 0);
  static_assert(Inner::kTypeName == "Inner");
}

TEST(Fields, DescribeIsReadableJson) {
  EXPECT_EQ(describe(Outer{}),
            "{\"flag\": true, \"colour\": \"green\", \"bare\": 1, \"text\": \"a \\\"b\\\"\", \"wait\": \"1.5ms\", "
            "\"time\": \"2s\", \"list\": [{\"position\": 5, \"name\": 1}], \"small\": [1, 2, 3], \"none\": null, "
            "\"some\": 7, \"shared\": {\"position\": 0, \"name\": -1}, "
            "\"either\": {\"Inner\": {\"position\": 9, \"name\": 2}}, \"map\": {\"3\": 4}, \"chunked\": [], "
            "\"pair\": [1, 2]}");
  EXPECT_EQ(describe(Nothing{}), "{}");
  EXPECT_EQ(describe(Duration(0)), "\"0ns\"");
  EXPECT_EQ(describe(Duration(-1001ns)), "\"-1.001us\"");
}

TEST(Fields, DigestSeesEveryFieldAndNothingElse) {
  const std::uint64_t base = digest(Outer{});
  EXPECT_EQ(digest(Outer{}), base) << "the address of the shared value must not count";
  std::vector<Outer> changed(6);
  changed[0].flag = false;
  changed[1].text += " ";
  changed[2].list[0].name = Name(2);
  changed[3].none = 0;
  changed[4].either = Nothing{};
  changed[5].chunked.push_back(0);
  for (const Outer& outer : changed) {
    EXPECT_NE(digest(outer), base) << describe(outer);
    EXPECT_NE(outer, Outer{});
  }
}

TEST(Fields, DigestIsTheSameNumberEverywhere) {
  EXPECT_EQ(digest(std::uint64_t{1}), digest(std::int32_t{1}));
  EXPECT_EQ(digest(std::string("abc")), digest(std::string_view("abc")));
  EXPECT_EQ(digest(Inner{Position(1), Name(2)}), 13671363027109351540u) << "this number is part of every recorded run";
}

TEST(Result, HoldsAValueOrAnErrorWithItsPlace) {
  const Result<int> good = 5;
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 5);
  const Result<int> bad = Error{"no such key", "a.toml", 3};
  EXPECT_FALSE(bad);
  EXPECT_EQ(to_string(bad.error()), "a.toml:3: no such key");
  EXPECT_TRUE(Result<void>());
}

}  // namespace
}  // namespace kscope::fields_test
