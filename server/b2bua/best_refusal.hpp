// Of the refusals by devices that rang together, the one that the caller is told (RFC 3261 §16.7, item 6). Pure.
#pragma once

#include <optional>

#include "sip/message/message.hpp"

namespace server {

class BestRefusal {
public:
    // `response`: null where none came, but a time limit or a broken connection.
    void add(int status, const sip::Message* response);
    int status() const { return status_; }  // 0: nobody has refused
    const sip::Message* response() const { return response_ ? &*response_ : nullptr; }

private:
    int status_ = 0;
    std::optional<sip::Message> response_;
};

}  // namespace server
