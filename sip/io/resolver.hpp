// Host names to addresses (A, AAAA) through the system's resolver, off the shard's thread: with a short memory, a time
// limit, and limits on questions and lookups under way. A name is asked for once at a time, and one that nobody answers
// for keeps no other waiting. Where asking fails, the last address that was found is good for a while (RFC 8767).
// Leaves out SRV and NAPTR (RFC 3263).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "sip/io/lookup_threads.hpp"

namespace sip {

struct ResolverLimits {
    std::size_t kept = 1024;                         // names remembered
    std::size_t waiting = 256;                       // answers owed
    std::size_t lookups = 16;                        // under way, each on a thread: so many dead names harm no other
    base::Duration keep = std::chrono::seconds{30};  // a found address
    base::Duration keep_failure = std::chrono::seconds{3};
    base::Duration keep_last_good = std::chrono::hours{1};  // a found address, where asking again fails
    base::Duration time_limit = std::chrono::seconds{5};
};

class Resolver {
public:
    // Called once, never from within resolve(). Nullopt: no such name, or no answer in time and none known.
    using Answer = std::function<void(std::optional<base::IpAddress>)>;

    // Throws std::system_error. Lives until `context` has run dry after close(), or never ran at all.
    explicit Resolver(boost::asio::io_context& context, ResolverLimits limits = {},
                      LookupThreads::Lookup lookup = &system_lookup);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    void resolve(const std::string& host, Answer answer);
    // No answer is called from now on. Does not wait for lookups: their threads end by themselves.
    void close();

private:
    struct Kept {
        std::optional<base::IpAddress> address;
        base::Instant until;            // answered without asking
        base::Instant last_good_until;  // answered where asking fails
    };
    struct Question {
        std::vector<Answer> answers;
        boost::asio::steady_timer deadline;
        bool looked_up = false;  // by a thread; else the name is in queue_
        bool overdue = false;    // its deadline has passed, and its lookup goes on
    };

    const Kept* known(const std::string& host) const;
    std::optional<base::IpAddress> last_good(const std::string& host) const;
    void keep(const std::string& host, const LookupResult& result);
    void ask(const std::string& host, Answer answer);
    void arm(const std::string& host, Question& question);
    void start_lookups();
    void on_result(const std::string& host, const LookupResult& result);
    void on_deadline(const std::string& host);
    void answer_later(Answer answer, std::optional<base::IpAddress> address);
    void answer_now(const std::vector<Answer>& answers, std::optional<base::IpAddress> address);

    boost::asio::io_context& context_;
    const ResolverLimits limits_;
    LookupThreads lookups_;
    std::map<std::string, Kept> kept_;
    std::map<std::string, Question> questions_;
    std::deque<std::string> queue_;  // names that wait for a thread
    std::size_t waiting_ = 0;
    bool closed_ = false;
};

}  // namespace sip
