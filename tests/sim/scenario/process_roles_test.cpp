// process.roles of [kraft]: read, refused in Kafka's terms, written back, and what it makes of the nodes.
#include "sim/scenario/process_roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/world/registry.h"

namespace kscope::scenario::process_roles_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kHead = "metadata = \"kraft\"\nbrokers = 3\n[kraft]\n";
const std::string kRoles = "process.roles = \"broker,controller\"\n";

std::string errors_of(const std::string& text) {
  const Result<Scenario> read = parse(text, "x.toml");
  return read ? std::string() : read.error().text;
}

TEST(ProcessRoles, both_roles_in_either_order_are_combined_mode) {
  for (const std::string value : {"broker,controller", "controller,broker", " broker , controller "}) {
    const Result<Scenario> read = parse(kHead + "process.roles = \"" + value + "\"\n", "x.toml");
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_TRUE(read->kraft.is_combined);
    EXPECT_THAT(read->warnings, IsEmpty());
  }
  EXPECT_FALSE(parse(kHead + "controllers = 3\n", "x.toml")->kraft.is_combined);
}

TEST(ProcessRoles, unknown_ones_are_refused_with_the_nearest) {
  EXPECT_THAT(errors_of(kHead + "process.roles = \"broker,controler\"\n"),
              HasSubstr("x.toml:4: error: process.roles: unknown process role \"controler\" (only \"broker\" and "
                        "\"controller\" are allowed roles); did you mean \"controller\"?"));
  EXPECT_THAT(errors_of(kHead + "process.roles = \"broker,zookeeper\"\n"), HasSubstr("unknown process role"));
  EXPECT_THAT(errors_of(kHead + "process.roles = \"broker,,controller\"\n"), HasSubstr("unknown process role \"\""));
  EXPECT_THAT(errors_of(kHead + "process.roles = \"\"\n"), HasSubstr("unknown process role \"\""));
  EXPECT_THAT(errors_of(kHead + "process.roles = 3\n"),
              HasSubstr("x.toml:4: error: process.roles of [kraft] is \"3\"; expected a text"));
  EXPECT_THAT(errors_of(kHead + "process.role = \"broker,controller\"\n"), HasSubstr("process.roles"));
}

TEST(ProcessRoles, a_role_twice_or_alone_is_refused) {
  EXPECT_THAT(errors_of(kHead + "process.roles = \"broker,broker\"\n"), HasSubstr("duplicate role name \"broker\""));
  EXPECT_THAT(
      errors_of(kHead + "process.roles = \"broker\"\n"),
      HasSubstr("x.toml:4: error: process.roles: with the role \"broker\" alone the cluster has no controller"));
  EXPECT_THAT(errors_of(kHead + "process.roles = \"controller\"\n"), HasSubstr("the cluster has no broker"));
}

TEST(ProcessRoles, need_kraft) {
  EXPECT_THAT(errors_of("metadata = \"zookeeper\"\nbrokers = 3\n[kraft]\n" + kRoles),
              HasSubstr("x.toml:4: error: process.roles = \"broker,controller\" is a setting of KRaft"));
}

TEST(ProcessRoles, need_a_broker_for_every_controller) {
  EXPECT_THAT(errors_of("metadata = \"kraft\"\nbrokers = 2\n[kraft]\n" + kRoles),
              HasSubstr("x.toml:4: error: process.roles = \"broker,controller\" makes every controller a broker as "
                        "well, but there are 3 controllers and 2 brokers"));
  EXPECT_THAT(errors_of("metadata = \"kraft\"\n[kraft]\n" + kRoles +
                        "[[broker]]\nid = 1\n[[broker]]\nid = 2\n[[broker]]\nid = 30\n"),
              HasSubstr("x.toml:3: error: process.roles = \"broker,controller\" gives controller c3 and broker b3 the "
                        "same node.id, 3, but no [[broker]] has this id"));
  EXPECT_EQ(errors_of("metadata = \"kraft\"\nbrokers = 1\n[kraft]\ncontrollers = 1\n" + kRoles), "");
}

TEST(ProcessRoles, come_back_as_they_were_saved) {
  const Result<Scenario> read = parse(kHead + kRoles, "x.toml");
  ASSERT_TRUE(read.has_value()) << read.error().text;
  const std::string text = save(*read);
  EXPECT_THAT(text, HasSubstr("process.roles = \"broker,controller\""));
  const Result<Scenario> again = parse(text, "x.toml");
  ASSERT_TRUE(again.has_value()) << again.error().text;
  EXPECT_TRUE(again->kraft.is_combined);
  EXPECT_EQ(save(*again), text);
  EXPECT_THAT(save(*parse(kHead + "controllers = 1\n", "x.toml")), testing::Not(HasSubstr("process.roles")));
}

TEST(ProcessRoles, make_one_process_of_the_controller_and_the_broker_of_a_number) {
  const Result<Scenario> read = parse("metadata = \"kraft\"\n[kraft]\n" + kRoles +
                                          "[[broker]]\nid = 7\n[[broker]]\nid = 3\n[[broker]]\nid = 1\n"
                                          "[[broker]]\nid = 2\nstart = \"4s\"\n",
                                      "x.toml");
  ASSERT_TRUE(read.has_value()) << read.error().text;
  const sim::Registry registry = make_registry(*read);
  const std::vector<NodeSetup> nodes = make_nodes(*read);
  for (std::int32_t number = 1; number <= 3; ++number) {
    const NodeId controller = registry.controllers[static_cast<std::size_t>(number - 1)];
    const NodeId broker = registry.node_of(sim::BrokerId(number));
    EXPECT_EQ(registry.partner(controller), broker);
    EXPECT_EQ(registry.partner(broker), controller);
    EXPECT_EQ(nodes[static_cast<std::size_t>(controller.value)].partner, broker);
    EXPECT_EQ(nodes[static_cast<std::size_t>(controller.value)].starts_at, SimTime(number == 2 ? 4s : 0s));
    EXPECT_EQ(nodes[static_cast<std::size_t>(broker.value)].starts_at, SimTime(number == 2 ? 4s : 0s));
  }
  EXPECT_FALSE(registry.partner(registry.node_of(sim::BrokerId(7))).is_valid()) << "it has the role broker alone";
  EXPECT_FALSE(registry.partner(registry.admin).is_valid());
}

TEST(ProcessRoles, left_out_every_node_is_a_process) {
  const Result<Scenario> read = parse(kHead + "controllers = 3\n", "x.toml");
  ASSERT_TRUE(read.has_value()) << read.error().text;
  for (const NodeSetup& node : make_nodes(*read)) {
    EXPECT_FALSE(node.partner.is_valid());
  }
}

}  // namespace
}  // namespace kscope::scenario::process_roles_test
