// Host names to addresses (A, AAAA) through the system's resolver, off the shard's thread: with a short memory, a time
// limit and a limit on questions under way. Leaves out SRV and NAPTR (RFC 3263).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace sip {

struct ResolverLimits {
    std::size_t kept = 1024;                         // names remembered
    std::size_t waiting = 256;                       // answers owed
    base::Duration keep = std::chrono::seconds{30};  // a found address
    base::Duration keep_failure = std::chrono::seconds{3};
    base::Duration time_limit = std::chrono::seconds{5};
};

class Resolver {
public:
    // Called once, never from within resolve(). Nullopt: no such name, or no answer in time.
    using Answer = std::function<void(std::optional<base::IpAddress>)>;

    Resolver(boost::asio::io_context& context, ResolverLimits limits = {});
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    void resolve(const std::string& host, Answer answer);
    // No answer is called from now on.
    void close();

private:
    struct Kept {
        std::optional<base::IpAddress> address;
        base::Instant until;
    };
    struct Question {
        std::vector<Answer> answers;
        boost::asio::steady_timer deadline;
    };
    void ask(const std::string& host, Answer answer);
    void finish(const std::string& host, std::optional<base::IpAddress> address);
    void answer_later(Answer answer, std::optional<base::IpAddress> address);
    void keep(const std::string& host, std::optional<base::IpAddress> address);

    boost::asio::io_context& context_;
    const ResolverLimits limits_;
    boost::asio::ip::tcp::resolver resolver_;
    std::map<std::string, Kept> kept_;
    std::map<std::string, Question> questions_;
    std::size_t waiting_ = 0;
    bool closed_ = false;
};

}  // namespace sip
