// calls, registrations, trunks, cdrs, call, pcap, hangup, hold, resume, reinvite, status, log, drain, reload: questions
// to a running server.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <ostream>

#include "base/ip.hpp"
#include "config/load.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/http_client.hpp"
#include "server/cli/ladder.hpp"
#include "server/cli/render.hpp"

namespace server::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t max_pages = 10'000;

bool is_this_machine(const std::string& host) {
    const auto address = base::IpAddress::parse(host);
    return address ? address->is_loopback() : host == "localhost";
}

// Else, on the machine of the server, what the variables of its configuration say, whatever else is wrong with them:
// those that change a file are mistakes without it. What stands in a file is not found.
std::string token_of(const Url& url, const config::Environment& environment) {
    for (const auto& [name, value] : environment) {
        if (name == "HOLDFAST_TOKEN") { return value; }
    }
    if (!is_this_machine(url.host)) { return {}; }
    return config::load({{}, {}, environment}).config.admin.token;
}

// A reply of any status, which `takes` some time by itself; none: complains and leaves the exit code in `code`.
std::optional<HttpReply> reply_of(const Remote& remote, const std::string& method, const std::string& target,
                                  const Surroundings& to, int& code, std::string body = {}, base::Duration takes = {}) {
    const auto url = Url::parse(remote.url);
    if (!url) {
        to.err << "--url: \"" << printable(remote.url) << "\" does not fit, expected http://HOST:PORT\n";
        code = bad_usage;
        return std::nullopt;
    }
    HttpQuestion question{method, target, token_of(*url, to.environment)};
    question.body = std::move(body);
    question.limit += takes;
    const auto reply = ask(*url, question);
    if (!reply) {
        to.err << remote.url << ": " << reply.error().message() << "; is the server running there?\n";
        code = refused;
        return std::nullopt;
    }
    return *reply;
}

int complain(const HttpReply& reply, const Surroundings& to) {
    to.err << render_problem(reply.status, reply.body);
    return refused;
}

// The body of a successful reply; otherwise complains and leaves the exit code in `code`.
std::optional<std::string> ask_or_complain(const Remote& remote, const std::string& method, const std::string& target,
                                           const Surroundings& to, int& code) {
    const auto reply = reply_of(remote, method, target, to, code);
    if (!reply) { return std::nullopt; }
    if (reply->status / 100 != 2) {
        code = complain(*reply, to);
        return std::nullopt;
    }
    return reply->body;
}

std::optional<json::value> parsed(const std::string& body, const Surroundings& to, int& code) {
    boost::system::error_code error;
    json::value value = json::parse(body, error);
    if (!error) { return value; }
    to.err << "the server's answer is no JSON: " << error.message() << '\n';
    code = refused;
    return std::nullopt;
}

using Render = std::string (*)(const json::value&);

// One question, printed as it came or rendered.
int show(const Remote& remote, const std::string& target, Render render, const Surroundings& to) {
    int code = fine;
    const auto body = ask_or_complain(remote, "GET", target, to, code);
    if (!body) { return code; }
    if (remote.json) {
        to.out << *body << '\n';
        return fine;
    }
    if (const auto value = parsed(*body, to, code)) { to.out << render(*value); }
    return code;
}

int act(const Remote& remote, const std::string& method, const std::string& target, std::string_view done,
        const Surroundings& to) {
    int code = fine;
    const auto body = ask_or_complain(remote, method, target, to, code);
    if (!body) { return code; }
    if (remote.json) {
        to.out << (body->empty() ? "{}" : *body) << '\n';
    } else {
        to.out << done << '\n';
    }
    return fine;
}

// The calls of one page, moved to the end of `all`; returns where the next page begins, empty for none.
std::string take_page(json::value& page, json::array& all) {
    json::array* list = page.if_array();
    json::object* const object = page.if_object();
    if (object && object->contains("calls")) { list = (*object)["calls"].if_array(); }
    if (list) { all.insert(all.end(), list->begin(), list->end()); }
    if (!object || !object->contains("next")) { return {}; }
    const json::string* const next = (*object)["next"].if_string();
    return next ? std::string{next->data(), next->size()} : std::string{};
}

json::value without_entries(json::value ladder) {
    if (json::object* const object = ladder.if_object()) {
        object->erase("entries");
        object->erase("left_out");
    }
    return ladder;
}

// JSON is the call's, with its ladder as one more member.
void print_call(const Remote& remote, json::value call, const json::value& ladder, const Surroundings& to) {
    if (!remote.json) {
        to.out << render_call(call) << '\n' << render_ladder(ladder);
        return;
    }
    if (json::object* const object = call.if_object()) { (*object)["ladder"] = ladder; }
    to.out << json::serialize(call) << '\n';
}

std::string call_path(const std::string& id) { return "/api/v1/calls/" + path_segment(id); }

}  // namespace

int calls(const Remote& remote, const Surroundings& to) {
    json::array all;
    std::string after;
    for (std::size_t page = 0; page < max_pages; ++page) {
        int code = fine;
        const std::string target = "/api/v1/calls?limit=1000" + (after.empty() ? "" : "&after=" + path_segment(after));
        const auto body = ask_or_complain(remote, "GET", target, to, code);
        auto value = body ? parsed(*body, to, code) : std::nullopt;
        if (!value) { return code; }
        after = take_page(*value, all);
        if (after.empty()) { break; }
    }
    if (remote.json) {
        to.out << json::serialize(all) << '\n';
    } else {
        to.out << render_calls(all);
    }
    return fine;
}

