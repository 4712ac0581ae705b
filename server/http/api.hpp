// The HTTP API: from a request to a response, by way of the running server. Knows no socket.
// What is answered stands in api_routes.cpp. Unknown path 404, wrong method 405, bad input 400; whom
// the gate does not let in 401, 403 or 429.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/http/control.hpp"
#include "server/http/event_hub.hpp"
#include "server/http/exchange.hpp"
#include "server/http/gate.hpp"
#include "server/http/route.hpp"

namespace server::http {

inline constexpr std::size_t default_page = 100;
inline constexpr std::size_t max_page = 1000;
inline constexpr std::size_t max_calls_a_shard = 20'000;  // looked at for one page

// What one listener offers. Health, metrics, the console's page and the softphone's need no token: probes, Prometheus
// and the address line of a browser carry none.
struct Surface {
    bool api = false;
    bool metrics = false;
    GateSettings gate;  // of the API
    bool phone = false;
    bool console = false;
    friend bool operator==(const Surface&, const Surface&) = default;
};

class Api {
public:
    using Home = EventHub::Home;

    // `control` and `hub` outlive it.
    Api(Control& control, Surface surface, Home home, EventHub& hub);
    // Of all surfaces.
    static std::span<const Route> routes();
    // On the thread of HTTP, as all answers are made there; a call's shard only gives away copies. Returns the row of
    // the routes that is asked for; null: none is.
    const Route* answer(const Request& request, Respond respond);

private:
    using FoundRecords = Control::FoundRecords;

    bool serves(Route::Part part) const;

    // api_server.cpp
    void show_health(const Asked& asked, Respond respond) const;
    void show_readiness(const Asked& asked, Respond respond) const;
    void show_metrics(const Asked& asked, Respond respond) const;
    void show_description(const Asked& asked, Respond respond) const;
    void show_console(const Asked& asked, Respond respond) const;
    void show_phone(const Asked& asked, Respond respond) const;
    void show_status(const Asked& asked, Respond respond) const;
    void drain(const Asked& asked, Respond respond) const;
    void reload(const Asked& asked, Respond respond) const;
    void show_log_level(const Asked& asked, Respond respond) const;
    void set_log_level(const Asked& asked, Respond respond) const;
    void list_registrations(const Asked& asked, Respond respond) const;
    void list_trunks(const Asked& asked, Respond respond) const;
    // api_events.cpp
    void watch_events(const Asked& asked, Respond respond) const;
    // api_calls.cpp
    void list_calls(const Asked& asked, Respond respond) const;
    void originate(const Asked& asked, Respond respond) const;
    void show_call(const Asked& asked, Respond respond) const;
    void end_call(const Asked& asked, Respond respond) const;
    void show_timeline(const Asked& asked, Respond respond) const;
    void order(const Asked& asked, Respond respond) const;
    // api_capture.cpp
    void show_ladder(const Asked& asked, Respond respond) const;
    void show_pcap(const Asked& asked, Respond respond) const;
    // api_records.cpp
    void list_records(const Asked& asked, Respond respond) const;
    void show_record(const Asked& asked, Respond respond) const;

    // What is made of an answer is made at home: a shard that sorted, rendered or read /proc would let its calls wait.
    template <class Work>
    static auto at(const Home& home, Work work) {
        return
            [home, work = std::move(work)](auto answer) { home([work, answer = std::move(answer)] { work(answer); }); };
    }
    template <class Work>
    auto at_home(Work work) const {
        return at(home_, std::move(work));
    }

    Control& control_;
    Surface surface_;
    Home home_;
    EventHub& hub_;
    Gate gate_;
    std::vector<Route> served_;  // of the routes those of the surface
};

}  // namespace server::http
