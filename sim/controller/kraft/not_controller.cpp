#include "sim/controller/kraft/not_controller.h"

#include <variant>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

template <class Response>
MessageBody refused() {
  Response response;
  response.error = ErrorCode::NOT_CONTROLLER;
  return response;
}

}  // namespace

MessageBody not_controller(const MessageBody& body) {
  const auto is_one_of = [&body](auto request, auto response) {
    return std::holds_alternative<decltype(request)>(body) || std::holds_alternative<decltype(response)>(body);
  };
  if (const auto* create = std::get_if<CreateTopicsRequest>(&body)) {
    return CreateTopicsResponse{create->topic, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* created = std::get_if<CreateTopicsResponse>(&body)) {
    return CreateTopicsResponse{created->topic, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* more = std::get_if<CreatePartitionsRequest>(&body)) {
    return CreatePartitionsResponse{more->topic, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* made = std::get_if<CreatePartitionsResponse>(&body)) {
    return CreatePartitionsResponse{made->topic, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* deletion = std::get_if<DeleteTopicsRequest>(&body)) {
    return DeleteTopicsResponse{deletion->topic, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* deleted = std::get_if<DeleteTopicsResponse>(&body)) {
    return DeleteTopicsResponse{deleted->topic, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* move = std::get_if<AlterPartitionReassignmentsRequest>(&body)) {
    return AlterPartitionReassignmentsResponse{move->partition, ErrorCode::NOT_CONTROLLER};
  }
  if (const auto* moved = std::get_if<AlterPartitionReassignmentsResponse>(&body)) {
    return AlterPartitionReassignmentsResponse{moved->partition, ErrorCode::NOT_CONTROLLER};
  }
  if (is_one_of(ElectLeadersRequest{}, ElectLeadersResponse{})) {
    return refused<ElectLeadersResponse>();
  }
  if (is_one_of(AlterPartitionRequest{}, AlterPartitionResponse{})) {
    return refused<AlterPartitionResponse>();
  }
  if (is_one_of(BrokerRegistrationRequest{}, BrokerRegistrationResponse{})) {
    return refused<BrokerRegistrationResponse>();
  }
  if (is_one_of(AllocateProducerIdsRequest{}, AllocateProducerIdsResponse{})) {
    return refused<AllocateProducerIdsResponse>();
  }
  KSCOPE_CHECK(is_one_of(BrokerHeartbeatRequest{}, BrokerHeartbeatResponse{}), "a controller is asked nothing else");
  return refused<BrokerHeartbeatResponse>();
}

}  // namespace kscope::sim
