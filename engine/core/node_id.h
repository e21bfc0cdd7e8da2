#pragma once
// Identity of a simulated process. Node ids are dense: 0 .. node_count-1, in the order in which the model adds them.

#include "engine/core/strong.h"

namespace kscope {

using NodeId = Id<struct NodeTag, std::int32_t>;
/// A file of one node's disk. The model chooses the numbers; they are dense from 0 per node.
using FileId = Id<struct FileTag, std::int32_t>;

}  // namespace kscope
