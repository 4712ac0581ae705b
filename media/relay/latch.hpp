// Which address a leg's packets are taken from and sent to: latching in the spirit of RFC 7362, kept tame.
//  - A description names an address; it is sent to at once and its packets are taken.
//  - The first packet after a description decides. Comes it from elsewhere (a NAT), and is it worth learning, that
//    source is learnt, once, and then fixed until the next description: nothing in mid-stream moves it.
//  - A further description of the same address may mean that a NAT forgot its binding: another port of the host that
//    was heard may then be learnt, another host not.
//  - For 2 s after the description the described address, and what was learnt before under the same one, win back.
//  - When another address is described, the old source is heard until the new one is, 2 s at most (RFC 3264 §8.3.1),
//    and never learnt again under this description.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace media {

class Latch {
public:
    static constexpr base::Duration window = std::chrono::seconds{2};

    explicit Latch(bool learn) : learn_{learn} {}

    // 0.0.0.0, :: or port 0 only mutes: what is known stays known for the description that ends the hold.
    void describe(base::Instant now, const base::Endpoint& described) noexcept;
    // A source that is not learnt before `until`: it sent here in another call.
    void bar(const base::Endpoint& source, base::Instant until) noexcept;
    // One that is never learnt, and what was learnt of it is forgotten: it was given this port and is not the peer.
    void shut_out(const base::Endpoint& stranger);
    // Takes or refuses a packet of `source`; `worthy`: it is media that the description allows now, so may be learnt
    // from; a peer that is not to send has nothing that it could be known by.
    bool accept(base::Instant now, const base::Endpoint& source, bool worthy) noexcept;
    // Would accept() take it, if it were worthy? For a look before what costs more.
    bool may_accept(base::Instant now, const base::Endpoint& source) const noexcept {
        return verdict(now, source, true) != Verdict::refused;
    }
    // Where to send; nullopt: nowhere.
    std::optional<base::Endpoint> target() const noexcept;

private:
    enum class Verdict : std::uint8_t { refused, taken, settled };
    Verdict verdict(base::Instant now, const base::Endpoint& source, bool worthy) const noexcept;
    bool is_open(base::Instant now) const noexcept { return now - described_at_ <= window; }
    bool is_stranger(const base::Endpoint& source) const noexcept;
    void settle(const base::Endpoint& source) noexcept;

    bool learn_;
    bool known_ = false;  // an address was described
    bool muted_ = false;
    bool settled_ = false;   // target_ was heard since the description
    bool anchored_ = false;  // target_ was heard before it, under the same address
    bool has_old_ = false;
    base::Endpoint described_;
    base::Endpoint preferred_;  // the target when the description came
    base::Endpoint target_;
    base::Endpoint old_;
    base::Endpoint barred_;
    base::Instant barred_until_ = base::Instant::min();
    base::Instant described_at_{};
    std::vector<base::Endpoint> strangers_;
};

}  // namespace media
