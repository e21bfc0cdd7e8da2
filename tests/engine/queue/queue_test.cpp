// The event queue against std::map, and the slab.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <utility>

#include "engine/core/rng.h"
#include "engine/queue/event_queue.h"
#include "engine/queue/slab.h"

namespace kscope::queue_test {
namespace {

TEST(EventQueue, PopsInOrderOfTimeThenSequence) {
  for (const std::uint64_t reach : {1u, 10u, 1000u, 2'000'000u, 4'000'000'000u}) {
    Rng rng(reach, 0);
    EventQueue queue;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> model;
    std::uint64_t now = 0;
    for (int i = 0; i < 30000; ++i) {
      const bool grow = i < 15000 ? rng.ratio(2, 3) : rng.ratio(1, 3);
      if (grow) {
        const std::uint64_t time = now + rng.below(reach);
        const auto slot = static_cast<std::uint32_t>(rng.below(EventKey::kMaxSlots));
        const std::uint64_t seq = queue.push(time, slot);
        model.emplace(std::pair(time, seq), slot);
      } else if (!model.empty()) {
        ASSERT_EQ(queue.next_time(), model.begin()->first.first);
        const EventKey key = queue.pop();
        ASSERT_EQ(key.time_ns, model.begin()->first.first);
        ASSERT_EQ(key.seq(), model.begin()->first.second);
        ASSERT_EQ(key.slot(), model.begin()->second);
        model.erase(model.begin());
        now = key.time_ns;
      }
      ASSERT_EQ(queue.size(), model.size());
    }
  }
}

TEST(EventQueue, LookingAheadInVainLeavesRoomForEarlierEvents) {
  EventQueue queue;
  queue.push(1000, 1);
  EventKey key;
  EXPECT_FALSE(queue.pop_until(999, key));
  queue.push(500, 2);
  EXPECT_TRUE(queue.pop_until(999, key));
  EXPECT_EQ(key.slot(), 2u);
  EXPECT_FALSE(queue.pop_until(999, key));
  EXPECT_TRUE(queue.pop_until(1000, key));
  EXPECT_EQ(key.slot(), 1u);
  EXPECT_FALSE(queue.pop_until(~std::uint64_t{0}, key));
}

TEST(EventQueue, ACopyContinuesEqually) {
  Rng rng(1, 0);
  EventQueue queue;
  for (int i = 0; i < 1000; ++i) {
    queue.push(rng.below(5000), 0);
  }
  for (int i = 0; i < 300; ++i) {
    queue.pop();
  }
  EventQueue copy = queue;
  while (!queue.empty()) {
    ASSERT_EQ(copy.pop(), queue.pop());
  }
  EXPECT_TRUE(copy.empty());
}

TEST(EventQueue, TellingWhatIsNearChangesNothingAndNamesPendingEventsOnly) {
  Rng rng(7, 0);
  EventQueue told;
  EventQueue plain;
  std::map<std::uint64_t, std::uint64_t> pending;  // sequence number -> time
  std::array<std::size_t, 2> near_count{};
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t time = plain.last_time() + rng.below(5'000);
    pending[told.push(time, 3)] = time;
    plain.push(time, 3);
    if (rng.ratio(1, 2)) {
      EventKey key;
      ASSERT_TRUE(told.pop_until(~std::uint64_t{0}, key, [&](const EventKey& near, Nearness nearness) {
        ASSERT_EQ(pending.at(near.seq()), near.time_ns);
        ++near_count[nearness == Nearness::kNext ? 1 : 0];
      }));
      ASSERT_EQ(key, plain.pop());
      pending.erase(key.seq());
    }
  }
  EXPECT_GT(near_count[0], 5'000u);
  EXPECT_GT(near_count[1], 5'000u);
}

TEST(EventQueue, VisitsEverythingPending) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 100; ++i) {
    queue.push(i / 10, i);
  }
  queue.pop();
  std::size_t count = 0;
  queue.for_each([&count](const EventKey&) { ++count; });
  EXPECT_EQ(count, 99u);
}

TEST(Slab, ReusesPlacesAndCopies) {
  Slab<int> slab;
  const std::uint32_t a = slab.claim();
  slab[a] = 10;
  const std::uint32_t b = slab.claim();
  slab[b] = 20;
  slab.free(a);
  EXPECT_EQ(slab[a], 10);  // stays until the place is filled in again
  EXPECT_EQ(slab.size(), 1u);
  EXPECT_EQ(slab.claim(), a);
  slab[a] = 30;
  Slab<int> copy = slab;
  copy[b] = 40;
  EXPECT_EQ(slab[b], 20);
  EXPECT_EQ(slab.size(), 2u);
  EXPECT_EQ(slab.high_water(), 2u);
}

}  // namespace
}  // namespace kscope::queue_test
