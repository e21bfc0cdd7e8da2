#pragma once
// A quorum in a box: replicas, a network that delays and cuts, disks that lose what was not flushed, clients that append.
// All chance comes from one seed. After every event the invariants of Kafka's RaftEventSimulationTest are checked.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/core/rng.h"
#include "sim/raft/raft_client.h"

namespace kscope::sim::raft {

class RaftCluster {
 public:
  RaftCluster(int voters, int observers, std::uint64_t seed) : rng_(seed, 1) {
    QuorumConfig config;
    for (int i = 0; i < voters; ++i) {
      config.voters.emplace_back(i);
    }
    for (int i = 0; i < voters + observers; ++i) {
      nodes_.push_back(Node{RaftClient(ReplicaId(i), config), {}, {}, true, 0, Offset(0), false, 0});
    }
    for (int i = 0; i < voters + observers; ++i) {
      start(i);
    }
  }

  [[nodiscard]] LocalTime now() const { return now_; }
  [[nodiscard]] int size() const { return static_cast<int>(nodes_.size()); }
  [[nodiscard]] const RaftClient& node(int i) const { return nodes_[static_cast<std::size_t>(i)].client; }
  [[nodiscard]] const RaftDurable& disk(int i) const { return nodes_[static_cast<std::size_t>(i)].durable; }
  [[nodiscard]] bool is_up(int i) const { return nodes_[static_cast<std::size_t>(i)].is_up; }
  [[nodiscard]] Offset committed() const { return committed_end_; }
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return rng_.below(n); }
  /// The replica that leads in the highest epoch; -1 = none.
  [[nodiscard]] int leader() const {
    int found = -1;
    for (int i = 0; i < size(); ++i) {
      if (is_up(i) && node(i).is_leader() && (found < 0 || node(i).epoch() > node(found).epoch())) {
        found = i;
      }
    }
    return found;
  }

  void run_for(Duration time) {
    const LocalTime end = now_ + time;
    while (!events_.empty() && events_.begin()->first.first <= end && !testing::Test::HasFailure()) {
      const auto first = events_.begin();
      now_ = first->first.first;
      const Event event = first->second;
      events_.erase(first);
      perform(event);
      check_invariants();
    }
    now_ = end;
  }

  void cut(int a, int b) { cuts_.insert({std::min(a, b), std::max(a, b)}); }
  void isolate(int a) {
    for (int b = 0; b < size(); ++b) {
      if (b != a) {
        cut(a, b);
      }
    }
  }
  void heal() { cuts_.clear(); }
  /// The process dies; with `loses_power` what was not flushed is gone.
  void kill(int i, bool loses_power) {
    Node& node = at(i);
    if (!node.is_up) {
      return;
    }
    node.is_up = false;
    ++node.life;
    if (loses_power) {
      node.durable.log.truncate_to(std::min(node.flushed, node.durable.log.end_offset()));
    }
    for (int other = 0; other < size(); ++other) {
      schedule(1ms, Event{Event::kDisconnect, other, i, 0, {}, life(other)});
    }
  }
  void start(int i) {
    Node& node = at(i);
    node.client = RaftClient(ReplicaId(i), node.client.config());
    node.is_up = true;
    node.flushed = std::min(node.flushed, node.durable.log.end_offset());
    node.is_flushing = false;
    node.high_watermark = Offset(-1);
    call(i, [&](RaftIo& io) { node.client.start(io, node.flushed); });
  }
  /// From now on a flush takes up to so long, chosen anew each time.
  void set_flush_ms(std::uint64_t most) { slow_flush_ms_ = most; }
  void resign(int i) {
    call(i, [&](RaftIo& io) { at(i).client.resign(io); });
  }
  void poll(int i) {
    call(i, [&](RaftIo& io) { at(i).client.poll(io); });
  }
  /// Appends one record to the leader's log, if there is a leader.
  bool append() {
    const int i = leader();
    if (i < 0) {
      return false;
    }
    bool is_appended = false;
    call(i, [&](RaftIo& io) {
      ProducerIdsRecordValue value{++appended_};
      is_appended = at(i).client.append(io, node(i).epoch(), {record(value.number)}).has_value();
    });
    return is_appended;
  }
  /// The replica makes a snapshot of all that it knows to be committed.
  void take_snapshot(int i) {
    const RaftLog& log = disk(i).log;
    const Offset end = std::min(node(i).high_watermark(), log.end_offset());
    std::optional<OffsetAndEpoch> id;
    std::vector<kraft::ApiMessageAndVersion> records;
    for (const MetadataBatch& batch : log.batches()) {
      if (batch.next_offset() <= end) {
        id = OffsetAndEpoch{batch.next_offset(), batch.epoch};
      }
    }
    if (id.has_value()) {
      records.push_back(record(id->offset.value));
      call(i, [&](RaftIo& io) {
        at(i).client.on_snapshot(io, std::make_shared<const MetadataSnapshot>(MetadataSnapshot{*id, records}));
      });
    }
  }

 private:
  struct ProducerIdsRecordValue {
    std::int64_t number = 0;
  };
  static kraft::ApiMessageAndVersion record(std::int64_t number) {
    kraft::ProducerIdsRecord value;
    value.next_producer_id = number;
    return {value, 0};
  }
  struct Node {
    RaftClient client;
    RaftDurable durable;
    Offset high_watermark;
    bool is_up = true;
    int life = 0;
    Offset flushed;
    bool is_flushing = false;
    std::int64_t poll_number = 0;  // only the latest wake-up counts
  };
  struct Event {
    enum Kind { kMessage, kPoll, kFlushed, kDisconnect } kind = kPoll;
    int node = 0;
    int from = 0;
    std::int64_t number = 0;  // correlation id, flushed offset, or which wake-up
    RaftMessage message;
    int life = 0;
  };

