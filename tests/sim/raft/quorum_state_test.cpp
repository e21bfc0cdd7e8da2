// Every pair of state and vote, and every pair of states.

#include "sim/raft/quorum_state.h"

#include <gtest/gtest.h>

#include <vector>

namespace kscope::sim::raft::quorum_state_test {
namespace {

constexpr ReplicaId kSelf{1};
constexpr ReplicaId kOther{2};
constexpr ReplicaId kThird{3};

Unattached unattached(ReplicaId leader, ReplicaId voted) {
  Unattached state;
  state.leader = leader;
  state.voted = voted;
  return state;
}
Prospective prospective(ReplicaId leader, ReplicaId voted) {
  Prospective state;
  state.leader = leader;
  state.voted = voted;
  return state;
}
Follower follower(bool has_fetched) {
  Follower state;
  state.leader = kThird;
  state.has_fetched = has_fetched;
  return state;
}
Leader leader() { return {LeaderState(kSelf, {kSelf, kOther, kThird}, Offset(0), 2s, LocalTime{}), {}}; }

struct VoteCase {
  const char* name;
  EpochState state;
  bool vote;  // granted to kOther, whose log is as far
  bool pre_vote;
};

TEST(QuorumState, VotesAreGrantedAsTheStateAllows) {
  const std::vector<VoteCase> cases = {
      {"unattached", unattached({}, {}), true, true},
      {"unattached, voted for the candidate", unattached({}, kOther), true, true},
      {"unattached, voted for another", unattached({}, kThird), false, true},
      {"unattached, knows a leader", unattached(kThird, {}), false, true},
      {"prospective", prospective({}, {}), true, true},
      {"prospective, voted for the candidate", prospective({}, kOther), true, true},
      {"prospective, voted for another", prospective({}, kThird), false, true},
      {"prospective, knows a leader", prospective(kThird, {}), false, true},
      {"candidate", Candidate{}, false, true},
      {"leader", leader(), false, false},
      {"follower that has not fetched", follower(false), false, true},
      {"follower of a leader that lives", follower(true), false, false},
      {"resigned", Resigned{}, false, true},
  };
  for (const VoteCase& c : cases) {
    EXPECT_EQ(can_grant_vote(c.state, kOther, true, false), c.vote) << c.name;
    EXPECT_EQ(can_grant_vote(c.state, kOther, true, true), c.pre_vote) << c.name << ", pre-vote";
    EXPECT_FALSE(can_grant_vote(c.state, kOther, false, true)) << c.name << ", pre-vote for a log that is behind";
  }
}

TEST(QuorumState, AVoteForALogThatIsBehindIsGrantedOnlyAgain) {
  EXPECT_FALSE(can_grant_vote(unattached({}, {}), kOther, false, false));
  EXPECT_FALSE(can_grant_vote(prospective({}, {}), kOther, false, false));
  EXPECT_TRUE(can_grant_vote(unattached({}, kOther), kOther, false, false)) << "the vote was given already";
}

TEST(QuorumState, TransitionsAreThoseOfTheTable) {
  // Rows: from; columns: to, in the order of EpochState. 's' same epoch, 'h' a higher one, 'b' both, '-' never.
  const std::vector<EpochState> states = {Unattached{}, Prospective{},  Candidate{},
                                          leader(),     follower(true), Resigned{}};
  const std::vector<std::string> allowed = {
      "bs--b-",  // Unattached
      "bsh-b-",  // Prospective
      "hs-sb-",  // Candidate
      "h---hs",  // Leader
      "hs--b-",  // Follower
      "h---b-",  // Resigned
  };
  for (std::size_t from = 0; from < states.size(); ++from) {
    for (std::size_t to = 0; to < states.size(); ++to) {
      const char rule = allowed[from][to];
      const auto name = std::string(state_name(states[from])) + " -> " + std::string(state_name(states[to]));
      EXPECT_EQ(is_legal_transition(states[from], states[to], LeaderEpoch(5), LeaderEpoch(5)),
                rule == 's' || rule == 'b')
          << name;
      EXPECT_EQ(is_legal_transition(states[from], states[to], LeaderEpoch(5), LeaderEpoch(6)),
                rule == 'h' || rule == 'b')
          << name << " in a higher epoch";
      EXPECT_FALSE(is_legal_transition(states[from], states[to], LeaderEpoch(5), LeaderEpoch(4))) << name;
    }
  }
}

TEST(QuorumState, TheLeaderIsKnownOrNot) {
  EXPECT_EQ(leader_of(unattached(kThird, {}), kSelf), kThird);
  EXPECT_EQ(leader_of(prospective(kThird, {}), kSelf), kThird);
  EXPECT_EQ(leader_of(Candidate{}, kSelf), ReplicaId{});
  EXPECT_EQ(leader_of(leader(), kSelf), kSelf);
  EXPECT_EQ(leader_of(follower(true), kSelf), kThird);
  EXPECT_EQ(leader_of(Resigned{}, kSelf), kSelf);
}

}  // namespace
}  // namespace kscope::sim::raft::quorum_state_test
