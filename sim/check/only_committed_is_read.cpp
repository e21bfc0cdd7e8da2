#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {

/// A read_committed consumer gets no record of an aborted transaction.
Finding check_only_committed_is_read(const CheckContext& c) {
  const CommittedRead read = committed_read(c);
  if (!read.is_one) {
    return Finding::not_asked();
  }
  if (read.outcome != ControlType::ABORT) {
    return Finding::fine();
  }
  return Finding::broken(fmt::format("{} reads only what is committed and got offset {} of {}, which was aborted",
                                     c.node_name(c.event.node), c.note.a, c.partition()));
}

}  // namespace kscope::sim
