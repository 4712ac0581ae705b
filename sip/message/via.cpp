#include "sip/message/via.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sip/message/chars.hpp"
#include "sip/message/name_addr.hpp"
#include "sip/message/parameters.hpp"
#include "sip/message/via_view.hpp"

namespace sip {
namespace {

std::string_view take_token(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return chars::is(c, chars::token); });
    const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(taken.size());
    return taken;
}

std::size_t skip_blanks(std::string_view& text) {
    const auto count = chars::skip_blanks(text);
    text.remove_prefix(count);
    return count;
}

bool skip_slash(std::string_view& text) {
    skip_blanks(text);
    if (text.empty() || text[0] != '/') { return false; }
    text.remove_prefix(1);
    skip_blanks(text);
    return true;
}

std::string_view without_brackets(std::string_view text) {
    const bool bracketed = text.size() > 1 && text.front() == '[' && text.back() == ']';
    return bracketed ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::optional<ViaView> ViaView::read(std::string_view value) {
    auto text = chars::trim(value);
    if (!base::iequals(take_token(text), "SIP") || !skip_slash(text)) { return std::nullopt; }
    // Any version: a request of a later one gets its 505 along this Via.
    if (take_token(text).empty() || !skip_slash(text)) { return std::nullopt; }
    ViaView view;
    view.transport = take_token(text);
    if (view.transport.empty() || skip_blanks(text) == 0) { return std::nullopt; }
    const auto sent_by = HostPort::read(text, true);
    if (!sent_by) { return std::nullopt; }
    view.sent_by = *sent_by;
    view.parameters = chars::trim(sent_by->rest);
    if (!parameters_are_well_formed(view.parameters)) { return std::nullopt; }
    return view;
}

std::optional<Via> Via::parse(std::string_view value) {
    const auto view = ViaView::read(value);
    if (!view) { return std::nullopt; }
    Via via;
    via.transport = view->transport;
    via.host = view->sent_by.host;
    via.port = view->sent_by.port;
    via.parameters = view->parameters;
    via.branch = find_parameter(via.parameters, "branch").value_or(std::string_view{});
    via.received = without_brackets(find_parameter(via.parameters, "received").value_or(std::string_view{}));
    const auto rport = find_parameter(via.parameters, "rport");
    via.rport = rport.has_value();
    if (rport) { via.rport_value = base::parse_number<std::uint16_t>(*rport); }
    return via;
}

std::string Via::to_string() const {
    std::string text = "SIP/2.0/" + transport + ' ';
    const bool is_v6 = host.find(':') != host.npos;
    is_v6 ? text.append(1, '[').append(host).append(1, ']') : text.append(host);
    if (port != 0) { text.append(1, ':').append(std::to_string(port)); }
    return text.append(parameters);
}

void Via::set_received(std::string_view address) {
    received = address;
    set_parameter(parameters, "received", address);
}

void Via::set_rport(std::uint16_t value) {
    rport = true;
    rport_value = value;
    set_parameter(parameters, "rport", std::to_string(value));
}

}  // namespace sip
