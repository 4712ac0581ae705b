#include "sip/io/resolver.hpp"

#include <boost/asio/post.hpp>

#include "base/text.hpp"
#include "sip/io/socket_address.hpp"

namespace sip {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Clock;

namespace {

// IPv4 first: a peer that has both is reached by it from everywhere.
std::optional<base::IpAddress> pick(const tcp::resolver::results_type& results) {
    std::optional<base::IpAddress> six;
    for (const auto& entry : results) {
        const base::IpAddress address = from_asio(entry.endpoint().address());
        if (!address.is_v6()) { return address; }
        if (!six) { six = address; }
    }
    return six;
}

}  // namespace

Resolver::Resolver(asio::io_context& context, ResolverLimits limits)
    : context_{context}, limits_{limits}, resolver_{context} {}

void Resolver::resolve(const std::string& host, Answer answer) {
    const std::string name = base::lower(host);
    if (const auto literal = base::IpAddress::parse(name)) {
        answer_later(std::move(answer), literal);
        return;
    }
    const auto known = kept_.find(name);
    if (known != kept_.end() && Clock::now() < known->second.until) {
        answer_later(std::move(answer), known->second.address);
        return;
    }
    if (closed_ || waiting_ >= limits_.waiting) {
        answer_later(std::move(answer), std::nullopt);
        return;
    }
    ask(name, std::move(answer));
}

void Resolver::ask(const std::string& host, Answer answer) {
    ++waiting_;
    const auto [question, is_new] = questions_.try_emplace(host, Question{{}, asio::steady_timer{context_}});
    question->second.answers.push_back(std::move(answer));
    if (!is_new) { return; }
    question->second.deadline.expires_after(limits_.time_limit);
    question->second.deadline.async_wait([this, host](const boost::system::error_code& error) {
        if (!error) { finish(host, std::nullopt); }
    });
    resolver_.async_resolve(host, "", [this, host](const boost::system::error_code& error, const auto& results) {
        finish(host, error ? std::nullopt : pick(results));
    });
}

// After a time-out the late answer finds no question, but is remembered for the next one.
void Resolver::finish(const std::string& host, std::optional<base::IpAddress> address) {
    if (closed_) { return; }
    keep(host, address);
    const auto question = questions_.find(host);
    if (question == questions_.end()) { return; }
    const std::vector<Answer> answers = std::move(question->second.answers);
    questions_.erase(question);
    waiting_ -= answers.size();
    for (const Answer& answer : answers) { answer(address); }
}

void Resolver::answer_later(Answer answer, std::optional<base::IpAddress> address) {
    asio::post(context_, [this, answer = std::move(answer), address] {
        if (!closed_) { answer(address); }
    });
}

void Resolver::keep(const std::string& host, std::optional<base::IpAddress> address) {
    if (kept_.size() >= limits_.kept) { kept_.clear(); }
    kept_.insert_or_assign(host, Kept{address, Clock::now() + (address ? limits_.keep : limits_.keep_failure)});
}

void Resolver::close() {
    closed_ = true;
    resolver_.cancel();
    for (auto& [host, question] : questions_) { question.deadline.cancel(); }
}

}  // namespace sip
