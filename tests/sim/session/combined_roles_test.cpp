// Combined roles of KRaft: whoever acts, by script, by hand or on either half, acts on the process; its broker stops before
// its controller, and between the two there is no network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/explain/beats.h"
#include "sim/session/session.h"
#include "sim/world/cluster.h"
#include "tests/sim/session/session_fixture.h"

namespace kscope::session::combined_roles_test {
namespace {

const std::string kCluster =
    "metadata = \"kraft\"\nuntil = \"60s\"\nbrokers = 3\n[kraft]\nprocess.roles = \"broker,controller\"\n"
    "[defaults.broker]\noffsets.topic.num.partitions = 1\n"
    "[[topic]]\nname = \"orders\"\npartitions = 3\nreplication.factor = 3\n"
    "[[producer]]\nname = \"shop\"\ntopic = \"orders\"\nworkload = { rate = \"20/s\", key = \"none\" }\n";

std::unique_ptr<Session> cluster(const std::string& script = {}) {
  return opened(scenario::parse(kCluster + script, "x.toml"));
}
std::string at(const std::string& time, const std::string& act) {
  return "[[at]]\ntime = \"" + time + "\"\ndo = \"" + act + "\"\n";
}
bool holds(const Session& session, const std::string& condition) {
  const Result<bool> checked = session.check(condition);
  EXPECT_TRUE(checked.has_value()) << (checked ? "" : to_string(checked.error()));
  return checked && *checked;
}
NodeId node(const Session& session, const std::string& name) {
  const std::vector<sim::NodeEntry>& nodes = session.world().registry().nodes;
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const auto& entry) { return entry.name == name; });
  return NodeId(static_cast<std::int32_t>(found - nodes.begin()));
}

/// Who starts and who stops, in order: "+b1", "-c1". Looks at the world after every event.
class Lives final : public sim::Observer {
 public:
  void on_event(const sim::World& world, const sim::Event&) override {
    up_.resize(world.node_count());
    for (std::size_t i = 0; i < up_.size(); ++i) {
      const bool is_up = world.process(NodeId(static_cast<std::int32_t>(i))).is_up;
      if (is_up != up_[i]) {
        seen.push_back((is_up ? "+" : "-") + world.registry().nodes[i].name);
        up_[i] = is_up;
      }
    }
  }
  std::vector<std::string> seen;

 private:
  std::vector<bool> up_;
};

TEST(CombinedRoles, a_fault_of_either_half_is_one_of_both_by_script_and_by_hand) {
  for (const std::string half : {"b1", "c1"}) {
    for (const std::string act : {"crash", "power-loss"}) {
      const std::unique_ptr<Session> by_script = cluster(at("12s", act + " " + half));
      run_until(*by_script, SimTime(13s));
      EXPECT_TRUE(holds(*by_script, "up(b1) == 0 & up(c1) == 0 & up(b2) == 1 & up(c2) == 1")) << act << " " << half;

      const std::unique_ptr<Session> by_hand = cluster();
      run_until(*by_hand, SimTime(12s));
      ASSERT_TRUE(by_hand->post_script(act + " " + half));
      run_until(*by_hand, SimTime(13s));
      EXPECT_TRUE(holds(*by_hand, "up(b1) == 0 & up(c1) == 0 & up(b2) == 1 & up(c2) == 1")) << act << " " << half;
      ASSERT_TRUE(by_hand->post_script("restart " + half));
      run_until(*by_hand, SimTime(14s));
      EXPECT_TRUE(holds(*by_hand, "up(b1) == 1 & up(c1) == 1")) << half;
    }
  }
}

TEST(CombinedRoles, halves_pause_and_resume_together) {
  const std::unique_ptr<Session> session = cluster(at("12s", "pause c2") + at("15s", "resume b2"));
  run_until(*session, SimTime(13s));
  EXPECT_TRUE(holds(*session, "paused(b2) == 1 & paused(c2) == 1 & paused(b1) == 0"));
  run_until(*session, SimTime(16s));
  EXPECT_TRUE(holds(*session, "paused(b2) == 0 & paused(c2) == 0"));
}

