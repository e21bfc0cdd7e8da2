#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {

/// A read_committed consumer gets nothing of a transaction that is still open: the last stable offset holds it back.
Finding check_only_decided_is_read(const CheckContext& c) {
  const CommittedRead read = committed_read(c);
  if (!read.is_one) {
    return Finding::not_asked();
  }
  if (!read.is_transactional || read.outcome.has_value()) {
    return Finding::fine();
  }
  return Finding::broken(
      fmt::format("{} reads only what is committed and got offset {} of {}, whose transaction is open",
                  c.node_name(c.event.node), c.note.a, c.partition()));
}

}  // namespace kscope::sim
