// Network: messages on the wire, those that died a moment ago, links and nodes that are broken.
#include <fmt/format.h>

#include "sim/session/state_reader.h"
#include "sim/view/build.h"

namespace kscope::view {
namespace {

/// Records that a message carries, and the key of the first.
void count_records(const sim::Message& message, InFlight& out) {
  const auto take = [&](const sim::RecordBatch& batch) {
    if (out.record_count == 0 && batch.records != nullptr && !batch.records->empty()) {
      out.colour = key_colour(batch.records->front().key);
    }
    out.record_count += batch.record_count;
  };
  if (const auto* produce = std::get_if<sim::ProduceRequest>(&message.body)) {
    for (const sim::ProducePartition& item : produce->partitions) {
      take(item.batch);
    }
  } else if (const auto* fetch = std::get_if<sim::FetchResponse>(&message.body)) {
    for (const sim::FetchPartitionResult& item : fetch->partitions) {
      for (const sim::RecordBatch& batch : item.batches) {
        take(batch);
      }
    }
  }
}

void add_link_faults(const sim::World& world, Snapshot& out) {
  const sim::Registry& registry = world.registry();
  const auto count = static_cast<std::int32_t>(registry.nodes.size());
  for (std::int32_t a = 0; a < count; ++a) {
    for (std::int32_t b = a + 1; b < count; ++b) {
      const Direction& there = world.network().direction(NodeId(a), NodeId(b));
      const Direction& back = world.network().direction(NodeId(b), NodeId(a));
      LinkFault fault;
      fault.a = a;
      fault.b = b;
      fault.cut_a_to_b = there.is_cut;
      fault.cut_b_to_a = back.is_cut;
      fault.extra_delay = std::max(there.extra_delay, back.extra_delay);
      fault.loss_percent = std::max(there.loss_percent, back.loss_percent);
      if (!there.is_cut && !back.is_cut && fault.extra_delay.count() == 0 && fault.loss_percent == 0) {
        continue;
      }
      const std::string left = node_name(registry, NodeId(a));
      const std::string right = node_name(registry, NodeId(b));
      if (there.is_cut && back.is_cut) {
        fault.text = fmt::format("{} and {} cut off", left, right);
      } else if (there.is_cut || back.is_cut) {
        fault.text = fmt::format("{} cannot reach {}", there.is_cut ? left : right, there.is_cut ? right : left);
      } else if (fault.extra_delay.count() > 0) {
        fault.text = fmt::format("{} \u2013 {}: +{}", left, right, duration_text(fault.extra_delay));
      } else {
        fault.text = fmt::format("{} \u2013 {}: {} % loss", left, right, fault.loss_percent);
      }
      out.faults.push_back({fault.text, fmt::format("heal {} {}", left, right)});
      out.link_faults.push_back(std::move(fault));
    }
  }
}

void add_node_faults(const sim::World& world, Snapshot& out) {
  for (const Node& node : out.nodes) {
    const NodeId id(node.node);
    if (const sim::Consumer* consumer = session::find_consumer(world, id); consumer != nullptr && consumer->is_paused) {
      out.faults.push_back({node.name + ": its application does not poll", "poll " + node.name});
    }
    const ProcessState& process = world.process(id);
    if (!process.is_up && process.incarnation > 0) {
      out.faults.push_back({node.name + " is " + node.status_text, "restart " + node.name});
    }
    if (process.is_paused) {
      out.faults.push_back({node.name + " " + node.status_text, "resume " + node.name});
    }
    if (process.cpu_factor > 1) {
      out.faults.push_back(
          {fmt::format("{}: CPU {}x slower", node.name, process.cpu_factor), "cpu-slow " + node.name + " 1"});
    }
    const Disk& disk = world.disk(id);
    if (disk.slow_factor > 1) {
      out.faults.push_back({fmt::format("{}: disk {}x slower", node.name, disk.slow_factor), "disk-ok " + node.name});
    }
    if (disk.is_full || disk.is_failing) {
      out.faults.push_back({node.name + (disk.is_full ? ": disk full" : ": disk fails"), "disk-ok " + node.name});
    }
  }
}

}  // namespace

void build_network(const Inside& inside, Snapshot& out) {
  const sim::World& world = inside.run().world;
  world.for_each_in_flight([&](const kscope::InFlight<sim::Message>& one) {
    InFlight message;
    message.message = one.sent.message;
    message.from = one.sent.from.value;
    message.to = one.sent.to.value;
    message.sent_at = one.sent.sent_at;
    message.arrives_at = one.sent.arrives_at;
    message.is_held = one.is_held;
    message.held_progress = static_cast<float>(one.held_per_mille) / 1000.0F;
    message.family = session::message_family(one.sent.what);
    message.is_response = sim::is_response(one.sent.what);
    message.is_error = session::carries_error(*one.message);
    message.is_empty = session::is_background(*one.message);
    message.size_bytes = one.sent.size_bytes;
    count_records(*one.message, message);
    message.name = std::string(sim::message_name(one.sent.what));
    message.summary = sim::message_summary(*one.message, world.registry());
    out.in_flight.push_back(std::move(message));
  });
  const auto& losses = inside.memory().log.losses();
  for (std::size_t i = losses.size(); i > 0; --i) {
    const session::LoggedLoss& loss = losses[i - 1];
    if (loss.lost_at > inside.playhead()) {
      continue;
    }
    if (inside.playhead() - loss.lost_at > 1s || out.lost.size() > 50) {
      break;
    }
    const auto whole =
        static_cast<double>(std::max<std::int64_t>((loss.sent.arrives_at - loss.sent.sent_at).count(), 1));
    const auto done = static_cast<double>((loss.lost_at - loss.sent.sent_at).count());
    out.lost.push_back({loss.sent.from.value, loss.sent.to.value, loss.lost_at,
                        static_cast<float>(std::clamp(done / whole, 0.0, 1.0)), session::message_family(loss.sent.what),
                        std::string(sim::message_name(loss.sent.what)) + " lost"});
  }
  add_link_faults(world, out);
  add_node_faults(world, out);
}

}  // namespace kscope::view
