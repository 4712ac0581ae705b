// RTCP reports in the clear, of both directions, for whoever collects them (HEP). Room for those of a turn is taken
// once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"
#include "media/engine.hpp"

namespace media {

struct PassedReport {
    static constexpr std::size_t max_size = 512;  // of a compound packet; a longer one is cut to it

    SessionId session;
    base::Instant at;
    bool sent = false;  // by us
    base::Endpoint local;
    base::Endpoint remote;
    std::uint16_t size = 0;
    std::array<std::byte, max_size> bytes{};

    std::span<const std::byte> packet() const { return std::span{bytes}.first(size); }
};

class ReportTap {
public:
    static constexpr std::size_t max_waiting = 256;

    // `now`: the time of the turn.
    explicit ReportTap(const base::Instant& now) : now_{&now} {}

    bool is_open() const noexcept { return open_; }
    void open(bool wanted) {
        open_ = wanted;
        if (wanted) { waiting_.reserve(max_waiting); }
    }
    void note(SessionId session, bool sent, const base::Endpoint& local, const base::Endpoint& remote,
              std::span<const std::byte> report) noexcept {
        if (!open_ || waiting_.size() == max_waiting) { return; }
        PassedReport& passed = waiting_.emplace_back();
        passed.session = session;
        passed.at = *now_;
        passed.sent = sent;
        passed.local = local;
        passed.remote = remote;
        passed.size = static_cast<std::uint16_t>(std::min(report.size(), PassedReport::max_size));
        std::ranges::copy(report.first(passed.size), passed.bytes.begin());
    }
    // Those since clear().
    std::span<const PassedReport> waiting() const noexcept { return waiting_; }
    void clear() noexcept { waiting_.clear(); }

private:
    const base::Instant* now_;
    bool open_ = false;
    std::vector<PassedReport> waiting_;
};

}  // namespace media
