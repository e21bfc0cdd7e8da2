#include "sim/cli/jobs.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace kscope::cli {
namespace {

using namespace std::chrono_literals;

// What the threads share; everything under the lock.
struct Board {
  std::mutex lock;
  std::condition_variable changed;
  std::size_t next = 0;
  std::size_t end = 0;  ///< no work from here on
  std::vector<bool> is_done;
};

void work_on(Board& board, const std::function<void(std::size_t)>& work) {
  std::unique_lock held(board.lock);
  while (board.next < board.end) {
    const std::size_t mine = board.next++;
    held.unlock();
    work(mine);
    held.lock();
    board.is_done[mine] = true;
    board.changed.notify_all();
  }
}

}  // namespace

void run_jobs(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
              const std::function<bool(std::size_t)>& report, const std::function<void()>& idle) {
  Board board;
  board.end = count;
  board.is_done.assign(count, false);
  std::vector<std::thread> team;
  for (std::size_t i = 0; i < std::min(std::max<std::size_t>(threads, 1), count); ++i) {
    team.emplace_back([&] { work_on(board, work); });
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::unique_lock held(board.lock);
    while (!board.is_done[i]) {
      board.changed.wait_for(held, 100ms);
      held.unlock();
      idle();
      held.lock();
    }
    held.unlock();
    if (!report(i)) {
      held.lock();
      board.end = 0;
      break;
    }
  }
  for (std::thread& thread : team) {
    thread.join();
  }
}

std::size_t machine_threads() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace kscope::cli
