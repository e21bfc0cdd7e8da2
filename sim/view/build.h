#pragma once
// Builders of the snapshot: one file for each part of it. They read a session's inside and write plain structs; nothing
// here changes anything, and nothing else in the program knows how facts are put into words.

#include <memory>

#include "sim/scenario/event_filter.h"
#include "sim/session/session_impl.h"
#include "sim/view/snapshot.h"

namespace kscope::view {

using Inside = session::Session::Impl;

/// Everything that `interest` asks for, at the playhead.
std::shared_ptr<const Snapshot> build(const Inside& inside, const Interest& interest);

void build_nodes(const Inside& inside, Snapshot& out);
void build_partitions(const Inside& inside, const Interest& interest, Snapshot& out);
void build_groups(const Inside& inside, Snapshot& out);
void build_network(const Inside& inside, Snapshot& out);
void build_time(const Inside& inside, Snapshot& out);
void build_events(const Inside& inside, const Interest& interest, Snapshot& out);
/// All about an entity; `snapshot` has its nodes, partitions and groups already.
Inspection build_inspection(const Inside& inside, const EntityRef& entity, const Snapshot& snapshot);
std::vector<InvariantRow> build_invariants(const Inside& inside);
std::vector<ExpectRow> build_expects(const Inside& inside);
std::vector<std::string> simplifications();

/// A row of the events table in words.
EventRow event_row(const Inside& inside, const session::LoggedEvent& row);
/// Whether the filter shows the row.
bool is_visible(const Inside& inside, const session::LoggedEvent& row, const scenario::EventFilter& filter);

/// "b1", "billing-1"; "-" for no node.
std::string node_name(const sim::Registry& registry, NodeId node);
/// A duration as people read it: "350 us", "12.5 ms", "3.2 s", "2 min 5 s".
std::string duration_text(Duration duration);
/// Colour index of a key, 0..7; -1 for the null key. The same key has the same colour everywhere.
std::int32_t key_colour(sim::KeyId key);
/// "A", "B" ... of a group.
std::string group_letter(sim::GroupId group);

}  // namespace kscope::view
