#include "sim/record/chunk_codec.h"

#include "engine/core/check.h"
#include "sim/types/varint.h"

namespace kscope::record {
namespace {

constexpr std::uint64_t kKinds = 8;  // EventKind has seven, three bits hold it
constexpr std::uint64_t kKindCount = static_cast<std::uint64_t>(EventKind::kFault) + 1;
constexpr std::uint64_t kNodeLimit = std::uint64_t{1} << 31;

/// Reads numbers from hostile bytes; after the first failure everything is zero and `is_good` stays false.
class Source {
 public:
  explicit Source(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const { return place_ == bytes_.size(); }
  [[nodiscard]] bool is_good() const { return is_good_; }
  std::uint64_t get() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (place_ == bytes_.size()) {
        break;
      }
      const std::uint8_t byte = bytes_[place_++];
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    is_good_ = false;
    return 0;
  }
  std::int64_t get_signed() { return sim::unzigzag(get()); }
  NodeId get_node() {
    const std::uint64_t value = get();
    if (value >= kNodeLimit) {
      is_good_ = false;
      return {};
    }
    return NodeId(static_cast<std::int32_t>(static_cast<std::int64_t>(value) - 1));
  }
  std::uint32_t get_digest() {
    if (bytes_.size() - place_ < 4) {
      is_good_ = false;
      return 0;
    }
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      value |= static_cast<std::uint32_t>(bytes_[place_++]) << (8 * i);
    }
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t place_ = 0;
  bool is_good_ = true;
};

/// Differences wrap around, so that no hostile number overflows a signed one.
SimTime plus(SimTime time, std::uint64_t difference) {
  return SimTime(Duration(static_cast<std::int64_t>(static_cast<std::uint64_t>(nanos(time)) + difference)));
}
std::uint64_t minus(SimTime later, SimTime earlier) {
  return static_cast<std::uint64_t>(nanos(later)) - static_cast<std::uint64_t>(nanos(earlier));
}

}  // namespace

ChunkEncoder::ChunkEncoder() : bytes_(kMaxChunkBytes) {}

bool ChunkEncoder::accepts(const TraceEvent& event) const {
  if (is_empty()) {
    return true;
  }
  return event.number == place_.last_event + 1 && event.time >= place_.last_time &&
         size_ + kMaxEventBytes <= kMaxChunkBytes;
}

void ChunkEncoder::put(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    bytes_[size_++] = static_cast<std::uint8_t>(value | 0x80);
  }
  bytes_[size_++] = static_cast<std::uint8_t>(value);
}

void ChunkEncoder::put_signed(std::int64_t value) { put(sim::zigzag(value)); }

void ChunkEncoder::add(const TraceEvent& event) {
  KSCOPE_CHECK(accepts(event), "a chunk takes events in the order of their numbers while there is room");
  if (is_empty()) {
    place_ = {event.number, event.number, event.time, event.time};
    last_message_ = 0;
    put(event.number);
    put_signed(nanos(event.time));
  }
  put(static_cast<std::uint64_t>(event.what) * kKinds + static_cast<std::uint64_t>(event.kind));
  put(static_cast<std::uint64_t>(static_cast<std::int64_t>(event.node.value) + 1));
  put(minus(event.time, place_.last_time));
  put(event.cause == 0 ? 0 : event.number - event.cause);
  for (int i = 0; i < 4; ++i) {
    bytes_[size_++] = static_cast<std::uint8_t>(event.digest >> (8 * i));
  }
  if (event.kind == EventKind::kDelivery || event.kind == EventKind::kDisconnect || event.kind == EventKind::kFault) {
    put(static_cast<std::uint64_t>(static_cast<std::int64_t>(event.peer.value) + 1));
  }
  if (event.kind == EventKind::kDelivery) {
    put_signed(static_cast<std::int64_t>(event.message - last_message_));
    put_signed(static_cast<std::int64_t>(minus(event.time, event.sent_at)));
    put_signed(event.size_bytes);
    last_message_ = event.message;
  }
  place_.last_event = event.number;
  place_.last_time = event.time;
}

void ChunkEncoder::clear() {
  size_ = 0;
  last_message_ = 0;
}

Result<std::vector<TraceEvent>> decode_chunk(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > kMaxChunkBytes) {
    return Error{"a chunk of events is damaged: it is larger than any chunk", {}, 0};
  }
  Source source(bytes);
  std::vector<TraceEvent> events;
  std::uint64_t number = source.get();
  SimTime time{Duration(source.get_signed())};
  std::uint64_t message = 0;
  while (source.is_good() && !source.at_end()) {
    TraceEvent event;
    const std::uint64_t head = source.get();
    const std::uint64_t kind = head % kKinds;
    if (kind >= kKindCount || head / kKinds > 0xFFFF) {
      return Error{"a chunk of events is damaged: unknown kind of event", {}, 0};
    }
    event.kind = static_cast<EventKind>(kind);
    event.what = static_cast<std::uint16_t>(head / kKinds);
    event.node = source.get_node();
    time = plus(time, source.get());
    event.time = time;
    event.number = number++;
    const std::uint64_t back = source.get();
    event.cause = back == 0 ? 0 : event.number - back;
    event.digest = source.get_digest();
    if (event.kind == EventKind::kDelivery || event.kind == EventKind::kDisconnect || event.kind == EventKind::kFault) {
      event.peer = source.get_node();
    }
    if (event.kind == EventKind::kDelivery) {
      message += static_cast<std::uint64_t>(source.get_signed());
      event.message = message;
      event.sent_at = plus(time, std::uint64_t{0} - static_cast<std::uint64_t>(source.get_signed()));
      event.size_bytes = source.get_signed();
    }
    events.push_back(event);
  }
  if (!source.is_good() || events.empty()) {
    return Error{"a chunk of events is damaged: it ends inside an event", {}, 0};
  }
  return events;
}

}  // namespace kscope::record
