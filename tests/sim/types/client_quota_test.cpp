#include "sim/types/client_quota.h"

#include <gtest/gtest.h>

namespace kscope::sim::client_quota_test {
namespace {

TEST(ClientQuota, the_quota_of_a_client_id_goes_before_the_default_one) {
  std::vector<ClientQuota> quotas;
  EXPECT_EQ(quota_limit(quotas, "shop", QuotaType::PRODUCE), std::nullopt);
  alter_quota(quotas, std::string(kDefaultClientId), kProducerByteRate, 500);
  alter_quota(quotas, "shop", kProducerByteRate, 1000);
  EXPECT_EQ(quota_limit(quotas, "shop", QuotaType::PRODUCE), 1000);
  EXPECT_EQ(quota_limit(quotas, "sensor", QuotaType::PRODUCE), 500);
}

TEST(ClientQuota, produce_and_fetch_are_limited_each_by_its_own) {
  std::vector<ClientQuota> quotas;
  alter_quota(quotas, "shop", kProducerByteRate, 1000);
  alter_quota(quotas, std::string(kDefaultClientId), kConsumerByteRate, 700);
  EXPECT_EQ(quota_limit(quotas, "shop", QuotaType::FETCH), 700) << "its own entity says nothing about fetches";
}

TEST(ClientQuota, a_removed_quota_gives_way_to_the_default_one) {
  std::vector<ClientQuota> quotas;
  alter_quota(quotas, "shop", kProducerByteRate, 1000);
  alter_quota(quotas, "shop", kProducerByteRate, std::nullopt);
  EXPECT_EQ(quota_limit(quotas, "shop", QuotaType::PRODUCE), std::nullopt);
  ASSERT_EQ(quotas.size(), 1U) << "once there was a quota, clients are counted";
}

}  // namespace
}  // namespace kscope::sim::client_quota_test
