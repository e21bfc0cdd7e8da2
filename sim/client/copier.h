#pragma once
// Copier: what makes a consumer a processor that consumes, transforms and produces in transactions: a producer of its own
// in the same process, and where the application is with the records that the last poll() returned.
//
//   poll() -> beginTransaction() -> send() for each record -> sendOffsetsToTransaction() -> commitTransaction() -> poll()
//                   |                        |                          |                          |
//                   +------------------------+---- abortable error -----+--------------------------+--> abortTransaction(),
//                                                                              back to the committed offsets, poll()
//   the producer is fenced -> close()
//
// One producer a process, fenced by group metadata (KIP-447), as Kafka Streams' exactly_once_v2 has it. A transaction never
// outlasts the round that began it, so none is open when poll() gives partitions up.
// MODEL: every error is tried again without limit; Kafka's example skips records after some tries. Without a committed
// offset auto.offset.reset says where it begins again.
// Source: Kafka 3.9 examples ExactlyOnceMessageProcessor; KIP-447.

#include <cstdint>

#include "sim/client/producer.h"

namespace kscope::sim {

struct Copier {
  /// kSending: the transaction has, or gets, the records. kEnding: commitTransaction() or abortTransaction() is on its way.
  enum class State : std::uint8_t { kIdle, kSending, kSendingOffsets, kEnding };

  explicit Copier(const ProducerSetup& setup) : producer(setup, ClientPart::kProducerOfConsumer) {}

  Producer producer;
  State state = State::kIdle;
  std::int64_t committed_before = 0;        ///< transactions that were committed when this one began
  GenerationId generation = kNoGeneration;  ///< KafkaConsumer.groupMetadata(): of the last join that was completed
  MemberId member;                          ///< the same

  /// Whether the application may poll: initTransactions() has returned, and no transaction is open.
  [[nodiscard]] bool may_poll() const;
};

}  // namespace kscope::sim
