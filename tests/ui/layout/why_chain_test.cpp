#include "ui/layout/why_chain.h"

#include <gtest/gtest.h>

namespace kscope::ui {
namespace {

view::Snapshot chain_of(std::vector<std::pair<std::uint64_t, std::uint64_t>> events) {
  view::Snapshot s;
  for (const auto& [number, cause] : events) {
    view::EventRow row;
    row.number = number;
    row.cause = cause;
    s.events.push_back(row);
  }
  return s;
}

TEST(Why, follows_causes_newest_first) {
  const view::Snapshot s = chain_of({{1, 0}, {2, 1}, {3, 1}, {5, 3}});
  const WhyChain chain = compute_why(s, 5, 10);
  ASSERT_EQ(chain.steps.size(), 3U);
  EXPECT_EQ(chain.steps[0]->number, 5U);
  EXPECT_EQ(chain.steps[1]->number, 3U);
  EXPECT_EQ(chain.steps[2]->number, 1U);
  EXPECT_EQ(chain.goes_on_at, 0U);
}

TEST(Why, says_where_it_goes_on_outside_of_the_page_or_below_the_depth) {
  EXPECT_EQ(compute_why(chain_of({{9, 4}}), 9, 10).goes_on_at, 4U);
  EXPECT_EQ(compute_why(chain_of({{1, 0}, {2, 1}, {3, 2}}), 3, 2).goes_on_at, 1U);
}

TEST(Why, a_circle_ends) { EXPECT_EQ(compute_why(chain_of({{2, 3}, {3, 2}}), 3, 100).steps.size(), 2U); }

}  // namespace
}  // namespace kscope::ui
