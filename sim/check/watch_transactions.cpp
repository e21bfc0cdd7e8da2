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
  ClientWatch& client = clients_.at(static_cast<std::size_t>(event.node.value));
  std::vector<ApplicationTransaction>& known = client.transactions;
  if (note.kind == NoteKind::kTransactionBegun) {
    const bool was_committed = !known.empty() && known.back().told == ControlType::COMMIT;
    client.copies_kept = was_committed ? client.copies_before : client.copies.size();
    client.copies_before = client.copies.size();
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

const CopiedRecord* Watch::copy(const Record& record) const {
  if (!record.producer.is_valid()) {
    return nullptr;
  }
  const Chunked<CopiedRecord>& copies = clients_.at(static_cast<std::size_t>(record.producer.value)).copies;
  std::size_t low = 0;
  std::size_t high = copies.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (copies[middle].output.value < record.id.value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < copies.size() && copies[low].output == record.id ? &copies[low] : nullptr;
}

RecordId GroupWatch::copy_of(const CopiedRecord& copy) const {
  const FlatMap<Offset, RecordId>* of_input = copied.get(copy.input);
  const RecordId* known = of_input == nullptr ? nullptr : of_input->get(copy.offset);
  return known == nullptr ? RecordId{} : *known;
}

bool Watch::is_copied(GroupId group, TopicPartition input, Offset offset) const {
  const CopiedRecord wanted{RecordId{}, input, offset};
  if (groups_.at(static_cast<std::size_t>(group.value)).copy_of(wanted).is_valid()) {
    return true;
  }
  for (const ClientWatch& client : clients_) {
    const bool is_aborted = !client.transactions.empty() && client.transactions.back().told == ControlType::ABORT;
    const std::size_t end = is_aborted ? client.copies_before : client.copies.size();
    for (std::size_t i = client.copies_kept; i < end; ++i) {
      if (client.copies[i].input == input && client.copies[i].offset == offset) {
        return true;
      }
    }
  }
  return false;
}

void Watch::note_copy(const Event& event, const Note& note) {
  clients_.at(static_cast<std::size_t>(event.node.value))
      .copies.push_back(CopiedRecord{RecordId(note.b), note.partition, Offset(note.a)});
}

void Watch::note_marker(const Registry& registry, const PartitionLog& log, const RecordBatch& marker) {
  for (const RecordBatch* batch : batches_ended_by(log, marker)) {
    for (const Record& one : *batch->records) {
      const CopiedRecord* made = marker.control_type == ControlType::COMMIT ? copy(one) : nullptr;
      if (made != nullptr) {
        GroupWatch& group = groups_.at(static_cast<std::size_t>(registry.consumer(one.producer).group.value));
        group.copied[made->input].insert_or_assign(made->offset, one.id);
      }
    }
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
