// The books of the network: when what is sent arrives.
#include "engine/net/network.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kscope::network_test {
namespace {

constexpr NodeId kA{0};
constexpr NodeId kB{1};

SimTime at(Duration since_start) { return SimTime{} + since_start; }
NetworkSetup plain(std::int64_t bytes_per_s = 0) {
  NetworkSetup setup;
  setup.latency = 1ms;
  setup.jitter = 0ms;
  setup.bytes_per_s = bytes_per_s;
  setup.loopback_latency = 20us;
  return setup;
}

TEST(Network, LatencyIsTheWholeTravelOfAnIdleUnlimitedLink) {
  Network network(plain(), 2);
  Chooser chooser(1);
  EXPECT_EQ(network.book_arrival(kA, kB, at(5ms), 1'000'000'000, chooser), at(6ms));
  EXPECT_EQ(network.book_arrival(kB, kA, at(5ms), 1, chooser), at(6ms)) << "directions do not wait for each other";
  EXPECT_EQ(network.book_arrival(kA, kA, at(5ms), 1, chooser), at(5ms + 20us));
  EXPECT_EQ(chooser.draws(), 0u) << "nothing was left to chance";
}

TEST(Network, BandwidthPutsOneMessageAfterTheOtherOnTheWire) {
  Network network(plain(1'000'000), 2);
  Chooser chooser(1);
  EXPECT_EQ(network.book_arrival(kA, kB, at(0ms), 10'000, chooser), at(11ms)) << "10 ms to send, 1 ms to travel";
  EXPECT_EQ(network.book_arrival(kA, kB, at(0ms), 10'000, chooser), at(21ms)) << "waits until the first is out";
  EXPECT_EQ(network.book_arrival(kB, kA, at(0ms), 10'000, chooser), at(11ms)) << "the way back is free";
  EXPECT_EQ(network.book_arrival(kA, kB, at(15ms), 5'000, chooser), at(26ms)) << "starts at 20 ms, out at 25 ms";
  EXPECT_EQ(network.book_arrival(kA, kB, at(100ms), 1'000, chooser), at(102ms)) << "an idle link owes nothing";
  EXPECT_EQ(network.book_arrival(kA, kA, at(0ms), 1'000'000'000, chooser), at(20us)) << "loopback has no wire";
}

TEST(Network, AMegabytePerSecondCarriesAMegabytePerSecondHoweverItIsCut) {
  for (const std::int64_t size : {100, 1'000, 40'000, 1'000'000}) {
    Network network(plain(1'000'000), 2);
    Chooser chooser(1);
    SimTime last;
    for (std::int64_t sent = 0; sent < 1'000'000; sent += size) {
      last = network.book_arrival(kA, kB, at(0ms), size, chooser);
    }
    EXPECT_EQ(last, at(1001ms)) << size;
  }
}

TEST(Network, ALinksOwnRateGoesBeforeTheCommonOne) {
  Network network(plain(1'000'000), 2);
  Chooser chooser(1);
  network.direction(kA, kB).bytes_per_s = 1'000;
  EXPECT_EQ(network.book_arrival(kA, kB, at(0ms), 1'000, chooser), at(1001ms));
  EXPECT_EQ(network.book_arrival(kB, kA, at(0ms), 1'000, chooser), at(2ms));
}

TEST(Network, JitterReachesBothEndsAndNothingOvertakes) {
  NetworkSetup setup = plain();
  setup.jitter = 400us;
  Network spread(setup, 2);
  Network crowded(setup, 2);
  Chooser chooser(3);
  Duration least = 1h;
  Duration most = 0ms;
  SimTime previous;
  for (int i = 0; i < 10'000; ++i) {
    const SimTime alone = at(i * 10ms);
    const Duration travel = spread.book_arrival(kA, kB, alone, 100, chooser) - alone;
    least = std::min(least, travel);
    most = std::max(most, travel);
    const SimTime arrives = crowded.book_arrival(kA, kB, at(i * 1us), 100, chooser);
    ASSERT_GE(arrives, previous);
    previous = arrives;
  }
  EXPECT_GE(least, 1ms);
  EXPECT_LT(least, 1001us);
  EXPECT_LE(most, 1400us);
  EXPECT_GT(most, 1399us);
}

TEST(Network, ALostSegmentIsSentAgainAfterTwiceTheTimeEachTime) {
  Network network(plain(), 2);
  Chooser chooser(1);
  network.direction(kA, kB).loss_percent = 100;
  // 200 + 400 + 800 + 1600 + 3200 + 6400 ms: the sixth retransmission gets through.
  EXPECT_EQ(network.book_arrival(kA, kB, at(0ms), 100, chooser), at(12'601ms));
  EXPECT_EQ(network.book_arrival(kA, kB, at(1ms), 100, chooser), at(12'602ms));
  EXPECT_EQ(network.book_arrival(kB, kA, at(0ms), 100, chooser), at(1ms)) << "the other direction loses nothing";
}

TEST(Network, TenPercentLossDelaysTenPercent) {
  Network network(plain(), 2);
  Chooser chooser(5);
  network.direction(kA, kB).loss_percent = 10;
  int late = 0;
  int very_late = 0;
  for (int i = 0; i < 20'000; ++i) {
    const SimTime now = at(i * 60s);
    const Duration travel = network.book_arrival(kA, kB, now, 100, chooser) - now;
    ASSERT_TRUE(travel == 1ms || travel == 201ms || travel == 601ms || travel > 1s) << travel.count();
    late += travel > 1ms ? 1 : 0;
    very_late += travel > 201ms ? 1 : 0;
  }
  EXPECT_NEAR(late, 2'000, 170);  // four standard deviations of the binomial
  EXPECT_NEAR(very_late, 200, 57);
}

TEST(Network, AStallHoldsWhatWouldArriveBeforeItsEndAndNothingElse) {
  Network network(plain(), 2);
  Chooser chooser(1);
  network.direction(kA, kB).stalled_until = at(50ms);
  EXPECT_EQ(network.book_arrival(kA, kB, at(10ms), 100, chooser), at(50ms));
  EXPECT_EQ(network.book_notice(kA, kB, at(20ms)), at(50ms));
  EXPECT_EQ(network.book_arrival(kA, kB, at(49'500us), 100, chooser), at(50'500us));
  EXPECT_EQ(network.book_arrival(kB, kA, at(10ms), 100, chooser), at(11ms));
}

TEST(Network, NewsTravelsBehindWhatWasSent) {
  Network network(plain(1'000'000), 2);
  Chooser chooser(1);
  EXPECT_EQ(network.book_notice(kA, kB, at(0ms)), at(1ms)) << "news takes no room on the wire";
  EXPECT_EQ(network.book_arrival(kA, kB, at(0ms), 10'000, chooser), at(11ms));
  EXPECT_EQ(network.book_notice(kA, kB, at(0ms)), at(11ms));
  EXPECT_EQ(network.book_arrival(kA, kB, at(2ms), 0, chooser), at(11ms))
      << "and what comes later stays behind the news";
}

TEST(Network, DelayAddsToTheLatencyOfOneDirection) {
  Network network(plain(), 2);
  Chooser chooser(1);
  network.direction(kA, kB).extra_delay = 30ms;
  EXPECT_EQ(network.base_latency(kA, kB), 31ms);
  EXPECT_EQ(network.base_latency(kB, kA), 1ms);
  EXPECT_EQ(network.base_latency(kA, kA), 20us);
  EXPECT_EQ(network.book_arrival(kA, kB, at(0ms), 100, chooser), at(31ms));
}

TEST(Network, ADirectionIsWholeWhenNoFaultHoldsItUp) {
  EXPECT_TRUE(Direction{}.is_whole(at(0ms)));
  Direction cut;
  cut.is_cut = true;
  Direction slow;
  slow.extra_delay = 1ns;
  Direction narrow;
  narrow.bytes_per_s = 1;
  Direction lossy;
  lossy.loss_percent = 1;
  for (const Direction& direction : {cut, slow, narrow, lossy}) {
    EXPECT_FALSE(direction.is_whole(at(1h)));
  }
  Direction stalled;
  stalled.stalled_until = at(5ms);
  EXPECT_FALSE(stalled.is_whole(at(4ms)));
  EXPECT_TRUE(stalled.is_whole(at(5ms)));
}

TEST(Network, OneConnectionServesBothDirections) {
  Network network(plain(), 3);
  network.connection(kB, kA).is_open = true;
  EXPECT_TRUE(network.connection(kA, kB).is_open);
  EXPECT_FALSE(network.connection(kA, NodeId(2)).is_open);
}

}  // namespace
}  // namespace kscope::network_test
