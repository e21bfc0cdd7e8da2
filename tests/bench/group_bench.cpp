// Large consumer groups: what an assignment costs by number of partitions, and how fast a rolling restart of a thousand
// members is simulated.
//   group_bench [--quick]
// --quick takes a tenth of the members and of the partitions.
#include "sim/coordinator/group/assignor.h"
#include "sim/coordinator/group/server_assignor.h"
#include "tests/bench/bench_cluster.h"
#include "tests/bench/figures.h"

namespace kscope::bench {
namespace {

constexpr double kNearLinear = 1.5;  ///< a partition of four times as many may cost so many times as much

sim::AssignorInput client_input(int members, int partitions) {
  sim::AssignorInput input;
  sim::AssignorTopic orders;
  orders.name = "orders";
  orders.partition_count = partitions;
  input.topics.push_back(std::move(orders));
  for (int i = 0; i < members; ++i) {
    sim::AssignorMember member;
    member.member_id = "billing-" + std::to_string(100'000 + i);
    member.topics = {0};
    input.members.push_back(std::move(member));
  }
  return input;
}

sim::ServerAssignorInput server_input(int members, int partitions) {
  sim::ServerAssignorInput input;
  input.partition_counts = {partitions};
  for (int i = 0; i < members; ++i) {
    sim::ServerAssignorMember member;
    member.member_id = "billing-" + std::to_string(100'000 + i);
    member.topics = {0};
    input.members.push_back(std::move(member));
  }
  return input;
}

/// What a member of a group has is what it claims when one member more joins.
void claim(sim::AssignorInput& input, const sim::Assignment& assignment) {
  for (std::size_t i = 0; i < input.members.size(); ++i) {
    input.members[i].owned = assignment[i];
    input.members[i].generation_id = 1;
    input.members[i].subscription_generation_id = 1;
  }
  input.members.push_back(input.members.front());
  input.members.back().member_id = "billing-999999";
  input.members.back().owned.clear();
  input.members.back().generation_id = -1;
  input.members.back().subscription_generation_id = -1;
}
void claim(sim::ServerAssignorInput& input, const sim::Assignment& assignment) {
  for (std::size_t i = 0; i < input.members.size(); ++i) {
    input.members[i].target = assignment[i];
  }
  input.members.push_back(input.members.front());
  input.members.back().member_id = "billing-999999";
  input.members.back().target.clear();
}

/// Seconds that one assignment takes when one member joins those that have everything.
template <class Input, class Assign>
double seconds_to_assign(Input input, Assign assign) {
  claim(input, assign(input));
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    rounds.push_back(cpu_seconds_of([&] { keep(assign(input)); }));
  }
  return median(rounds);
}

template <class MakeInput, class Assign>
void measure_assignor(const std::string& name, int members, int partitions, MakeInput make_input, Assign assign) {
  const double one = seconds_to_assign(make_input(members, partitions), assign);
  const double four = seconds_to_assign(make_input(members, 4 * partitions), assign);
  const std::string size = std::to_string(members) + " members, " + std::to_string(partitions) + " partitions";
  figure_of(name + ": " + size, one * 1e3, "ms");
  figure_at_most("  a partition of four times as many", four / one / 4, "x", kNearLinear);
}

std::string bounce_scenario(int members, int partitions, bool is_static) {
  return "title = \"Benchmark: a large group\"\n"
         "seed = 7\n"
         "until = \"1h\"\n"
         "brokers = 3\n"
         "[defaults.broker]\n"
         "offsets.topic.num.partitions = 1\n"
         "[[topic]]\n"
         "name = \"orders\"\n"
         "partitions = " +
         std::to_string(partitions) +
         "\n"
         "replication.factor = 3\n"
         "[[producer]]\n"
         "name = \"shop\"\n"
         "topic = \"orders\"\n"
         "workload = { rate = \"200/s\", key = \"zipf(1000)\", size = \"1KiB\" }\n"
         "[[group]]\n"
         "id = \"billing\"\n"
         "topics = [\"orders\"]\n"
         "members = " +
         std::to_string(members) + "\nconfig = { " + (is_static ? "group.instance.id = \"billing\", " : "") +
         "partition.assignment.strategy = \"cooperative-sticky\", auto.offset.reset = \"earliest\" }\n";
}

/// Members are restarted one after the other, one a second.
void measure_bounce(int members, int partitions, bool is_static) {
  constexpr Duration kSettled = 120s;
  std::string text = bounce_scenario(members, partitions, is_static);
  const int restarted = members / 10;
  for (int i = 1; i <= restarted; ++i) {
    const std::string who = "billing-" + std::to_string(i);
    text += "[[at]]\ntime = \"" + std::to_string(120 + i) + "s\"\ndo = \"shutdown " + who + "\"\n[[at]]\ntime = \"" +
            std::to_string(123 + i) + "s\"\ndo = \"restart " + who + "\"\n";
  }
  sim::World world = make_world(parse_or_die(text));
  while (world.step({}, SimTime(kSettled))) {
  }
  const std::uint64_t before = world.event_count();
  const Duration length = std::chrono::seconds(restarted + 20);
  const double seconds = cpu_seconds_of([&] {
    while (world.step({}, SimTime(kSettled + length))) {
    }
  });
  const double span = std::chrono::duration<double>(length).count();
  const std::string size = std::to_string(members) + (is_static ? " static" : " cooperative") + " members, " +
                           std::to_string(partitions) + " partitions";
  figure_at_least("rolling restart, " + size, span / seconds, "x real time", 100);
  figure_of("  events in a simulated second there", static_cast<double>(world.event_count() - before) / span, "events");
}

}  // namespace
}  // namespace kscope::bench

int main(int argc, char** argv) {
  using namespace kscope;  // NOLINT(google-build-using-namespace): a benchmark program of its own
  const bool quick = bench::is_quick(argc, argv);
  const int members = quick ? 100 : 1000;
  const int partitions = quick ? 1000 : 10'000;
  const auto client = [&](const std::string& name, sim::Assignment (*assign)(const sim::AssignorInput&)) {
    bench::measure_assignor(name, members, partitions, bench::client_input, assign);
  };
  const auto server = [&](const std::string& name, sim::Assignment (*assign)(const sim::ServerAssignorInput&)) {
    bench::measure_assignor(name, members, partitions, bench::server_input, assign);
  };
  client("range", sim::assign_range);
  client("roundrobin", sim::assign_round_robin);
  client("sticky", sim::assign_sticky);
  client("cooperative-sticky", sim::assign_cooperative_sticky);
  server("server range", sim::assign_server_range);
  server("server uniform", sim::assign_server_uniform);
  server("server uniform of 4.0", sim::assign_server_uniform_4_0);
  bench::measure_bounce(members, partitions, true);
  bench::measure_bounce(members, partitions, false);
  return 0;
}
