// The hold model: so many events pending, each one that comes up schedules another at now + uniform(1 ns .. 2 ms).
// The yardstick is a bare monotone radix queue in the same run: keys, no payloads, no checks. Above it come the engine's
// parts as the kernel uses them (queue, slab, timers) and the whole kernel with a model that only re-arms its timers.
// `bare_heap` is a 4-ary heap, for scale. The items of a row are events; compare the rows of one size. Every one is held
// many times over before the clock starts, until every list has been as long as it gets: how fast memory is had from the
// system is another question.
#include <benchmark/benchmark.h>

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/rng.h"
#include "engine/queue/event_queue.h"
#include "engine/queue/slab.h"
#include "engine/run/kernel.h"

namespace hold {

using kscope::Duration;
using kscope::NodeId;
using kscope::Rng;
using kscope::SimTime;

constexpr std::uint64_t kReach = 2'000'000;
constexpr std::int64_t kTurnsBefore = 40;  // times that every pending event comes up before anything is measured

struct Key {
  std::uint64_t time = 0;
  std::uint64_t id = 0;
};

/// Keys filed by the highest bit in which their time differs from the last popped one.
class BareRadix {
 public:
  void push(Key key) {
    const auto bucket = static_cast<std::size_t>(std::bit_width(key.time ^ last_));
    buckets_[bucket].push_back(key);
    filled_ |= bucket > 0 ? std::uint64_t{1} << (bucket - 1) : 0;
  }
  Key pop() {
    if (ready_ == buckets_[0].size()) {
      refill();
    }
    return buckets_[0][ready_++];
  }

 private:
  void refill() {
    buckets_[0].clear();
    ready_ = 0;
    std::vector<Key>& keys = buckets_[static_cast<std::size_t>(std::countr_zero(filled_)) + 1];
    filled_ &= filled_ - 1;
    std::uint64_t first = keys[0].time;
    for (const Key& key : keys) {
      first = key.time < first ? key.time : first;
    }
    last_ = first;
    for (const Key& key : keys) {
      push(key);
    }
    keys.clear();
  }

  std::array<std::vector<Key>, 65> buckets_;
  std::uint64_t filled_ = 0;
  std::uint64_t last_ = 0;
  std::size_t ready_ = 0;
};

class BareHeap {
 public:
  void push(Key key) {
    std::size_t at = heap_.size();
    heap_.push_back(key);
    for (; at > 0 && before(key, heap_[(at - 1) / 4]); at = (at - 1) / 4) {
      heap_[at] = heap_[(at - 1) / 4];
    }
    heap_[at] = key;
  }
  Key pop() {
    const Key top = heap_[0];
    const Key moved = heap_.back();
    heap_.pop_back();
    std::size_t at = 0;
    for (std::size_t child = 1; child < heap_.size(); child = at * 4 + 1) {
      std::size_t least = child;
      for (std::size_t i = child + 1; i < child + 4 && i < heap_.size(); ++i) {
        least = before(heap_[i], heap_[least]) ? i : least;
      }
      if (!before(heap_[least], moved)) {
        break;
      }
      heap_[at] = heap_[least];
      at = least;
    }
    if (!heap_.empty()) {
      heap_[at] = moved;
    }
    return top;
  }

 private:
  static bool before(const Key& a, const Key& b) { return a.time != b.time ? a.time < b.time : a.id < b.id; }
  std::vector<Key> heap_;
};

template <class Queue>
void bare(benchmark::State& state) {
  Rng rng(1, 0);
  Queue queue;
  std::uint64_t id = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    queue.push(Key{1 + rng.below(kReach), id++});
  }
  const auto hold = [&] {
    const Key key = queue.pop();
    queue.push(Key{key.time + 1 + rng.below(kReach), id++});
  };
  for (std::int64_t i = 0; i < kTurnsBefore * state.range(0); ++i) {
    hold();
  }
  for (auto _ : state) {
    hold();
  }
  state.SetItemsProcessed(state.iterations());
}
void bare_radix_queue(benchmark::State& state) { bare<BareRadix>(state); }
void bare_heap(benchmark::State& state) { bare<BareHeap>(state); }