TEST(CombinedRoles, who_is_cut_off_from_a_broker_is_cut_off_from_its_controller) {
  const std::unique_ptr<Session> session = cluster(at("12s", "cut b1 b2"));
  run_until(*session, SimTime(13s));
  const Network& network = session->world().network();
  for (const std::string one : {"b1", "c1"}) {
    for (const std::string other : {"b2", "c2"}) {
      EXPECT_TRUE(network.direction(node(*session, one), node(*session, other)).is_cut) << one << " " << other;
      EXPECT_TRUE(network.direction(node(*session, other), node(*session, one)).is_cut) << one << " " << other;
    }
    EXPECT_FALSE(network.direction(node(*session, one), node(*session, "c3")).is_cut);
  }
}

TEST(CombinedRoles, what_halves_say_to_each_other_takes_no_time_and_no_fault) {
  const std::unique_ptr<Session> session = cluster();
  run_until(*session, SimTime(12s));
  class Inside final : public sim::Observer {
   public:
    void on_event(const sim::World& world, const sim::Event& event) override {
      for (const Sent& sent : event.sent) {
        if (world.partner(sent.from) == sent.to) {
          ++count;
          slowest = std::max(slowest, sent.arrives_at - sent.sent_at);
        }
      }
    }
    std::int64_t count = 0;
    Duration slowest{0};
  } inside;
  session->set_observer(&inside);
  run_until(*session, SimTime(30s));
  session->set_observer(nullptr);
  EXPECT_GT(inside.count, 10) << "the broker beside the active controller sends it heartbeats";
  EXPECT_EQ(inside.slowest, 0s);
  for (const std::string act : {"cut b1 c1", "loss b1 c1 50", "reset c1 b1"}) {
    const std::uint64_t before = session->event();
    ASSERT_TRUE(session->post_script(act));
    run_until(*session, session->now() + 1ms);
    EXPECT_GT(session->event(), before);
    EXPECT_TRUE(
        session->world().network().direction(node(*session, "b1"), node(*session, "c1")).is_whole(session->now()));
  }
}

TEST(CombinedRoles, the_controller_starts_first_and_stops_last) {
  for (const std::string half : {"b1", "c1"}) {
    const std::unique_ptr<Session> session = cluster();
    Lives lives;
    session->set_observer(&lives);
    run_until(*session, SimTime(12s));
    EXPECT_THAT(lives.seen, testing::IsSupersetOf({"+c1", "+b1"}));
    EXPECT_LT(std::find(lives.seen.begin(), lives.seen.end(), "+c1"),
              std::find(lives.seen.begin(), lives.seen.end(), "+b1"));
    lives.seen.clear();
    ASSERT_TRUE(session->post_script("shutdown " + half));
    run_until(*session, SimTime(20s));
    EXPECT_THAT(lives.seen, testing::ElementsAre("-b1", "-c1")) << half;
    EXPECT_TRUE(holds(*session, "controller != none & under_replicated == 3"))
        << "leaderships and ISRs were handed over";
    for (const std::string partition : {"orders-0", "orders-1", "orders-2"}) {
      EXPECT_TRUE(holds(*session, "leader(" + partition + ") != 1 & leader(" + partition + ") != none"));
    }
    lives.seen.clear();
    ASSERT_TRUE(session->post_script("restart " + half));
    run_until(*session, SimTime(40s));
    session->set_observer(nullptr);
    EXPECT_THAT(lives.seen, testing::ElementsAre("+c1", "+b1")) << half;
    EXPECT_TRUE(holds(*session, "under_replicated == 0"));
  }
}

