#pragma once
// EventFilter: which rows of the event list to show, in one line: `type:Fetch & to:b1 & p:orders-0 & t>1s`.
//   field ":" text   contains, without regard to case; `field = text` is exact; numbers and times take < <= > >= = too
//   nodes are meant by their whole name, or by its beginning: `to:b1`, `node:billing-*`
//   fields: type, from, to, node (either end), p (partition, in the summary), t, size, cause, n (event number), text
//   a bare word means text; `&` or a blank = and, `|` = or, `!` = not, parentheses group; quotes keep blanks
// A filter looks at plain rows and knows nothing of the world.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"

namespace kscope::scenario {

/// What a filter may look at, of one event.
struct EventView {
  std::uint64_t number = 0;
  SimTime time;
  std::string_view from;
  std::string_view to;
  std::string_view type;
  std::string_view summary;
  std::uint64_t cause = 0;
  std::int64_t size_bytes = 0;
};

enum class FilterField : std::uint8_t { kType, kFrom, kTo, kNode, kPartition, kTime, kSize, kCause, kNumber, kText };
enum class FilterOperator : std::uint8_t {
  kOr,
  kAnd,
  kNot,
  kContains,
  kEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

/// Children are indexes into EventFilter::nodes and smaller than the node's own.
struct FilterNode {
  FilterOperator op = FilterOperator::kContains;
  std::int32_t left = -1;
  std::int32_t right = -1;
  FilterField field = FilterField::kText;
  std::string text;         ///< lower case
  std::int64_t number = 0;  ///< ns for kTime, bytes for kSize
};

struct EventFilter {
  std::vector<FilterNode> nodes;  ///< the root is the last; none = everything passes
};

/// Errors: `column 5: unknown field "typ"; did you mean "type"?`. An empty text is the filter that lets everything pass.
[[nodiscard]] Result<EventFilter> parse_event_filter(std::string_view text);
[[nodiscard]] bool passes(const EventFilter& filter, const EventView& event);

}  // namespace kscope::scenario