int trunks(const Remote& remote, const Surroundings& to) { return show(remote, "/api/v1/trunks", &render_trunks, to); }

int registrations(const Remote& remote, const Surroundings& to) {
    return show(remote, "/api/v1/registrations", &render_registrations, to);
}

int records(const Remote& remote, const RecordArguments& arguments, const Surroundings& to) {
    const std::pair<const char*, const std::string&> parameters[] = {
        {"from", arguments.from},  {"to", arguments.to},         {"trunk", arguments.trunk},
        {"user", arguments.user},  {"number", arguments.number}, {"outcome", arguments.outcome},
        {"limit", arguments.limit}};
    std::string target = "/api/v1/cdrs";
    for (const auto& [name, value] : parameters) {
        if (value.empty()) { continue; }
        target.append(target.find('?') == target.npos ? "?" : "&").append(name).append("=").append(path_segment(value));
    }
    return show(remote, target, &render_records, to);
}

// A call that has ended is known by its ladder alone.
int call(const Remote& remote, const std::string& id, const Surroundings& to) {
    int code = fine;
    const auto live = reply_of(remote, "GET", call_path(id), to, code);
    if (!live) { return code; }
    const bool is_live = live->status / 100 == 2;
    if (!is_live && live->status != 404) { return complain(*live, to); }
    const auto body = ask_or_complain(remote, "GET", call_path(id) + "/ladder", to, code);
    const auto ladder = body ? parsed(*body, to, code) : std::nullopt;
    const auto call = ladder && is_live ? parsed(live->body, to, code) : ladder;
    if (!call) { return code; }
    print_call(remote, is_live ? *call : without_entries(*call), *ladder, to);
    return fine;
}

int pcap(const Remote& remote, const std::string& id, const PcapArguments& arguments, const Surroundings& to) {
    int code = fine;
    const std::chrono::seconds rtp{arguments.rtp_s};
    const std::string query = arguments.rtp_s == 0 ? "" : "?rtp=" + std::to_string(arguments.rtp_s);
    const auto reply = reply_of(remote, "GET", call_path(id) + "/pcap" + query, to, code, {}, rtp);
    if (!reply) { return code; }
    if (reply->status / 100 != 2) { return complain(*reply, to); }
    if (arguments.file == "-") {
        to.out << reply->body;
        return fine;
    }
    std::ofstream file{arguments.file, std::ios::binary | std::ios::trunc};
    file << reply->body << std::flush;
    if (file) { return fine; }
    to.err << printable(arguments.file) << ": cannot be written\n";
    return refused;
}

int hangup(const Remote& remote, const std::string& id, const Surroundings& to) {
    return act(remote, "DELETE", call_path(id), "ended", to);
}

int order(const Remote& remote, const std::string& id, const LegArguments& leg, const Surroundings& to) {
    return act(remote, "POST", call_path(id) + "/legs/" + leg.leg + '/' + leg.order, "asked for", to);
}

int originate(const Remote& remote, const OriginateArguments& arguments, const Surroundings& to) {
    json::object asked{{"from", arguments.from}, {"to", arguments.to}};
    if (!arguments.display.empty()) { asked["display"] = arguments.display; }
    if (!arguments.as.empty()) { asked["as"] = arguments.as; }
    if (arguments.timeout_s != 0) { asked["timeout_s"] = arguments.timeout_s; }
    int code = fine;
    const auto reply = reply_of(remote, "POST", "/api/v1/calls", to, code, json::serialize(asked));
    if (!reply) { return code; }
    if (reply->status / 100 != 2) { return complain(*reply, to); }
    const auto placed = parsed(reply->body, to, code);
    if (!placed) { return code; }
    const json::object* const object = placed->if_object();
    const json::value* const id = object == nullptr ? nullptr : object->if_contains("id");
    const json::string* const text = id == nullptr ? nullptr : id->if_string();
    to.out << (remote.json || text == nullptr ? reply->body : printable({text->data(), text->size()})) << '\n';
    return fine;
}

int status(const Remote& remote, bool healthy, const Surroundings& to) {
    if (!healthy) { return show(remote, "/api/v1/status", &render_fields, to); }
    int code = fine;
    ask_or_complain(remote, "GET", "/healthz", to, code);
    return code;
}

int log_level(const Remote& remote, const std::string& level, const Surroundings& to) {
    constexpr const char* target = "/api/v1/log";
    if (level.empty()) { return show(remote, target, &render_fields, to); }
    int code = fine;
    const auto reply = reply_of(remote, "PUT", target, to, code, json::serialize(json::object{{"level", level}}));
    if (!reply) { return code; }
    if (reply->status / 100 != 2) { return complain(*reply, to); }
    to.out << (remote.json ? reply->body : "level  " + level) << '\n';
    return fine;
}

int drain(const Remote& remote, const Surroundings& to) { return act(remote, "POST", "/api/v1/drain", "draining", to); }

int reload(const Remote& remote, const Surroundings& to) {
    return act(remote, "POST", "/api/v1/reload", "reloaded", to);
}

}  // namespace server::cli
