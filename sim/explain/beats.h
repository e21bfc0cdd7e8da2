#pragma once
// Beats: which events are worth stopping at, and what they say in plain words. Built from notes, so a beat tells only
// what a handler really did. Ranks are fixed, because lessons and "next beat" rely on them:
//   0  leadership, controller, faults, data lost, invariants, group stable again
//   1  ISR changes, refusals, rebalances and their members, brokers coming and going
//   2  what happens to records: stored, committed (high watermark), acknowledged, delivered, committed offsets
//   3  detail: replication, single notes of protocol work

#include <optional>

#include "engine/trace/event_info.h"
#include "sim/view/snapshot.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

using Event = kscope::EventInfo<KafkaTypes>;

/// The beat that a note makes, if it makes one. `event` is the event that the note belongs to.
std::optional<view::Beat> beat_of_note(const Note& note, const Event& event, const Registry& registry);

/// The beat of a fault or a command that was carried out.
std::optional<view::Beat> beat_of_act(const Event& event, const std::string& script_line);

}  // namespace kscope::sim
