#include "sim/protocol/wire_format.h"

#include "engine/core/fields.h"
#include "sim/protocol/version_prefixed.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace kscope::sim::wire::wire_format_test {

struct WireSampleInner {
  std::int16_t number = 0;
  KSCOPE_FIELDS(WireSampleInner, number);
};
struct WireSample {
  static constexpr std::int16_t kMinVersion = 1;
  static constexpr std::int16_t kMaxVersion = 2;
  static constexpr std::int16_t kFirstFlexibleVersion = 2;
  std::string text;
  std::optional<std::string> name;
  std::vector<std::int32_t> numbers;
  std::optional<std::vector<std::uint8_t>> bytes;
  bool flag = false;
  std::int32_t tagged = 7;
  std::optional<std::string> tagged_name;
  std::optional<WireSampleInner> tagged_inner;
  KSCOPE_FIELDS(WireSample, text, name, numbers, bytes, flag, tagged, tagged_name, tagged_inner);
};

template <class Io>
void walk(Io& io, Field<Io, WireSampleInner>& r) {
  io.value(r.number);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, WireSample>& r) {
  values(io, r.text, r.name, r.numbers, r.bytes, r.flag);
  io.tagged([&](auto& tags) {
    tags.field(0, r.tagged, 7);
    tags.field(1, r.tagged_name);
    tags.field(5, r.tagged_inner);
  });
}

namespace {

using Bytes = std::vector<std::uint8_t>;

WireSample full() {
  WireSample sample;
  sample.text = "ab";
  sample.name = "c";
  sample.numbers = {1, -2};
  sample.bytes = Bytes{9};
  sample.flag = true;
  sample.tagged = 8;
  sample.tagged_name = "t";
  sample.tagged_inner = WireSampleInner{3};
  return sample;
}

template <class T>
T read_or_default(const Bytes& bytes, Encoding encoding, bool& is_complete) {
  T value{};
  Reader reader(bytes, encoding);
  reader.value(value);
  is_complete = reader.is_complete();
  return value;
}

TEST(WireFormat, versions_that_are_not_flexible_have_lengths_of_fixed_size_and_no_tagged_fields) {
  const Bytes expected{0, 1,                                                  // version
                       0, 2, 'a', 'b', 0, 1, 'c',                             // texts
                       0, 0, 0,   2,   0, 0, 0,   1, 0xff, 0xff, 0xff, 0xfe,  // numbers
                       0, 0, 0,   1,   9, 1};
  EXPECT_EQ(to_version_prefixed_bytes(full(), 1), expected);
  const Result<Versioned<WireSample>> read = from_version_prefixed_bytes<WireSample>(expected);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  WireSample without_tags = full();
  without_tags.tagged = 7;
  without_tags.tagged_name = std::nullopt;
  without_tags.tagged_inner = std::nullopt;
  EXPECT_EQ(read->message, without_tags);
}

TEST(WireFormat, flexible_versions_have_compact_lengths_and_tagged_fields_in_order) {
  const Bytes expected{0, 2,                                                 // version
                       3, 'a', 'b', 2,   'c',                                // texts
                       3, 0,   0,   0,   1,   0xff, 0xff, 0xff, 0xfe, 2, 9,  // numbers and bytes
                       1,                                                    // flag
                       3, 0,   4,   0,   0,   0,    8,                       // three tags, the first
                       1, 2,   2,   't',                                     // the text
                       5, 4,   1,   0,   3,   0};  // the struct: it is there, and its own tags
  EXPECT_EQ(to_version_prefixed_bytes(full(), 2), expected);
  const Result<Versioned<WireSample>> read = from_version_prefixed_bytes<WireSample>(expected);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->message, full());
}

TEST(WireFormat, tagged_fields_with_their_default_are_left_out_and_null_has_a_length_of_its_own) {
  EXPECT_EQ(to_version_prefixed_bytes(WireSample{}, 2), (Bytes{0, 2, 1, 0, 1, 0, 0, 0}));
  EXPECT_EQ(to_version_prefixed_bytes(WireSample{}, 1),
            (Bytes{0, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0}));
}

