#include "sim/record/chunk_codec.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/core/rng.h"
#include "tests/record/synthetic_run.h"

namespace kscope::record::chunk_codec_test {
namespace {

std::vector<std::uint8_t> bytes_of(const ChunkEncoder& encoder) {
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

TEST(ChunkCodec, a_chunk_gives_back_what_it_got) {
  SyntheticRun run(11);
  run.keep();
  ChunkEncoder encoder;
  for (int i = 0; i < 2'000; ++i) {
    run.next();
    ASSERT_TRUE(encoder.accepts(run.kept().back()));
    encoder.add(run.kept().back());
  }
  const Result<std::vector<TraceEvent>> back = decode_chunk(encoder.bytes());
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, run.kept());
}

TEST(ChunkCodec, extreme_numbers_survive) {
  constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
  TraceEvent event;
  event.number = std::numeric_limits<std::uint64_t>::max() - 1;
  event.cause = 1;
  event.time = SimTime(Duration(kLargest));
  event.kind = EventKind::kDelivery;
  event.what = 0xFFFF;
  event.node = NodeId(std::numeric_limits<std::int32_t>::max() - 1);
  event.peer = NodeId();
  event.message = std::numeric_limits<std::uint64_t>::max();
  event.sent_at = SimTime(Duration(-kLargest));
  event.size_bytes = -kLargest - 1;
  event.digest = 0xFFFFFFFF;
  ChunkEncoder encoder;
  encoder.add(event);
  EXPECT_LE(encoder.bytes().size(), kMaxEventBytes);
  const Result<std::vector<TraceEvent>> back = decode_chunk(encoder.bytes());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at(0), event);
}

TEST(ChunkCodec, a_chunk_takes_only_what_follows) {
  TraceEvent event;
  event.number = 10;
  event.time = SimTime(1s);
  ChunkEncoder encoder;
  EXPECT_TRUE(encoder.accepts(event));
  encoder.add(event);
  event.number = 12;
  EXPECT_FALSE(encoder.accepts(event)) << "one is missing";
  event.number = 11;
  EXPECT_TRUE(encoder.accepts(event));
  event.time = SimTime(1ms);
  EXPECT_FALSE(encoder.accepts(event)) << "time runs backwards";
  encoder.clear();
  EXPECT_TRUE(encoder.accepts(event));
}

TEST(ChunkCodec, a_full_chunk_stays_below_its_limit) {
  SyntheticRun run(12);
  run.keep();
  ChunkEncoder encoder;
  for (int i = 0; i < 100'000; ++i) {
    run.next();
    if (!encoder.accepts(run.kept().back())) {
      break;
    }
    encoder.add(run.kept().back());
  }
  EXPECT_LE(encoder.bytes().size(), kMaxChunkBytes);
  EXPECT_GT(encoder.bytes().size(), kMaxChunkBytes - 2 * kMaxEventBytes);
  EXPECT_LE(encoder.bytes().size() / run.kept().size(), 22u) << "bytes of a packed event";
}

TEST(ChunkCodec, damaged_bytes_are_an_error_or_other_events_but_never_more) {
  SyntheticRun run(13);
  run.keep();
  ChunkEncoder encoder;
  for (int i = 0; i < 100; ++i) {
    run.next();
    encoder.add(run.kept().back());
  }
  const std::vector<std::uint8_t> good = bytes_of(encoder);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Result<std::vector<TraceEvent>> cut = decode_chunk(std::span(good).first(size));
    EXPECT_TRUE(!cut || cut->size() < 100);
  }
  Rng rng(14, 0);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::uint8_t> bad = good;
    bad[rng.next() % bad.size()] = static_cast<std::uint8_t>(rng.next());
    const Result<std::vector<TraceEvent>> result = decode_chunk(bad);
    EXPECT_TRUE(!result || result->size() <= good.size());
  }
  EXPECT_FALSE(decode_chunk({}));
  EXPECT_FALSE(decode_chunk(std::vector<std::uint8_t>(kMaxChunkBytes + 1)));
}

}  // namespace
}  // namespace kscope::record::chunk_codec_test
