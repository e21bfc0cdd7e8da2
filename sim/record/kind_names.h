#pragma once
// The words of a recording: for every small number that its tables hold, the name that people read. Kinds come from the
// program and are written into each recording, so that an old one keeps its words. Names of nodes, topics and groups come
// from the registry and grow with it.

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/fault/fault_action.h"
#include "engine/trace/event_info.h"
#include "sim/record/parcel.h"
#include "sim/world/vocabulary.h"

namespace kscope::record {

/// "delivery", "timer" ...
std::string_view event_kind_name(EventKind kind);
/// "crash", "cut", as script lines say it.
std::string_view fault_name(FaultKind kind);
/// "create-topic" ...
std::string_view command_name(sim::CommandKind kind);

/// What batch_row and offset_row say in their column `kind`.
enum class BatchStep : std::uint8_t { kAppended, kReplicated, kAcked, kFailed, kRetried };
enum class OffsetKind : std::uint8_t { kHighWatermark, kLogEnd, kLogStart, kCommitted, kPosition };

/// Rows of the table `kind`, all domains.
std::vector<Row> rows_of_kinds();

/// How much of a registry has been written; what grew since is written next time.
struct WrittenNames {
  std::size_t nodes = 0;
  std::size_t topics = 0;
  std::size_t groups = 0;
};
/// Whether the registry has names that are not written yet.
bool has_new_names(const sim::Registry& registry, const WrittenNames& written);
/// Rows for the names that are not written yet; `written` is brought up to date.
std::vector<Row> rows_of_names(const sim::Registry& registry, WrittenNames& written);

}  // namespace kscope::record