TEST(WireFormat, unknown_tagged_fields_are_skipped) {
  const Bytes bytes{0, 2, 1, 0, 1, 0, 0, 2, 0, 4, 0, 0, 0, 8, 9, 3, 1, 2, 3};
  const Result<Versioned<WireSample>> read = from_version_prefixed_bytes<WireSample>(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->message.tagged, 8);
}

TEST(WireFormat, a_tagged_field_longer_or_shorter_than_its_size_is_an_error) {
  EXPECT_TRUE(from_version_prefixed_bytes<WireSample>(Bytes{0, 2, 1, 0, 1, 0, 0, 1, 0, 4, 0, 0, 0, 8}));
  EXPECT_FALSE(from_version_prefixed_bytes<WireSample>(Bytes{0, 2, 1, 0, 1, 0, 0, 1, 0, 5, 0, 0, 0, 8, 0}));
  EXPECT_FALSE(from_version_prefixed_bytes<WireSample>(Bytes{0, 2, 1, 0, 1, 0, 0, 1, 0, 3, 0, 0, 0}));
}

TEST(WireFormat, null_where_it_is_not_allowed_is_an_error) {
  bool is_complete = true;
  for (const bool is_flexible : {false, true}) {
    const Bytes null_text = is_flexible ? Bytes{0} : Bytes{0xff, 0xff};
    const Bytes null_list = is_flexible ? Bytes{0} : Bytes{0xff, 0xff, 0xff, 0xff};
    read_or_default<std::string>(null_text, {0, is_flexible}, is_complete);
    EXPECT_FALSE(is_complete);
    read_or_default<std::vector<std::int32_t>>(null_list, {0, is_flexible}, is_complete);
    EXPECT_FALSE(is_complete);
    EXPECT_FALSE(read_or_default<std::optional<std::string>>(null_text, {0, is_flexible}, is_complete).has_value());
    EXPECT_TRUE(is_complete);
  }
}

TEST(WireFormat, lengths_beyond_the_bytes_are_an_error_and_reserve_nothing) {
  bool is_complete = true;
  using Texts = std::vector<std::string>;
  EXPECT_EQ(read_or_default<Texts>({0x7f, 0xff, 0xff, 0xff, 0}, {0, false}, is_complete).capacity(), 0U);
  EXPECT_FALSE(is_complete);
  EXPECT_EQ(read_or_default<Texts>({0xff, 0xff, 0xff, 0xff, 0x07}, {0, true}, is_complete).capacity(), 0U);
  EXPECT_FALSE(is_complete);
  EXPECT_EQ(read_or_default<Texts>({0xff, 0xff, 0xff, 0xff, 0x0f}, {0, true}, is_complete).capacity(), 0U);
  EXPECT_FALSE(is_complete);
  EXPECT_EQ(read_or_default<std::string>({0x7f, 0xff, 'a'}, {0, false}, is_complete), "");
  EXPECT_FALSE(is_complete);
}

TEST(WireFormat, a_compact_text_longer_than_kafka_allows_is_an_error) {
  bool is_complete = false;
  Bytes longest;
  write_unsigned_varint(32768, longest);
  longest.resize(longest.size() + 32767, 'a');
  EXPECT_EQ(read_or_default<std::string>(longest, {0, true}, is_complete).size(), 32767U);
  EXPECT_TRUE(is_complete);
  Bytes longer;
  write_unsigned_varint(32769, longer);
  longer.resize(longer.size() + 32768, 'a');
  read_or_default<std::string>(longer, {0, true}, is_complete);
  EXPECT_FALSE(is_complete);
}

TEST(WireFormat, versions_outside_those_of_the_type_are_an_error_that_names_it) {
  for (const Bytes& bytes : {Bytes{}, Bytes{0}, Bytes{0, 0}, Bytes{0, 3}, Bytes{0xff, 0xff}}) {
    const Result<Versioned<WireSample>> read = from_version_prefixed_bytes<WireSample>(bytes);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().text.substr(0, 12), "WireSample: ");
  }
}

}  // namespace
}  // namespace kscope::sim::wire::wire_format_test
