// The HTTP API: from a request to a response, by way of the running server. Knows no socket.
// Paths and shapes: see README of operators; unknown path 404, wrong method 405, bad input 400, without token 401.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "server/http/control.hpp"
#include "server/http/exchange.hpp"
#include "server/http/target.hpp"

namespace server::http {

inline constexpr std::size_t default_page = 100;
inline constexpr std::size_t max_page = 1000;
inline constexpr std::size_t max_calls_a_shard = 20'000;  // looked at for one page

// What one listener offers. Health, metrics, the console's page and the softphone's need no token: probes, Prometheus
// and the address line of a browser carry none.
struct Surface {
    bool api = false;
    bool metrics = false;
    std::string token;  // of the API; empty: none is asked for
    bool phone = false;
    bool console = false;
};

Response wrong_method(const char* allowed);
bool reads(const Request& request);  // GET, HEAD

class Api {
public:
    // Runs a task soon on the thread of HTTP.
    using Home = std::function<void(std::function<void()> task)>;

    // `control` outlives it.
    Api(Control& control, Surface surface, Home home)
        : control_{control}, surface_{std::move(surface)}, home_{std::move(home)} {}
    // On the thread of HTTP, as all answers are made there; a call's shard only gives away copies.
    void answer(const Request& request, Respond respond) const;

private:
    using FoundRecords = Control::FoundRecords;

    std::optional<Response> answer_page(const Request& request, const Target& target) const;
    Response answer_phone(const Request& request, const Target& target) const;
    void answer_api(const Request& request, const Target& target, Respond respond) const;
    void list_calls(const Target& target, Respond respond) const;
    void answer_call(const Request& request, const Target& target, Respond respond) const;
    void list_registrations(Respond respond) const;
    void answer_records(const Request& request, const Target& target, Respond respond) const;
    void list_records(const Target& target, Respond respond) const;
    void show_record(const std::string& id, Respond respond) const;
    void show_call(const std::string& id, Respond respond) const;
    void show_ladder(const std::string& id, Respond respond) const;
    void show_timeline(const std::string& id, Respond respond) const;
    void end_call(const std::string& id, Respond respond) const;
    void originate(const Request& request, Respond respond) const;
    void pass_order(const std::string& id, const LegOrder& order, Respond respond) const;
    void show_status(Respond respond) const;
    void show_metrics(Respond respond) const;
    void drain(Respond respond) const;
    void reload(Respond respond) const;
    Response readiness() const;
    // A refusal, if the request may not use the API.
    std::optional<Response> refuse(const Request& request) const;
    // What is made of an answer is made at home: a shard that sorted, rendered or read /proc would let its calls wait.
    template <class Work>
    auto at_home(Work work) const {
        return [home = home_, work = std::move(work)](auto answer) {
            home([work, answer = std::move(answer)] { work(answer); });
        };
    }

    Control& control_;
    Surface surface_;
    Home home_;
};

}  // namespace server::http
