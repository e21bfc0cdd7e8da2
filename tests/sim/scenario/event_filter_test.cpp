#include "sim/scenario/event_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kscope::scenario::event_filter_test {
namespace {

using testing::HasSubstr;

const EventView kFetch{12, SimTime(1'500ms), "b2", "b1", "Fetch request", "orders-1 from offset 7", 9, 120};
const EventView kProduce{13, SimTime(500ms), "shop", "b10", "Produce request", "orders-12: 3 records, acks=all", 0,
                         900};

bool shows(const std::string& text, const EventView& event) {
  const Result<EventFilter> filter = parse_event_filter(text);
  EXPECT_TRUE(filter) << text << ": " << (filter ? "" : filter.error().text);
  return filter && passes(*filter, event);
}
std::string error_of(const std::string& text) {
  const Result<EventFilter> filter = parse_event_filter(text);
  return filter ? "" : filter.error().text;
}

TEST(EventFilter, fields_select_events) {
  EXPECT_TRUE(shows("type:Fetch & to:b1 & p:orders-1 & t>1s", kFetch));
  EXPECT_FALSE(shows("type:Fetch & to:b1 & p:orders-1 & t>1s", kProduce));
  EXPECT_TRUE(shows("node:shop", kProduce));
  EXPECT_TRUE(shows("size>=900 cause=0", kProduce));
  EXPECT_TRUE(shows("n:13", kProduce));
  EXPECT_TRUE(shows("size<1KiB", kProduce));
}

TEST(EventFilter, names_are_whole_names) {
  EXPECT_FALSE(shows("to:b1", kProduce));
  EXPECT_TRUE(shows("to:b1*", kProduce));
  EXPECT_FALSE(shows("p:orders-1", kProduce));
  EXPECT_TRUE(shows("p:orders", kProduce));
}

TEST(EventFilter, words_and_quotes_search_everything) {
  EXPECT_TRUE(shows("fetch", kFetch));
  EXPECT_TRUE(shows("\"3 records\"", kProduce));
  EXPECT_FALSE(shows("\"3 records\"", kFetch));
  EXPECT_TRUE(shows("", kFetch));
  EXPECT_TRUE(shows("fetch | produce", kProduce));
  EXPECT_TRUE(shows("!fetch & !(t>1s | size<10)", kProduce));
}

TEST(EventFilter, errors_point_at_the_column) {
  EXPECT_THAT(error_of("typ:Fetch"), HasSubstr("column 1: unknown field \"typ\"; did you mean \"type\"?"));
  EXPECT_THAT(error_of("t>1"), HasSubstr("column 3"));
  EXPECT_THAT(error_of("t>1"), HasSubstr("with a unit"));
  EXPECT_THAT(error_of("type<3"), HasSubstr("is a text"));
  EXPECT_THAT(error_of("(type:Fetch"), HasSubstr("expected )"));
  EXPECT_THAT(error_of("type:"), HasSubstr("expected what type should be"));
  EXPECT_THAT(error_of("&"), HasSubstr("expected a field"));
  EXPECT_THAT(error_of(std::string(500, '(')), HasSubstr("nested"));
  EXPECT_THAT(error_of(std::string(50'000, 'a')), HasSubstr("too long"));
}

}  // namespace
}  // namespace kscope::scenario::event_filter_test
