#include "sip/io/resolver.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "base/text.hpp"

namespace sip {

namespace asio = boost::asio;
using base::Clock;
using Kind = LookupResult::Kind;

Resolver::Resolver(asio::io_context& context, ResolverLimits limits, LookupThreads::Lookup lookup)
    : context_{context},
      limits_{limits},
      lookups_{context, std::move(lookup),
               [this](const std::string& host, const LookupResult& result) { on_result(host, result); }} {}

void Resolver::resolve(const std::string& host, Answer answer) {
    const std::string name = base::lower(host);
    if (const auto literal = base::IpAddress::parse(name)) {
        answer_later(std::move(answer), literal);
        return;
    }
    if (const Kept* const kept = known(name)) {
        answer_later(std::move(answer), kept->address);
        return;
    }
    if (closed_ || waiting_ >= limits_.waiting) {
        answer_later(std::move(answer), last_good(name));
        return;
    }
    ask(name, std::move(answer));
}

// While a lookup hangs whose time is up already, to wait for it as well would gain nothing over the last good address.
const Resolver::Kept* Resolver::known(const std::string& host) const {
    const auto kept = kept_.find(host);
    if (kept == kept_.end()) { return nullptr; }
    if (Clock::now() < kept->second.until) { return &kept->second; }
    const auto question = questions_.find(host);
    const bool overdue = question != questions_.end() && question->second.overdue;
    return overdue && last_good(host) ? &kept->second : nullptr;
}

std::optional<base::IpAddress> Resolver::last_good(const std::string& host) const {
    const auto kept = kept_.find(host);
    if (kept == kept_.end() || Clock::now() >= kept->second.last_good_until) { return std::nullopt; }
    return kept->second.address;
}

void Resolver::keep(const std::string& host, const LookupResult& result) {
    const base::Instant now = Clock::now();
    if (kept_.size() >= limits_.kept && !kept_.contains(host)) { kept_.clear(); }
    Kept& kept = kept_[host];
    switch (result.kind) {
        case Kind::found:
            kept = {result.address, now + limits_.keep, now + limits_.keep_last_good};
            return;
        case Kind::no_such_name:  // the last good address is not good any more (RFC 8767 §4)
            kept = {std::nullopt, now + limits_.keep_failure, now};
            return;
        case Kind::failed:
            kept = {last_good(host), now + limits_.keep_failure, kept.last_good_until};
            return;
    }
}

void Resolver::ask(const std::string& host, Answer answer) {
    const auto [found, is_new] = questions_.try_emplace(host, Question{{}, asio::steady_timer{context_}});
    Question& question = found->second;
    if (question.answers.empty()) { arm(host, question); }
    question.answers.push_back(std::move(answer));
    ++waiting_;
    if (!is_new) { return; }
    queue_.push_back(host);
    start_lookups();
}

void Resolver::arm(const std::string& host, Question& question) {
    question.deadline.expires_after(limits_.time_limit);
    question.deadline.async_wait([this, host](const boost::system::error_code& error) {
        if (!error) { on_deadline(host); }
    });
}

// Without a thread to be had the names wait on: for the next chance, or for their deadline.
void Resolver::start_lookups() {
    while (!queue_.empty() && lookups_.under_way() < limits_.lookups) {
        if (!lookups_.start(queue_.front())) { return; }
        questions_.at(queue_.front()).looked_up = true;
        queue_.pop_front();
    }
}

// A late result finds nobody who waits, but is remembered for the next one.
void Resolver::on_result(const std::string& host, const LookupResult& result) {
    keep(host, result);
    const auto question = questions_.extract(host);
    start_lookups();
    answer_now(question.mapped().answers, kept_.at(host).address);
}

// A lookup under way keeps its question: the name is not asked for a second time meanwhile.
void Resolver::on_deadline(const std::string& host) {
    const auto found = questions_.find(host);
    if (closed_ || found == questions_.end()) { return; }
    Question& question = found->second;
    if (Clock::now() < question.deadline.expiry()) { return; }  // the deadline of the question before
    keep(host, {});
    const std::vector<Answer> answers = std::exchange(question.answers, {});
    question.overdue = true;
    if (!question.looked_up) {
        std::erase(queue_, host);
        questions_.erase(found);
    }
    answer_now(answers, kept_.at(host).address);
}

void Resolver::answer_later(Answer answer, std::optional<base::IpAddress> address) {
    asio::post(context_, [this, answer = std::move(answer), address] {
        if (!closed_) { answer(address); }
    });
}

// Each may ask anew, and so comes last.
void Resolver::answer_now(const std::vector<Answer>& answers, std::optional<base::IpAddress> address) {
    waiting_ -= answers.size();
    for (const Answer& answer : answers) { answer(address); }
}

void Resolver::close() {
    closed_ = true;
    lookups_.close();
    for (auto& [host, question] : questions_) { question.deadline.cancel(); }
}

}  // namespace sip
