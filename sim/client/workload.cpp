#include "sim/client/workload.h"

#include <algorithm>
#include <bit>

#include "engine/core/check.h"
#include "sim/client/client_backoff.h"

namespace kscope::sim {
namespace {

constexpr int kNodeShift = 50;   // 2^50 ns are 13 days of simulated time
constexpr int kZipfRounds = 64;  // a round fails with probability below 2/3

std::uint32_t choose_key(Ctx& ctx, std::uint32_t n) {
  return ctx.chooser().choose(ChoiceKind::workload, client_label(ClientChoice::kKey, ctx.self().value), n);
}

}  // namespace

RecordId first_record_of_life(const Ctx& ctx) {
  const std::int64_t start = std::max<std::int64_t>(nanos(ctx.now()), 0);
  return RecordId((std::int64_t{ctx.self().value} << kNodeShift) + start);
}

Duration next_gap(Ctx& ctx, const Workload& workload, std::int64_t records_per_1000_s) {
  KSCOPE_CHECK(records_per_1000_s > 0, "a workload without rate has no next record");
  const Duration even(1'000'000'000'000 / records_per_1000_s);
  if (!workload.is_poisson) {
    return even;
  }
  return ctx.chooser().exponential(ChoiceKind::workload, client_label(ClientChoice::kGap, ctx.self().value), even);
}

KeyId next_key(Ctx& ctx, const Workload& workload, WorkloadState& state) {
  const std::int64_t count = std::clamp<std::int64_t>(workload.key_count, 1, INT32_MAX);
  switch (workload.keys) {
    case Workload::Keys::kNone: return KeyId{};
    case Workload::Keys::kRoundRobin: return KeyId(state.next_key++ % count);
    case Workload::Keys::kUniform: return KeyId(choose_key(ctx, static_cast<std::uint32_t>(count)));
    case Workload::Keys::kZipf: return KeyId(choose_zipf(ctx, count));
    case Workload::Keys::kList: {
      if (workload.key_names.empty()) {
        return KeyId{};
      }
      const std::int64_t index = state.next_key++ % static_cast<std::int64_t>(workload.key_names.size());
      return workload.key_names[static_cast<std::size_t>(index)].empty() ? KeyId{} : KeyId(index);
    }
  }
  KSCOPE_CHECK(false, "unknown distribution of keys");
}

std::int64_t choose_zipf(Ctx& ctx, std::int64_t count) {
  KSCOPE_CHECK(count > 0, "a distribution over no ranks");
  // Blocks [2^b, 2^(b+1)) are equally likely; within one, a number is kept with probability 2^b / number.
  const auto blocks = static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint64_t>(count)));
  for (int round = 0; round < kZipfRounds; ++round) {
    const std::uint32_t start = std::uint32_t{1} << choose_key(ctx, blocks);
    const std::uint32_t number = start + choose_key(ctx, start);
    const bool is_kept = choose_key(ctx, number) < start;
    if (is_kept && number <= count) {
      return number - 1;
    }
  }
  return 0;
}

}  // namespace kscope::sim
