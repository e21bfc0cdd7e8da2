#include "sim/broker/fetch_manager.h"

#include <utility>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

constexpr std::int32_t kFetchSessionChoice = 1;  // Label::what

}  // namespace

ErrorCode FetchManager::session_error(const FetchRequest& request) {
  const FetchMetadata metadata = request.metadata;
  const FetchSession* session =
      metadata.session_id.is_valid() ? cache_.shard_of(metadata.session_id).find(metadata.session_id) : nullptr;
  if (session == nullptr) {
    return ErrorCode::FETCH_SESSION_ID_NOT_FOUND;
  }
  if (session->epoch != metadata.epoch) {
    return ErrorCode::INVALID_FETCH_SESSION_EPOCH;
  }
  return session->uses_topic_ids == request.uses_topic_ids ? ErrorCode::NONE : ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR;
}

FetchContext FetchManager::new_context(const Ctx& ctx, const FetchRequest& request) {
  FetchContext context;
  context.metadata = request.metadata;
  const FetchSessionId id = request.metadata.session_id;
  if (request.metadata.is_full()) {
    if (id != kInvalidSessionId) {
      cache_.shard_of(id).remove(id);
    }
    const bool wants_session = request.metadata.epoch == kInitialFetchEpoch;
    context.kind = wants_session ? FetchContextKind::kFull : FetchContextKind::kSessionless;
    return context;
  }
  context.error = session_error(request);
  if (context.error != ErrorCode::NONE) {
    context.kind = FetchContextKind::kSessionError;
    return context;
  }
  FetchSessionCacheShard& shard = cache_.shard_of(id);
  FetchSession& session = *shard.find(id);
  session.update(request);
  if (session.partitions.empty()) {
    shard.remove(id);
    context.kind = FetchContextKind::kSessionless;
    return context;
  }
  shard.touch(session, ctx.now());
  session.epoch = next_epoch(session.epoch);
  ++session.serving_count;
  context.kind = FetchContextKind::kIncremental;
  return context;
}

FetchSession& FetchManager::session_of(const FetchContext& context) {
  KSCOPE_CHECK(context.kind == FetchContextKind::kIncremental, "only incremental fetches have a session");
  FetchSession* session = cache_.shard_of(context.metadata.session_id).find_served(context.metadata.session_id);
  KSCOPE_CHECK(session != nullptr, "a session with a request that is not answered is kept");
  return *session;
}

bool FetchManager::is_current(const FetchContext& context) {
  return session_of(context).epoch == next_epoch(context.metadata.epoch);
}

void FetchManager::open_session(Ctx& ctx, std::int32_t slots, const FetchRequest& request, FetchResponse& response) {
  KSCOPE_CHECK(response.partitions.size() == request.partitions.size(), "a full fetch is answered in full");
  const NewFetchSession newcomer{request.replica.is_valid(), request.uses_topic_ids,
                                 static_cast<std::int32_t>(request.partitions.size())};
  FetchSessionCacheShard& shard = cache_.next_shard();
  if (!shard.make_room(ctx.now(), newcomer, slots / FetchSessionCache::kShardCount)) {
    return;
  }
  const std::uint32_t number =
      ctx.chooser().choose(ChoiceKind::service, Label{kFetchSessionChoice, ctx.self().value, 0},
                           static_cast<std::uint32_t>(shard.id_count()));
  FetchSession& session = shard.create(ctx.now(), newcomer, number);
  std::vector<CachedPartition> partitions(request.partitions.size());
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    KSCOPE_CHECK(response.partitions[i].partition == request.partitions[i].partition, "answers are in order");
    partitions[i].asked = request.partitions[i];
    partitions[i].update_response_data(response.partitions[i]);
  }
  session.partitions.assign(std::move(partitions));
  shard.touch(session, ctx.now());
  response.session_id = session.id;
}

void FetchManager::answer(Ctx& ctx, std::int32_t slots, const FetchContext& context, const FetchRequest& request,
                          FetchResponse& response) {
  response.error = context.error;
  if (context.kind == FetchContextKind::kFull) {
    open_session(ctx, slots, request, response);
  } else if (context.kind == FetchContextKind::kIncremental) {
    response.session_id = context.metadata.session_id;
    if (is_current(context)) {
      FetchSession& session = session_of(context);
      for (const FetchPartitionResult& result : response.partitions) {
        CachedPartition* cached = session.partitions.find(result.partition);
        KSCOPE_CHECK(cached != nullptr, "an incremental answer is about partitions of the session");
        cached->update_response_data(result);
        if (!result.batches.empty()) {
          session.partitions.move_to_end(*cached);
        }
      }
    } else {
      response.partitions = {};
      response.error = ErrorCode::INVALID_FETCH_SESSION_EPOCH;
    }
    abandon(context);
  }
}

FetchResponse FetchManager::answer_throttled(const FetchContext& context, std::int32_t throttle_time_ms) {
  FetchResponse response;
  response.throttle_time_ms = throttle_time_ms;
  if (context.kind == FetchContextKind::kIncremental) {
    response.session_id = context.metadata.session_id;
    response.error = is_current(context) ? ErrorCode::NONE : ErrorCode::INVALID_FETCH_SESSION_EPOCH;
    abandon(context);
  }
  return response;
}

void FetchManager::abandon(const FetchContext& context) {
  if (context.kind == FetchContextKind::kIncremental) {
    cache_.shard_of(context.metadata.session_id).finish_serving(context.metadata.session_id);
  }
}

}  // namespace kscope::sim