  Node& at(int i) { return nodes_[static_cast<std::size_t>(i)]; }
  int life(int i) { return at(i).life; }
  void schedule(Duration after, Event event) {
    events_.emplace(std::pair{now_ + after, ++sequence_}, std::move(event));
  }
  bool is_cut(int a, int b) const { return cuts_.count({std::min(a, b), std::max(a, b)}) > 0; }

  template <class Call>
  void call(int i, Call what) {
    Node& node = at(i);
    const DrawBelow draw = [this](std::int32_t bound) {
      return static_cast<std::int32_t>(rng_.below(static_cast<std::uint64_t>(bound)));
    };
    RaftIo io{now_, node.durable, draw, {}, {}, false};
    what(io);
    if (io.truncated_to.has_value()) {
      node.flushed = std::min(node.flushed, *io.truncated_to);
    }
    if (io.has_appended && !node.is_flushing) {
      flush(i);
    }
    for (const RaftSend& send : io.sends) {
      const auto latency = std::chrono::microseconds(500 + static_cast<std::int64_t>(rng_.below(20'000)));
      Event event{Event::kMessage, send.to.value, i, send.correlation_id, send.message, life(send.to.value)};
      if (is_cut(i, send.to.value) || !at(send.to.value).is_up) {
        event = Event{Event::kDisconnect, i, send.to.value, 0, {}, life(i)};
      }
      schedule(latency, std::move(event));
    }
    schedule(std::max<Duration>(std::min<Duration>(node.client.next_poll(now_) - now_, 10s), 1us),
             Event{Event::kPoll, i, 0, ++node.poll_number, {}, node.life});
  }
  void flush(int i) {
    at(i).is_flushing = true;
    schedule(std::chrono::milliseconds(1 + rng_.below(slow_flush_ms_)),
             Event{Event::kFlushed, i, 0, at(i).durable.log.end_offset().value, {}, life(i)});
  }

  void perform(const Event& event) {
    Node& node = at(event.node);
    if (!node.is_up || node.life != event.life) {
      return;
    }
    switch (event.kind) {
      case Event::kMessage:
        if (is_cut(event.node, event.from)) {
          return;
        }
        call(event.node,
             [&](RaftIo& io) { node.client.on_message(io, ReplicaId(event.from), event.number, event.message); });
        return;
      case Event::kPoll:
        if (event.number == node.poll_number) {
          poll(event.node);
        }
        return;
      case Event::kFlushed: {
        node.is_flushing = false;
        const Offset flushed = std::min(Offset(event.number), node.durable.log.end_offset());
        node.flushed = std::max(node.flushed, flushed);
        call(event.node, [&](RaftIo& io) { node.client.on_flushed(io, node.flushed); });
        if (node.flushed < node.durable.log.end_offset() && !node.is_flushing) {
          flush(event.node);
        }
        return;
      }
      case Event::kDisconnect:
        call(event.node, [&](RaftIo& io) { node.client.on_disconnect(io, ReplicaId(event.from)); });
        return;
    }
  }

  void check_invariants() {
    for (int i = 0; i < size(); ++i) {
      const RaftClient& client = node(i);
      if (!is_up(i)) {
        continue;
      }
      if (client.is_leader()) {
        const auto [known, is_new] = leaders_.try_emplace(client.epoch(), i);
        ASSERT_EQ(known->second, i) << "two leaders in epoch " << client.epoch().value;
      }
      ASSERT_GE(client.high_watermark(), at(i).high_watermark) << "the high watermark of " << i << " goes back";
      at(i).high_watermark = client.high_watermark();
      check_committed(i);
    }
    check_majority();
  }

  // What one replica knows to be committed is what all others know, for ever.
  void check_committed(int i) {
    const Offset end = node(i).high_watermark();
    for (const MetadataBatch& batch : disk(i).log.batches()) {
      if (batch.base_offset >= end) {
        break;
      }
      const auto [known, is_new] = committed_.try_emplace(batch.base_offset, batch);
      ASSERT_EQ(known->second, batch) << "replica " << i << " has another committed record at "
                                      << batch.base_offset.value;
    }
    committed_end_ = std::max(committed_end_, end);
  }

  void check_majority() {
    std::size_t count = 0;
    const std::size_t voters = node(0).config().voters.size();
    for (std::size_t i = 0; i < voters; ++i) {
      count += disk(static_cast<int>(i)).log.end_offset() >= committed_end_ ? 1 : 0;
    }
    ASSERT_GE(count, voters / 2 + 1) << "no majority has what is committed, up to " << committed_end_.value;
  }

  Rng rng_;
  LocalTime now_{};
  std::uint64_t sequence_ = 0;
  std::int64_t appended_ = 0;
  std::uint64_t slow_flush_ms_ = 3;
  std::vector<Node> nodes_;
  std::map<std::pair<LocalTime, std::uint64_t>, Event> events_;
  std::set<std::pair<int, int>> cuts_;
  std::map<LeaderEpoch, int> leaders_;
  std::map<Offset, MetadataBatch> committed_;
  Offset committed_end_{0};
};

}  // namespace kscope::sim::raft
