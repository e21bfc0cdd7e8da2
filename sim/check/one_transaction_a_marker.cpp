#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {

/// All that a marker ends was sent in one transaction of the application. With transaction version 1 a batch that comes late
/// joins the transaction after its own.
Finding check_one_transaction_a_marker(const CheckContext& c) {
  const RecordBatch* marker = appended_marker(c);
  if (marker == nullptr) {
    return Finding::not_asked();
  }
  const ApplicationTransaction* latest = nullptr;
  for (const RecordBatch* batch : batches_ended_by(*c.log(c.event.node, c.note.partition), *marker)) {
    const Record& record = batch->records->front();
    if (!record.producer.is_valid()) {
      continue;
    }
    const ClientWatch& client = c.watch.clients().at(static_cast<std::size_t>(record.producer.value));
    const ApplicationTransaction* sent_in = client.transaction_of(record.id);
    if (sent_in == nullptr) {
      continue;  // longer ago than anybody remembers
    }
    if (latest != nullptr && latest->number != sent_in->number) {
      return c.unless_lost(fmt::format(
          "one marker in {} at offset {} ends records that {} sent in its transaction {} and in its transaction {}",
          c.partition(), marker->base_offset.value, c.node_name(record.producer), sent_in->number, latest->number));
    }
    latest = sent_in;
  }
  return Finding::fine();
}

}  // namespace kscope::sim
