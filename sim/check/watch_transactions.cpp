// What the watch remembers of transactions as the applications of producers see them.
#include <algorithm>

#include "sim/check/transaction_outcome.h"
#include "sim/check/watch.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kKeptTransactions = 64;

}  // namespace

const ApplicationTransaction* ClientWatch::transaction_of(RecordId record) const {
  const auto found = std::find_if(transactions.begin(), transactions.end(),
                                  [&](const ApplicationTransaction& one) { return one.has(record); });
  return found == transactions.end() ? nullptr : &*found;
}

void Watch::on_transaction_note(const Event& event, const Note& note) {
  std::vector<ApplicationTransaction>& known = clients_.at(static_cast<std::size_t>(event.node.value)).transactions;
  if (note.kind == NoteKind::kTransactionBegun) {
    ApplicationTransaction begun;
    begun.number = known.empty() ? 1 : known.back().number + 1;
    known.push_back(begun);
    if (known.size() > kKeptTransactions) {
      known.erase(known.begin());
    }
  } else if (!known.empty()) {
    known.back().told = note.a == 1 ? ControlType::COMMIT : ControlType::ABORT;
  }
}

void Watch::note_marker(const PartitionLog& log, const RecordBatch& marker) {
  for (const RecordBatch* batch : batches_ended_by(log, marker)) {
    const Record& record = batch->records->front();
    if (!record.producer.is_valid()) {
      continue;
    }
    std::vector<ApplicationTransaction>& known =
        clients_.at(static_cast<std::size_t>(record.producer.value)).transactions;
    for (ApplicationTransaction& one : known) {
      if (one.has(record.id) && !one.marked.has_value()) {
        one.marked = marker.control_type;
      }
    }
  }
}

}  // namespace kscope::sim
