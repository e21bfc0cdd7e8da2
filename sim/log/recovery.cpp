#include "sim/log/recovery.h"

namespace kscope::sim {

void lose_unflushed(Durable& durable, const Disk& disk) {
  durable.logs.was_clean_shutdown = false;
  for (HostedLog& hosted : durable.logs.all()) {
    hosted.log.truncate_to(Offset(disk.file(hosted.file).flushed));
  }
  durable.zk_log.lose_unflushed(disk);
}

}  // namespace kscope::sim
