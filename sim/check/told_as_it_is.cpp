#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

std::string_view word(ControlType type) { return type == ControlType::COMMIT ? "committed" : "aborted"; }

std::string detail(const CheckContext& c, NodeId producer, const ApplicationTransaction& transaction, ControlType told,
                   ControlType marked) {
  return fmt::format("transaction {} of {} was told as {}, and a marker says that records of it are {}",
                     transaction.number, c.node_name(producer), word(told), word(marked));
}

/// The application hears how its transaction ended: what do the markers say that are there already?
Finding check_word(const CheckContext& c) {
  const ClientWatch& client = c.watch.clients().at(static_cast<std::size_t>(c.event.node.value));
  if (client.transactions.empty()) {
    return Finding::not_asked();
  }
  const ApplicationTransaction& ended = client.transactions.back();
  const ControlType told = c.note.a == 1 ? ControlType::COMMIT : ControlType::ABORT;
  const bool is_contradicted = ended.marked.has_value() && *ended.marked != told;
  return is_contradicted ? Finding::broken(detail(c, c.event.node, ended, told, *ended.marked)) : Finding::fine();
}

}  // namespace

/// What an application is told of its transaction is what becomes of every record of it, sooner or later.
Finding check_told_as_it_is(const CheckContext& c) {
  if (c.note.kind == NoteKind::kTransactionEnded) {
    return check_word(c);
  }
  const RecordBatch* marker = appended_marker(c);
  if (marker == nullptr) {
    return Finding::not_asked();
  }
  for (const RecordBatch* batch : batches_ended_by(*c.log(c.event.node, c.note.partition), *marker)) {
    const Record& record = batch->records->front();
    if (!record.producer.is_valid()) {
      continue;
    }
    const ClientWatch& client = c.watch.clients().at(static_cast<std::size_t>(record.producer.value));
    const ApplicationTransaction* sent_in = client.transaction_of(record.id);
    if (sent_in != nullptr && sent_in->told.has_value() && *sent_in->told != marker->control_type) {
      return Finding::broken(detail(c, record.producer, *sent_in, *sent_in->told, marker->control_type));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
