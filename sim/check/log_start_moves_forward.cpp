#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

constexpr std::int64_t kByTime = 0;
constexpr std::int64_t kBySize = 1;
constexpr std::int64_t kAsLeader = 2;
constexpr std::int64_t kAsCheckpointed = 4;  // after an unclean shutdown it may fall back to its checkpoint

}  // namespace

/// Asked when a log start moves: never back, by whole segments when it was retention, and on a follower never further than
/// on any other replica.
Finding check_log_start_moves_forward(const CheckContext& c) {
  if (c.note.kind != NoteKind::kLogStartMoved || c.note.c == kAsCheckpointed) {
    return Finding::not_asked();
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (log == nullptr || p == nullptr) {
    return Finding::fine();
  }
  std::string detail;
  Offset furthest{0};
  const auto self = static_cast<std::size_t>(c.registry().nodes[static_cast<std::size_t>(c.event.node.value)].index);
  for (std::size_t i = 0; i < p->replicas.size(); ++i) {
    furthest = i == self ? furthest : std::max(furthest, p->replicas[i].log_start);
  }
  const bool is_retention = c.note.c == kByTime || c.note.c == kBySize;
  if (c.note.a <= c.note.b) {
    detail = fmt::format("log start goes from {} back to {}", c.note.b, c.note.a);
  } else if (is_retention && log->segments().front().base_offset != Offset(c.note.a)) {
    detail = fmt::format("retention moves log start to {}, but the first segment begins at {}", c.note.a,
                         log->segments().front().base_offset.value);
  } else if (c.note.c == kAsLeader && Offset(c.note.a) > furthest) {
    detail = fmt::format("a follower's log starts at {}, while no other replica's starts after {}", c.note.a,
                         furthest.value);
  }
  if (detail.empty()) {
    return Finding::fine();
  }
  detail = fmt::format("{} on {}: {}", c.partition(), c.node_name(c.event.node), detail);
  return p->may_have_lost() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
