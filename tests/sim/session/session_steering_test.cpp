// What the window offers for an application's consumer, and what the story says of it.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "tests/sim/session/session_fixture.h"

namespace kscope::session::session_steering_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

view::EntityRef entity_of(const Session& session, const std::string& name) {
  const auto snapshot = session.snapshot({});
  for (const view::Node& node : snapshot->nodes) {
    if (node.name == name) {
      return {view::EntityKind::kNode, node.node};
    }
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

std::vector<std::string> possible(const Session& session, const std::string& name) {
  std::vector<std::string> scripts;
  for (const ActionOffer& offer : session.offers(entity_of(session, name))) {
    if (offer.refusal.empty()) {
      scripts.push_back(offer.script);
    }
  }
  return scripts;
}

view::GroupMember member_of(const Session& session, const std::string& name) {
  const auto snapshot = session.snapshot({});
  for (const view::GroupMember& member : snapshot->groups.at(0).members) {
    if (member.name == name) {
      return member;
    }
  }
  ADD_FAILURE() << "no member " << name;
  return {};
}

std::vector<std::string> story(const Session& session) {
  std::vector<std::string> lines;
  for (const view::Beat& beat : session.beats(3)) {
    lines.push_back(beat.text);
  }
  return lines;
}

TEST(Steering, a_consumer_offers_what_can_be_done_with_its_partitions) {
  const auto session = open("groups/pause-and-seek.toml");
  run_until(*session, SimTime(14s));
  EXPECT_THAT(possible(*session, "billing-1"), Contains("pause-partition billing-1 orders-0"));
  EXPECT_THAT(possible(*session, "billing-1"), Contains("seek billing-1 orders-1 beginning"));
  EXPECT_THAT(possible(*session, "billing-1"), Not(Contains("pause-partition billing-1 orders-2")));
  EXPECT_THAT(member_of(*session, "billing-1").paused, IsEmpty());
  ASSERT_TRUE(session->post_script("pause-partition billing-1 orders-0"));
  run_until(*session, SimTime(14500ms));
  EXPECT_THAT(possible(*session, "billing-1"), Contains("resume-partition billing-1 orders-0"));
  EXPECT_EQ(member_of(*session, "billing-1").owned.size(), 2U);
  EXPECT_THAT(member_of(*session, "billing-1").paused, ElementsAre(member_of(*session, "billing-1").owned.at(0)));
}

TEST(Steering, the_story_says_what_the_application_did) {
  const auto session = open("groups/pause-and-seek.toml");
  run_until(*session, SimTime(50s));
  const std::vector<std::string> lines = story(*session);
  EXPECT_THAT(lines, Contains(HasSubstr("billing-1 keeps orders-0 and fetches nothing of it")));
  EXPECT_THAT(lines, Contains(HasSubstr("billing-1 fetches orders-0 again")));
  EXPECT_THAT(lines, Contains(HasSubstr("its application called seekToBeginning()")));
  EXPECT_THAT(lines, Contains(HasSubstr("billing-1 does not own orders-2: seek() throws IllegalStateException")));
}

TEST(Steering, a_consumer_offers_other_topics) {
  const auto session = open("groups/changed-subscription.toml");
  run_until(*session, SimTime(15s));
  EXPECT_THAT(possible(*session, "billing-1"), Contains("subscribe billing-1 orders,invoices"));
  EXPECT_THAT(possible(*session, "billing-1"), Not(Contains(HasSubstr("subscribe billing-1 orders,orders"))));
  ASSERT_TRUE(session->post_script("subscribe billing orders,invoices"));
  run_until(*session, SimTime(19s));
  const auto snapshot = session->snapshot({});
  const view::Group& group = snapshot->groups.at(0);
  ASSERT_EQ(group.members.size(), 2U);
  EXPECT_EQ(group.members[0].owned.size(), 2U);
  EXPECT_EQ(group.members[1].owned.size(), 2U);
}

TEST(Steering, one_that_assigns_itself_offers_no_topics) {
  const auto session = open("groups/manual-assignment.toml");
  run_until(*session, SimTime(12s));
  EXPECT_THAT(possible(*session, "billing-3"), Not(Contains(HasSubstr("subscribe"))));
  EXPECT_THAT(possible(*session, "billing-3"), Contains("seek billing-3 orders-0 end"));
  EXPECT_EQ(member_of(*session, "billing-3").state, "assigns its partitions itself");
}

TEST(Steering, one_that_assigns_itself_is_shown_with_its_partitions_beside_their_owners_in_the_group) {
  const auto session = open("groups/manual-assignment.toml");
  run_until(*session, SimTime(30s));
  EXPECT_THAT(member_of(*session, "billing-1").owned, ElementsAre(0));
  EXPECT_THAT(member_of(*session, "billing-3").owned, ElementsAre(0));
}

}  // namespace
}  // namespace kscope::session::session_steering_test
