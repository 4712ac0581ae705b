#include "server/observe/hep_sender.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "config/values.hpp"
#include "server/observe/rtcp_json.hpp"

namespace server {

namespace {

// Made here, as it costs more than to send it.
capture::HepNote with_json(capture::HepNote report) {
    const std::string_view packet = report.payload.view();
    report.payload = capture::SharedText{rtcp_json(std::as_bytes(std::span{packet}))};
    return report;
}

}  // namespace

HepSender::HepSender(const config::Hep& target, Log& log) : log_{log}, target_{target}, thread_{[this] { run(); }} {}

HepSender::~HepSender() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    ready_.notify_one();
    thread_.join();
    disconnect();
}

void HepSender::set_target(const config::Hep& target) {
    const std::lock_guard lock{mutex_};
    target_ = target;
}

void HepSender::put(std::vector<capture::HepNote>& notes) {
    if (notes.empty()) { return; }
    std::uint64_t dropped = 0;
    {
        const std::lock_guard lock{mutex_};
        for (capture::HepNote& note : notes) {
            const std::size_t bytes = waiting_bytes_ + note.payload.size();
            if (waiting_.size() == max_waiting || bytes > max_bytes) {
                ++dropped;
                continue;
            }
            waiting_bytes_ = bytes;
            waiting_.push_back(std::move(note));
        }
    }
    ready_.notify_one();
    dropped_ += dropped;
    notes.clear();
}

HepReport HepSender::report() const { return {sent_, dropped_, failed_}; }

void HepSender::run() {
    Batch batch;
    while (take(batch)) { send(batch); }
}

// Waits for notes; false: there will be none.
bool HepSender::take(Batch& batch) {
    batch.notes.clear();
    std::unique_lock lock{mutex_};
    ready_.wait(lock, [this] { return !waiting_.empty() || ending_; });
    if (waiting_.empty()) { return false; }
    std::swap(batch.notes, waiting_);
    waiting_bytes_ = 0;
    batch.target = target_;
    batch.is_last = ending_;
    return true;
}

void HepSender::send(const Batch& batch) {
    if (!connect(batch)) {
        failed_ += batch.notes.size();
        return;
    }
    const auto clocks = capture::Clocks::now();
    for (const capture::HepNote& note : batch.notes) {
        const capture::HepNote whole = note.kind == capture::HepNote::Kind::sip ? note : with_json(note);
        const bool says_something = !whole.payload.view().empty();
        const bool is_sent =
            says_something && send_one(capture::write_hep(whole, clocks.since_epoch(note.at), batch.target.id));
        ++(is_sent ? sent_ : failed_);
    }
}

// That nobody listened to the datagram before is told with this one, which leaves when it is given again: one of both
// has failed.
bool HepSender::send_one(const std::string& packet) const {
    const auto give = [&] { return ::send(socket_, packet.data(), packet.size(), MSG_NOSIGNAL) >= 0; };
    if (give()) { return true; }
    if (errno == ECONNREFUSED) { give(); }
    return false;
}

bool HepSender::connect(const Batch& batch) {
    const config::Hep& target = batch.target;
    const auto now = Clock::now();
    if (target.target == connected_to_ && now < next_look_up_) { return socket_ >= 0; }
    connected_to_ = target.target;
    std::string why;
    const bool is_open = open(batch, why);
    next_look_up_ = now + (is_open ? look_up_again : look_up_retry);
    if (!is_open && !target.target.empty() && !failing_) {
        log_.warn("hep.failed", {{"target", target.target}, {"why", why}});
    } else if (is_open && failing_) {
        log_.info("hep.recovered", {{"target", target.target}});
    }
    failing_ = !is_open;
    return is_open;
}

bool HepSender::open(const Batch& batch, std::string& why) {
    disconnect();
    const auto place = config::parse_udp_url(batch.target.target);
    if (!place) { return false; }
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = batch.is_last ? AI_NUMERICHOST : 0;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(place->first.c_str(), std::to_string(place->second).c_str(), &hints, &list);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found{list, &freeaddrinfo};
    if (error != 0) {
        why = gai_strerror(error);
        return false;
    }
    for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
        socket_ = ::socket(each->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (socket_ >= 0 && ::connect(socket_, each->ai_addr, each->ai_addrlen) == 0) { return true; }
        why = std::generic_category().message(errno);
        disconnect();
    }
    return false;
}

void HepSender::disconnect() {
    if (socket_ >= 0) { ::close(std::exchange(socket_, -1)); }
}

}  // namespace server