TEST(CombinedRoles, a_controller_that_cannot_write_its_log_takes_its_broker_along) {
  const std::unique_ptr<Session> session = cluster(at("12s", "disk-fail b1") + at("13s", "create-topic late 1 1"));
  run_until(*session, SimTime(20s));
  EXPECT_TRUE(holds(*session, "up(c1) == 0 & up(b1) == 0 & up(c2) == 1"));
}

TEST(CombinedRoles, one_machine_alone_is_a_cluster) {
  const std::string one =
      "metadata = \"kraft\"\nuntil = \"60s\"\nbrokers = 1\n[kraft]\ncontrollers = 1\n"
      "process.roles = \"broker,controller\"\n[[topic]]\nname = \"orders\"\npartitions = 1\nreplication.factor = 1\n"
      "[[producer]]\nname = \"shop\"\ntopic = \"orders\"\nworkload = { rate = \"20/s\", key = \"none\" }\n";
  const std::unique_ptr<Session> session = opened(scenario::parse(one, "x.toml"));
  run_until(*session, SimTime(12s));
  EXPECT_TRUE(holds(*session, "controller == 1 & acked(shop) > 0"));
  ASSERT_TRUE(session->post_script("shutdown b1"));
  run_until(*session, SimTime(20s));
  EXPECT_TRUE(holds(*session, "up(b1) == 0 & up(c1) == 0"));
  ASSERT_TRUE(session->post_script("restart b1"));
  run_until(*session, SimTime(40s));
  EXPECT_TRUE(holds(*session, "controller == 1 & leader(orders-0) == 1 & acked_lost == 0"));
}

TEST(CombinedRoles, each_half_names_the_other) {
  const std::unique_ptr<Session> session = cluster();
  run_until(*session, SimTime(12s));
  for (const auto& [half, other] : {std::pair("b2", "c2"), std::pair("c2", "b2")}) {
    view::Interest interest;
    interest.selection = {view::EntityKind::kNode, node(*session, half).value, -1, -1};
    const std::shared_ptr<const view::Snapshot> snapshot = session->snapshot(interest);
    EXPECT_EQ(snapshot->nodes[static_cast<std::size_t>(node(*session, half).value)].partner, other);
    const auto fact = [&](std::string_view name) {
      const auto& facts = snapshot->inspection.facts;
      const auto found = std::find_if(facts.begin(), facts.end(), [&](const auto& f) { return f.name == name; });
      return found == facts.end() ? std::string() : found->value;
    };
    EXPECT_EQ(fact("process"), std::string("one with ") + other);
    EXPECT_EQ(fact("node.id"), "2");
  }
}

TEST(CombinedRoles, the_story_says_that_both_halves_are_hit) {
  const std::unique_ptr<Session> session = cluster(at("12s", "crash b1"));
  run_until(*session, SimTime(13s));
  const std::vector<view::Beat> beats = session->beats(0);
  EXPECT_TRUE(std::any_of(beats.begin(), beats.end(), [](const view::Beat& beat) {
    return beat.text.find("c1 is the same process.") != std::string::npos;
  }));
}

TEST(CombinedRoles, a_power_loss_of_the_controller_is_one_of_the_logs_of_its_broker) {
  std::vector<std::int64_t> lost;
  for (const std::string half : {"b1", "c1"}) {
    const std::unique_ptr<Session> session = cluster(at("12s", "power-loss " + half));
    run_until(*session, SimTime(13s));
    const std::shared_ptr<const view::Snapshot> snapshot = session->snapshot({});
    lost.push_back(0);
    for (const view::Partition& partition : snapshot->partitions) {
      for (const view::Replica& replica : partition.replicas) {
        lost.back() += std::count_if(replica.cells.begin(), replica.cells.end(),
                                     [](const view::Cell& cell) { return cell.fate == view::CellFate::kGhost; });
      }
    }
  }
  EXPECT_GT(lost.front(), 0);
  EXPECT_EQ(lost.front(), lost.back());
}

}  // namespace
}  // namespace kscope::session::combined_roles_test
