// What both sides of the transaction layer use: keys, deadlines, ids, counters.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/deadline_queue.hpp"
#include "base/random.hpp"
#include "sip/transaction/key.hpp"
#include "sip/transaction/layer.hpp"

namespace sip {

struct LayerShared {
    LayerConfig config;
    base::Random& random;
    KeyMaker keys;
    base::DeadlineQueue<TransactionId> deadlines;
    LayerCounters counters;
    std::size_t in_use = 0;  // transactions of both sides
    std::uint64_t last_id = 0;

    void name_product(Message& message) const {
        const HeaderId field = message.is_request() ? HeaderId::user_agent : HeaderId::server;
        if (!config.product.empty() && !message.first(field)) { message.add(field, config.product); }
    }
    TransactionId new_id() { return TransactionId{++last_id}; }
};

}  // namespace sip
