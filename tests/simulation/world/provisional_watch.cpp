#include "tests/simulation/world/provisional_watch.hpp"

#include <algorithm>

namespace simulation {
namespace {

constexpr std::uint32_t highest_first_rseq = (1U << 31) - 1;

std::uint32_t rseq_of(std::string_view text) { return number_at(header_value(text, "RSeq"), 0); }
bool is_reliable(std::string_view text) {
    return !header_value(text, "RSeq").empty() || lists_option(text, "Require", "100rel");
}

}  // namespace

void ProvisionalWatch::on_request_received(const Glance& seen, std::string_view text) {
    const bool demands = lists_option(text, "Require", "100rel");
    if (seen.method == "INVITE") {
        asked_.insert_or_assign(
            seen.branch, Asked{seen.cseq, demands || lists_option(text, "Supported", "100rel"), demands, false, {}});
    }
    if (seen.method != "PRACK") { return; }
    const std::string_view rack = header_value(text, "RAck");
    bool& matches = received_[seen.branch];
    for (auto& [branch, asked] : asked_) {
        if (asked.cseq != number_at(rack, 1)) { continue; }
        if (asked.failed) {  // then either answer will do: it may still be known (RFC 3262 §3), or the call is gone
            received_.erase(seen.branch);
            return;
        }
        for (Told& told : asked.told) {
            if (told.rseq != number_at(rack, 0) || told.acked) { continue; }
            matches = told.acked = true;
        }
    }
}

std::string ProvisionalWatch::on_response_sent(const Glance& seen, std::string_view text, bool is_over, bool& counts) {
    if (seen.method == "PRACK" && seen.status >= 200) { return check_prack_final(seen, is_over); }
    const auto found = asked_.find(seen.branch);
    if (seen.method != "INVITE" || found == asked_.end()) { return {}; }
    Asked& asked = found->second;
    if (seen.status < 200) { return check_told(asked, seen, text, counts); }
    asked.failed = seen.status >= 300;
    const bool waits = !asked.failed && std::any_of(asked.told.begin(), asked.told.end(),
                                                    [](const Told& told) { return told.has_sdp && !told.acked; });
    return waits ? "a 2xx before the PRACK of a description" : "";
}

std::string ProvisionalWatch::check_told(Asked& asked, const Glance& seen, std::string_view text, bool& counts) {
    if (!is_reliable(text)) {
        return asked.demands && seen.status > 100 ? "an unreliable response where the INVITE demands else" : "";
    }
    const std::uint32_t rseq = rseq_of(text);
    if (rseq == 0 || !lists_option(text, "Require", "100rel")) { return "RSeq and Require: 100rel are not together"; }
    if (seen.status == 100 || !asked.allows) { return "a reliable response where none may be"; }
    if (asked.told.empty()) {
        if (rseq > highest_first_rseq) { return "a first RSeq that is too high"; }
    } else {
        const Told& last = asked.told.back();
        if (rseq == last.rseq) { return text == last.text ? "" : "a repetition that differs"; }
        if (rseq != last.rseq + 1) { return "an RSeq that does not rise by one"; }
        if (!last.acked) { return "a second reliable response before the PRACK of the first"; }
    }
    asked.told.push_back({rseq, std::string{text}, seen.has_sdp});
    counts = true;
    return {};
}

std::string ProvisionalWatch::check_prack_final(const Glance& seen, bool is_over) const {
    const auto found = received_.find(seen.branch);
    if (found == received_.end() || is_over) { return {}; }
    if (found->second && seen.status == 481) { return "481 to a PRACK that matches"; }
    if (!found->second && seen.status < 300) { return "a 2xx to a PRACK that names nothing"; }
    return {};
}

std::string ProvisionalWatch::on_request_sent(const Glance& seen, std::string_view text) {
    if (seen.method == "INVITE") {
        const bool allows = lists_option(text, "Supported", "100rel") || lists_option(text, "Require", "100rel");
        sent_.insert_or_assign(seen.branch, Sent{seen.cseq, allows, false, false, {}});
    }
    if (seen.method != "PRACK") { return {}; }
    const std::string_view rack = header_value(text, "RAck");
    for (auto& [branch, sent] : sent_) {
        if (sent.cseq != number_at(rack, 1)) { continue; }
        for (Heard& heard : sent.heard[seen.to_tag]) {
            if (heard.rseq != number_at(rack, 0)) { continue; }
            if (heard.acked) { return "a second PRACK for one response"; }
            heard.acked = true;
            return heard.is_due ? "" : "a PRACK for a response behind a gap";
        }
    }
    return "a PRACK for nothing that came";
}

void ProvisionalWatch::on_response_received(const Glance& seen, std::string_view text, bool& counts) {
    const auto found = sent_.find(seen.branch);
    if (seen.method != "INVITE" || found == sent_.end()) { return; }
    Sent& sent = found->second;
    if (seen.status >= 200) { sent.done = true; }
    if (seen.status >= 300 && seen.status != 504) { sent.failed = true; }  // 504: for want of a PRACK
    const std::uint32_t rseq = rseq_of(text);
    if (seen.status <= 100 || sent.done || rseq == 0 || !sent.allows) { return; }
    auto& heard = sent.heard[seen.to_tag];
    const auto same = [rseq](const Heard& one) { return one.rseq == rseq; };
    if (std::any_of(heard.begin(), heard.end(), same)) { return; }
    const auto last = std::find_if(heard.rbegin(), heard.rend(), [](const Heard& one) { return one.is_due; });
    counts = heard.empty() || (last != heard.rend() && rseq == last->rseq + 1);
    heard.push_back({rseq, counts});
}

std::string ProvisionalWatch::on_end() const {
    for (const auto& [branch, sent] : sent_) {
        if (sent.failed) { continue; }  // no early dialog is left in which one could be sent
        for (const auto& [tag, all] : sent.heard) {
            for (const Heard& heard : all) {
                if (heard.is_due && !heard.acked) { return "no PRACK for RSeq " + std::to_string(heard.rseq); }
            }
        }
    }
    return {};
}

}  // namespace simulation
