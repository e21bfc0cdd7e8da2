#include "sim/client/membership.h"

#include "engine/core/check.h"

namespace kscope::sim {

std::string_view member_state_name(MemberState state) {
  switch (state) {
    case MemberState::UNJOINED: return "UNJOINED";
    case MemberState::PREPARING_REBALANCE: return "PREPARING_REBALANCE";
    case MemberState::COMPLETING_REBALANCE: return "COMPLETING_REBALANCE";
    case MemberState::STABLE: return "STABLE";
  }
  return "?";
}

bool is_legal_transition(MemberState from, MemberState to) {
  switch (to) {
    case MemberState::UNJOINED: return true;
    case MemberState::PREPARING_REBALANCE: return from == MemberState::UNJOINED || from == MemberState::STABLE;
    case MemberState::COMPLETING_REBALANCE: return from == MemberState::PREPARING_REBALANCE;
    case MemberState::STABLE: return from == MemberState::COMPLETING_REBALANCE;
  }
  return false;
}

void Membership::transition_to(MemberState to) {
  KSCOPE_CHECK(is_legal_transition(state, to), "a group member made a move that its state table does not have");
  state = to;
}

}  // namespace kscope::sim
