#pragma once
// A process of a KRaft cluster on a bench, without kernel: handlers are called, what they want is read from the outbox. The
// cluster has three brokers, three controllers and an administrator; the test plays everybody but the one on the bench.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/controller/kraft/kraft_controller.h"

namespace kscope::sim {

inline constexpr NodeId kFirstControllerNode{3};
inline constexpr NodeId kAdminNode{6};
inline constexpr BrokerId kController1{kFirstControllerId};
inline constexpr BrokerId kController2{kFirstControllerId + 1};

template <class Body>
struct BenchSent {
  NodeId to;
  std::int64_t correlation_id = 0;
  Body body;
};

class KraftBench {
 public:
  explicit KraftBench(NodeId self) : self_(self) {
    std::vector<BrokerSetup> setups;
    for (int i = 0; i < 3; ++i) {
      registry.nodes.push_back({NodeRole::kBroker, "b" + std::to_string(i + 1), i, Duration{0}});
      registry.broker_nodes.emplace_back(i);
      BrokerSetup setup;
      setup.id = BrokerId(i + 1);
      setups.push_back(setup);
    }
    for (int i = 0; i < 3; ++i) {
      registry.nodes.push_back({NodeRole::kController, "c" + std::to_string(i + 1), i, Duration{0}});
      registry.controllers.emplace_back(kFirstControllerNode.value + i);
    }
    registry.nodes.push_back({NodeRole::kAdmin, "admin", 0, Duration{0}});
    registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(setups);
    registry.topics.resize(2);
    registry.topics[0].name = "__consumer_offsets";
    registry.topics[1].name = "orders";
    registry.rules = ProtocolRules(MetadataMode::KRAFT);
  }

  /// Runs one handler; what it wants is added to `effects` and `notes`.
  template <class F>
  void run(F f) {
    Outbox<KafkaTypes> outbox;
    Ctx ctx(self_, now, chooser, timers, disk, durable, registry, outbox, 1, true);
    f(ctx);
    effects.insert(effects.end(), outbox.effects.begin(), outbox.effects.end());
    notes.insert(notes.end(), outbox.notes.begin(), outbox.notes.end());
  }

  /// Messages of one kind that were sent and not taken yet, in order. Forgets them.
  template <class Body>
  std::vector<BenchSent<Body>> take() {
    std::vector<BenchSent<Body>> found;
    std::erase_if(effects, [&](const Outbox<KafkaTypes>::Effect& effect) {
      const auto* send = std::get_if<SendEffect<Message>>(&effect);
      const bool is_wanted = send != nullptr && std::holds_alternative<Body>(send->message.body);
      if (is_wanted) {
        found.push_back({send->to, send->message.correlation_id, std::get<Body>(send->message.body)});
      }
      return is_wanted;
    });
    return found;
  }
  /// The only one. A failed test if there is none, or several.
  template <class Body>
  BenchSent<Body> take_one() {
    std::vector<BenchSent<Body>> found = take<Body>();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? BenchSent<Body>{} : found.back();
  }
  /// How long the timer that was armed last takes. Requires: there is one of this kind.
  [[nodiscard]] Duration delay_of(TimerKind kind) const {
    Duration delay{-1};
    for (const auto& effect : effects) {
      const auto* arm = std::get_if<ArmEffect<Timer>>(&effect);
      if (arm != nullptr && arm->timer.kind == kind) {
        delay = arm->delay;
      }
    }
    EXPECT_GE(delay, Duration(0)) << "no such timer was armed";
    return delay;
  }
  /// The process ended, or this half of it.
  [[nodiscard]] bool has_exited() const {
    return std::any_of(effects.begin(), effects.end(), [](const auto& effect) {
      return std::holds_alternative<ExitEffect>(effect) || std::holds_alternative<LeaveEffect>(effect);
    });
  }
  [[nodiscard]] std::int64_t count_notes(NoteKind kind) const {
    return std::count_if(notes.begin(), notes.end(), [kind](const Note& note) { return note.kind == kind; });
  }

  Registry registry;
  Chooser chooser = Chooser::calm();
  TimerTable timers;
  Disk disk;
  Durable durable;
  LocalTime now = LocalTime(Duration(1s));
  std::vector<Outbox<KafkaTypes>::Effect> effects;
  std::vector<Note> notes;

 private:
  NodeId self_;
};

}  // namespace kscope::sim
