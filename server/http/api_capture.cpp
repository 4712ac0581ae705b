// What of a call is kept for who looks into it: its ladder, with whole messages where that is asked for, and all of it
// as a file for Wireshark.
#include "server/http/pcap.hpp"

#include "base/text.hpp"
#include "server/capture/call_pcap.hpp"
#include "server/capture/pcapng.hpp"
#include "server/cli/version.hpp"
#include "server/http/api.hpp"
#include "server/http/json.hpp"

namespace server::http {

namespace {

constexpr const char* unknown_call = "no such call, live or among those that ended last";

Response pcap_response(const CaptureView& view, const capture::CapturedPackets& media) {
    const std::string application = "holdfast " + std::string{version};
    Response response;
    response.body = capture::write_pcap(view.messages, media, capture::Clocks::now(), application);
    response.content_type = capture::Pcapng::content_type;
    // An id is of letters and digits: it can break out of no quotes.
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + view.ladder.id + ".pcapng\"");
    return response;
}

Response media_response(const MediaCapture& capture) {
    using Outcome = MediaCapture::Outcome;
    switch (capture.outcome) {
        case Outcome::no_such_call:
            return problem(404, "no such live call");
        case Outcome::no_media:
            return problem(409, "the call has no media yet, or no more");
        case Outcome::busy:
            return problem(429, "as many captures of media as there may be run already");
        case Outcome::done:
            break;
    }
    return pcap_response(capture.view, capture.packets);
}

}  // namespace

std::optional<std::chrono::seconds> rtp_time(const Target& target) {
    const auto asked = target.query.find("rtp");
    if (asked == target.query.end()) { return std::chrono::seconds{0}; }
    const auto seconds = base::parse_number<unsigned>(asked->second);
    if (!seconds || *seconds == 0 || std::chrono::seconds{*seconds} > max_rtp_time) { return std::nullopt; }
    return std::chrono::seconds{*seconds};
}

std::chrono::seconds time_of_answer(std::string_view target) {
    const auto read = Target::parse(target);
    const bool is_pcap = read && !read->path.empty() && read->path.back() == "pcap";
    return is_pcap ? rtp_time(*read).value_or(std::chrono::seconds{0}) : std::chrono::seconds{0};
}

void Api::show_pcap(const Asked& asked, Respond respond) const {
    for (const auto& [name, value] : asked.target.query) {
        if (name != "rtp") { return respond(problem(400, "unknown parameter; known is rtp")); }
    }
    const auto time = rtp_time(asked.target);
    if (!time) { return respond(problem(400, "rtp: expected a number of seconds from 1 to 60")); }
    if (time->count() != 0) {
        auto work = [respond = std::move(respond)](const MediaCapture& capture) { respond(media_response(capture)); };
        return control_.capture_media(asked.named[0], *time, at_home(std::move(work)));
    }
    auto work = [respond = std::move(respond)](const std::optional<CaptureView>& view) {
        respond(view ? pcap_response(*view, {}) : problem(404, unknown_call));
    };
    control_.capture(asked.named[0], at_home(std::move(work)));
}

void Api::show_ladder(const Asked& asked, Respond respond) const {
    bool messages = false;
    for (const auto& [name, value] : asked.target.query) {
        if (name != "messages") { return respond(problem(400, "unknown parameter; known is messages")); }
        if (value != "true" && value != "false") { return respond(problem(400, "messages: expected true or false")); }
        messages = value == "true";
    }
    if (messages) {
        auto work = [respond = std::move(respond)](const std::optional<CaptureView>& view) {
            respond(view ? json_response(to_json(*view, WallClock::now())) : problem(404, unknown_call));
        };
        return control_.capture(asked.named[0], at_home(std::move(work)));
    }
    auto work = [respond = std::move(respond)](const std::optional<LadderView>& ladder) {
        respond(ladder ? json_response(to_json(*ladder, WallClock::now())) : problem(404, unknown_call));
    };
    control_.ladder(asked.named[0], at_home(std::move(work)));
}

}  // namespace server::http
