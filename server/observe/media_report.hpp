// What an engine counted, by the names of the metrics.
#pragma once

#include "media/io/epoll_engine.hpp"
#include "server/observe/report.hpp"

namespace server {

MediaReport media_report(const media::EngineCounters& counters);

}  // namespace server
