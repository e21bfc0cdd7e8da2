#pragma once
// What a controller operation comes to: the records that make the change, and the answer for whoever asked. The operation
// itself changes nothing: the records are appended to the metadata log, replayed, and the answer leaves when they are
// committed. Source: ControllerResult, Kafka 3.9.

#include <vector>

#include "sim/controller/kraft/metadata_records.h"

namespace kscope::sim::kraft {

template <class Response>
struct ControllerResult {
  std::vector<ApiMessageAndVersion> records;
  Response response{};
};

}  // namespace kscope::sim::kraft
