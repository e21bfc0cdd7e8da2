#pragma once
// FetchManager: which fetch session a request belongs to, and what its answer says of it (KIP-227).
// Part of Broker; ReplicaManager asks it before it reads and before it answers. Kafka: FetchManager, FetchContext (3.9).
//
//   request                     | context       | partitions           | answer
//   epoch -1                    | kSessionless  | of the request       | session 0; the session that it names ends
//   epoch 0                     | kFull         | of the request       | a new session, or 0; the session that it names ends
//   id unknown                  | kSessionError | none                 | FETCH_SESSION_ID_NOT_FOUND
//   epoch not the expected one  | kSessionError | none                 | INVALID_FETCH_SESSION_EPOCH
//   topic ids now and not then  | kSessionError | none                 | FETCH_SESSION_TOPIC_ID_ERROR
//   forgets the last partition  | kSessionless  | of the request       | session 0; the session ends
//   else                        | kIncremental  | of the session       | the session; partitions without news are left out

#include <cstdint>

#include "sim/broker/fetch_context.h"
#include "sim/broker/fetch_session_cache.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

class FetchManager {
 public:
  /// Takes the request into its session. Every context must come back once, with answer() or abandon().
  /// Cost: O(what the request names). Source: FetchManager.newContext.
  FetchContext new_context(const Ctx& ctx, const FetchRequest& request);
  /// The session of an incremental fetch, ended or not. Requires: such a context that has not come back.
  [[nodiscard]] FetchSession& session_of(const FetchContext& context);
  /// Completes the answer, which holds all partitions of the context, or of an incremental one those with news.
  /// Effects: a full fetch opens a session; an incremental one remembers what it tells and puts partitions that gave records
  /// last. Draws one choice where a session is opened. Source: FetchContext.updateAndGenerateResponseData.
  void answer(Ctx& ctx, std::int32_t slots, const FetchContext& context, const FetchRequest& request,
              FetchResponse& response);
  /// An answer without partitions: the fetcher is throttled. Source: FetchContext.getThrottledResponse.
  [[nodiscard]] FetchResponse answer_throttled(const FetchContext& context, std::int32_t throttle_time_ms);
  /// There will be no answer: the connection is gone.
  void abandon(const FetchContext& context);

  [[nodiscard]] const FetchSessionCache& cache() const { return cache_; }

 private:
  [[nodiscard]] ErrorCode session_error(const FetchRequest& request);
  [[nodiscard]] bool is_current(const FetchContext& context);
  void open_session(Ctx& ctx, std::int32_t slots, const FetchRequest& request, FetchResponse& response);

  FetchSessionCache cache_;
};

}  // namespace kscope::sim
