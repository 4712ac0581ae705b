// A page of the list of calls that are up: which are wanted, and how they are shown.
#pragma once

#include <optional>
#include <string>

#include "server/http/api.hpp"

namespace server::http {

struct CallFilter {
    std::size_t limit = default_page;
    std::string after;
    std::optional<std::string> state;
    std::optional<std::string> trunk;  // of either leg
    std::optional<std::string> user;   // of either leg
    bool brief = false;                // without what the media plane has to be asked for

    bool wants(const CallBrief& call) const;
};

// By id, so that pages join without a gap however calls come and go.
struct CallPage {
    CallBriefs calls;
    bool goes_on = false;  // there are more behind the last of these

    std::vector<std::string> ids() const;
};

// Empty `error` if all is well.
CallFilter parse_filter(const Target& target, std::string& error);
CallPage page_of(const BriefLists& lists, const CallFilter& filter);
Response answer_of(const CallPage& page);
// Each as `whole` shows it; those that have ended meanwhile are left out.
Response answer_of(const CallPage& page, const CallLists& whole);

}  // namespace server::http