/// Queue, slab and timers as the kernel drives them: a payload per event, a generation looked at per timer.
void engine_parts(benchmark::State& state) {
  struct Payload {
    std::uint64_t cause = 0;
    NodeId node{0};
    kscope::TimerId timer;
    std::uint64_t number = 0;
  };
  Rng rng(1, 0);
  kscope::EventQueue queue;
  kscope::Slab<Payload> slab;
  kscope::TimerTable timers;
  const auto push = [&](std::uint64_t time, const Payload& payload) {
    const std::uint32_t place = slab.claim();
    slab[place] = payload;
    queue.push(time, place);
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    push(1 + rng.below(kReach), Payload{0, NodeId(0), timers.allocate(), 0});
  }
  std::uint64_t fired = 0;
  const auto hold = [&] {
    kscope::EventKey key;
    queue.pop_until(~std::uint64_t{0}, key, [&](const kscope::EventKey& near, kscope::Nearness nearness) {
      if (nearness == kscope::Nearness::kSoon) {
        slab.prefetch(near.slot());
      } else {
        timers.prefetch(slab[near.slot()].timer);
      }
    });
    const Payload payload = slab[key.slot()];
    slab.free(key.slot());
    if (timers.is_armed(payload.timer)) {
      timers.release(payload.timer);
      ++fired;
    }
    push(key.time_ns + 1 + rng.below(kReach), Payload{fired, NodeId(0), timers.allocate(), fired});
  };
  const std::int64_t held_before = kTurnsBefore * state.range(0);
  for (std::int64_t i = 0; i < held_before; ++i) {
    hold();
  }
  for (auto _ : state) {
    hold();
  }
  if (fired != static_cast<std::uint64_t>(held_before + state.iterations())) {
    state.SkipWithError("a timer was lost");
  }
  state.SetItemsProcessed(state.iterations());
}

// The smallest model: one node that keeps so many timers armed.
struct Message {
  [[nodiscard]] std::uint16_t kind() const { return 0; }
  KSCOPE_FIELDS(Message);
};
struct Timer {
  std::uint8_t kind = 0;
  std::uint64_t number = 0;
  KSCOPE_FIELDS(Timer, kind, number);
};
struct Command {
  std::uint8_t kind = 0;
  NodeId node;
  KSCOPE_FIELDS(Command, kind, node);
};
struct Nothing {};
struct Types {
  using Message = hold::Message;
  using Timer = hold::Timer;
  using Command = hold::Command;
  using Note = Nothing;
  using Durable = Nothing;
  using Registry = std::int64_t;  // timers to keep armed
};
struct Holder {
  Rng rng{1, 0};
};
struct HoldModel {
  using Types = hold::Types;
  using Role = std::variant<Holder>;
  using Ctx = kscope::Ctx<Types>;
  static void arm(Ctx& ctx, Holder& holder, std::uint64_t number) {
    ctx.after(Duration(static_cast<std::int64_t>(1 + holder.rng.below(kReach))), Timer{0, number});
  }
  Role make_role(NodeId, std::int64_t, const Nothing&) const { return Holder{}; }
  void on_start(Ctx& ctx, Role& role) const {
    for (std::int64_t i = 0; i < ctx.registry(); ++i) {
      arm(ctx, *std::get_if<Holder>(&role), static_cast<std::uint64_t>(i));
    }
  }
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
    arm(ctx, *std::get_if<Holder>(&role), timer.number + 1);
  }
  void on_message(Ctx&, Role&, NodeId, const Message&) const {}
  void on_disk(Ctx&, Role&, const kscope::DiskDone&) const {}
  void on_disconnect(Ctx&, Role&, NodeId) const {}
  void on_command(Ctx&, Role&, const Command&) const {}
  void apply_to_registry(std::int64_t&, const Command&) const {}
  void lose_unflushed(Nothing&, const kscope::Disk&) const {}
};

void whole_kernel(benchmark::State& state) {
  kscope::Kernel<HoldModel> kernel(HoldModel{}, state.range(0), {kscope::NodeSetup{}}, {}, 1);
  const std::int64_t stepped_before = 1 + kTurnsBefore * state.range(0);
  for (std::int64_t i = 0; i < stepped_before; ++i) {
    kernel.step();
  }
  for (auto _ : state) {
    kernel.step();
  }
  if (kernel.event_count() != static_cast<std::uint64_t>(stepped_before + state.iterations())) {
    state.SkipWithError("the kernel stood still");
  }
  state.SetItemsProcessed(state.iterations());
}

void sizes(benchmark::internal::Benchmark* bench) { bench->Arg(100)->Arg(10'000)->Arg(1'000'000); }
BENCHMARK(bare_radix_queue)->Apply(sizes);
BENCHMARK(bare_heap)->Apply(sizes);
BENCHMARK(engine_parts)->Apply(sizes);
BENCHMARK(whole_kernel)->Apply(sizes);

}  // namespace hold

BENCHMARK_MAIN();
