// The devices of a user that ring beside the one whose leg the call works with, leg B or the target of a transfer: each
// a leg with its dialogs and its media apart, until one answers (RFC 3261 §16.7). Leaves out what is said to them:
// call_devices.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/b2bua/best_refusal.hpp"
#include "server/b2bua/call_view.hpp"
#include "server/b2bua/leg.hpp"
#include "server/b2bua/streams.hpp"

namespace server {

class RingingDevices {
public:
    static constexpr std::size_t max_together = 10;  // with the one in the seat; further ones are tried after these

    struct Device {
        std::unique_ptr<Leg> leg;
        StreamFacets streams = {};  // towards its peer
    };

    explicit RingingDevices(const Services& services) : services_{services} {}
    ~RingingDevices();
    RingingDevices(const RingingDevices&) = delete;
    RingingDevices& operator=(const RingingDevices&) = delete;

    // Others are called from here on: what became of those before is of no interest any more.
    void begin();
    void add(Device device) { devices_.push_back(std::move(device)); }
    // The one that is heard, if there is one, else one that could be. Precondition: not empty.
    Device take();
    Device take_last();

    bool empty() const { return devices_.empty(); }
    std::size_t size() const { return devices_.size(); }
    // Whose media the call follows; null: the one in the seat, or none.
    Device* heard();
    bool is_any_heard() const;
    bool is_any_ringing() const;
    // Null: of none of these.
    Device* of_transaction(sip::TransactionId transaction);
    Device* of_dialog(const sip::Message& request);
    bool has_dialog(const sip::Message& request) const;
    bool sent_invite_to(std::string_view request_uri) const;
    bool uses(const Listener& listener) const;
    // `user` has another way to one of them.
    void follow(std::string_view user, std::uint64_t lost, const sip::Flow& flow);

    // What became of each, the one in the seat too, from where it is announced.
    void announce(const Leg& leg);
    bool note(const Leg& leg, std::string_view outcome);  // true: news of one of these
    const std::vector<DeviceView>& outcomes() const { return outcomes_; }
    // As the record calls it: where several were called together, by its way too.
    std::string name(const Leg& leg) const;

    BestRefusal refusals;

protected:
    const Services& services() const { return services_; }

private:
    Device take(std::vector<Device>::iterator which);

    Services services_;
    std::vector<Device> devices_;
    std::vector<DeviceView> outcomes_;
};

}  // namespace server
