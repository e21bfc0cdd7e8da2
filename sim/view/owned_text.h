#pragma once
// The partitions of a member of a group in words, as the groups panel and the inspector show them; the stage has room for names only.

#include <algorithm>
#include <string>

#include "sim/view/snapshot.h"

namespace kscope::view {

/// "orders-0 (paused), orders-1"; "" = none. Requires: `member` is one of `group`.
inline std::string owned_text(const Group& group, const GroupMember& member) {
  std::string text;
  for (const std::int32_t index : member.owned) {
    const bool is_paused = std::find(member.paused.begin(), member.paused.end(), index) != member.paused.end();
    text +=
        (text.empty() ? "" : ", ") + group.partitions[static_cast<std::size_t>(index)] + (is_paused ? " (paused)" : "");
  }
  return text;
}

}  // namespace kscope::view
