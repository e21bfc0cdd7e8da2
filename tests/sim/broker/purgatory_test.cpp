#include "sim/broker/purgatory.h"

#include <gtest/gtest.h>

namespace kscope::sim::purgatory_test {
namespace {

DelayedFetch until(std::int64_t deadline_ns) {
  DelayedFetch fetch;
  fetch.deadline = LocalTime(Duration(deadline_ns));
  return fetch;
}

TEST(Purgatory, an_id_is_outdated_once_its_request_was_answered) {
  Purgatory<DelayedFetch> purgatory;
  const DelayedId first = purgatory.add(until(10));
  EXPECT_NE(purgatory.find(first), nullptr);
  purgatory.take(first);
  EXPECT_EQ(purgatory.find(first), nullptr);
  const DelayedId second = purgatory.add(until(20));
  EXPECT_EQ(second.index, first.index) << "places are used again";
  EXPECT_EQ(purgatory.find(first), nullptr);
  EXPECT_NE(purgatory.find(second), nullptr);
  EXPECT_EQ(purgatory.find(DelayedId{}), nullptr);
}

TEST(Purgatory, it_knows_what_has_expired_and_what_comes_next) {
  Purgatory<DelayedFetch> purgatory;
  EXPECT_EQ(purgatory.next_deadline(), std::nullopt);
  purgatory.add(until(30));
  const DelayedId early = purgatory.add(until(10));
  EXPECT_EQ(purgatory.next_deadline(), LocalTime(Duration(10)));
  ASSERT_EQ(purgatory.expired(LocalTime(Duration(10))).size(), 1u);
  EXPECT_EQ(purgatory.expired(LocalTime(Duration(10)))[0], early);
  EXPECT_EQ(purgatory.size(), 2u);
}

}  // namespace
}  // namespace kscope::sim::purgatory_test
