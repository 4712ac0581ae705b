// Records of calls that have ended: the database that a configuration asks for, written and read.
#pragma once

#include <memory>

#include "config/config.hpp"
#include "server/observe/log.hpp"
#include "server/records/record_reader.hpp"
#include "server/records/record_writer.hpp"

namespace server {

struct RecordKeeping {
    std::unique_ptr<records::RecordWriter> writer;  // both null: none is wanted
    std::unique_ptr<records::RecordReader> reader;
};

// A database that is away does not keep the server from starting: records wait for it. `log` outlives what is
// returned, and that the shards.
RecordKeeping keep_records(const config::Config& config, Log& log);

}  // namespace server
