// The devices of a user ring together (RFC 3261 §16.7): the call is one fork of many legs then, each called with an
// offer made for it. One of them sits where the call works, as leg B or as the target of a transfer; what comes for
// another is served while that sits there. Whoever answers first stays, the others are taken back. Until then the
// first one with early media is heard.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/b2bua/call.hpp"
#include "server/b2bua/ringing_devices.hpp"

namespace server {

class Call::Devices : public RingingDevices {
public:
    explicit Devices(Call& call) : RingingDevices{call.services_}, call_{call} {}

    // The current attempt and all that join it.
    void ring(Turn& turn);
    // What came for `device`.
    void serve(Device& device, const std::function<void()>& by);
    // The one in the seat has described its media: it is heard, if no other one is.
    void hear(Turn& turn);
    // What a provisional response of the one in the seat means.
    void note_progress(Turn& turn, int status);
    // Is A to be told of this provisional response of the one in the seat?
    bool is_news_for_a(const sip::Message& response, bool described) const;
    // The one in the seat has answered.
    void choose(Turn& turn);
    // The one in the seat has failed. False: it was the last one, and is still there.
    bool lose(Turn& turn);
    // The one in the seat cannot be used: if it is the last one, that is the end of the set-up.
    void give_up(Turn& turn, int status, const std::string& why);
    // All but the one in the seat are taken back. `reason`: of their CANCEL (RFC 3326).
    void cancel(Turn& turn, std::string_view reason);

private:
    std::unique_ptr<Leg>& seat() const;
    Device leave_seat();
    void take_seat(Device device);
    void call_one(Turn& turn);
    void make_leg(Turn& turn);
    void join_media(Turn& turn);
    void dismiss(Turn& turn, std::string_view reason);

    Call& call_;
};

}  // namespace server
