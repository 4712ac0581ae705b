// Blocking lookups, each on a thread of its own. Nothing can interrupt one, and that of a dead name may outlive the
// shard that asked: so nobody waits for it. Results come home through a socket pair; when the shard is gone, nobody
// reads them. Leaves out how many there are at once, and for how long anybody waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "sip/io/system_lookup.hpp"

namespace sip {

class LookupThreads {
public:
    // Called on many threads at once, and maybe after everything else is gone: it owns whatever it touches.
    using Lookup = std::function<LookupResult(const std::string& host)>;
    using OnResult = std::function<void(const std::string& host, const LookupResult& result)>;

    // Throws std::system_error. `on_result` is called on the context's thread.
    LookupThreads(boost::asio::io_context& context, Lookup lookup, OnResult on_result);
    LookupThreads(const LookupThreads&) = delete;
    LookupThreads& operator=(const LookupThreads&) = delete;

    // False: the system gives no thread now.
    bool start(const std::string& host);
    std::size_t under_way() const { return hosts_.size(); }
    // No result is told from now on. Waits for nothing.
    void close();

private:
    struct ThreadSide;
    void wait();
    bool receive();

    boost::asio::posix::stream_descriptor results_;
    const OnResult on_result_;
    std::shared_ptr<const ThreadSide> thread_side_;
    std::unordered_map<std::uint64_t, std::string> hosts_;
    std::uint64_t next_id_ = 1;
};

}  // namespace sip
