#include "sim/record/parcel_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace kscope::record::parcel_queue_test {
namespace {

constexpr std::chrono::milliseconds kLong{10'000};
constexpr std::chrono::milliseconds kMoment{50};

std::unique_ptr<Parcel> parcel_of(std::int64_t number) {
  auto parcel = std::make_unique<Parcel>();
  parcel->rows.push_back({Table::kTopic, {number, std::string("orders")}});
  return parcel;
}
std::int64_t number_of(const Parcel& parcel) { return std::get<std::int64_t>(parcel.rows.at(0).values.at(0)); }

TEST(ParcelQueue, keeps_the_order) {
  ParcelQueue queue(8);
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(queue.exchange(parcel_of(i))->is_empty());
  }
  queue.close();
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(queue.is_finished());
    EXPECT_EQ(number_of(*queue.take(kLong)), i);
  }
  EXPECT_TRUE(queue.is_finished());
  EXPECT_EQ(queue.take(kLong), nullptr) << "closed and empty: there is nothing to wait for";
}

TEST(ParcelQueue, a_full_queue_blocks_until_something_was_taken) {
  ParcelQueue queue(2);
  std::atomic<int> given = 0;
  std::thread giver([&] {
    for (std::int64_t i = 0; i < 4; ++i) {
      static_cast<void>(queue.exchange(parcel_of(i)));
      ++given;
    }
  });
  while (given < 2) {
    std::this_thread::yield();
  }
  std::this_thread::sleep_for(kMoment);
  EXPECT_EQ(given, 2) << "two parcels fill it";
  EXPECT_EQ(number_of(*queue.take(kLong)), 0);
  while (given < 3) {
    std::this_thread::yield();
  }
  std::this_thread::sleep_for(kMoment);
  EXPECT_EQ(given, 3) << "one was taken, so one more went in";
  for (std::int64_t i = 1; i < 4; ++i) {
    EXPECT_EQ(number_of(*queue.take(kLong)), i) << "nothing is dropped";
  }
  giver.join();
}

TEST(ParcelQueue, written_parcels_are_used_again) {
  ParcelQueue queue(2);
  static_cast<void>(queue.exchange(parcel_of(1)));
  std::unique_ptr<Parcel> taken = queue.take(kLong);
  const Parcel* const same = taken.get();
  queue.give_back(std::move(taken));
  const std::unique_ptr<Parcel> again = queue.exchange(parcel_of(2));
  EXPECT_EQ(again.get(), same);
  EXPECT_TRUE(again->is_empty());
}

TEST(ParcelQueue, waiting_for_what_was_given_waits_for_its_writing) {
  ParcelQueue queue(4);
  static_cast<void>(queue.exchange(parcel_of(1)));
  std::unique_ptr<Parcel> taken = queue.take(kLong);
  std::atomic<bool> is_written = false;
  std::thread waiter([&] {
    queue.wait_until_written();
    EXPECT_TRUE(is_written);
  });
  std::this_thread::sleep_for(kMoment);
  is_written = true;
  queue.give_back(std::move(taken));
  waiter.join();
}

}  // namespace
}  // namespace kscope::record::parcel_queue_test
